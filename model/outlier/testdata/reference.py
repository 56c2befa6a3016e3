"""Makes reference.json: what scikit-learn, SciPy, and numpy versions of published
definitions say about made-up rows.

    python3 reference.py > reference.json
"""
import json
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.covariance import EllipticEnvelope, EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.svm import OneClassSVM

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def rows(n, far):
    x = rng.normal(size=(n, 6))
    x[:, 1] = x[:, 0] + 0.3 * x[:, 1]
    x[:, 2] = rng.exponential(size=n)
    x[:, 3] = np.round(2 * x[:, 3])  # ties
    x[:, 4] = -rng.exponential(size=n) ** 1.5
    x[:far] += rng.normal(scale=4, size=(far, 6))
    return np.round(x, 3)


train, fresh = rows(400, 12), rows(100, 20)


def ecdf(values, at):
    """Share of values that are not above those at hand."""
    return np.searchsorted(np.sort(values), at, side="right") / len(values)


def pyod(x):
    """decision_scores_ of PyOD 1.1's ECOD and COPOD."""
    left = np.column_stack([-np.log(ecdf(c, c)) for c in x.T])
    right = np.column_stack([-np.log(ecdf(-c, -c)) for c in x.T])
    skew = np.sign(stats.skew(x, axis=0))
    skewed = left * -1 * np.sign(skew - 1) + right * np.sign(skew + 1)
    ecod = np.maximum(skewed, np.maximum(left, right)).sum(axis=1)
    copod = np.maximum(skewed, (left + right) / 2).sum(axis=1)
    return ecod, copod


def hbos(x, at, bins):
    """Goldstein and Dengel's score with bins of equal width; half a row in empty ones."""
    total = np.zeros(len(at))
    for c, a in zip(x.T, at.T):
        low, high = c.min(), c.max()
        place, own = (np.clip(((v - low) * (bins / (high - low))).astype(int), 0, bins - 1) for v in (a, c))
        count = np.bincount(own, minlength=bins)
        inside = (a >= low) & (a <= high)
        height = np.where(inside, count[place], 0)
        total += np.log(count.max() / np.where(height == 0, 0.5, height))
    return total


def path(n):
    return 0 if n < 2 else 1 if n == 2 else 2 * (np.log(n - 1) + np.euler_gamma) - 2 * (n - 1) / n


def extended(x, at, trees, sample):
    """Algorithms 1 to 3 of Hariri et al. with the highest extension level."""
    limit = int(np.ceil(np.log2(sample)))

    def walk(part, inside, depth):
        if depth >= limit or len(part) < 2:
            return np.full(len(inside), depth + path(len(part)))
        slope = rng.normal(size=x.shape[1])
        through = rng.uniform(part.min(axis=0), part.max(axis=0)) @ slope
        left, below = part @ slope <= through, inside @ slope <= through
        out = np.empty(len(inside))
        out[below] = walk(part[left], inside[below], depth + 1)
        out[~below] = walk(part[~left], inside[~below], depth + 1)
        return out

    depth = sum(walk(x[rng.choice(len(x), sample, replace=False)], at, 0) for _ in range(trees))
    return 2 ** (-depth / trees / path(sample))


ecod, copod = pyod(train)
lof = LocalOutlierFactor(20, novelty=True).fit(train)
near = NearestNeighbors(n_neighbors=10).fit(train)
scaled = (train - train.mean(axis=0)) / train.std(axis=0, ddof=1)
then = (fresh - train.mean(axis=0)) / train.std(axis=0, ddof=1)
pca = PCA(n_components=0.9).fit(scaled)
kept = pca.transform(then)
error = ((then - pca.inverse_transform(kept)) ** 2).sum(axis=1)
trained = ((scaled - pca.inverse_transform(pca.transform(scaled))) ** 2).sum(axis=1)
t2 = (kept**2 / pca.explained_variance_).sum(axis=1)
tails = []
for shape, scale, n in [(0.3, 2, 300), (0, 1, 100), (-0.3, 5, 200), (0.8, 0.01, 500), (-0.05, 1e6, 50), (0.1, 1, 1000)]:
    e = np.sort(stats.genpareto.rvs(shape, scale=scale, size=n, random_state=rng))
    best = None
    for start in (0.0, shape):
        c, _, s = stats.genpareto.fit(e, start, floc=0)
        l = stats.genpareto.logpdf(e, c, 0, s).sum()
        if best is None or l > best[2]:
            best = (c, s, l)
    tails.append({"excesses": e.tolist(), "shape": best[0], "scale": best[1], "log_likelihood": best[2]})

out = {
    "made_by": f"reference.py: scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}",
    "train": train.T.tolist(),
    "fresh": fresh.T.tolist(),
    "scores": {
        "lof train": -lof.negative_outlier_factor_,
        "lof": -lof.score_samples(fresh),
        "knndist mean": near.kneighbors(fresh)[0].mean(axis=1),
        "knndist mean train": near.kneighbors()[0].mean(axis=1),
        "knndist largest": near.kneighbors(fresh)[0][:, -1],
        "ocsvm": -OneClassSVM(nu=0.05, gamma="scale", tol=1e-9).fit(train).decision_function(fresh),
        "mahalanobis": EmpiricalCovariance().fit(train).mahalanobis(fresh) * 399 / 400,
        "mahalanobis robust": EllipticEnvelope(random_state=0).fit(train).mahalanobis(fresh),
        "pca": error,
        "pca hotelling": t2 / pca.n_components_ + error / (trained.sum() / 399),
        "iforest": -IsolationForest(n_estimators=1000, random_state=0).fit(train).score_samples(fresh),
        "eif": extended(train, fresh, 300, 256),
        "ecod train": ecod,
        "copod train": copod,
        "hbos": hbos(train, fresh, 20),
    },
    "tails": tails,
}
out["scores"] = {k: np.asarray(v).tolist() for k, v in out["scores"].items()}
print(json.dumps(out))
