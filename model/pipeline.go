package model

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

// A Pipeline turns rows into scores and verdicts. It never changes, and may be used
// by many goroutines.
type Pipeline struct {
	Schema     Schema
	Derived    dataset.Recipe // columns that rows need beside those of their table
	Recipe     Recipe         // what it was trained by
	Classes    []string       // class 0 is normal; "normal" and "attack" for a detector without labels
	Steps      prep.Fitted
	Model      learn.Model
	Calibrator *Calibrator // nil: scores are the model's
	Cut        Cut
	Policy     Policy // of fields that are not as training had them
	Training   Training
	Tests      []SelfTest // made-up records with their scores
	Checksum   string     // SHA-256 of what the model file holds; "" for a pipeline that was not read

	tail float64 // of a Tail rule: the threshold
}

// A Cut is the score from which on a row is an attack.
type Cut struct {
	Threshold float64 `json:"threshold"`
	Probable  bool    `json:"probable,omitempty"` // of several classes the most probable is taken, whatever the threshold
}

// Scores are what a pipeline says of rows.
type Scores struct {
	Score         []float64 // by row: higher is more anomalous
	Probabilities []float64 // row after row, one a class; nil if the model has none
	Class         []int32   // by row: the verdict, an index into Classes
}

// Attack reports whether the verdict on a row is an attack.
func (s *Scores) Attack(row int) bool { return s.Class[row] != 0 }

// WithThreshold returns the pipeline with another threshold, which no rule has chosen.
func (p *Pipeline) WithThreshold(score float64) *Pipeline {
	q := *p
	q.Cut = Cut{Threshold: score}
	q.Recipe.Rule = Rule{By: Fixed, Value: score}
	return &q
}

// Kind is that of the model.
func (p *Pipeline) Kind() string { return p.Model.Kind() }

// scoreBlock is how many rows are prepared and scored at a time. Each row's score is
// the same in any company.
const scoreBlock = 4096

// Score scores the rows of a matrix of the schema's columns.
func (p *Pipeline) Score(x *learn.Matrix) (*Scores, error) {
	s := p.newScores(x.Rows)
	return s, p.scoreInto(s, x, 0)
}

// ScoreData scores some rows of d, which must have been loaded with the pipeline's
// columns (see Schema.Features), on all cores.
func (p *Pipeline) ScoreData(ctx context.Context, d *Data, rows []int, workers int) (*Scores, error) {
	x, err := p.Schema.bind(d, rows)
	if err != nil {
		return nil, err
	}
	s := p.newScores(x.Rows)
	blocks := (x.Rows + scoreBlock - 1) / scoreBlock
	err = parallel.Each(ctx, blocks, workers, func(b int) error {
		from, to := b*scoreBlock, min((b+1)*scoreBlock, x.Rows)
		return p.scoreInto(s, x.Slice(from, to), from)
	})
	return s, err
}

func (p *Pipeline) newScores(rows int) *Scores {
	s := &Scores{Score: make([]float64, rows), Class: make([]int32, rows)}
	if _, ok := p.Model.(learn.Classifier); ok {
		s.Probabilities = make([]float64, rows*len(p.Classes))
	}
	return s
}

// scoreInto scores the rows of x into s from a row on.
func (p *Pipeline) scoreInto(s *Scores, x *learn.Matrix, from int) error {
	z, err := p.Steps.Apply(x)
	if err != nil {
		return err
	}
	score, class := s.Score[from:from+x.Rows], s.Class[from:from+x.Rows]
	var probabilities []float64
	k := len(p.Classes)
	if c, ok := p.Model.(learn.Classifier); ok {
		probabilities = s.Probabilities[from*k : (from+x.Rows)*k]
		err = c.Probabilities(probabilities, z)
		if err == nil {
			sumAttacks(score, probabilities, k)
		}
	} else {
		err = p.Model.Score(score, z)
	}
	if err != nil {
		return err
	}
	p.Calibrator.apply(score, probabilities)
	p.Cut.decide(class, score, probabilities, k)
	if t, ok := p.Model.(learn.Typer); ok && k > 2 {
		return decideTypes(t, class, z)
	}
	return nil
}

// decideTypes replaces the verdict on attacks by their class.
func decideTypes(t learn.Typer, class []int32, z *learn.Matrix) error {
	var attacks []int
	for i, c := range class {
		if c != 0 {
			attacks = append(attacks, i)
		}
	}
	if len(attacks) == 0 {
		return nil
	}
	types := make([]int32, len(attacks))
	if err := t.Types(types, z.Take(attacks)); err != nil {
		return err
	}
	for k, i := range attacks {
		class[i] = types[k]
	}
	return nil
}

// sumAttacks writes the probability of all classes but the first, for each row.
func sumAttacks(score, probabilities []float64, k int) {
	for i := range score {
		var sum float64
		for _, q := range probabilities[i*k+1 : (i+1)*k] {
			sum += q
		}
		score[i] = min(sum, 1)
	}
}

// decide writes the verdict on each row: normal below the threshold, and else the most
// probable of the attacks.
func (c Cut) decide(class []int32, score, probabilities []float64, k int) {
	for i, s := range score {
		switch {
		case c.Probable && k > 2:
			class[i] = int32(largest(probabilities[i*k : (i+1)*k]))
		case !(s >= c.Threshold):
			class[i] = 0
		case probabilities == nil || k <= 2:
			class[i] = 1
		default:
			class[i] = int32(1 + largest(probabilities[i*k+1:(i+1)*k]))
		}
	}
}

// largest returns the place of the largest number, the first of several.
func largest(x []float64) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}

// bind returns some rows of d as the schema's matrix. A *MissingError lists columns that
// d lacks.
func (s *Schema) bind(d *Data, rows []int) (*learn.Matrix, error) {
	if d.Setting != s.Setting {
		return nil, &SettingError{Model: s.Setting, Table: d.Setting}
	}
	x := &learn.Matrix{Columns: s.columns, Rows: len(rows), Numbers: make([][]float64, len(s.columns)), Codes: make([][]int32, len(s.columns))}
	lacking := &MissingError{Inputs: len(s.Inputs)}
	for j := range s.Inputs {
		in := &s.Inputs[j]
		at := in.place(d)
		if at < 0 {
			lacking.Columns = append(lacking.Columns, in.Name)
			continue
		}
		x.Numbers[j], x.Codes[j] = in.cells(d, at, rows)
	}
	if len(lacking.Columns) > 0 {
		return nil, lacking
	}
	return x, nil
}

// place returns the place of the column of d that holds the input, -1 if there is none.
func (in *Input) place(d *Data) int {
	return slices.IndexFunc(d.columns, func(c dataset.Column) bool { return c.Name == in.Name || c.Canon == in.canonical() })
}

// cells returns some cells of a column as what the input held in training.
func (in *Input) cells(d *Data, at int, rows []int) (numbers []float64, codes []int32) {
	levels := d.x.Columns[at].Levels
	switch {
	case !in.Coded() && levels == nil:
		return learn.Take(d.x.Numbers[at], rows), nil
	case !in.Coded():
		meaning := make([]float64, len(levels))
		for k, l := range levels {
			meaning[k] = in.word(l).number
		}
		numbers = make([]float64, len(rows))
		for i, r := range rows {
			if numbers[i] = nan; d.x.Codes[at][r] != learn.NoLevel {
				numbers[i] = meaning[d.x.Codes[at][r]]
			}
		}
		return numbers, nil
	case levels == nil:
		codes = make([]int32, len(rows))
		for i, r := range rows {
			if codes[i] = learn.NoLevel; d.x.Numbers[at][r] == d.x.Numbers[at][r] {
				codes[i] = in.level(d.x.Numbers[at][r]).code
			}
		}
		return nil, codes
	}
	place := levelPlaces(levels, in.Levels)
	codes = make([]int32, len(rows))
	for i, r := range rows {
		if codes[i] = d.x.Codes[at][r]; codes[i] != learn.NoLevel {
			codes[i] = place[codes[i]]
		}
	}
	return nil, codes
}

// Features lists the columns that rows to score must have, for DataOptions.
func (s *Schema) Features() []string {
	names := make([]string, len(s.Inputs))
	for j := range s.Inputs {
		names[j] = s.Inputs[j].canonical()
	}
	return names
}

// check returns an error, which wraps learn.ErrBroken, unless the parts of the pipeline
// fit each other.
func (p *Pipeline) check() error {
	if err := p.Schema.check(); err != nil {
		return err
	}
	if err := p.Recipe.Check(); err != nil {
		return learn.Broken("recipe", "%v", err)
	}
	if err := p.Steps.Check(); err != nil {
		return err
	}
	if err := p.Model.Check(); err != nil {
		return err
	}
	if c, ok := p.Model.(interface{ Classes() []string }); ok && !slices.Equal(c.Classes(), p.Classes) {
		return learn.Broken("pipeline", "the model tells %v apart, the pipeline %v", c.Classes(), p.Classes)
	}
	if len(p.Classes) < 2 || p.Cut.Threshold != p.Cut.Threshold || math.IsInf(p.Cut.Threshold, 0) {
		return learn.Broken("pipeline", "%d classes and a threshold of %v", len(p.Classes), p.Cut.Threshold)
	}
	if err := p.Calibrator.check(); err != nil {
		return err
	}
	if err := p.Policy.check(); err != nil {
		return learn.Broken("policy", "%v", err)
	}
	if len(p.Derived.Derivations) > 0 {
		if err := p.Derived.Check(); err != nil {
			return learn.Broken("derived columns", "%v", err)
		}
	}
	// A row of which nothing is known must come through, or no row will.
	empty := learn.NewMatrix(p.Schema.columns, 1)
	for j := range empty.Numbers {
		if empty.Numbers[j] != nil {
			empty.Numbers[j][0] = p.Schema.Inputs[j].Median
		}
	}
	if _, err := p.Score(empty); err != nil {
		return learn.Broken(p.Kind(), "%v", err)
	}
	return nil
}

// ScoreRow scores one record, whose fields get returns as text (see Schema.Row).
func (p *Pipeline) ScoreRow(get func(name string) (string, bool)) (*Scores, error) {
	if len(p.Derived.Derivations) > 0 {
		return nil, fmt.Errorf("the model needs derived columns, which are made of whole tables; score a file of records")
	}
	x, err := p.Schema.Row(get)
	if err != nil {
		return nil, err
	}
	return p.Score(x)
}

// Classifies reports whether the pipeline knows the probabilities of its classes.
func (p *Pipeline) Classifies() bool {
	_, ok := p.Model.(learn.Classifier)
	return ok
}
