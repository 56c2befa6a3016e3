package report

import (
	"fmt"

	"github.com/netanom/netanom/traffic"
)

// RecordFeatures says how the columns of a record are made of what a sensor sees, what each kind of
// source can tell, and how they differ from those of the KDD data.
func RecordFeatures(list []traffic.Explanation) Section {
	features := 0
	t := Table{Name: "record_features", Title: "How each column is made",
		Columns: detail(Cols("number", "feature", "definition", "unlike", "from_packets", "from_zeek", "from_suricata", "from_netflow"), "from_packets", "from_zeek", "from_suricata", "from_netflow"),
		Note:    "What each source can tell (packets, Zeek, Suricata, NetFlow) is in --format csv and json."}
	for _, e := range list {
		var number any
		if e.Number > 0 {
			features++
			number = int64(e.Number)
		}
		t.Rows = append(t.Rows, []any{number, e.Name, e.Definition, e.Deviation, e.Packets, e.Zeek, e.Suricata, e.NetFlow})
	}
	return Section{ID: "record_features", Title: "The columns of a record", Tables: []Table{t},
		Lead: fmt.Sprintf("%d columns, of which %d are the features of the KDD data, numbered as there.", len(list), features)}
}
