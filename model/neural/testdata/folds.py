"""Prints what scikit-learn's MLPClassifier reaches on five folds of KDDTrain+_20Percent.txt: for five seeds each,
the area under the ROC curve and macro-F1 of attacks against normal traffic, and macro-F1 of the five categories.

OPENBLAS_NUM_THREADS=2 python3 folds.py FILE EPOCHS
"""
import sys, warnings
import numpy as np, pandas as pd
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
dos = "back land neptune pod smurf teardrop".split()
probe = "ipsweep nmap portsweep satan".split()
u2r = "buffer_overflow loadmodule perl rootkit".split()
d = pd.read_csv(sys.argv[1], header=None)
x = np.hstack([StandardScaler().fit_transform(d.drop(columns=[1, 2, 3, 41, 42])), OneHotEncoder(sparse_output=False).fit_transform(d[[1, 2, 3]])])
kind = d[41].map(lambda k: 0 if k == "normal" else 1 if k in dos else 2 if k in probe else 4 if k in u2r else 3).values
fold = np.arange(len(kind)) % 5
for seed in range(5):
    row = []
    for y in ((kind > 0).astype(int), kind):
        p = np.zeros((len(y), y.max() + 1))
        epochs = []
        for f in range(5):
            m = MLPClassifier(early_stopping=True, max_iter=int(sys.argv[2]), random_state=seed).fit(x[fold != f], y[fold != f])
            p[fold == f] = m.predict_proba(x[fold == f])
            epochs.append(m.n_iter_)
        if y.max() == 1:
            row.append("AUC %.6f" % np.mean([roc_auc_score(y[fold == f], p[fold == f, 1]) for f in range(5)]))
        row.append("macro-F1 %.5f epochs %s" % (np.mean([f1_score(y[fold == f], p[fold == f].argmax(1), average="macro") for f in range(5)]), epochs))
    print(seed, *row, flush=True)
