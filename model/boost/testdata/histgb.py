"""Writes histgb.json: what scikit-learn's HistGradientBoostingClassifier predicts.

Run with scikit-learn 1.2.1 and numpy 1.24 as: python3 histgb.py > histgb.json
"""
import json
import sys
import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier as HGB

rng = np.random.default_rng(7)
n = 400
X = np.round(rng.normal(size=(n, 4)) * [1, 10, 0.1, 3], 4)
level = rng.integers(0, 12, size=n).astype(float)
shift = rng.normal(size=12)
f = np.sin(2 * X[:, 0]) + 0.1 * X[:, 1] + 4 * X[:, 2] * X[:, 0] + shift[level.astype(int)]
noise = rng.logistic(size=n)
y2 = (f + 1.5 * noise > 0).astype(int)
y3 = np.digitize(f + 1.5 * noise, [-0.8, 0.9])
X = np.column_stack([X, level])
gaps = X.copy()
for j in range(5):
    gaps[rng.random(n) < (0.3 if j == 0 else 0.1), j] = np.nan
gaps[(y2 == 1) & (rng.random(n) < 0.4), 2] = np.nan
w = np.round(rng.uniform(0.25, 3, size=n), 3)

numbers = [0, 1, 2, 3]
cases = []


def case(name, data, columns, y, ours, weights=False, **settings):
    settings.setdefault("early_stopping", False)
    settings.setdefault("max_iter", 20)
    x = {"x": X, "gaps": gaps}[data][:, columns]
    m = HGB(**settings).fit(x, {"y2": y2, "y3": y3}[y], sample_weight=w if weights else None)
    ours.setdefault("trees", settings["max_iter"])
    ours["early_stopping"] = "off"
    cases.append({"name": name, "data": data, "columns": columns, "y": y, "weights": weights, "settings": ours,
                  "call": "HistGradientBoostingClassifier(%s)" % ", ".join("%s=%r" % s for s in settings.items()),
                  "p": [float("%.10g" % v) for v in m.predict_proba(x)[::5].ravel()]})


case("binary", "x", numbers, "y2", {})
case("three classes", "x", numbers, "y3", {})
case("few bins", "x", numbers, "y2", {"max_bins": 16}, max_bins=16)
case("small leaves", "x", numbers, "y2", {"min_samples_leaf": 1, "max_leaf_nodes": 8}, min_samples_leaf=1, max_leaf_nodes=8)
case("depth and penalty", "x", numbers, "y2", {"max_depth": 3, "l2_regularization": 2.5, "learning_rate": 0.3, "max_leaf_nodes": -1},
     max_depth=3, l2_regularization=2.5, learning_rate=0.3, max_leaf_nodes=None)
case("weights", "x", numbers, "y2", {}, weights=True)
case("missing", "gaps", numbers, "y2", {})
case("missing, three classes", "gaps", numbers, "y3", {"max_leaf_nodes": 5}, max_leaf_nodes=5)
case("levels", "x", [0, 1, 2, 3, 4], "y2", {}, categorical_features=[4])
# Weights, because a level of ten rows that weigh the same would be at the limit of what
# is told apart, on one side or the other of it by rounding.
case("levels and missing", "gaps", [0, 1, 2, 3, 4], "y2", {"min_samples_leaf": 5}, weights=True, categorical_features=[4], min_samples_leaf=5)
# Where both children are held at a bound, a split gains nothing but rounding errors; few
# rounds and leaves keep clear of it.
case("monotone", "x", numbers, "y2", {"monotone": {"x0": 1, "x1": -1, "x2": 1}, "trees": 8, "max_leaf_nodes": 7},
     monotonic_cst=[1, -1, 1, 0], max_iter=8, max_leaf_nodes=7)
case("monotone and missing", "gaps", numbers, "y2", {"monotone": {"x0": 1, "x1": 1, "x2": -1}, "l2_regularization": 1},
     monotonic_cst=[1, 1, -1, 0], l2_regularization=1)

columns = lambda a: [[None if v != v else float(v) for v in a[:, j]] for j in range(a.shape[1])]
json.dump({"made_by": "testdata/histgb.py, scikit-learn %s, numpy %s" % (sklearn.__version__, np.__version__),
           "x": columns(X), "gaps": columns(gaps), "y2": y2.tolist(), "y3": y3.tolist(), "w": w.tolist(), "cases": cases},
          sys.stdout, separators=(",", ":"))
