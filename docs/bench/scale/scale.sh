#!/usr/bin/env bash
# Measures netanom on a table of a ClickHouse server against the server itself: every command runs
# with --explain-queries, then the statements that it sent are sent again by curl, one after the
# other, with the answers thrown away. The ratio is what netanom costs beside the server
# on a quiet machine; own CPU is the seconds that netanom itself computed.
#   docs/bench/scale/scale.sh NETANOM HOST:PORT ROWS
# makes default.netanom_scale_ROWS if it is not there (generate.sql), and leaves it there.
set -euo pipefail
netanom=$1 server=$2 rows=$3
here=$(cd "$(dirname "$0")" && pwd)
table=default.netanom_scale_$rows
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
ask() { curl -fsS "http://$server/?$2" --data-binary "$1"; }

if [ "$(ask "EXISTS TABLE $table" '')" = 0 ]; then
	ask "CREATE TABLE $table (timestamp DateTime, duration UInt32, protocol_type String, service String, flag String, src_bytes UInt32, dst_bytes UInt32, land UInt8, logged_in UInt8, count UInt16, srv_count UInt16, serror_rate Float32, same_srv_rate Float32, dst_host_count UInt8, attack String) ENGINE = MergeTree ORDER BY timestamp PARTITION BY tuple()" ''
	sed "/^--/d;s/TABLE\$/$table/;s/LIMIT ROWS/LIMIT $rows/" "$here/generate.sql" >"$work/generate"
	curl -fsS "http://$server/?max_threads=1" --data-binary @"$work/generate"
fi

seconds() { # of a command, into $work/time
	/usr/bin/time -o "$work/time" -f '%e %M %U %S' "$@"
}

printf '%-10s %9s %9s %7s %9s %6s %6s\n' "$rows" netanom server ratio 'own CPU' sent MiB
while IFS= read -r command; do
	# shellcheck disable=SC2086
	seconds "$netanom" ${command/TABLE/clickhouse://$server/${table/./\/}} --no-report --explain-queries >"$work/answer" 2>"$work/log" || { cat "$work/log"; exit 1; }
	read -r wall memory user system <"$work/time"
	sed -n 's/;$//p' "$work/log" | grep '^SELECT' >"$work/statements"
	seconds bash -c 'while IFS= read -r s; do case $s in *rowNumberInAllBlocks*) one="&max_threads=1" ;; *) one= ;; esac; printf %s "$s" | curl -fsS "http://$0/?max_query_size=1000000000&wait_end_of_query=1$one" --data-binary @- >/dev/null; done' "$server" <"$work/statements"
	read -r own _ <"$work/time"
	printf '%-10s %9s %9s %7.3f %9s %6s %6d\n' "${command%% *}" "$wall" "$own" "$(echo "$wall/$own" | bc -l)" "$(echo "$user+$system" | bc)" "$(wc -l <"$work/statements")" $((memory / 1024))
done <<'LIST'
describe TABLE
corr TABLE --feature duration,src_bytes,dst_bytes,logged_in,count,srv_count,serror_rate,same_srv_rate,dst_host_count,land
chisq TABLE --feature protocol_type
ttest TABLE --feature all
missing TABLE
anova TABLE --by protocol_type --feature src_bytes
timeseries TABLE
LIST
