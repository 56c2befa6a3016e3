"""The rivals of netanom's learners: scikit-learn and XGBoost.

    learning.py quality FILE RESULTS [MODEL...]   judges both sides on the same folds
    learning.py sets FILE=RESULTS...              the same of several files, in one table of areas
    learning.py speed FILE MODEL [EVERY]          one fit and its scoring, as one line of JSON

RESULTS is what `learning quality` wrote (docs/bench/learning): the folds, the classes and our
scores. Both sides are measured here, by the same functions. Two threads.
"""
import json
import math
import os
import resource
import sys
import time
import warnings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning would count as work where other programs run
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "2")

import numpy as np
import pandas as pd
import xgboost as xgb
from joblib import parallel_backend
from scipy import sparse, stats
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (AdaBoostClassifier, BaggingClassifier, ExtraTreesClassifier, HistGradientBoostingClassifier,
                              RandomForestClassifier, StackingClassifier, VotingClassifier)
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.naive_bayes import CategoricalNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")
JOBS = 2


def read(path, columns=None):
    """The columns to learn from, and the label; text columns are strings."""
    with pd.io.common.get_handle(path, "r", compression="infer") as f:
        header = "label" in f.handle.readline().split(",")[-1]
    table = pd.read_csv(path, header=0 if header else None)
    if header:
        return table.iloc[:, :-1], table.iloc[:, -1]
    return table.iloc[:, :41], table.iloc[:, 41]  # NSL-KDD: the label and the difficulty follow


def text_of(x):
    return [c for c in x if x[c].dtype == object]


class Prepare:
    """What stands between the table and a learner; fitted on training rows only.

    numbers: as they are (None), "standard", "log", or "ranks". levels: "onehot", "frequency" (−ln of the share),
    or "codes" (for learners that take levels).
    """

    def __init__(self, numbers, levels, dense=True):
        self.numbers, self.levels, self.dense = numbers, levels, dense

    def fit(self, x, y=None):
        self.text = text_of(x)
        keep = self.levels == "codes"  # so that the places of the others stay
        self.rest = [c for c in x if c not in self.text and (keep or x[c].nunique() > 1)]
        self.known = {c: sorted(x[c].unique()) for c in self.text}
        self.share = {c: x[c].value_counts(normalize=True) for c in self.text}
        values = self.logs(x[self.rest].to_numpy(float))
        self.scale = None
        if self.numbers in ("standard", "log"):
            self.scale = StandardScaler().fit(values)
        elif self.numbers == "ranks":
            self.scale = QuantileTransformer(n_quantiles=1000, output_distribution="normal", subsample=10**9).fit(values)
        return self

    def logs(self, values):
        return np.sign(values) * np.log1p(abs(values)) if self.numbers == "log" else values

    def transform(self, x):
        values = self.logs(x[self.rest].to_numpy(float))
        if self.scale is not None:
            values = self.scale.transform(values)
        blocks = [values]
        for c in self.text:
            codes = pd.Categorical(x[c], categories=self.known[c]).codes
            if self.levels == "codes":
                blocks.append(np.where(codes < 0, np.nan, codes)[:, None].astype(float))
            elif self.levels == "frequency":
                # as our step: a level that training did not have counts as if one more row had it
                blocks.append(-np.log(x[c].map(self.share[c]).fillna(1 / (self.rows + 1)).to_numpy(float))[:, None])
            else:
                one = np.zeros((len(x), len(self.known[c])))
                seen = codes >= 0
                one[np.flatnonzero(seen), codes[seen]] = 1
                blocks.append(one)
        out = np.hstack(blocks)
        return out if self.dense else sparse.csr_matrix(out)

    def fit_transform(self, x, y=None):
        self.rows = len(x)
        return self.fit(x, y).transform(x)

    def get_params(self, deep=False):
        return {"numbers": self.numbers, "levels": self.levels, "dense": self.dense}

    def set_params(self, **p):
        self.__dict__.update(p)
        return self


class Bins:
    """Numbers in 32 bins of about equal weight and levels as codes, for CategoricalNB."""

    def fit_transform(self, x, y=None):
        self.text = {c: {v: i for i, v in enumerate(sorted(x[c].unique()))} for c in x if x[c].dtype == object}
        self.edges = {}
        for c in x:
            if c not in self.text:
                self.edges[c] = np.unique(np.quantile(x[c], np.linspace(0, 1, 33)[1:-1], method="inverted_cdf"))
        return self.transform(x)

    def transform(self, x):
        out = np.zeros(x.shape, int)
        for j, c in enumerate(x):
            if c in self.text:
                out[:, j] = [self.text[c].get(v, len(self.text[c])) for v in x[c]]
            else:
                out[:, j] = np.searchsorted(self.edges[c], x[c])
        return out


class BinnedBayes:
    def fit(self, x, y):
        self.bins = Bins()
        z = self.bins.fit_transform(x)
        self.bayes = CategoricalNB(min_categories=z.max(0) + 2).fit(z, y)
        return self

    def predict_proba(self, x):
        z = np.minimum(self.bins.transform(x), np.array(self.bayes.n_categories_) - 1)
        return self.bayes.predict_proba(z)


class Kernel:
    """Nystroem with the gamma that SVC calls scale."""

    def fit_transform(self, x, y=None):
        self.map = Nystroem(gamma=1 / (x.shape[1] * x.var()), n_components=300, random_state=1)
        return self.map.fit_transform(x)

    def fit(self, x, y=None):
        self.fit_transform(x)
        return self

    def transform(self, x):
        return self.map.transform(x)


def trees(**o):
    return dict(n_jobs=JOBS, random_state=1, **o)


def boosted(x, l2=0, early=False):
    text = list(range(x.shape[1]))[x.shape[1] - len(text_of(x)):]  # Prepare puts them last
    return HistGradientBoostingClassifier(max_iter=100, l2_regularization=l2, early_stopping=early, categorical_features=text or None, random_state=1)


class Columns(Prepare):
    """A frame for XGBoost, whose levels are of pandas' category type."""

    def transform(self, x):
        out = x[self.rest].astype(float)
        for c in self.text:
            out[c] = pd.Categorical(x[c], categories=self.known[c])
        out.columns = [str(c) for c in out.columns]
        return out


def xgboosted(levels, l2=0):
    return xgb.XGBClassifier(n_estimators=100, max_leaves=31, max_depth=0, grow_policy="lossguide", learning_rate=0.1, tree_method="hist",
                             reg_lambda=l2, n_jobs=JOBS, enable_categorical=levels, random_state=1)


def platt(machine):
    return CalibratedClassifierCV(machine, method="sigmoid", cv=3, ensemble=False)


def logistic(classes=2):
    if classes == 2:
        return LogisticRegression(solver="newton-cholesky", max_iter=1000)
    return LogisticRegression(solver="lbfgs", max_iter=500)


def members(x, classes):
    return [("rf", make_pipeline(Prepare(None, "frequency"), RandomForestClassifier(**trees(n_estimators=100)))),
            ("gbt", make_pipeline(Prepare(None, "codes"), boosted(x, early="auto"))),
            ("logreg", make_pipeline(Prepare("ranks", "onehot"), logistic(classes)))]


def rivals(x, classes=2):
    """By the name of our model: the name of the rival, and how to make it."""
    f, r = ("frequency", ("ranks", "onehot"))
    return {
        "logreg": [("LogisticRegression", lambda: make_pipeline(Prepare(*r), logistic(classes)))],
        "nb-gaussian": [("GaussianNB", lambda: make_pipeline(Prepare("standard", "onehot"), GaussianNB()))],
        "nb": [("CategoricalNB on bins", BinnedBayes)],
        "knn": [("KNeighborsClassifier", lambda: make_pipeline(Prepare("log", "onehot"), KNeighborsClassifier(n_jobs=JOBS)))],
        "tree": [("DecisionTreeClassifier", lambda: make_pipeline(Prepare(None, f), DecisionTreeClassifier(random_state=1)))],
        "tree-levels": [("DecisionTreeClassifier", lambda: make_pipeline(Prepare(None, "onehot"), DecisionTreeClassifier(random_state=1)))],
        "rf": [("RandomForestClassifier", lambda: make_pipeline(Prepare(None, f), RandomForestClassifier(**trees(n_estimators=100))))],
        "et": [("ExtraTreesClassifier", lambda: make_pipeline(Prepare(None, f), ExtraTreesClassifier(**trees(n_estimators=100))))],
        "gbt": [("HistGradientBoosting", lambda: make_pipeline(Prepare(None, "codes"), boosted(x))),
                ("XGBoost", lambda: make_pipeline(Columns(None, "codes"), xgboosted(True)))],
        "gbt-l2": [("HistGradientBoosting, L2 1", lambda: make_pipeline(Prepare(None, "codes"), boosted(x, 1))),
                   ("XGBoost, L2 1", lambda: make_pipeline(Columns(None, "codes"), xgboosted(True, 1)))],
        "gbt-usual": [("HistGradientBoosting, usual", lambda: make_pipeline(Prepare(None, "codes"), boosted(x, 0, "auto")))],
        "ada": [("AdaBoostClassifier", lambda: make_pipeline(Prepare(None, f), AdaBoostClassifier(algorithm="SAMME", random_state=1)))],
        "bag": [("BaggingClassifier", lambda: make_pipeline(Prepare(None, f), BaggingClassifier(**trees(n_estimators=50))))],
        "svm": [("LinearSVC, calibrated", lambda: make_pipeline(Prepare(*r, dense=False), platt(LinearSVC(dual=False))))],
        "rbfsvm": [("Nystroem, LinearSVC", lambda: make_pipeline(Prepare(*r), Kernel(), platt(LinearSVC(dual=False))))],
        "mlp": [("MLPClassifier", lambda: make_pipeline(Prepare(*r), MLPClassifier(early_stopping=True, random_state=1)))],
        "vote": [("VotingClassifier", lambda: VotingClassifier(members(x, classes), voting="soft"))],
        "stack": [("StackingClassifier", lambda: StackingClassifier(members(x, classes), final_estimator=logistic(classes), cv=5))],
    }


def figures(truth, score, called):
    """ROC-AUC of attacks against normal rows, and macro-F1 of the classes."""
    return roc_auc_score(truth > 0, score), f1_score(truth, called, average="macro", zero_division=0)


def corrected(difference, train, test):
    """The mean of paired differences over folds and its 95 % interval by the corrected resampled t test
    (Nadeau and Bengio 2003, Machine Learning 52, 239–281)."""
    d = np.array(difference)
    half = stats.t.ppf(0.975, len(d) - 1) * math.sqrt((1 / len(d) + test / train) * d.var(ddof=1))
    return d.mean(), half


def contests(path, results, names):
    """Yields our model, the rival, and the figures of both by fold."""
    ours = json.load(open(results))
    x, _ = read(path)
    fold, truth = np.array(ours["fold"]), np.array(ours["truth"])
    k = len(ours["classes"])
    for name, makers in rivals(x, k).items():
        if name not in ours["runs"] or names and name not in names:
            continue
        mine = ours["runs"][name]
        own = [figures(truth[fold == f], np.array(mine["score"])[fold == f], np.array(mine["class"])[fold == f]) for f in range(5)]
        for title, make in makers:
            theirs = []
            for f in range(5):
                train, test = (fold >= 0) & (fold != f), fold == f
                m = make().fit(x[train], truth[train])
                p = m.predict_proba(x[test])
                theirs.append(figures(truth[test], p[:, 1:].sum(1), p.argmax(1)))
            yield name, title, np.array(own), np.array(theirs), (fold >= 0).sum()


def quality(path, results, names):
    print("| learner | ROC-AUC | macro-F1 | rival | ROC-AUC | macro-F1 | ROC-AUC, ours − theirs | macro-F1, ours − theirs |")
    print("|---|---:|---:|---|---:|---:|---:|---:|")
    for contest in contests(path, results, names):
        row(*contest)


def sets(pairs):
    """Areas of every file, and the differences from each rival."""
    print("| rows | ours | ROC-AUC | rival | ROC-AUC | ours − theirs |")
    print("|---|---|---:|---|---:|---:|")
    all_of = {}
    for path, results in pairs:
        for name, title, own, theirs, rows in contests(path, results, []):
            a, b = own[:, 0], theirs[:, 0]
            mean, half = corrected(a - b, rows * 4 / 5, rows / 5)
            file = os.path.basename(path).split(".")[0]
            print(f"| {file}, {rows} | {name} | {a.mean():.5f} ± {a.std(ddof=1):.5f} | {title} | {b.mean():.5f} ± {b.std(ddof=1):.5f} | {verdict(mean, half)} |", flush=True)
            all_of.setdefault((name, title), []).append((a.mean(), b.mean()))
    for (name, title), areas in all_of.items():
        a, b = np.array(areas).mean(0)
        print(f"| mean of {len(areas)} | {name} | {a:.5f} | {title} | {b:.5f} | {a - b:+.5f} |")


def verdict(mean, half):
    mark = "" if abs(mean) <= half or abs(mean) < 1e-6 else " **better**" if mean > 0 else " **worse**"
    return f"{mean:+.5f} ± {half:.5f}{mark}"


def row(name, title, own, theirs, rows):
    cells = [name] + [f"{own[:, j].mean():.5f} ± {own[:, j].std(ddof=1):.5f}" for j in (0, 1)]
    cells += [title] + [f"{theirs[:, j].mean():.5f} ± {theirs[:, j].std(ddof=1):.5f}" for j in (0, 1)]
    for j in (0, 1):
        mean, half = corrected(own[:, j] - theirs[:, j], rows * 4 / 5, rows / 5)
        cells.append(verdict(mean, half))
    print("| " + " | ".join(cells) + " |", flush=True)


def timed(do):
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    out = do()
    now = resource.getrusage(resource.RUSAGE_SELF)
    return out, {"wall": time.perf_counter() - start, "cpu": now.ru_utime - used.ru_utime + now.ru_stime - used.ru_stime}


def fast(x):
    """By name: what prepares the table, and the learner."""
    ranks = Prepare("ranks", "onehot")
    return {
        "hgb": (Prepare(None, "codes"), boosted(x)),
        "xgboost": (Prepare(None, "codes"), xgboosted(False)),
        "xgboost-levels": (Columns(None, "codes"), xgboosted(True)),
        "rf": (Prepare(None, "frequency"), RandomForestClassifier(**trees(n_estimators=100))),
        "et": (Prepare(None, "frequency"), ExtraTreesClassifier(**trees(n_estimators=100))),
        "bag": (Prepare(None, "frequency"), BaggingClassifier(**trees(n_estimators=50))),
        "ada": (Prepare(None, "frequency"), AdaBoostClassifier(algorithm="SAMME", random_state=1)),
        "tree": (Prepare(None, "frequency"), DecisionTreeClassifier(random_state=1)),
        "mlp-15": (ranks, MLPClassifier(max_iter=15, tol=0, n_iter_no_change=100, random_state=1)),
        "svm": (Prepare("ranks", "onehot", dense=False), platt(LinearSVC(dual=False))),
        "rbfsvm": (ranks, make_pipeline(Kernel(), platt(LinearSVC(dual=False)))),
        "nb-gaussian": (Prepare("standard", "onehot"), GaussianNB()),
        "nb": (Bins(), CategoricalNB()),
        "knn": (Prepare("log", "onehot"), KNeighborsClassifier(n_jobs=JOBS)),
        "logreg": (ranks, LogisticRegression(solver="newton-cholesky", max_iter=1000)),
        "logreg-lbfgs": (ranks, LogisticRegression(solver="lbfgs", max_iter=1000)),
    }


def speed(path, name, every):
    x, label = read(path)
    y = (label != "normal").to_numpy(int)
    steps, m = fast(x)[name]
    out = {"model": name, "rows": len(x)}
    z, out["steps"] = timed(lambda: steps.fit_transform(x))
    with parallel_backend("threading"):  # other processes' time would not be counted
        _, out["fit"] = timed(lambda: m.fit(z, y))
    batch = z.iloc[::every] if hasattr(z, "iloc") else z[::every]
    _, out["batch"] = timed(lambda: m.predict_proba(batch))
    out["batch_rows"] = batch.shape[0]
    score = m.get_booster().inplace_predict if name == "xgboost" else m.predict_proba
    single = [batch[i:i + 1] for i in range(20 if name in ("rf", "et", "bag", "knn") else 200)]
    _, took = timed(lambda: [score(s) for s in single])
    out["single_us"] = 1e6 * took["wall"] / len(single)
    print(json.dumps(out))


if __name__ == "__main__":
    if sys.argv[1] == "quality":
        quality(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif sys.argv[1] == "sets":
        sets([a.split("=") for a in sys.argv[2:]])
    else:
        speed(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 1)
