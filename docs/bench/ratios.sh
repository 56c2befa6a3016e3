#!/usr/bin/env bash
# Whole-process times of describe against others, paired: ratios.sh NETANOM FILE HEADER(true|false) [RUNS]
# CPU is user plus system, peak is the largest resident set; medians over the runs, one program after the other in each.
set -euo pipefail
netanom=$1 file=$2 header=$3 runs=${4:-5}
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp)
measure() { # name command...
	local name=$1
	shift
	/usr/bin/time -f "$name %e %U %S %M" -a -o "$out" "$@" >/dev/null
}
for _ in $(seq "$runs"); do
	measure wc wc -l "$file"
	measure netanom "$netanom" describe "$file" --no-report --quiet
	measure polars node "$here/polars_describe.mjs" "$file" "$header"
	measure pandas /usr/bin/python3 "$here/pandas_describe.py" "$file" "$header"
	measure duckdb "${DUCKDB:-duckdb}" "$file" "$header"
done
/usr/bin/python3 - "$out" <<'PY'
import collections, statistics, sys
runs = collections.defaultdict(list)
for line in open(sys.argv[1]):
    name, wall, user, system, peak = line.split()
    runs[name].append((float(wall), float(user) + float(system), int(peak) / 1024))
base = [statistics.median(column) for column in zip(*runs["netanom"])]
for name, rows in runs.items():
    wall, cpu, peak = (statistics.median(column) for column in zip(*rows))
    print(f"{name:8} wall {wall:7.2f} s  cpu {cpu:7.2f} s  peak {peak:7.0f} MiB  cpu ratio to netanom {cpu / base[1]:6.2f}")
PY
