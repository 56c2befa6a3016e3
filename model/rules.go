package model

import "github.com/netanom/netanom/model/tree"

// A LeafRule is a leaf of a decision tree as a sentence.
type LeafRule struct {
	When   string  // which rows it is about
	Class  string  // the most frequent class of the training rows that came to it
	Share  float64 // of that class among them
	Weight float64 // of the training rows that came to it
}

// Rules returns the rules of a decision tree, the one most rows came to first; nil for
// other models.
func (p *Pipeline) Rules() []LeafRule {
	t, ok := p.Model.(*tree.TreeModel)
	if !ok {
		return nil
	}
	var out []LeafRule
	for _, r := range t.Rules() {
		best := largest(r.Values)
		out = append(out, LeafRule{When: r.String(), Class: p.Classes[best], Share: r.Values[best], Weight: r.Cover})
	}
	return out
}
