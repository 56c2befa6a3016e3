"""Prints what scikit-learn gets on KDDTrain+_20Percent.txt: python3 kdd.py FILE"""
import csv
import sys
import warnings

import numpy as np
from scipy.special import logsumexp
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

warnings.simplefilter("ignore")
rows = list(csv.reader(open(sys.argv[1])))
coded = (1, 2, 3)
x = np.array([[float(r[j]) for j in range(41) if j not in coded] for r in rows])
sd = x.std(0)
sd[sd == 0] = 1
x = (x - x.mean(0)) / sd
for j in coded:
    levels = sorted({r[j] for r in rows})
    x = np.hstack([x, (np.array([r[j] for r in rows])[:, None] == levels).astype(float)])
label = np.array([r[41] for r in rows])
y = (label != "normal").astype(int)
probe = {"satan", "ipsweep", "nmap", "portsweep"}
three = np.where(y == 0, 0, np.where([k in probe for k in label], 2, 1))

m = LogisticRegression(solver="newton-cholesky", tol=1e-9, max_iter=200).fit(x, y)
z = x @ m.coef_[0] + m.intercept_[0]
print("objective, logreg: %.15g" % (np.logaddexp(0, np.where(y, -z, z)).sum() + (m.coef_ ** 2).sum() / 2))
m = LinearSVC(dual=False, tol=1e-9, max_iter=10**5).fit(x, y)
z = m.decision_function(x) * (2 * y - 1)
print("objective, svm: %.15g" % ((np.maximum(0, 1 - z) ** 2).sum() + ((m.coef_ ** 2).sum() + m.intercept_[0] ** 2) / 2))

fold = np.arange(len(y)) % 5
for name, model in (("logreg", LogisticRegression(solver="newton-cholesky", max_iter=200)), ("svm", LinearSVC(dual=False))):
    auc, f1 = [], []
    for k in range(5):
        train, test = fold != k, fold == k
        model.fit(x[train], y[train])
        auc.append(roc_auc_score(y[test], model.decision_function(x[test])))
        f1.append(f1_score(y[test], model.predict(x[test]), average="macro"))
    print("cv %s: auc %.6f sd %.6f, macro-f1 %.6f sd %.6f" % (name, np.mean(auc), np.std(auc), np.mean(f1), np.std(f1)))

train, test = np.arange(0, 20000, 8), np.arange(4, 20000, 8)
for name, model in (("SVC", SVC()), ("Nystroem", make_pipeline(Nystroem(gamma=1 / (x.shape[1] * x[train].var()), n_components=300, random_state=0), LinearSVC(dual=False)))):
    model.fit(x[train], y[train])
    print("auc, %s: %.6f" % (name, roc_auc_score(y[test], model.decision_function(x[test]))), flush=True)

m = LogisticRegression(solver="newton-cg", tol=1e-5, max_iter=10**4).fit(x, three)
z = x @ m.coef_.T + m.intercept_
print("objective, three classes: %.15g" % ((logsumexp(z, axis=1) - z[np.arange(len(y)), three]).sum() + (m.coef_ ** 2).sum() / 2))
