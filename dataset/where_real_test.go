package dataset

import (
	"context"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// Counts of awk over the same files: awk -F, '$2 == "tcp"' and the like.
func TestWhereRealFiles(t *testing.T) {
	tests := []struct {
		file, expr string
		rows       int64
	}{
		{"nsl-kdd/KDDTrain+.txt.gz", `protocol_type == "tcp" && src_bytes > 1e4`, 2388},
		{"nsl-kdd/KDDTrain+.txt.gz", `attack in ("neptune", "smurf")`, 43860},
		{"nsl-kdd/KDDTrain+.txt.gz", `logged_in and not (service startsWith "http")`, 13783},
		{"nsl-kdd/KDDTrain+.txt.gz", `serror_rate >= 0.25 || dst_host_count in (1, 255)`, 80324},
		{"nsl-kdd/KDDTrain+.txt.gz", `src_bytes + dst_bytes == 0 && flag != "SF"`, 49074},
		{"kdd99/kddcup.data_10_percent.gz", `label == "smurf"`, 280790},
		{"kdd99/kddcup.data_10_percent.gz", `attack matches "^(ftp_write|phf)$"`, 12},
		{"zeek/trickbot/conn.log", `service != "dns" && orig_bytes > 100`, 9767},
		{"zeek/trickbot/conn.log", `not (proto == "tcp") || isnull(duration)`, 3040},
		{"zeek/trickbot/conn.log", `id.resp_p == 443 && resp_bytes / duration > 1000`, 1119},
	}
	for _, tt := range tests {
		f, err := Open(context.Background(), check.Shared(t, "data", tt.file), Options{})
		if err != nil {
			t.Fatal(err)
		}
		w, err := Where(f, tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Scan(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := w.(*Filtered).Rows(); got != tt.rows {
			t.Errorf("%s: %s leaves %d rows, want %d", tt.file, tt.expr, got, tt.rows)
		}
		f.Close()
	}
}

func TestWriteCSVRealFiles(t *testing.T) {
	for _, file := range []string{
		"nsl-kdd/Network_anomaly_data_head.csv", "nsl-kdd/KDDTrain+_20Percent.txt", "flows/CTU-Honeypot-Capture-5-1-labeled.csv",
		"flows/cicids2017_SSH-Patator_2961.csv", "flows/unsw-nb15_training_10K.csv",
		"zeek/bro_conn.log", "zeek/json_conn.log", "traffic/conn/zat-conn-tsv.log",
	} {
		first, err := Open(context.Background(), check.Shared(t, "data", file), Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := tableOf(t, first)
		one := writeCSV(t, first, CSVOptions{})
		second := fileWith(t, "second.csv", one, Options{})
		got := tableOf(t, second)
		for c := range got.schema.Columns {
			if got.schema.Columns[c].Kind == Unknown { // without a value, the kind that Zeek declares is lost
				want.schema.Columns[c].Kind = Unknown
			}
		}
		sameTable(t, file, got, want)
		if writeCSV(t, second, CSVOptions{}) != one {
			t.Errorf("%s: writing again gives other bytes", file)
		}
		third := fileWith(t, "third.csv", writeCSV(t, want, CSVOptions{}), Options{})
		sameTable(t, file+" from memory", tableOf(t, third), want)
		first.Close()
	}
}
