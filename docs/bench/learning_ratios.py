"""Times of our learners and of their rivals, which take turns: learning_ratios.py LEARNING FILE RUNS [OURS...]

LEARNING is the built program of docs/bench/learning. Every fit has a process of its own; peaks are the largest resident
sets of the whole processes, reading the file included. Figures are medians over the runs; ratios, ours over the rival's,
are medians of the ratios of the pairs. CPU is user plus system time of all threads. Fits are of the learner by itself:
what its steps take is told apart.
"""
import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile

# ours, the rival, and one row in how many is scored
PAIRS = [
    ("gbt-codes", "xgboost", 1), ("gbt-codes", "hgb", 1), ("gbt", "xgboost-levels", 1), ("gbt", "hgb", 1),
    ("rf", "rf", 1), ("et", "et", 1), ("bag", "bag", 1), ("tree", "tree", 1), ("ada", "ada", 1),
    ("mlp-15", "mlp-15", 1), ("svm", "svm", 1), ("rbfsvm", "rbfsvm", 1), ("nb-gaussian", "nb-gaussian", 1), ("nb", "nb", 1),
    ("knn", "knn", 10), ("logreg", "logreg", 1), ("logreg", "logreg-lbfgs", 1),
]


def measure(command):
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        if status:
            raise SystemExit(f"{command} ended with status {status}")
        out.seek(0)
        found = json.loads(out.read())
    batch = found["batch"]
    return {
        "fit wall": found["fit"]["wall"], "fit CPU": found["fit"]["cpu"], "steps CPU": found["steps"]["cpu"],
        "batch CPU": 1e6 * batch["cpu"] / found["batch_rows"], "batch wall": 1e6 * batch["wall"] / found["batch_rows"],
        "single": found["single_us"], "peak": used.ru_maxrss / 1024, "both CPU": found["fit"]["cpu"] + batch["cpu"],
        "both wall": found["fit"]["wall"] + batch["wall"],
    }


def main():
    learning, file, runs, *wanted = sys.argv[1:]
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "learning.py")
    print("| ours | rival | fit, wall s | fit, CPU s | wall ratio | CPU ratio | batch, µs a row, CPU | ratio | one row, µs | peak MiB | steps, CPU s |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for ours, rival, every in PAIRS:
        if wanted and ours not in wanted:
            continue
        a, b = collections.defaultdict(list), collections.defaultdict(list)
        for _ in range(int(runs)):
            for into, command in (a, [learning, "speed", "-score-every", str(every), file, ours]), (b, ["/usr/bin/python3", script, "speed", file, rival, str(every)]):
                for key, value in measure(command).items():
                    into[key].append(value)
        m = statistics.median
        both = lambda key, form: f"{m(a[key]):{form}} / {m(b[key]):{form}}"
        ratio = lambda key: f"{m(x / max(y, 1e-9) for x, y in zip(a[key], b[key])):.2f}"
        fit = "both" if ours == "knn" else "fit"  # a fit of neighbours is hardly any work: with the scoring
        cells = [ours, rival, both(f"{fit} wall", ".2f"), both(f"{fit} CPU", ".2f"), ratio(f"{fit} wall"), ratio(f"{fit} CPU"),
                 both("batch CPU", ".2f"), ratio("batch CPU"), both("single", ".1f"), both("peak", ".0f"), both("steps CPU", ".2f")]
        print("| " + " | ".join(cells) + " |", flush=True)


main()
