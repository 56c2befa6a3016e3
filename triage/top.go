package triage

import (
	"cmp"
	"slices"
)

// maxTop is how many ports, services and classes a group names.
const maxTop = 8

// An Item is a value and how many alerts have it.
type Item struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
	// Over is by how much Count may be too high, for a group only counts few values
	// apart. 0 as long as it had no more than 8 different ones.
	Over int64 `json:"over,omitempty"`
}

// A top counts the most frequent values, by the Space-Saving algorithm (Metwally,
// Agrawal and El Abbadi, ICDT 2005): a value that finds no place takes that of the
// rarest, with its count. So the counts add up to all that came, and a value is had by
// at least Count - Over.
type top[K comparable] struct{ Items []counted[K] }

type counted[K comparable] struct {
	Key   K
	Count int64
	Over  int64 `json:",omitempty"`
}

// add counts the value n times, of which up to over may be of others. It returns the
// place that the value was given, nil if it had one.
func (t *top[K]) add(key K, n, over int64) *counted[K] {
	for i := range t.Items {
		if t.Items[i].Key == key {
			t.Items[i].Count += n
			t.Items[i].Over += over
			return nil
		}
	}
	if len(t.Items) < maxTop {
		t.Items = append(t.Items, counted[K]{key, n, over})
		return &t.Items[len(t.Items)-1]
	}
	rarest := &t.Items[0]
	for i := range t.Items {
		if t.Items[i].Count < rarest.Count {
			rarest = &t.Items[i]
		}
	}
	*rarest = counted[K]{key, rarest.Count + n, rarest.Count + over}
	return rarest
}

func (t *top[K]) merge(other *top[K]) {
	for _, c := range other.Items {
		t.add(c.Key, c.Count, c.Over)
	}
}

// list returns the values, the most frequent first.
func (t *top[K]) list(name func(K) string) []Item {
	var out []Item
	for _, c := range t.Items {
		out = append(out, Item{name(c.Key), c.Count, c.Over})
	}
	slices.SortFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return out
}
