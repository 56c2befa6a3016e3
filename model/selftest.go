package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/netanom/netanom/model/learn"
)

// A SelfTest is a record that is made up from the schema, no row of the training data,
// and the score that the pipeline gave it when it was trained.
type SelfTest struct {
	Record map[string]string `json:"record"`
	Score  float64           `json:"score"`
}

const selfTests = 8

// selfTest fills p.Tests with records and their scores.
func (p *Pipeline) selfTest() error {
	p.Tests = make([]SelfTest, selfTests)
	rng := rand.New(rand.NewPCG(p.Recipe.Seed, 0x5e1f7e57))
	for i := range p.Tests {
		t := &p.Tests[i]
		t.Record = map[string]string{}
		for j := range p.Schema.Inputs {
			in := &p.Schema.Inputs[j]
			if text := in.example(rng); text != "" {
				t.Record[in.Name] = text
			}
		}
		score, err := p.scoreRecord(t.Record)
		if err != nil {
			return fmt.Errorf("the model cannot score a made-up record: %w", err)
		}
		t.Score = score
	}
	return nil
}

// example makes up a cell such as training had, empty for one without a value. The
// numbers are limits of bins, so that splits between values are not met by a hair.
func (in *Input) example(rng *rand.Rand) string {
	switch {
	case in.Coded() && len(in.Levels) == 0:
		return ""
	case in.Coded():
		return in.Levels[rng.IntN(len(in.Levels))]
	case len(in.Uppers) == 0:
		return strconv.FormatFloat(in.Median, 'f', -1, 64)
	}
	return strconv.FormatFloat(in.Uppers[rng.IntN(len(in.Uppers))], 'f', -1, 64)
}

// scoreRecord scores a record of text by the road of single records. Derived columns
// are taken as given.
func (p *Pipeline) scoreRecord(record map[string]string) (float64, error) {
	x, err := p.Schema.Row(func(name string) (string, bool) {
		text, ok := record[name]
		return text, ok
	})
	if err != nil {
		return nan, err
	}
	s, err := p.Score(x)
	if err != nil {
		return nan, err
	}
	return s.Score[0], nil
}

// sameScore is how far, relative to 1, the score of a self test may be from the stored
// one: processors of different makes may round the last digits of sums differently.
const sameScore = 1e-9

// SelfTest scores the made-up records again. It is an error, which wraps
// learn.ErrBroken, if a score is not what it was when the pipeline was trained.
func (p *Pipeline) SelfTest() error {
	for i := range p.Tests {
		t := &p.Tests[i]
		score, err := p.scoreRecord(t.Record)
		if err != nil {
			return learn.Broken(p.Kind(), "self test %d: %v", i+1, err)
		}
		if !(math.Abs(score-t.Score) <= sameScore*max(1, math.Abs(t.Score))) {
			return learn.Broken(p.Kind(), "self test %d scores %v and not %v", i+1, score, t.Score)
		}
	}
	return nil
}
