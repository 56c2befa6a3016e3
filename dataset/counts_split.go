package dataset

// A splitter sorts the rows of a batch by group. Its buffers serve every batch.
type splitter struct {
	rows [][]int32 // per group code
	ints []uint32
	real []float64
}

// sort takes over the groups of the rows; rows without one are left out.
func (s *splitter) sort(codes []uint32) {
	for g := range s.rows {
		s.rows[g] = s.rows[g][:0]
	}
	for j, code := range codes {
		if code == MissingCode {
			continue
		}
		for len(s.rows) <= int(code) {
			s.rows = append(s.rows, nil)
		}
		s.rows[code] = append(s.rows[code], int32(j))
	}
}

// pick returns the cells of some rows, which are valid until the next call.
func (s *splitter) pick(v *Vector, rows []int32) Vector {
	out := Vector{Scale: v.Scale, Or: v.Or}
	switch {
	case v.Floats != nil:
		s.real = gather(s.real[:0], v.Floats, rows)
		out.Floats = s.real
		return out
	case v.Codes != nil:
		s.ints = gather(s.ints[:0], v.Codes, rows)
		out.Codes = s.ints
	default:
		s.ints = gather(s.ints[:0], v.Ints, rows)
		out.Ints = s.ints
	}
	if v.Missing > 0 {
		for _, x := range s.ints {
			if x == MissingInt {
				out.Missing++
			}
		}
	}
	return out
}

func gather[T any](dst, x []T, rows []int32) []T {
	for _, j := range rows {
		dst = append(dst, x[j])
	}
	return dst
}
