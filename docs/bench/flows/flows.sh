#!/usr/bin/env bash
# Captures and logs to records, beside tools that read captures too, on one core, each
# the median of three runs. Needs: taskset, GNU time, python3; argus, tshark and nfpcapd
# where they shall be compared (Debian: argus-server, tshark, nfdump).
# usage: flows.sh NETANOM [CONNECTIONS]
set -euo pipefail
netanom=$(realpath "$1") connections=${2:-300000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$netanom" simulate --connections "$connections" --seed 4 --days 1 --capture mix.pcap --out mix.csv --quiet
"$netanom" simulate --connections "$connections" --attack neptune --attack-share 1 --seed 5 --days 1 --capture flood.pcap --quiet
"$netanom" flows mix.pcap --quiet --out records.csv
python3 - <<'EOF'
import csv, datetime
rows = []
for x in csv.DictReader(open("records.csv")):
    ts = datetime.datetime.fromisoformat(x["timestamp"].replace("Z", "+00:00")).timestamp()
    rows.append((ts + float(x["duration"]), "\t".join(["%.6f" % ts, x["uid"], x["src_ip"], x["src_port"], x["dst_ip"], x["dst_port"],
        x["protocol_type"], "-", "%.6f" % float(x["duration"]), x["src_bytes"], x["dst_bytes"], x["flag"], "T", "F", "0", "ShADadFf", "1", "60", "1", "60", "(empty)"]) + "\n"))
rows.sort(key=lambda r: r[0])
with open("conn.log", "w") as f:
    f.write("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t" + "\t".join("ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents".split()) + "\n")
    for _ in range(4):
        f.writelines(line for _, line in rows)
EOF
"$netanom" simulate --connections 10000 --seed 6 --out small.csv --quiet
"$netanom" train small.csv --features conn --algo rf --validate none --no-report --quiet --out small.netanom >/dev/null
"$netanom" train small.csv --features conn --validate none --no-report --quiet --out hybrid.netanom >/dev/null
"$netanom" simulate --connections "$connections" --seed 7 --attack-share 0.02 --days 1 --out calm.csv --quiet

# run NAME THINGS COMMAND…: prints the median wall time, things a second, and the most memory
run() {
	local name=$1 things=$2
	shift 2
	for _ in 1 2 3; do
		GOMAXPROCS=1 taskset -c 1 /usr/bin/time -f '%e %M' -o time "$@" >/dev/null 2>&1
		tail -1 time
	done | sort -n | sed -n 2p | awk -v name="$name" -v n="$things" '{printf "%-44s %7.2f s %11.0f /s %8.0f MiB\n", name, $1, n / $1, $2 / 1024}'
}
frames() { python3 -c "
import struct, sys
d = open(sys.argv[1], 'rb'); d.seek(24); n = 0
while h := d.read(16): d.seek(struct.unpack('<I', h[8:12])[0], 1); n += 1
print(n)" "$1"; }
mix=$(frames mix.pcap) flood=$(frames flood.pcap) rows=$(($(grep -vc '^#' conn.log)))
echo "mixed traffic: $mix packets, $(($(wc -l <records.csv) - 1)) connections; flood: $flood packets; conn.log: $rows rows"
run "netanom flows mix.pcap (packets)" "$mix" "$netanom" flows mix.pcap --quiet --out /dev/null
run "netanom flows mix.pcap (connections)" "$connections" "$netanom" flows mix.pcap --quiet --out /dev/null
run "netanom flows --hold 5s mix.pcap (packets)" "$mix" "$netanom" flows mix.pcap --hold 5s --quiet --out /dev/null
run "netanom flows flood.pcap (connections)" "$connections" "$netanom" flows flood.pcap --quiet --out /dev/null
command -v argus >/dev/null && run "argus -r mix.pcap (packets)" "$mix" argus -X -r mix.pcap -w argus.out
command -v argus >/dev/null && run "argus -r flood.pcap (connections)" "$connections" argus -X -r flood.pcap -w argus.out
command -v tshark >/dev/null && run "tshark -z conv,tcp mix.pcap (packets)" "$mix" tshark -n -q -r mix.pcap -z conv,tcp
mkdir -p nf && command -v nfpcapd >/dev/null && run "nfpcapd -r mix.pcap (packets)" "$mix" nfpcapd -r mix.pcap -w nf
run "netanom flows conn.log (rows)" "$rows" "$netanom" flows conn.log --icmp-aggregates --quiet --out /dev/null
run "netanom flows --hold 5s conn.log (rows)" "$rows" "$netanom" flows conn.log --icmp-aggregates --hold 5s --quiet --out /dev/null
run "netanom predict calm.csv, forest (rows)" "$connections" "$netanom" predict calm.csv --model small.netanom --no-report --quiet
run "netanom predict calm.csv, hybrid (rows)" "$connections" "$netanom" predict calm.csv --model hybrid.netanom --no-report --quiet
run "netanom watch - <mix.pcap, forest (connections)" "$connections" sh -c "'$netanom' watch - --model small.netanom --print none --quiet <mix.pcap"
