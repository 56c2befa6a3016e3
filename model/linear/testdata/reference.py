"""Makes reference.json: what scikit-learn fits to a small made-up table.

Run with Debian's python3-sklearn: python3 reference.py > reference.json
"""
import json
import warnings

import numpy as np
import scipy
import sklearn
from sklearn.calibration import _sigmoid_calibration
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

warnings.simplefilter("error")  # a fit that does not converge is no reference
rng = np.random.default_rng(7)
n = 160
numbers = np.round(rng.normal(size=(n, 4)) * [1, 2, 1, 0.5] + [0, 3, 0, -1], 3)
numbers[rng.random(n) < 0.7, 2] = 0.25  # mostly one value
codes = rng.integers(-1, 3, n)  # -1: no level
latent = numbers @ [0.8, -0.5, 0.4, 1.0] + np.array([0.5, -0.7, 0.2, 0.0])[codes] + 2.2 + rng.logistic(size=n)
y = np.where(latent > 1.2, np.where(numbers[:, 0] + rng.normal(size=n) > 0.3, 2, 1), 0)
weights = np.round(rng.choice([0.5, 1, 2, 3.25], n), 2)
one_hot = np.hstack([numbers, (codes[:, None] == np.arange(3)).astype(float)])

cases = []


def add(kind, settings, model, classes, coded=True, weighted=True):
    x = one_hot if coded else numbers
    target = y if classes == 3 else (y > 0).astype(int)
    model.fit(x, target, sample_weight=weights if weighted else None)
    case = dict(kind=kind, settings=settings, classes=classes, coded=coded, weighted=weighted,
                call=" ".join(repr(model).split()), weights=model.coef_.tolist(), intercepts=model.intercept_.tolist())
    if kind == "logreg":
        case["probabilities"] = model.predict_proba(x[:5]).tolist()
    cases.append(case)


for classes in (2, 3):
    newton = dict(solver="newton-cholesky", tol=1e-11, max_iter=1000) if classes == 2 else dict(solver="newton-cg", tol=1e-8, max_iter=10**5)
    for c in (1, 0.05):
        add("logreg", dict(c=c), LogisticRegression(C=c, **newton), classes)
        saga = dict(C=c, solver="saga", tol=1e-13, max_iter=10**6, random_state=0)
        add("logreg", dict(penalty="l1", c=c), LogisticRegression(penalty="l1", **saga), classes)
        add("logreg", dict(penalty="elasticnet", l1_ratio=0.3, c=c), LogisticRegression(penalty="elasticnet", l1_ratio=0.3, **saga), classes)
    add("logreg", dict(c=1), LogisticRegression(**newton), classes, weighted=False)
    add("logreg", dict(penalty="none"), LogisticRegression(penalty=None, **newton), classes, coded=False)
    for c in (1, 0.05):
        add("svm", dict(c=c), LinearSVC(C=c, dual=False, tol=1e-12, max_iter=10**5), classes)
        add("svm", dict(c=c, loss="hinge"), LinearSVC(C=c, loss="hinge", dual=True, tol=1e-9, max_iter=10**8, random_state=0), classes)
    add("svm", dict(intercept_scaling=10), LinearSVC(intercept_scaling=10, dual=False, tol=1e-12, max_iter=10**5), classes, weighted=False)

decision = np.round(numbers[:, 0] + 0.3 * rng.normal(size=n), 3)
a, b = _sigmoid_calibration(decision, (y > 0).astype(int), weights)
print(json.dumps(dict(
    made_by=f"reference.py, Debian, scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}",
    numbers=numbers.tolist(), codes=codes.tolist(), y=y.tolist(), weights=weights.tolist(), cases=cases,
    platt=dict(call="sklearn.calibration._sigmoid_calibration(decision, y > 0, weights)", decision=decision.tolist(), slope=-a, offset=-b))))
