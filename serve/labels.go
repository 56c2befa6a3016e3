package serve

import (
	"errors"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// store writes labels down, and counts them when they are on the disk. wrong lists items
// whose row has another label already; then nothing is stored.
func (f *feedback) store(rows []*remembered, items []truth) (stored int, wrong []fieldError, err error) {
	fresh, before, wrong := f.claim(rows, items)
	if len(wrong) > 0 {
		return 0, wrong, nil
	}
	if len(fresh) > 0 {
		written := false
		defer func() { f.settle(fresh, written) }()
		var lines []byte
		for _, r := range fresh {
			lines = append(lines, r.line(objectOf(r.names, r.values, r.unwanted), r.labelName, r.label)...)
		}
		if err = f.ledger.append(lines); err != nil {
			return 0, nil, err
		}
		written = true
	}
	for _, w := range before { // what others are still writing is not acknowledged before it is written
		<-w.done
		if !w.ok {
			return 0, nil, errors.New("the label could not be written by the request that gave it first")
		}
	}
	return len(fresh), nil, nil
}

// unwanted are fields of a record that its line has by itself.
func (r *remembered) unwanted(name string) bool {
	return strings.HasPrefix(name, "netanom_") || dataset.Spelling(name) == dataset.Spelling(r.labelName)
}

// claim gives rows their labels, unless one has another: fresh are those that had none,
// before the writings of those that were given the same label before.
func (f *feedback) claim(rows []*remembered, items []truth) (fresh []*remembered, before []*writing, wrong []fieldError) {
	f.mu.Lock()
	defer f.mu.Unlock()
	mine := map[*remembered]string{}
	for i, r := range rows {
		label, given := mine[r]
		if r.label != "" {
			label, given = r.label, true
		}
		if given && label != items[i].Label {
			wrong = append(wrong, fieldError{Row: i, Pointer: "/" + itoa(i) + "/id", Code: "conflict", Message: "the row has another label already"})
		}
		mine[r] = items[i].Label
	}
	if len(wrong) > 0 {
		return nil, nil, wrong
	}
	for i, r := range rows {
		if r.label != "" {
			if !slices.Contains(fresh, r) {
				before = append(before, r.written)
			}
			continue
		}
		r.label, r.Truth, r.written = items[i].Label, "attack", &writing{done: make(chan struct{})}
		if slices.Contains(r.normal, r.label) || dataset.IsNormal(r.label) {
			r.Truth = "normal"
		}
		fresh = append(fresh, r)
	}
	return fresh, before, nil
}

// settle counts labels that have been written, and forgets those that have not.
func (f *feedback) settle(fresh []*remembered, written bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range fresh {
		if written {
			f.count(&r.judged)
		} else {
			r.label = ""
		}
		r.written.ok = written
		close(r.written.done)
	}
}
