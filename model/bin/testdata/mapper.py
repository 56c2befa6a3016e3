"""Writes mapper.json: what scikit-learn's bin mapper makes of a few columns.

Run with scikit-learn 1.2.1 and numpy 1.24 as: python3 mapper.py > mapper.json
"""
import json
import numpy as np
import sklearn
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper

# Columns that Go can make again without a generator of numpy.
def column(kind, n):
    i = np.arange(n, dtype=float)
    if kind == "ramp":
        return i * 0.1
    if kind == "squares":
        return (i * 7919 % n) ** 2
    if kind == "few":
        return i * 31 % 17
    if kind == "heavy":
        return np.where(i % 3 == 0, i, 5.0)
    if kind == "gaps":
        return np.where(i % 7 == 0, np.nan, np.sqrt(i))
    raise ValueError(kind)

cases = []
for kind in ["ramp", "squares", "few", "heavy", "gaps"]:
    for n, bins in [(40, 4), (997, 10), (5000, 255)]:
        x = column(kind, n)
        m = _BinMapper(n_bins=bins + 1).fit(x.reshape(-1, 1))
        codes = m.transform(x.reshape(-1, 1))[:, 0]
        cases.append({"kind": kind, "rows": n, "bins": bins,
                      "edges": [float(v) for v in np.unique(m.bin_thresholds_[0])],
                      "missing": int((codes == bins).sum())})
json.dump({"made_by": "testdata/mapper.py, scikit-learn %s, numpy %s" % (sklearn.__version__, np.__version__),
           "cases": cases}, __import__("sys").stdout)
