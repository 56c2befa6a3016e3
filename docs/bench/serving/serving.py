"""netanom serve against Flask with scikit-learn: throughput, latency, start, memory, and the bars.

    serving.py --netanom BINARY              everything, as a table, and as JSON in the work folder
    serving.py --only peer --seconds 4 --repeats 1

It needs wrk, gunicorn, Flask, pandas and scikit-learn (Debian: wrk gunicorn python3-flask python3-pandas python3-sklearn,
run by /usr/bin/python3), and NSL-KDD, found through NETANOM_SHARED.

Servers take turns: in every repeat each is started, checked, put under all loads, and ended. Figures are medians over the
repeats; ratios are medians of the ratios within a repeat. All models learned from KDDTrain+_20Percent; all bodies are rows of
KDDTrain+ that are not in it. Load comes from wrk with one thread on the same cores, so that a quick server shares them with
its load. wrk 4 corrects latencies for coordinated omission: for an answer that took many times the mean, it adds the waits of
those requests that would have been sent meanwhile. Its p90 and p99 are therefore above the raw ones if a server stalls.
"CPU" is that of the whole process group, "others" the cores that programs outside of the measurement kept busy.

On virtual machines a neighbour on the same physical core can halve the speed without being seen. "probe" is the time of a
fixed loop on each core, before and after a measurement: where it differs by server, their ratio is not to be trusted.
"""
import argparse
import contextlib
import csv
import gzip
import http.client
import io
import json
import os
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # no folder of that beside the sources
from columns import FEATURES, TEXT

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
BATCH = 1000

# by name of a load: rows of a body, connections, its bodies, their type, the query
LOADS = {
    "single1": (1, 1, "single", "application/json", ""),
    "single32": (1, 32, "single", "application/json", ""),
    "batch4": (BATCH, 4, "batch", "application/json", ""),
    "csv4": (BATCH, 4, "csv", "text/csv", ""),
    "reasons32": (1, 32, "single", "application/json", "?reasons=3"),  # of attacks, unless more is asked for
    "allreasons32": (1, 32, "single", "application/json", "?reasons=3&reasons_for=all"),
}
ONLY_NETANOM = {"csv4", "reasons32", "allreasons32"}

# by name of a server: its side, its kind of model, what is added to its environment, whether it runs without being asked for
SERVERS = {
    "peer-rf": ("peer", "rf", {}, True),
    "peer-hgb": ("peer", "hgb", {"OMP_NUM_THREADS": "1"}, True),
    "peer-hgb-uncured": ("peer", "hgb", {}, False),  # OpenMP's threads of two workers starve each other
    "netanom-rf": ("netanom", "rf", {}, True),
    "netanom-gbt": ("netanom", "gbt", {}, True),
    "netanom-hybrid": ("netanom", "hybrid", {}, True),
    "netanom-large": ("netanom", "large", {}, True),
}
START_ONLY = {"netanom-large"}  # a model file of about 5 MB, which the bar for the start is set for
TRAIN = {
    "rf": ["--algo", "rf"], "gbt": ["--algo", "gbt"], "hybrid": ["--algo", "hybrid"],
    "large": ["--algo", "rf", "--set", "trees=565"],
}


# ---- rows and bodies

def shared(name):
    folder = os.environ.get("NETANOM_SHARED")
    if not folder:
        raise SystemExit("NETANOM_SHARED is not set: it names the folder with data/nsl-kdd")
    return os.path.join(folder, "data", "nsl-kdd", name)


def fresh_rows():
    """Cells of the rows of KDDTrain+ that the models have not learned from, the label included."""
    with open(shared("KDDTrain+_20Percent.txt")) as f:
        known = {tuple(line.rstrip("\n").split(",")[:len(FEATURES)]) for line in f}
    with gzip.open(shared("KDDTrain+.txt.gz"), "rt") as f:
        rows = [line.rstrip("\n").split(",") for line in f]
    return [r for r in rows if tuple(r[:len(FEATURES)]) not in known]


def record(row):
    number = lambda cell: float(cell) if "." in cell else int(cell)
    return {name: cell if name in TEXT else number(cell) for name, cell in zip(FEATURES, row)}


class Bodies:
    """By name, the file that wrk reads, the bodies in it, and which of their rows are attacks."""

    def __init__(self, work):
        rows = fresh_rows()
        random.Random(1).shuffle(rows)
        batches = [rows[BATCH * i:BATCH * (i + 1)] for i in range(10)]
        singles = rows[10 * BATCH:10 * BATCH + 500]
        line = lambda row: ",".join(row[:len(FEATURES)]) + "\n"
        self.of = {
            "single": [json.dumps(record(r)) for r in singles],
            "batch": [json.dumps([record(r) for r in b]) for b in batches],
            "csv": [line(FEATURES) + "".join(map(line, b)) for b in batches],
        }
        attack = lambda row: row[len(FEATURES)] != "normal"
        self.attacks = {"single": [[attack(r)] for r in singles], "batch": [list(map(attack, b)) for b in batches]}
        self.attacks["csv"] = self.attacks["batch"]
        self.file = {}
        for name, bodies in self.of.items():
            self.of[name] = bodies = [b.encode() for b in bodies]
            self.file[name] = os.path.join(work, name + ".bodies")
            with open(self.file[name], "wb") as f:
                for b in bodies:
                    f.write(b"%d\n%s" % (len(b), b))


# ---- processes

def stat(pid):
    """Process group, and CPU seconds of the process and of its children that have ended."""
    with open(f"/proc/{pid}/stat") as f:
        cells = f.read().rpartition(")")[2].split()
    return int(cells[2]), sum(map(int, cells[11:15])) / TICKS


def group(pgid):
    """CPU seconds, RSS and PSS (MiB) and number of the processes of a group."""
    cpu = rss = pss = count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            of, used = stat(pid)
            if of != pgid:
                continue
            with open(f"/proc/{pid}/smaps_rollup") as f:
                sizes = {p[0]: int(p[1]) / 1024 for p in map(str.split, f) if p[0] in ("Rss:", "Pss:")}
            cpu, count = cpu + used, count + 1
            rss, pss = rss + sizes.get("Rss:", 0), pss + sizes.get("Pss:", 0)
    return {"cpu": cpu, "rss": rss, "pss": pss, "processes": count}


def machine_cpu():
    """CPU seconds that all cores have been busy, what the host took included."""
    with open("/proc/stat") as f:
        cells = list(map(int, f.readline().split()[1:9]))
    return (sum(cells) - cells[3] - cells[4]) / TICKS


def probe():
    """Milliseconds that a fixed loop takes, the mean over the cores."""
    cores, times = os.sched_getaffinity(0), []
    try:
        for core in cores:
            os.sched_setaffinity(0, {core})
            for _ in range(2):
                start, x = time.process_time(), 0
                for i in range(500_000):
                    x += i
                times.append(1e3 * (time.process_time() - start))
    finally:
        os.sched_setaffinity(0, cores)
    return statistics.mean(times)


class Watch:
    """Samples the memory of a process group in the background."""

    def __init__(self, pgid, every):
        self.samples, self.pgid, self.every = [], pgid, every
        self.over = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def run(self):
        while not self.over.wait(self.every):
            self.samples.append(group(self.pgid))

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def peak(self, key):
        return max((s[key] for s in self.samples), default=0)


class Server:
    """A server on a port of its own. It leads a process group, which ends when the with statement does."""

    def __init__(self, name, options):
        self.name = name
        self.side, self.kind, extra, _ = SERVERS[name]
        self.environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", **extra)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        address = f"127.0.0.1:{self.port}"
        if self.side == "peer":
            self.path = "/predict"
            folder = os.path.join(options.work, "peer")
            self.model = os.path.join(folder, self.kind + ".joblib")
            self.environment.update(PEER_KIND=self.kind, PEER_DIR=folder)
            self.command = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", address, "--chdir", HERE, "peer:app"]
        else:
            self.path = "/v1/predict"
            self.model = os.path.join(options.work, self.kind + ".netanom")
            self.command = [options.netanom, "serve", "--model", self.model, "--addr", address]
        self.log = os.path.join(options.work, name + ".log")

    def __enter__(self):
        self.started = time.perf_counter()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=os.path.dirname(self.log), start_new_session=True)
        return self

    def __exit__(self, *_):
        # a server that drains its connections first is asked again, and then not asked any more
        for what, patience in (signal.SIGTERM, 1), (signal.SIGTERM, 8), (signal.SIGKILL, 8):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, what)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # workers that outlive their parent

    def fail(self, why):
        with open(self.log, errors="replace") as f:
            tail = f.read()[-2000:]
        raise SystemExit(f"{self.name}: {why}\n{tail}".rstrip())

    def ask(self, path, body=None, type="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST" if body else "GET", path, body, {"Content-Type": type} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.headers.get_content_type(), answer.read()
        finally:
            connection.close()

    def wait(self, body):
        """Seconds from the start of the process to its first prediction."""
        while time.perf_counter() - self.started < 60:
            if self.process.poll() is not None:
                self.fail(f"ended with status {self.process.returncode} before it answered")
            try:
                status, _, text = self.ask(self.path, body)
            except (OSError, http.client.HTTPException):
                status = 503
            if status == 200:
                return time.perf_counter() - self.started
            if status != 503:
                self.fail(f"the first answer has status {status}: {text[:500]!r}")
            time.sleep(0.001)
        self.fail("no answer within 60 s")

    def check(self, load, bodies, limit):
        """Fails unless answers are 200, with a label for each row, mostly the right one. Returns the share of right ones."""
        rows, _, which, type, query = LOADS[load]
        right = judged = reasons = 0
        for body, attacks in list(zip(bodies.of[which], bodies.attacks[which]))[:limit]:
            status, kind, text = self.ask(self.path + query, body, type)
            if status != 200:
                self.fail(f"{load}: status {status}: {text[:500]!r}")
            if kind == "text/csv":
                found = list(csv.DictReader(io.StringIO(text.decode())))
                labels = [r.get("verdict") for r in found]
            else:
                found = json.loads(text)["predictions"]
                labels = [p.get("label") for p in found]
                reasons += sum(bool(p.get("reasons")) for p in found)
            if len(labels) != rows or not set(labels) <= {"normal", "attack"}:
                self.fail(f"{load}: {len(labels)} predictions for {rows} rows, which call them {set(labels)}: {text[:500]!r}")
            judged += rows
            right += sum((label == "attack") == attack for label, attack in zip(labels, attacks))
        if right < 0.9 * judged:
            self.fail(f"{load}: only {right} of {judged} rows are called what they are")
        if query and not reasons or query.endswith("all") and reasons < 0.8 * judged:
            self.fail(f"{load}: {reasons} of {judged} answers have reasons")
        return right / judged

    def press(self, load, bodies, seconds, every=1.0):
        """Puts the server under a load. Returns what wrk found, CPU and memory, and the samples of memory."""
        rows, connections, which, type, query = LOADS[load]
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", os.path.join(HERE, "wrk.lua"),
                   f"http://127.0.0.1:{self.port}{self.path}{query}", "--", bodies.file[which], type, str(rows)]
        pgid = self.process.pid
        own, busy, before, start = time.process_time(), machine_cpu(), group(pgid), time.perf_counter()
        with Watch(pgid, every) as watch:
            children = os.times()
            found = subprocess.run(command, stdout=subprocess.PIPE, timeout=seconds + 90, check=True)
            ended = os.times()
        after, took = group(pgid), time.perf_counter() - start
        wrk = ended.children_user + ended.children_system - children.children_user - children.children_system
        cpu = after["cpu"] - before["cpu"]
        result = json.loads(found.stdout.splitlines()[-1])
        others = machine_cpu() - busy - cpu - wrk - (time.process_time() - own)
        if self.process.poll() is not None:
            self.fail(f"{load}: ended with status {self.process.returncode} under load")
        result.update(cpu=cpu, wrk_cpu=wrk, cpu_us_per_row=1e6 * cpu / max(result["answered"] * rows, 1),
                      rss=max(watch.peak("rss"), after["rss"]), pss=max(watch.peak("pss"), after["pss"]),
                      processes=after["processes"], others=max(others, 0) / took)
        return result, watch.samples


# ---- models

def prepare(servers, options):
    """Trains the models that are not in the work folder yet, or are older than the program that reads them."""
    if any(SERVERS[s][0] == "peer" for s in servers):
        folder = os.path.join(options.work, "peer")
        subprocess.run([sys.executable, "-B", os.path.join(HERE, "peer.py"), "train", folder], check=True)
    for name in servers:
        side, kind, *_ = SERVERS[name]
        out = os.path.join(options.work, kind + ".netanom")
        if side != "netanom" or os.path.exists(out) and os.path.getmtime(out) > os.path.getmtime(options.netanom):
            continue
        subprocess.run([options.netanom, "train", shared("KDDTrain+_20Percent.txt"), *TRAIN[kind], "--validate", "none",
                        "--out", out, "--no-report", "--quiet"], check=True, stdout=subprocess.DEVNULL, cwd=options.work)


# ---- the whole

def measure(servers, loads, options):
    bodies = Bodies(options.work)
    runs, starts = [], []
    for repeat in range(options.repeats):
        for name in servers:
            with Server(name, options) as server:
                start = {"server": name, "repeat": repeat, "seconds": server.wait(bodies.of["single"][0])}
                if server.side == "netanom" and server.ask("/readyz")[0] != 200:
                    server.fail("it predicts, but /readyz is not 200")
                start["model_mb"] = os.path.getsize(server.model) / 1e6
                starts.append(start)
                for load in loads:
                    if name in START_ONLY or server.side == "peer" and load in ONLY_NETANOM:
                        continue
                    right = server.check(load, bodies, 20 if repeat == 0 else 2)
                    if options.warmup:
                        server.press(load, bodies, options.warmup)
                    before = probe()
                    result, _ = server.press(load, bodies, options.seconds)
                    result.update(server=name, load=load, repeat=repeat, right=right, probe=(before + probe()) / 2)
                    runs.append(result)
                    told = f"{repeat + 1}/{options.repeats} {name} {load}: {result['rows_per_s']:.0f} rows/s"
                    print(told, file=sys.stderr, flush=True)
    return {"runs": runs, "starts": starts, "soak": soak(servers, bodies, options) if options.soak else []}


def soak(servers, bodies, options):
    """Memory of our servers over a long load: in its second quarter and in its last."""
    out = []
    for name in servers:
        if SERVERS[name][0] != "netanom" or name in START_ONLY:
            continue
        with Server(name, options) as server:
            server.wait(bodies.of["single"][0])
            result, samples = server.press("single32", bodies, options.soak, max(1, options.soak / 200))
        rss = [s["rss"] for s in samples]
        n = len(rss)
        if n < 4:
            raise SystemExit("a soak is too short for its memory to be compared")
        out.append({"server": name, "seconds": options.soak, "early": statistics.median(rss[n // 4:n // 2]),
                    "late": statistics.median(rss[3 * n // 4:]), "peak": max(rss), "errors": result["errors"], "rss": rss})
    return out


def about():
    cpu = ""
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as f:
        cpu = next((line.partition(":")[2].strip() for line in f if line.startswith("model name")), "")
    return {"cpu": cpu, "cores": len(os.sched_getaffinity(0)), "system": platform.platform(), "python": platform.python_version()}


def versions(servers, options):
    out = {"wrk": subprocess.run(["wrk", "-v"], stdout=subprocess.PIPE, text=True).stdout.split(" [")[0]}
    if any(SERVERS[s][0] == "peer" for s in servers):
        code = ("import json, importlib.metadata as m; "
                "print(json.dumps({p: m.version(p) for p in ('flask', 'gunicorn', 'pandas', 'scikit-learn')}))")
        out.update(json.loads(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout))
    if any(SERVERS[s][0] == "netanom" for s in servers):
        told = subprocess.run([options.netanom, "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
        out["netanom"] = told.strip()
    return out


def median(rows, key):
    return statistics.median(r[key] for r in rows)


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "|".join("---" if i < 2 else "---:" for i in range(len(header))) + "|")
    for r in rows:
        print("| " + " | ".join(r) + " |")
    print()


class Figures:
    """What was measured, by server and load."""

    def __init__(self, data):
        self.data, self.by = data, {}
        for r in data["runs"]:
            self.by.setdefault((r["server"], r["load"]), []).append(r)

    def loads(self):
        rows = []
        for (server, load), r in self.by.items():
            m = lambda key: median(r, key)
            rows.append([server, load, f"{m('rows_per_s'):,.0f}", f"{m('p50'):.2f}", f"{m('p90'):.2f}", f"{m('p99'):.2f}",
                         f"{m('cpu_us_per_row'):,.1f}", f"{max(x['rss'] for x in r):.0f} ({max(x['pss'] for x in r):.0f})",
                         f"{r[0]['right']:.3f}", str(sum(x["errors"] for x in r)), f"{m('others'):.2f}",
                         f"{m('probe'):.0f}"])
        table(["server", "load", "rows/s", "p50 ms", "p90 ms", "p99 ms", "CPU, µs a row", "RSS (PSS) MiB", "right", "errors",
               "others, cores", "probe, ms"], rows)

    def starts(self):
        by = {}
        for s in self.data["starts"]:
            by.setdefault(s["server"], []).append(s)
        table(["server", "model", "start to first answer, s"],
              [[name, f"{s[0]['model_mb']:.1f} MB", f"{median(s, 'seconds'):.3f}"] for name, s in by.items()])

    def ratio(self, key, ours, load, theirs, other=None):
        """The median over the repeats of a figure of one server over that of another, or None."""
        a, b = self.by.get((ours, load)), self.by.get((theirs, other or load))
        return statistics.median(x[key] / y[key] for x, y in zip(a, b)) if a and b else None

    def bars(self):
        """The bars, each with what it asks and what came of it; those that nothing was measured for are left out."""
        rows = []

        def bar(what, measured, limit, unit, least, note=""):
            if measured is None:
                return
            met = measured >= limit if least else measured < limit
            form = "{:.1f}" if measured >= 10 else "{:.3g}"
            asked = f"{'≥' if least else '<'} {limit:.3g}{unit}"
            rows.append([what, asked, form.format(measured) + unit + note, "yes" if met else "**no**"])

        pairs = ("netanom-rf", "peer-rf", 100), ("netanom-gbt", "peer-hgb", 60)
        speed = lambda *of: self.ratio("rows_per_s", *of)
        bar("one record, 1 connection: rf / peer-rf", speed("netanom-rf", "single1", "peer-rf"), 60, " ×", True)
        for (server, load), r in self.by.items():
            if load == "single1" and SERVERS[server][0] == "netanom":
                bar(f"one record, 1 connection: p99 of {server}", median(r, "p99"), 3, " ms", False)
        for ours, theirs, least in pairs:
            bar(f"one record, 32 connections: {ours} / {theirs}", speed(ours, "single32", theirs), least, " ×", True)
            bar(f"one record, 32 connections: p99 of {ours} / {theirs}", self.ratio("p99", ours, "single32", theirs), 0.1, "", False)
        for ours, theirs, _ in pairs:
            bar(f"batches as JSON: {ours} / {theirs}", speed(ours, "batch4", theirs), 2.5, " ×", True)
            bar(f"batches as CSV: {ours} / {theirs} as JSON", speed(ours, "csv4", theirs, "batch4"), 4, " ×", True)
        for load in "single1", "single32":
            bar(f"default detector, {load}: netanom-hybrid / peer-rf", speed("netanom-hybrid", load, "peer-rf"), 30, " ×", True)
        for server in SERVERS:
            for load in "reasons32", "allreasons32":
                bar(f"with reasons, {load} / single32: {server}", speed(server, load, server, "single32"), 1 / 3, "", True)
        for server, (side, *_) in SERVERS.items():
            if side != "netanom":
                continue
            s = [s for s in self.data["starts"] if s["server"] == server]
            if s:
                bar(f"start to first answer: {server}", median(s, "seconds"), 0.1, " s", False, f" ({s[0]['model_mb']:.1f} MB)")
            r = [x for (name, _), of in self.by.items() if name == server for x in of]
            if r:
                bar(f"memory at load, RSS: {server}", max(x["rss"] for x in r), 80, " MiB", False)
        for s in self.data["soak"]:
            bar(f"memory, last quarter of a soak of {s['seconds']} s / its second: {s['server']}", s["late"] / s["early"], 1.05, "",
                False, f" (peak {s['peak']:.0f} MiB)")
        if rows:
            table(["bar", "asked", "measured", "met"], rows)


def choose(text, known, kind):
    """Names of a list with commas, in the order in which they are known."""
    names = set(text.split(","))
    if names - set(known):
        raise SystemExit(f"no such {kind}: {', '.join(sorted(names - set(known)))}; there are {', '.join(known)}")
    return [k for k in known if k in names]


def ask():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--netanom", help="built program; needed unless --only leaves it out")
    p.add_argument("--only", help="peer, netanom, or names of servers: " + ", ".join(SERVERS))
    p.add_argument("--loads", default=",".join(LOADS), help="default: %(default)s")
    p.add_argument("--seconds", type=int, default=8, help="of each measurement (default 8)")
    p.add_argument("--warmup", type=int, default=1, help="seconds before each, thrown away (default 1)")
    p.add_argument("--repeats", type=int, default=3, help="default 3")
    p.add_argument("--soak", type=int, default=0, help="seconds of a long load on each of our servers (default: none)")
    p.add_argument("--against", help="JSON of an earlier run, for servers that this one leaves out")
    p.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "netanom-serving"),
                   help="folder for models, bodies, logs (default %(default)s)")
    p.add_argument("--out", help="file for the JSON (default: results.json in the work folder)")
    o = p.parse_args()
    o.work = os.path.abspath(o.work)
    words = set((o.only or "").split(",")) - {""}
    for side in "peer", "netanom":
        if side in words:
            words.remove(side)
            words |= {s for s, (of, *_, asked) in SERVERS.items() if of == side and asked}
    usual = [s for s, (*_, asked) in SERVERS.items() if asked]
    servers = choose(",".join(words), SERVERS, "server") if words else usual
    loads = choose(o.loads, LOADS, "load")
    if any(SERVERS[s][0] == "netanom" for s in servers):
        if not o.netanom:
            p.error("--netanom names the built program; --only peer goes without")
        o.netanom = os.path.abspath(o.netanom)
    if not shutil.which("wrk"):
        p.error("wrk is not installed")
    if min(o.seconds, o.repeats) < 1:
        p.error("--seconds and --repeats are at least 1")
    return o, servers, loads


def main():
    options, servers, loads = ask()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are ended then too
    os.makedirs(options.work, exist_ok=True)
    prepare(servers, options)
    data = {"about": about(), "versions": versions(servers, options), "seconds": options.seconds, "repeats": options.repeats}
    data.update(measure(servers, loads, options))
    with open(options.out or os.path.join(options.work, "results.json"), "w") as f:
        json.dump(data, f, indent=1)
    if options.against:
        with open(options.against) as f:
            earlier = json.load(f)
        for part in "runs", "starts":
            data[part] = [r for r in earlier[part] if r["server"] not in servers] + data[part]
    figures = Figures(data)
    figures.loads()
    figures.starts()
    figures.bars()


if __name__ == "__main__":
    try:
        main()
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as e:
        raise SystemExit(str(e))
