package watch

import (
	"slices"
	"testing"

	"github.com/netanom/netanom/traffic"
)

// A batch gives the scores that the model gives single records of text.
func TestBatchAgreesWithScoreRow(t *testing.T) {
	for _, algo := range []string{"tree", "iforest", "rf"} {
		p := trained(t, algo, "")
		b := newBatch(p)
		format := traffic.NewFormatter(traffic.WriterOptions{})
		var rows []map[string]string
		for i, r := range simulated(t, 300, 5) {
			if i%2 == 0 {
				r.Lacks = traffic.LacksContent | traffic.LacksLogin | traffic.LacksUrgent
			}
			b.add(&r, "")
			row := map[string]string{}
			for k, cell := range format.Cells(&b.rows[len(b.rows)-1].record) {
				row[format.Columns()[k]] = string(cell)
			}
			rows = append(rows, row)
		}
		found, _, _, err := b.score()
		must(t, err)
		if len(b.intake.Taken) != len(rows) {
			t.Fatalf("%s: %d of %d rows were taken: %s", algo, len(b.intake.Taken), len(rows), b.refusal())
		}
		for i := range rows {
			one, err := p.ScoreRow(func(name string) (string, bool) { v, ok := rows[i][name]; return v, ok })
			must(t, err)
			if one.Score[0] != found.Score[i] || one.Class[0] != found.Class[i] {
				t.Errorf("%s: row %d has score %v in a batch, and %v alone", algo, i, found.Score[i], one.Score[0])
			}
		}
		if n := len(b.lacking); n != 13 || slices.Contains(b.lacking, "logged_in") || !slices.Contains(b.lacking, "urgent") {
			t.Errorf("%s: lacking are %v", algo, b.lacking)
		}
	}
}
