# Writes reference.json: python3 reference.py KDDTrain+_20Percent.txt > reference.json
import json, sys
import numpy as np, scipy, sklearn
from scipy.optimize import brentq, curve_fit
from scipy.spatial.distance import cdist
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

rng = np.random.RandomState(1)


def distinct(X):
    return X[np.sort(np.unique(X, axis=0, return_index=True)[1])]


def neighbours(X, k):
    """The k nearest others; at equal distance the lower row comes first."""
    D = cdist(X, X)
    np.fill_diagonal(D, np.inf)
    i = np.argsort(D, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(D, i, 1), i


def affinities(X, perplexity):
    """The joint probabilities of t-SNE in double precision, as a dense matrix."""
    n = len(X)
    d, i = neighbours(X, min(n - 1, int(3 * perplexity + 1)))
    P = np.zeros((n, n))
    for r in range(n):
        s = d[r] ** 2 - d[r][0] ** 2

        def p(logbeta):
            e = np.exp(-np.exp(logbeta) * s)
            return e / e.sum()

        def gap(logbeta):
            q = p(logbeta)
            q = q[q > 0]
            return -(q * np.log(q)).sum() - np.log(perplexity)

        P[r, i[r]] = p(brentq(gap, -15, 15, xtol=1e-13))
    P = P + P.T
    return P / P.sum()


def divergence(P, E):
    w = 1 / (1 + ((E[:, None, :] - E[None]) ** 2).sum(-1))
    np.fill_diagonal(w, 0)
    m = P > 0
    return float((P[m] * np.log(P[m] / (w / w.sum())[m])).sum())


def fuzzy_set(X, k):
    """The fuzzy simplicial set of McInnes, Healy and Melville, sections 3.1 and 4."""
    n = len(X)
    d, i = neighbours(X, k - 1)
    W = np.zeros((n, n))
    for r in range(n):
        beyond = np.maximum(d[r] - d[r][d[r] > 0].min(), 0)
        f = lambda s: np.exp(-beyond / s).sum() - np.log2(k)
        lo, hi = 1e-12, 1e12
        sigma = brentq(f, lo, hi, xtol=1e-15, rtol=1e-14) if f(lo) < 0 else lo
        sigma = max(sigma, 1e-3 * d[r].sum() / k)
        W[r, i[r]] = np.exp(-beyond / sigma)
    return W + W.T - W * W.T


def curve(min_dist, spread):
    x = np.linspace(0, 3 * spread, 300)
    y = np.where(x < min_dist, 1, np.exp(-(x - min_dist) / spread))
    p, _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), x, y, xtol=1e-14, ftol=1e-14)
    return [min_dist, spread, p[0], p[1]]


def edges(M, most=60):
    """Some of the weights, as triples."""
    a, b = np.nonzero(np.triu(M))
    pick = np.linspace(0, len(a) - 1, most).astype(int)
    return [[int(a[e]), int(b[e]), M[a[e], b[e]]] for e in pick]


def horn(n, k, times):
    v = [np.sort(np.linalg.eigvalsh(np.corrcoef(rng.randn(n, k).T)))[::-1] for _ in range(times)]
    return list(np.quantile(v, 0.95, axis=0))


def tsne(X):
    best = []
    for s in (1, -1):  # the sign of components is arbitrary
        I = PCA(2).fit_transform(X)
        I = I / I[:, 0].std() * 1e-4 * [1, s]
        E = TSNE(init=I.astype(np.float32), learning_rate="auto", n_jobs=2).fit_transform(X).astype(float)
        best.append([divergence(affinities(X, 30), E), trustworthiness(X, E, n_neighbors=5), trustworthiness(X, E, n_neighbors=12)])
    return best


iris = load_iris()
iris.data = np.round(10 * iris.data)  # in millimetres, so that equal distances are equal
X = distinct(iris.data)
flat = PCA(2).fit_transform(X)
P, W = affinities(X, 30), fuzzy_set(X, 15)

raw = [l.split(",") for l in open(sys.argv[1])][::25]
K = np.log1p(np.array([[float(v) for j, v in enumerate(r[:41]) if j not in (1, 2, 3)] for r in raw]))
K = distinct(K[:, K.std(0) > 0])
K = (K - K.mean(0)) / K.std(0)

out = {
    "made_by": f"reference.py; numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}",
    "iris": iris.data.tolist(), "species": iris.target.tolist(),
    "affinities": {"edges": edges(P), "count": int((P > 0).sum()), "divergence_of_pca": divergence(P, flat)},
    "fuzzy_set": {"edges": edges(W), "count": int((W > 0).sum()), "sum": float(W.sum())},
    "curves": [curve(0.1, 1), curve(0.5, 1), curve(0, 1), curve(0.001, 0.5), curve(0.3, 2)],
    "trustworthiness_of_pca": {str(k): trustworthiness(X, flat, n_neighbors=k) for k in (1, 5, 12, 50)},
    "horn": {"500x10": horn(500, 10, 20000), "30x40": horn(30, 40, 4000)},
    "tsne": {"iris": tsne(X), "kdd": tsne(K)}, "kdd_rows": len(K), "kdd_columns": K.shape[1],
}
print('{\n' + ',\n'.join(f' {json.dumps(k)}: {json.dumps(v)}' for k, v in out.items()) + '\n}')
