package cmd

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// TestRoadsFromPackets turns a capture into verdicts by four roads, and compares the scores of
// alerts: the capture itself, its records through a pipe, its records in a file, and a watch.
func TestRoadsFromPackets(t *testing.T) {
	inTestdata(t)
	done(t, "train traffic.csv --features packets --algo rf --set trees=15 --validate none --out m.netanom")
	made(t, "simulate --connections 600 --seed 9 --capture capture.pcap")
	done(t, "predict capture.pcap --model m.netanom --out direct.csv --alerts direct.jsonl --reasons 2")
	made(t, "flows capture.pcap --out records.csv")
	done(t, "predict records.csv --model m.netanom --out file.csv")
	write(t, "piped.csv", pipe(t, "netanom flows capture.pcap | netanom predict - --model m.netanom --out -", false))
	direct := column(t, "direct.csv", "score")
	for _, road := range []string{"file.csv", "piped.csv"} {
		if got := column(t, road, "score"); !slices.Equal(got, direct) {
			t.Errorf("%s has other scores than the capture itself", road)
		}
	}
	verdicts := column(t, "direct.csv", "verdict")
	var alerts []string
	for i, v := range verdicts {
		if v == "attack" {
			alerts = append(alerts, direct[i])
		}
	}
	if len(alerts) < 50 {
		t.Fatalf("%d alerts of %d rows: too few to compare", len(alerts), len(verdicts))
	}
	if got := scoresOfAlerts(t, read(t, "direct.jsonl")); !slices.Equal(got, alerts) {
		t.Errorf("the alerts as JSON lines have other scores than the rows")
	}
	// A watch waits as long for what began earlier as the file does.
	watched := made(t, "watch - --model m.netanom --print alerts --hold 366d --reasons 0", "capture.pcap").stdout
	got := scoresOfAlerts(t, watched)
	slices.Sort(got)
	slices.Sort(alerts)
	if !slices.Equal(got, alerts) {
		t.Errorf("a watch raises %d alerts, and predict %d", len(got), len(alerts))
	}
}

// scoresOfAlerts returns the scores of alerts in JSON lines, as they are written, and checks what other tools need.
func scoresOfAlerts(t *testing.T, lines string) (scores []string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var a struct {
			ID, UID   string
			Score     json.Number
			Community string `json:"community_id"`
			Record    map[string]any
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if a.ID == "" || a.UID == "" || !strings.HasPrefix(a.Community, "1:") || a.Record["src_ip"] == nil {
			t.Fatalf("an alert without a name: %s", line)
		}
		scores = append(scores, a.Score.String())
	}
	return scores
}

// TestSimulatedCapture writes rows, packets or both of the same traffic.
func TestSimulatedCapture(t *testing.T) {
	inTestdata(t)
	rows := made(t, "simulate --connections 50 --seed 3").stdout
	if alone := made(t, "simulate --connections 50 --seed 3 --capture a.pcap").stdout; alone != "" {
		t.Errorf("rows were written, though only packets were asked for: %q", alone)
	}
	made(t, "simulate --connections 50 --seed 3 --capture b.pcap --out both.csv")
	if read(t, "both.csv") != rows || read(t, "a.pcap") != read(t, "b.pcap") {
		t.Error("rows and packets differ when both are written")
	}
	if r := (session{}).run(t, "simulate", "--capture", "-", "--out", "-"); r.code != exitUsage {
		t.Errorf("both to standard output: exit code %d", r.code)
	}
}

// TestEveryCommandReadsCaptures asks a capture what is asked of tables.
func TestEveryCommandReadsCaptures(t *testing.T) {
	inTestdata(t)
	made(t, "simulate --connections 300 --seed 7 --capture capture.pcap")
	made(t, "flows capture.pcap --out records.csv")
	for _, question := range []string{"describe FILE --feature duration,src_bytes,count,flag", "missing FILE", "timeseries FILE", "chisq FILE --feature flag --by protocol_type"} {
		ask := func(file string) string {
			text := done(t, strings.Replace(question, "FILE", file, 1)+" --format csv").stdout
			return text
		}
		if ask("capture.pcap") != ask("records.csv") {
			t.Errorf("%s: the capture and its records give different answers", question)
		}
	}
}

// TestSettingsAreKept trains on records of one's own windows, and sees that others are refused.
func TestSettingsAreKept(t *testing.T) {
	inTestdata(t)
	made(t, "simulate --connections 600 --seed 5 --attack-share 0 --capture clean.pcap")
	made(t, "simulate --connections 300 --seed 6 --capture capture.pcap")
	made(t, "flows clean.pcap --windows per-host --service-map modern --attack normal --out clean.csv")
	done(t, "train clean.csv --features packets --algo iforest --set trees=20 --fpr 0.02 --out own.netanom")
	text := done(t, "train clean.pcap --clean --windows per-host --service-map modern --features packets --algo iforest --set trees=20 --fpr 0.02 --out same.netanom").stdout
	if !strings.Contains(text, "was trained on a clean period") {
		t.Errorf("nothing is said of the clean period:\n%s", text)
	}
	for _, m := range []string{"own", "same"} {
		done(t, "predict capture.pcap --model "+m+".netanom --out "+m+".csv")
	}
	if read(t, "own.csv") != read(t, "same.csv") {
		t.Error("a clean capture and its labelled records teach different models")
	}
	done(t, "predict capture.pcap --model own.netanom --out own.csv") // made as the model wants
	if got := column(t, "own.csv", "netanom_windows"); got[0] != traffic.PerHost.String() {
		t.Errorf("the capture was read with windows %q", got[0])
	}
	made(t, "flows capture.pcap --out kdd.csv")
	made(t, "flows capture.pcap --attack normal --out labelled.csv")
	for command, file := range map[string]string{"predict": "kdd.csv", "evaluate": "labelled.csv"} {
		r := session{}.run(t, command, file, "--model", "own.netanom", "--no-report")
		if r.code != exitError || !strings.Contains(r.stderr, "--windows per-host --service-map modern") {
			t.Errorf("%s of rows made otherwise: exit code %d: %s", command, r.code, r.stderr)
		}
	}
	header, rest, _ := strings.Cut(read(t, "own.csv"), "\n")
	mixed := strings.Replace(rest, "per-host", "documented", 1)
	write(t, "mixed.csv", header+"\n"+mixed)
	if r := (session{}).run(t, "predict", "mixed.csv", "--model", "own.netanom", "--no-report"); r.code != exitError || !strings.Contains(r.stderr, "--windows documented") {
		t.Errorf("rows made in two ways: exit code %d: %s", r.code, r.stderr)
	}
	if r := (session{}).run(t, "train", "mixed.csv", "--algo", "iforest", "--no-report", "--out", "x.netanom"); r.code == exitDone || !strings.Contains(r.stderr, "must not be mixed") {
		t.Errorf("training on rows made in two ways: exit code %d: %s", r.code, r.stderr)
	}
}

// TestLogsAreScored trains on what a conn.log can tell, and scores one.
func TestLogsAreScored(t *testing.T) {
	inTestdata(t)
	done(t, "train traffic.csv --features conn --algo tree --validate none --out conn.netanom")
	done(t, "train traffic.csv --algo tree --validate none --out kdd.netanom")
	done(t, "predict conn.log --model conn.netanom --out scored.csv")
	if got := column(t, "scored.csv", "uid"); got[0] != "C01example" || len(got) != 13 { // a ping has two packets
		t.Errorf("uids %v", got)
	}
	if text := done(t, "predict conn.log --model conn.netanom").stdout; strings.Contains(text, "no value in any row") {
		t.Errorf("columns are missing that a conn.log can tell:\n%s", text)
	}
	if text := done(t, "predict conn.log --model kdd.netanom").stdout; !strings.Contains(text, "14 columns of the 41") {
		t.Errorf("nothing is said of columns that a conn.log cannot tell:\n%s", text)
	}
	done(t, "train conn.log --features conn --algo iforest --set trees=5 --out own.netanom")
	write(t, "allow.txt", "203.0.113.9 # our scanner\n")
	text := done(t, "predict conn.log --model conn.netanom --threshold 0 --allow allow.txt --out all.csv").stdout
	if !strings.Contains(text, "5 alerts let pass by 1 rule") {
		t.Errorf("the allow list is not told of:\n%s", text)
	}
	if got := slices.Compact(column(t, "all.csv", "verdict")); !slices.Equal(got, []string{"attack", "allowed", "attack"}) {
		t.Errorf("verdicts %v", got)
	}
}

// made runs a line of a command that has no report, which must succeed, with a file as standard
// input if one is named.
func made(t *testing.T, line string, stdin ...string) result {
	t.Helper()
	s := session{}
	for _, path := range stdin {
		s.stdin = strings.NewReader(read(t, path))
	}
	r := s.run(t, oneCommand(t, line)...)
	if r.code != exitDone {
		t.Fatalf("%s: exit code %d\n%s", line, r.code, r.stderr)
	}
	return r
}

// TestLogsJudge trains on records of a log and judges by those of another.
func TestLogsJudge(t *testing.T) {
	inTestdata(t)
	lines := strings.SplitAfter(read(t, "conn.log"), "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "#fields"), strings.HasPrefix(line, "#types"):
			lines[i] = strings.TrimRight(line, "\n") + "\tlabel\n"
		case !strings.HasPrefix(line, "#") && line != "":
			label := "Benign"
			if strings.Contains(line, "203.0.113.9\t4000") {
				label = "PortScan"
			}
			lines[i] = strings.TrimRight(line, "\n") + "\t" + label + "\n"
		}
	}
	write(t, "labelled.log", strings.Join(lines, ""))
	text := done(t, "train labelled.log --features conn --algo tree --validate none --test labelled.log --out x.netanom").stdout
	if !strings.Contains(text, "13 rows") || strings.Contains(text, "lacks") {
		t.Errorf("the answer:\n%s", text)
	}
}
