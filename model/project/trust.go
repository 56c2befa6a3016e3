package project

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// Trustworthiness says from 0 to 1 how far a picture keeps to the neighbourhoods of the
// data [1]: 1 if the k nearest rows of each row in the picture are among its k nearest
// in the data, less the farther off in the data they are. axes are the coordinates of
// the rows of x in the picture, by axis. Distances in the data are those of this
// package.
//
// Of rows at the same distance in the data each counts as the nearest of them; of those
// at the same distance in the picture the ones that are nearer in the data come first,
// and then the ones that stand first. Without such ties it is what scikit-learn computes.
// It takes time with the square of the number of rows.
//
// Errors wrap learn.ErrSetting for a k below 1 or not below half the number of rows,
// learn.ErrMissing with the names of the columns in which numbers are missing, and
// learn.ErrTarget if the axes do not fit the rows.
//
// [1] J. Venna and S. Kaski (2001), "Neighborhood preservation in nonlinear projection
// methods: an experimental study", ICANN 2001, LNCS 2130, 485–491.
func Trustworthiness(ctx context.Context, x *learn.Matrix, axes [][]float64, k, workers int) (float64, error) {
	if err := sound(x); err != nil {
		return 0, err
	}
	if k < 1 || 2*k >= x.Rows {
		return 0, fmt.Errorf("k %d of %d rows: %w; choose from 1 to less than half the rows", k, x.Rows, learn.ErrSetting)
	}
	picture := &learn.Matrix{Rows: x.Rows}
	for a, axis := range axes {
		picture.Columns = append(picture.Columns, learn.Column{Name: fmt.Sprint("axis ", a+1)})
		picture.Numbers, picture.Codes = append(picture.Numbers, axis), append(picture.Codes, nil)
	}
	if err := sound(picture); err != nil {
		return 0, fmt.Errorf("%w: %w", learn.ErrTarget, err)
	}
	data, flat := neighbor.CellsOf(x), neighbor.CellsOf(picture)
	const block = 16
	excess := make([]int64, blocks(x.Rows, block))
	err := parallel.Do(ctx, len(excess), workers, func() func(int) {
		t := truster{data: &data, flat: &flat, k: k, far: make([]float64, x.Rows)}
		return func(b int) {
			for i := b * block; i < min((b+1)*block, x.Rows); i++ {
				excess[b] += t.excess(i)
			}
		}
	})
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, e := range excess {
		sum += e
	}
	n, m := float64(x.Rows), float64(k)
	return 1 - float64(sum)*2/(n*m*(2*n-3*m-1)), nil
}

// A truster looks at one row after the other.
type truster struct {
	data, flat *neighbor.Cells
	k          int
	far        []float64 // distances in the data
	found      []shown
}

// shown is another row, with its distances in the picture and in the data.
type shown struct {
	row         int
	flat, apart float64
}

func compareShown(a, b shown) int {
	return cmp.Or(cmp.Compare(a.flat, b.flat), cmp.Compare(a.apart, b.apart), cmp.Compare(a.row, b.row))
}

// excess adds up by how many places the k rows nearest in the picture are beyond the k
// nearest in the data.
func (t *truster) excess(i int) int64 {
	t.found = t.found[:0]
	for j := range t.data.N {
		t.far[j] = apart(t.data, i, j)
		if j == i {
			continue
		}
		s := shown{j, apart(t.flat, i, j), t.far[j]}
		if len(t.found) == t.k {
			if compareShown(s, t.found[t.k-1]) >= 0 {
				continue
			}
			t.found = t.found[:t.k-1]
		}
		at, _ := slices.BinarySearchFunc(t.found, s, compareShown)
		t.found = slices.Insert(t.found, at, s)
	}
	var sum int64
	for _, s := range t.found {
		rank := 1
		for j, d := range t.far {
			if d < s.apart && j != i {
				rank++
			}
		}
		sum += int64(max(rank-t.k, 0))
	}
	return sum
}

// Trustworthiness is that of the map; x is the matrix that was laid out.
func (m *Map) Trustworthiness(ctx context.Context, x *learn.Matrix, k, workers int) (float64, error) {
	x, err := m.shown(x)
	if err != nil {
		return 0, err
	}
	return Trustworthiness(ctx, x, m.lists(), k, workers)
}

// lists are the axes as plain lists.
func (m *Map) lists() [][]float64 {
	axes := make([][]float64, len(m.Axes))
	for a := range axes {
		axes[a] = m.Axes[a]
	}
	return axes
}

// shown returns the rows of x that the map shows.
func (m *Map) shown(x *learn.Matrix) (*learn.Matrix, error) {
	if x.Rows != m.Of {
		return nil, fmt.Errorf("the map is of %d rows, not of %d: %w", m.Of, x.Rows, learn.ErrTarget)
	}
	if len(m.Rows) == x.Rows {
		return x, nil
	}
	rows := make([]int, len(m.Rows))
	for i, row := range m.Rows {
		if row < 0 || int(row) >= x.Rows {
			return nil, fmt.Errorf("the map shows row %d of %d: %w", row, x.Rows, learn.ErrBroken)
		}
		rows[i] = int(row)
	}
	return x.Take(rows), nil
}
