# Makes binary.json and classes.json, models of XGBoost with splits on levels and on
# numbers some of which are missing, and boosted.json: the table they were trained on,
# their margins and SHAP values. Run with: python3 boosted.py
import json
import numpy as np
import pandas as pd
import xgboost as xgb

rng = np.random.RandomState(3)
n = 400
x = pd.DataFrame({"a": np.round(rng.normal(size=n) * 64) / 64, "b": rng.randint(0, 9, size=n).astype(float), "c": rng.randint(0, 80, size=n), "d": rng.randint(0, 3, size=n)})
y = (x.a + (x.c % 7 > 3) * 1.5 - (x.d == 1) * x.b / 4 + rng.normal(size=n) > 1).astype(int) + (x.c % 5 == 0)
x.loc[rng.rand(n) < 0.2, "a"] = np.nan
x.loc[rng.rand(n) < 0.1, "b"] = np.nan
codes = x.copy()
c = x.c.astype(float)
c[rng.rand(n) < 0.1] = np.nan
codes["c"] = c
x["c"] = pd.Categorical(c, categories=range(80))
x["d"] = pd.Categorical(x.d, categories=range(3))
out = {"made_by": "xgboost %s, numpy %s, boosted.py" % (xgb.__version__, np.__version__)}
out["x"] = [[None if np.isnan(v) else float(v) for v in codes[k]] for k in "abcd"]
settings = {"tree_method": "hist", "max_depth": 5, "max_cat_to_onehot": 1, "base_score": 0.5, "eta": 0.5, "min_child_weight": 0.5}
for name, target, more in [("binary", np.minimum(y, 1), {"objective": "binary:logistic"}), ("classes", y, {"objective": "multi:softprob", "num_class": 3})]:
    d = xgb.DMatrix(x, target, enable_categorical=True)
    b = xgb.train({**settings, **more}, d, 6)
    b.save_model(name + ".json")
    out[name] = {"margin": np.ravel(b.predict(d, output_margin=True)).tolist(), "parts": np.ravel(b.predict(d, pred_contribs=True)).tolist()}
json.dump(out, open("boosted.json", "w"))
