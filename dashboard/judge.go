package dashboard

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model"
)

// A Judge is a detector, and what it scores.
type Judge struct {
	Pipeline *model.Pipeline
	Name     string         // of the model
	Table    *dataset.Table // that the data were packed from, with the columns that the pipeline derives
	Data     *model.Data    // the same table, loaded with the columns of the pipeline
	Workers  int            // 0: all cores
}

// mostReasons bounds the rows whose reasons are looked for: those with the highest scores.
const mostReasons = 100_000

// reasonBlock is how many rows are explained at a time.
const reasonBlock = 512

// Score adds the scores of a detector to the data, and what raised those of alerts.
func (d *Data) Score(ctx context.Context, j Judge) error {
	scores, err := j.Pipeline.ScoreData(ctx, j.Data, d.order, j.Workers)
	if err != nil {
		return err
	}
	threshold := j.Pipeline.Cut.Threshold
	here := make([]int, d.Rows)
	for i := range here {
		here[i] = i
	}
	column := Column{Name: d.unused("score"), Canon: "score", Role: dataset.Derivative, Kind: dataset.Number}
	rows, floor := explained(scores.Score, threshold)
	column.packNumbers(scores.Score, here, threshold, floor)
	v := &Verdicts{Model: j.Name, Algorithm: j.Pipeline.Kind(), Threshold: threshold, Floor: floor, Score: len(d.Columns), Calibrated: j.Pipeline.Classifies() || j.Pipeline.Calibrator != nil}
	d.Columns = append(d.Columns, column)
	if v.Reasons, err = d.reasons(ctx, j, rows); err != nil {
		return err
	}
	v.IDs = d.ids(j.Table, rows)
	d.Verdicts = v
	return nil
}

// explained returns the rows that reasons are looked for, and the least of their scores: all
// alerts, or where these are too many those with the highest scores.
func explained(scores []float64, threshold float64) (rows []int, floor float64) {
	floor = threshold
	for i, s := range scores {
		if s >= floor {
			rows = append(rows, i)
		}
	}
	if len(rows) <= mostReasons {
		return rows, floor
	}
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	floor = scores[sorted[mostReasons-1]]
	return slices.DeleteFunc(rows, func(i int) bool { return scores[i] < floor }), floor
}

// reasons returns for each of the rows the columns that raised its score most.
func (d *Data) reasons(ctx context.Context, j Judge, rows []int) ([][3]int16, error) {
	out := make([][3]int16, len(rows))
	names, err := d.inputs(j)
	if err != nil {
		return nil, err
	}
	blocks := (len(rows) + reasonBlock - 1) / reasonBlock
	return out, parallel.Each(ctx, blocks, j.Workers, func(b int) error {
		from, to := b*reasonBlock, min((b+1)*reasonBlock, len(rows))
		of := make([]int, to-from)
		for i := range of {
			of[i] = d.order[rows[from+i]]
		}
		found, _, err := j.Pipeline.ExplainRows(j.Data, of)
		if err != nil {
			return err
		}
		for i := range of {
			out[from+i] = strongest(found, i, names)
		}
		return nil
	})
}

// inputs says which column each input of a detector is, by the name that training knew.
func (d *Data) inputs(j Judge) (map[string]int16, error) {
	here := map[string]int16{}
	for k := range min(len(d.Columns), math.MaxInt16) {
		here[d.Columns[k].Name] = int16(k)
	}
	columns, err := j.Pipeline.Schema.ColumnsOf(j.Table.Schema())
	if err != nil {
		return nil, err
	}
	out := maps.Clone(here) // derived columns have their own names
	for i, name := range columns {
		trained := j.Pipeline.Schema.Inputs[i].Name
		if at, ok := here[name]; ok {
			out[trained] = at
		} else {
			delete(out, trained)
		}
	}
	return out, nil
}

// strongest returns the columns that raise a row's score most.
func strongest(r *model.Reasons, row int, names map[string]int16) [3]int16 {
	best, parts := [3]int16{-1, -1, -1}, [3]float64{}
	for c, name := range r.Columns {
		at, ok := names[name]
		part := r.Parts[c][row]
		if !ok || !(part > parts[2]) {
			continue
		}
		place := 2
		for place > 0 && part > parts[place-1] {
			best[place], parts[place] = best[place-1], parts[place-1]
			place--
		}
		best[place], parts[place] = at, part
	}
	return best
}

// ids returns what names the rows elsewhere, as Zeek's uid does; nil without such a column.
func (d *Data) ids(t *dataset.Table, rows []int) []string {
	s := t.Schema()
	at := slices.IndexFunc(s.Columns, func(c dataset.Column) bool {
		return c.Role == dataset.Identifier && c.Dict != nil && slices.Contains(d.LeftOut, c.Name)
	})
	if at < 0 {
		return nil
	}
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = shown(t.Cell(int64(d.order[r]), at))
	}
	return out
}
