package tree

// A turn is a fork as a row meets it. The hot side is that which the row takes; where
// it is lost to the column, either. Places are in numbers.
type turn struct {
	share     float64 // of the cold side
	hot, cold int32   // the places of their spots
	ratio     int32   // the place of its ratio
	column    int32   // the place of its sum
}

// look writes the sides that a row takes at forks, 0 for low and 1 for high. There are
// no jumps, which a processor would foresee half of the time only.
func (s *stand) look(sides []uint8, f *layout, cells []float64) {
	sides = sides[:len(s.forks)]
	for i := range s.forks {
		n := &s.forks[i]
		sides[i] = uint8(above(cells[n.slot], n.value))
	}
	for _, i := range s.sets {
		n := &s.forks[i]
		sides[i] = uint8(f.outside(n.value, cells[n.slot]))
	}
}

// route writes the turns of a row that takes these sides of the forks. It leaves their
// states, behind that of no fork at all: the side that the row takes, or lost, if a
// fork above on the same column has not let it through.
func (s *stand) route(turns []turn, states, sides []uint8) {
	const lost = 2
	forks := s.forks
	states = states[:len(forks)+1]
	turns = turns[:len(forks)]
	sides = sides[:len(forks)]
	states[0] = 0
	for i := range forks {
		n := &forks[i]
		side := int32(sides[i])
		known := (int32(states[n.above>>1]) ^ n.above&1 - 1) >> 31 // all bits, or none
		states[i+1] = uint8(side&known | lost&^known)
		t := &turns[i]
		t.share, t.hot, t.cold = n.share[(side^1)&1], n.child[side&1], n.child[(side^1)&1]
		t.ratio, t.column = n.ratio&known, n.column
	}
}

// sweepPortable adds to sums what the columns contribute to a row by a stand, at a
// group of points. Down the trees go the weights of the paths, as far as the inner
// turns, and up go the means. Each product is rounded by itself, on any machine.
func sweepPortable(spots []float64, turns []turn, inner int, ratios, sums []float64) {
	for i := range turns[:inner] {
		t := &turns[i]
		weight, across := (*lanes)(spots[i*spotSize:]), (*lanes)(ratios[t.ratio:])
		hot, cold := (*lanes)(spots[t.hot:]), (*lanes)(spots[t.cold:])
		for q, w := range weight {
			c := float64(w * float64(t.share*across[q]))
			cold[q], hot[q] = c, w-c
		}
	}
	for i := len(turns) - 1; i >= 0; i-- {
		t := &turns[i]
		s, r, sum := (*[spotSize]float64)(spots[i*spotSize:]), (*[ratioSize]float64)(ratios[t.ratio:]), (*lanes)(sums[t.column:])
		hot, cold := (*lanes)(spots[t.hot+points:]), (*lanes)(spots[t.cold+points:])
		for q := range sum {
			d := hot[q] - cold[q]
			s[points+q] = hot[q] - float64(d*float64(t.share*r[q]))
			sum[q] += float64(float64(float64(t.share*r[points+q])*s[q]) * d)
		}
	}
}
