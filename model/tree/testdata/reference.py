# Makes reference.json: what scikit-learn's trees say about small made-up tables, whose
# numbers are multiples of 1/64 (scikit-learn rounds to 32 bits) and are such
# that no tree depends on which of two equally good splits comes first.
# Run with: python3 reference.py
import json
import numpy as np
import sklearn
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

rng = np.random.RandomState(7)


def table(rows, classes):
    x = np.round(rng.normal(size=(rows, 5)) * 64 * 8) / 64
    f = x[:, 0] + 0.5 * x[:, 1] * np.sign(x[:, 2]) + 4 * rng.normal(size=rows)
    y = np.digitize(f, np.quantile(f, np.arange(1, classes) / classes))
    return x, y


def all_same(lists):
    return all(a == lists[0] for a in lists)


trees, boosts = [], []
for rows, classes, weighted, settings in [
    (200, 2, False, {"max_depth": 3}),
    (200, 3, False, {"max_depth": 3}),
    (200, 2, False, {"criterion": "entropy", "max_depth": 3}),
    (200, 3, False, {"criterion": "entropy", "min_samples_leaf": 15}),
    (300, 2, False, {"min_samples_split": 120}),
    (300, 3, False, {"max_leaf_nodes": 7}),
    (300, 2, False, {"ccp_alpha": 0.012}),
    (300, 3, False, {"ccp_alpha": 0.03, "criterion": "entropy"}),
    (300, 3, True, {"max_depth": 3}),
    (300, 2, True, {"max_leaf_nodes": 7}),
]:
    while True:
        x, y = table(rows, classes)
        w = rng.randint(0, 4, size=rows) if weighted else np.ones(rows)
        fits = [DecisionTreeClassifier(random_state=i, **settings).fit(x, y, sample_weight=w) for i in range(12)]
        t = fits[0]
        if all_same([sorted(a.tree_.threshold[a.tree_.feature >= 0].tolist()) for a in fits]):
            break
    trees.append({
        "settings": settings, "classes": classes, "x": x.T.tolist(), "y": y.tolist(), "weights": w.tolist(),
        "nodes": int(t.tree_.node_count), "thresholds": sorted(t.tree_.threshold[t.tree_.feature >= 0].tolist()),
        "probabilities": t.predict_proba(x).ravel().tolist(), "importance": t.feature_importances_.tolist(),
    })
for rows, classes, settings in [
    (200, 2, {}), (200, 3, {}), (250, 4, {"learning_rate": 0.5, "n_estimators": 20}), (250, 2, {"n_estimators": 10, "max_depth": 3}),
]:
    x, y = table(rows, classes)
    s = dict(settings)
    a = AdaBoostClassifier(DecisionTreeClassifier(max_depth=s.pop("max_depth", 1), random_state=0), algorithm="SAMME", random_state=0, **s).fit(x, y)
    settings = {"trees" if k == "n_estimators" else k: v for k, v in settings.items()}
    boosts.append({
        "settings": settings, "classes": classes, "x": x.T.tolist(), "y": y.tolist(),
        "probabilities": a.predict_proba(x).ravel().tolist(), "trees": len(a.estimators_),
    })
made = "scikit-learn %s, numpy %s, reference.py" % (sklearn.__version__, np.__version__)
json.dump({"made_by": made, "trees": trees, "adaboost": boosts}, open("reference.json", "w"))
