package replay

// A piece is a part of what stands behind IP, in bytes from its beginning.
type piece struct {
	from, to int
	more     bool // others behind it follow
}

// A fault is what can be wrong with the parts of a packet: what the feature
// wrong_fragment counts the kinds of.
type fault uint8

const (
	tooSmall fault = iota // a part that is not the last has less than 64 bytes with its header
	overlap
	sizesDiffer // the last part ends before another
	pastEnd     // the packet would be longer than any may be
	faultKinds
)

// In what order kinds of fault are added. The first three together are teardrop; pastEnd
// alone is the ping of death.
var (
	datagramFaults = []fault{tooSmall, overlap, sizesDiffer, pastEnd}
	messageFaults  = []fault{pastEnd, overlap, sizesDiffer, tooSmall}
)

const (
	smallest = 64            // bytes with header that a part has at least
	lastPast = 65_456        // where a part begins that is past the end
	atPast   = lastPast + 64 // and where it ends, which with any header of IP is more than 65,535
)

// parts returns the parts of a packet that has first bytes behind its IP header, divided
// wrongly in so many ways. The first part holds all that counts, as the receiver never
// puts the others together.
func parts(first, head, kinds int, order []fault) []piece {
	has := faultsOf(first+head < smallest, kinds, order)
	out := []piece{{0, first, true}}
	end := (first + 7) &^ 7 // parts begin at multiples of 8
	if has[tooSmall] && first+head >= smallest {
		out = append(out, piece{end, end + 8, true})
		end += 8
	}
	if has[sizesDiffer] && first < 16 {
		out = append(out, piece{8, 16, true}) // for the last part to lie within another than the first
	}
	if has[overlap] && !has[sizesDiffer] {
		out = append(out, piece{end - 8, end + smallest, true})
		end += smallest
	}
	if has[pastEnd] {
		if lastPast-end >= smallest {
			out = append(out, piece{end, lastPast, true})
		}
		out = append(out, piece{lastPast, atPast, has[sizesDiffer]})
	}
	switch {
	case has[sizesDiffer]: // within what came before, so that both do not fit
		return append(out, within(first))
	case has[pastEnd]:
		return out
	}
	return append(out, piece{end, end + 8, false})
}

// within returns a last part that ends before others do, and overlaps them. It cannot be
// where the first is: without others behind it, it would be a whole packet.
func within(first int) piece {
	from := max((first-12)&^7, 8)
	return piece{from, from + 4, false}
}

// faultsOf chooses the kinds. A small first part is one already.
func faultsOf(small bool, kinds int, order []fault) (has [faultKinds]bool) {
	if small {
		has[tooSmall] = true
		kinds--
	}
	for _, f := range order {
		if kinds > 0 && !has[f] {
			has[f] = true
			kinds--
		}
	}
	return has
}
