"""Writes scikit.json: training of scikit-learn's MLPClassifier and MLPRegressor from given weights, without shuffling.

python3 scikit.py > scikit.json
"""
import json, sys, warnings
import numpy as np, sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")
r = np.random.RandomState(5)
n = 37
numbers = r.normal(size=(n, 3)).round(3)
codes = np.column_stack([r.randint(-1, 3, n), r.randint(0, 2, n)])
hot = np.column_stack([codes[:, 0] == k for k in range(3)] + [codes[:, 1] == k for k in range(2)])
x = np.hstack([numbers, hot.astype(float)])
z = numbers[:, 0] - numbers[:, 1] ** 2 + (codes[:, 0] == 1)
two = (z > 0).astype(int)
three = np.digitize(z, [-0.8, 0.4])
wanted = np.column_stack([z, numbers[:, 2] * numbers[:, 0]]).round(3)
out = {"made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, testdata/scikit.py",
       "numbers": numbers.tolist(), "codes": codes.tolist(), "cases": []}
for name, y, make in (("two", two, MLPClassifier), ("three", three, MLPClassifier), ("square", wanted[:, 0], MLPRegressor), ("squares", wanted, MLPRegressor)):
    for activation in ("relu", "tanh", "logistic"):
        for hidden in ((5,), (6, 4)):
            settings = dict(hidden_layer_sizes=hidden, activation=activation, batch_size=8, alpha=0.05, learning_rate_init=0.01,
                            beta_1=0.8, beta_2=0.99, epsilon=1e-7, shuffle=False, warm_start=True, n_iter_no_change=1000, random_state=1)
            m = make(max_iter=1, **settings).fit(x, y)
            s = np.random.RandomState(9)
            m.coefs_ = [s.uniform(-0.7, 0.7, c.shape).round(4) for c in m.coefs_]
            m.intercepts_ = [s.uniform(-0.3, 0.3, c.shape).round(4) for c in m.intercepts_]
            start = [{"weights": c.ravel().tolist(), "biases": b.tolist()} for c, b in zip(m.coefs_, m.intercepts_)]
            m.set_params(max_iter=25).fit(x, y)
            end = m.predict_proba(x) if make is MLPClassifier else m.predict(x)
            out["cases"].append({"loss": name, "activation": activation, "hidden": hidden, "wanted": np.ravel(y).tolist(), "start": start,
                                 "curve": m.loss_curve_[-25:], "output": np.ravel(end).tolist()})
json.dump(out, sys.stdout)
