"""Reference values of exponential smoothing models, for stats/smoothing_reference_test.go.

    /usr/bin/python3 stats/testdata/ets.py > stats/testdata/ets.json

statsmodels fits models and runs them at fixed weights and initial states. The series are
the Nile and the airline passengers (stats/timeseries_data_test.go), and one of a formula.
"""

import json
import math
import re
import sys
from pathlib import Path

import numpy
import scipy
import statsmodels
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

SOURCE = Path(__file__).resolve().parent.parent / "timeseries_data_test.go"


def shipped(name):
    """The numbers of a series that the tests hold as Go code."""
    body = re.search(r"var " + name + r" = \[\]float64\{(.*?)\}", SOURCE.read_text(), re.S).group(1)
    return [float(v) for v in re.findall(r"-?[0-9.]+", body)]


def formula(n):
    """Two daily waves, a slow wander and something that looks like noise."""
    return [100 + 20 * math.sin(2 * math.pi * i / 24) + 6 * math.cos(4 * math.pi * i / 24) + 0.02 * i
            + 12 * math.sin(i / 37) + 5 * math.sin(i * i) for i in range(n)]


SERIES = {"nile": shipped("nile"), "airPassengers": shipped("airPassengers"), "formula": formula(240)}


def model(x, trend, season, **more):
    m = season if season > 1 else None
    return ETSModel(numpy.asarray(x), error="add", trend="add" if trend else None, damped_trend=trend == 2,
                    seasonal="add" if m else None, seasonal_periods=m, **more)


def fixed(name, trend, season, weights, level, slope, seasonal):
    """A run at fixed weights and initial states."""
    x = SERIES[name]
    more = {"initialization_method": "known", "initial_level": level}
    if trend:
        more["initial_trend"] = slope
    if season > 1:
        more["initial_seasonal"] = seasonal
    m = model(x, trend, season, **more)
    alpha, beta, gamma, phi = weights
    params = {"smoothing_level": alpha, "smoothing_trend": beta, "smoothing_seasonal": gamma, "damping_trend": phi}
    states = {"initial_level": level, "initial_trend": slope}
    states.update({f"initial_seasonal.{i}": v for i, v in enumerate(seasonal)})
    values = []
    for p in m.param_names:
        values.append(params[p] if p in params else states[p])
    r = m.smooth(values)
    h = 30
    return {"series": name, "trend": trend, "season": season, "alpha": alpha, "beta": beta, "gamma": gamma, "phi": phi,
            "level": level, "slope": slope, "seasonal": seasonal, "sse": float(r.sse), "log_likelihood": float(r.llf),
            "levels": [float(v) for v in r.level],
            "slopes": [float(v) for v in r.slope] if trend else [],
            "effects": [float(v) for v in r.season] if season > 1 else [],
            "forecast": [float(v) for v in r.forecast(h)],
            "variance": [float(v) for v in r.mse * r._relative_forecast_variance(numpy.arange(1, h + 1))]}


def fitted(name, trend, season):
    """The best that statsmodels finds from a few starts."""
    best = None
    for start in (None, 0.1, 0.5, 0.9):
        m = model(SERIES[name], trend, season)
        if start is None:
            r = m.fit(disp=False, maxiter=2000)
        else:
            values = m.start_params.copy()
            values[m.param_names.index("smoothing_level")] = start
            r = m.fit(start_params=values, disp=False, maxiter=2000)
        if best is None or r.llf > best.llf:
            best = r
    return {"series": name, "trend": trend, "season": season, "log_likelihood": float(best.llf), "sse": float(best.sse)}


def main():
    wave = [round(10 * math.sin(2 * math.pi * (i + 1) / 12), 3) for i in range(12)]
    day = [round(18 * math.sin(2 * math.pi * i / 24), 3) for i in range(24)]
    runs = [
        fixed("nile", 0, 0, (0.25, 0, 0, 1), 1110.0, 0.0, []),
        fixed("nile", 1, 0, (0.3, 0.02, 0, 1), 1150.0, -3.5, []),
        fixed("nile", 2, 0, (0.3, 0.1, 0, 0.9), 1150.0, -3.5, []),
        fixed("airPassengers", 0, 12, (0.7, 0, 0.2, 1), 125.0, 0.0, wave),
        fixed("airPassengers", 1, 12, (0.6, 0.05, 0.3, 1), 120.0, 1.5, wave),
        fixed("airPassengers", 2, 12, (0.6, 0.1, 0.3, 0.95), 120.0, 1.5, wave),
        fixed("formula", 2, 24, (0.2, 0.05, 0.1, 0.85), 100.0, 0.5, day),
    ]
    fits = [fitted("nile", t, 0) for t in range(3)]
    fits += [fitted("airPassengers", t, m) for t in range(3) for m in (0, 12)]
    fits += [fitted("formula", t, 24) for t in range(3)]
    made = f"statsmodels {statsmodels.__version__}, SciPy {scipy.__version__}, NumPy {numpy.__version__}"
    json.dump({"made_by": made + ": stats/testdata/ets.py", "fixed": runs, "fitted": fits}, sys.stdout, indent=1)
    print()


main()
