package cmd

import (
	"strings"
	"testing"
)

// TestPredictAlertsSayAsMuchAsOthers: the lines of a model that knows attacks and no types have no class, as
// those of serve and watch; how many there are is said.
func TestPredictAlertsSayAsMuchAsOthers(t *testing.T) {
	inTestdata(t)
	for _, task := range []string{"binary", "category"} {
		done(t, "train traffic.csv --features packets --algo tree --validate none --task "+task+" --out m.netanom")
		made(t, "simulate --connections 200 --seed 7 --capture capture.pcap")
		r := made(t, "predict capture.pcap --model m.netanom --alerts alerts.jsonl --no-report")
		lines := strings.Split(strings.TrimSpace(read(t, "alerts.jsonl")), "\n")
		if !strings.Contains(r.stderr, counted(int64(len(lines)), "alert")+" written to alerts.jsonl") {
			t.Errorf("%s: standard error says %q", task, r.stderr)
		}
		for _, line := range lines {
			if strings.Contains(line, `"class":`) != (task == "category") {
				t.Fatalf("%s: %s", task, line)
			}
		}
		if strings.Contains(r.stdout, ", attack") {
			t.Errorf("%s: groups tell that their alerts are attacks:\n%s", task, r.stdout)
		}
	}
}
