package traffic

import (
	"math"
	"slices"
	"testing"
)

// TestKDDRates holds the rounding: every rate in the data must be a share, of the count
// that stands in the same row, as newRate rounds it.
func TestKDDRates(t *testing.T) {
	rows := readKDD(t)
	type column struct {
		number int
		kddRate
	}
	seen, wrong := map[column]bool{}, 0
	for i := range rows {
		for number, rate := range rows[i].rates() {
			c := column{number, rate}
			if rate.of == 0 || seen[c] {
				continue
			}
			seen[c] = true
			if !rate.can() {
				wrong++
				t.Logf("column %d: %d of %d", number, rate.rate, rate.of)
			}
		}
	}
	if len(seen) != 40_605 || wrong != 0 {
		t.Errorf("%d of %d different rates are no share, want 0 of 40,605", wrong, len(seen))
	}
}

// TestKDDLoggedIn measures what InferLoggedIn makes of the TCP rows.
func TestKDDLoggedIn(t *testing.T) {
	tcp, agree := 0, 0
	for _, r := range readKDD(t) {
		if r.protocol == TCP {
			tcp++
			agree += btoi(r.connection().InferLoggedIn() == r.loggedIn)
		}
	}
	if share := math.Round(float64(agree)/float64(tcp)*1e4) / 100; tcp != 190_065 || share != 99.33 {
		t.Errorf("%d of %d TCP rows agree, which is %v %%, want 99.33 %%", agree, tcp, share)
	}
}

// TestKDDPorts holds the table of TCP services below port 1024 to the attack neptune,
// which sends about as many SYN to each of these ports, one after another.
func TestKDDPorts(t *testing.T) {
	count, walk := map[string]int{}, []string(nil)
	for _, r := range readKDD(t) {
		if r.label != "neptune" {
			continue
		}
		count[r.service]++
		if r.service != "private" && r.service != "other" && (len(walk) == 0 || walk[len(walk)-1] != r.service) {
			walk = append(walk, r.service)
		}
	}
	var named []string
	private := 0
	for port := range uint16(1024) {
		switch name := ServiceName(TCP, port); {
		case port == 0: // not walked
		case name == "private":
			private++
		default:
			named = append(named, name)
		}
	}
	// One unnamed port is other in the data; which one cannot be told.
	if len(count) != len(named)+2 {
		t.Errorf("the attack meets %d services, want the %d of the table, private and other", len(count), len(named))
	}
	var counts []int
	for _, name := range named {
		counts = append(counts, count[name])
		if count[name] < 90 || count[name] > 200 {
			t.Errorf("%s has %d records, which are not those of one port", name, count[name])
		}
	}
	slices.Sort(counts)
	if median := counts[len(counts)/2]; median != 105 {
		t.Errorf("a named service has %d records, want 105", median)
	}
	if each := float64(count["private"]) / float64(private); math.Abs(each-105) > 1 {
		t.Errorf("%d private ports have %.1f records each, want as many as a named one", private, each)
	}
	for i, name := range named[1:] {
		ahead, back := follows(walk, named[i], name), follows(walk, name, named[i])
		if ahead <= back {
			t.Errorf("%s comes after %s %d times and before it %d times, so that its port is not the higher one", name, named[i], ahead, back)
		}
	}
}

// follows counts how often b comes soon after a.
func follows(walk []string, a, b string) (n int) {
	for i, name := range walk {
		n += btoi(name == a && slices.Contains(walk[i+1:min(len(walk), i+4)], b))
	}
	return n
}
