package model

import (
	"context"
	"io"
	"strconv"

	"github.com/netanom/netanom/dataset"
)

// A numberedRows is the analysis that puts cells before the rows of a source that are
// known by their numbers.
type numberedRows struct {
	names []string
	cells func(row int) []string // nil: the row is left out
	next  int
}

// Start implements dataset.Analysis.
func (n *numberedRows) Start(*dataset.Schema, int) error { return nil }

// Batch implements dataset.Analysis.
func (n *numberedRows) Batch(int, *dataset.Batch) error { return nil }

// EndChunk implements dataset.Analysis.
func (n *numberedRows) EndChunk(int, dataset.Chunk) error { return nil }

// Names implements dataset.RowPicker.
func (n *numberedRows) Names() []string { return n.names }

// Pick implements dataset.RowPicker. Rows are asked about in their order.
func (n *numberedRows) Pick(int, int) (cells []string, keep bool) {
	cells = n.cells(n.next)
	n.next++
	return cells, cells != nil
}

// placesOfRows returns the place of each row of a table in a list of rows, −1 where it is
// not in it.
func placesOfRows(rows []int, of int) []int {
	place := make([]int, of)
	for i := range place {
		place[i] = -1
	}
	for i, row := range rows {
		place[row] = i
	}
	return place
}

// ClusterName is the name of a cluster for people: its number from 1, or "noise".
func ClusterName(label int32) string {
	if label == NoCluster {
		return "noise"
	}
	return strconv.Itoa(int(label) + 1)
}

// WriteRows writes the rows that were clustered, in the order of the source, behind their
// cluster and how little they belong to it. src has the rows that d was loaded from.
func (c *Clusters) WriteRows(ctx context.Context, d *Data, src dataset.Source, w io.Writer, o dataset.CSVOptions) (int64, error) {
	place := placesOfRows(c.Rows, d.Rows)
	pick := &numberedRows{names: []string{"cluster", "cluster_distance"}, cells: func(row int) []string {
		if row >= len(place) || place[row] < 0 {
			return nil
		}
		i := place[row]
		return []string{ClusterName(c.Labels[i]), cellNumber(c.Distances[i])}
	}}
	return dataset.WriteRows(ctx, src, w, pick, o)
}

// cellNumber writes a number for a file.
func cellNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
