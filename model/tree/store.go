package tree

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// stored is an ensemble in a file. Lists that only some nodes have an entry in
// leave out the others.
type stored struct {
	Columns []learn.Column `json:"columns"`
	Width   int            `json:"width"`
	Roots   learn.Ints     `json:"roots"`
	Outputs learn.Ints     `json:"outputs,omitempty"`
	Column  learn.Ints     `json:"column"`                // of each node
	Low     learn.Ints     `json:"low"`                   // of each node
	Value   learn.Floats   `json:"value"`                 // of the splits on numbers
	Set     learn.Ints     `json:"set,omitempty"`         // of the splits on levels
	Missing learn.Ints     `json:"missing_low,omitempty"` // a bit for each node
	Values  learn.Floats   `json:"values"`
	Sets    learn.Ints     `json:"sets,omitempty"` // each word in two halves, the lower one first
	Cover   learn.Floats   `json:"cover,omitempty"`
	Counts  learn.Ints     `json:"cover_counts,omitempty"` // instead of Cover, if all are whole
	Gain    learn.Floats   `json:"gain,omitempty"`         // of the splits
}

// MarshalJSON writes the ensemble as packed lists.
func (e *Ensemble) MarshalJSON() ([]byte, error) {
	s := stored{
		Columns: e.Columns, Width: e.Width, Roots: e.Roots, Outputs: e.Outputs, Values: e.Values,
		Column: make(learn.Ints, len(e.Nodes)), Low: make(learn.Ints, len(e.Nodes)), Missing: make(learn.Ints, (len(e.Nodes)+31)/32),
	}
	for i := range e.Nodes {
		n := &e.Nodes[i]
		s.Column[i], s.Low[i] = n.Column, n.Low
		if n.Column == Leaf {
			continue
		}
		if n.MissingLow {
			s.Missing[i/32] |= 1 << (i % 32)
		}
		if n.Set < 0 {
			s.Value = append(s.Value, n.Value)
		} else {
			s.Set = append(s.Set, n.Set)
		}
		if e.Gain != nil {
			s.Gain = append(s.Gain, e.Gain[i])
		}
	}
	for _, w := range e.Sets {
		s.Sets = append(s.Sets, int32(w), int32(w>>32))
	}
	if s.Counts = counts(e.Cover); s.Counts == nil {
		s.Cover = e.Cover
	}
	return json.Marshal(&s)
}

// counts returns numbers as whole ones, nil if they are not.
func counts(x []float64) learn.Ints {
	out := make(learn.Ints, len(x))
	for i, v := range x {
		if !(v >= 0 && v <= math.MaxInt32) || v != math.Trunc(v) || v == 0 && math.Signbit(v) {
			return nil
		}
		out[i] = int32(v)
	}
	return out
}

// UnmarshalJSON reads what MarshalJSON wrote. Check tells whether it is whole.
func (e *Ensemble) UnmarshalJSON(text []byte) error {
	var s stored
	if err := learn.Decode(text, &s); err != nil {
		return fmt.Errorf("trees: %w", err)
	}
	nodes := len(s.Column)
	if len(s.Low) != nodes || len(s.Missing) != (nodes+31)/32 || len(s.Sets)%2 != 0 {
		return learn.Broken("trees", "lists of %d, %d and %d for the nodes", nodes, len(s.Low), len(s.Missing))
	}
	if err := s.nodes(e); err != nil {
		return err
	}
	e.Columns, e.Width, e.Roots, e.Outputs, e.Values = s.Columns, s.Width, s.Roots, s.Outputs, s.Values
	e.Sets = nil
	for i := 0; i < len(s.Sets); i += 2 {
		e.Sets = append(e.Sets, uint64(uint32(s.Sets[i]))|uint64(uint32(s.Sets[i+1]))<<32)
	}
	e.Cover = s.Cover
	if s.Cover == nil {
		e.Cover = make([]float64, len(s.Counts))
		for i, n := range s.Counts {
			e.Cover[i] = float64(n)
		}
	}
	return nil
}

// nodes puts the nodes, and their gain, together again.
func (s *stored) nodes(e *Ensemble) error {
	splits := 0
	for _, c := range s.Column {
		if c != Leaf {
			splits++
		}
	}
	if len(s.Value)+len(s.Set) != splits || s.Gain != nil && len(s.Gain) != splits {
		return learn.Broken("trees", "%d splits of numbers and %d of levels, with %d gains, for %d splits", len(s.Value), len(s.Set), len(s.Gain), splits)
	}
	e.Nodes, e.Gain = make([]Node, len(s.Column)), nil
	if s.Gain != nil {
		e.Gain = make([]float64, len(s.Column))
	}
	value, set, gain := s.Value, s.Set, s.Gain
	for i, c := range s.Column {
		n := Node{Column: c, Low: s.Low[i], Set: -1}
		if c != Leaf {
			if c < 0 || int(c) >= len(s.Columns) {
				return learn.Broken("trees", "a split on column %d of %d", c, len(s.Columns))
			}
			n.MissingLow = s.Missing[i/32]>>(i%32)&1 == 1
			switch coded := s.Columns[c].Coded(); {
			case coded && len(set) > 0:
				n.Set, set = set[0], set[1:]
			case !coded && len(value) > 0:
				n.Value, value = value[0], value[1:]
			default:
				return learn.Broken("trees", "a split on column %q has no value", s.Columns[c].Name)
			}
			if gain != nil {
				e.Gain[i], gain = gain[0], gain[1:]
			}
		}
		e.Nodes[i] = n
	}
	return nil
}
