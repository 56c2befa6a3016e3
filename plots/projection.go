package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// The most that a projection holds.
const (
	maxSigns           = 12 // groups: each has another colour or shape
	maxProjectedPoints = 20_000
	maxArrows          = 15
)

// ProjectionData is what Projection draws: records in the plane, as a principal component
// analysis or a map of neighbourhoods lays them out.
type ProjectionData struct {
	Title, Caption, Alt string // see Figure

	// X and Y name the axes: "component 1 (32 % of the variance)".
	X, Y string
	// Counted names what is counted, "records" if empty.
	Counted string
	// Unitless says that only distances mean something, as in maps of neighbourhoods: axes
	// have no numbers, and a distance is as long in both directions.
	Unitless bool

	// Groups hold the points, at most 12, normal ones first; one group that stands for all
	// needs no name.
	Groups []PointGroup
	// Scores, if not nil, colour the points of the only group, NaN for unknown; ScoreLabel
	// names them, "score" if empty.
	Scores     []float64
	ScoreLabel string
	// Arrows, at most 15, start at the origin; they are drawn as long as fits, the longest
	// first.
	Arrows []ProjectionArrow
}

// A ProjectionArrow is the direction of a column in a biplot.
type ProjectionArrow struct {
	Name string
	X, Y float64
}

// Projection draws each record as a sign with the colour and shape of its group. Smaller
// groups are drawn over larger ones, and with a border if they have no more than 100
// records, so that what is rare is seen. With scores, higher ones are darker and drawn
// over lower ones.
//
// It returns an error if there are no points or more than 20,000, no group or more than
// 12, more than 15 arrows, scores that do not fit the points of a single group, lists of
// different lengths, or a number that an axis cannot show.
func Projection(d ProjectionData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("projection on %q and %q: %w", d.X, d.Y, err)
	}
	b := projection{x: clean(d.X), y: clean(d.Y), unitless: d.Unitless, counted: cmp.Or(clean(d.Counted), "records"),
		points: clonePoints(d.Groups), scores: slices.Clone(d.Scores), label: cmp.Or(clean(d.ScoreLabel), "score")}
	for _, g := range d.Groups {
		b.names = append(b.names, clean(g.Name))
	}
	for _, a := range d.Arrows {
		b.arrows = append(b.arrows, ProjectionArrow{clean(a.Name), a.X, a.Y})
	}
	slices.SortStableFunc(b.arrows, func(a, b ProjectionArrow) int { return cmp.Compare(math.Hypot(b.X, b.Y), math.Hypot(a.X, a.Y)) })
	return newFigure(d.Title, d.Caption, d.Alt, b.describe(), b), nil
}

// check returns an error unless the data can be drawn.
func (d ProjectionData) check() error {
	switch n := len(d.Groups); {
	case n > maxSigns:
		return fmt.Errorf("%d groups are too many to tell apart, at most %d can be drawn", n, maxSigns)
	case d.Scores != nil && (n != 1 || len(d.Scores) != len(d.Groups[0].X)):
		return errors.New("scores do not fit the points of a single group")
	case len(d.Arrows) > maxArrows:
		return fmt.Errorf("%d arrows are too many to read, at most %d can be drawn", len(d.Arrows), maxArrows)
	}
	for _, a := range d.Arrows {
		if err := errors.Join(checkValue(a.X), checkValue(a.Y)); err != nil {
			return fmt.Errorf("an end of arrow %q %w", a.Name, err)
		}
	}
	for i, s := range d.Scores {
		if err := checkValue(s); err != nil && !math.IsNaN(s) {
			return fmt.Errorf("score %d %w", i, err)
		}
	}
	total := 0
	for _, g := range d.Groups {
		if err := (DensityData{Groups: []PointGroup{g}}).check(); err != nil && len(g.X)+len(g.Y) > 0 {
			return err
		}
		total += len(g.X)
	}
	switch {
	case total == 0:
		return errors.New("there are no points")
	case total > maxProjectedPoints:
		return fmt.Errorf("%d points are too many, at most %d can be drawn; take a sample", total, maxProjectedPoints)
	}
	return nil
}

// projection is the body of a figure of points.
type projection struct {
	x, y, counted, label string
	unitless             bool
	names                []string
	points               []PointGroup
	scores               []float64
	arrows               []ProjectionArrow
}

func (b projection) total() (n int) {
	for _, g := range b.points {
		n += len(g.X)
	}
	return n
}

// describe returns the alternative text.
func (b projection) describe() string {
	s := fmt.Sprintf("%s %s as points", count(int64(b.total())), b.counted)
	if b.x != "" || b.y != "" {
		s += fmt.Sprintf(", %s against %s", cmp.Or(b.y, "y"), cmp.Or(b.x, "x"))
	}
	for i, g := range b.points {
		if len(b.points) > 1 {
			s += fmt.Sprintf("; %s: %s", cmp.Or(b.names[i], "(empty)"), count(int64(len(g.X))))
		}
		if !b.unitless && len(g.X) > 0 {
			s += fmt.Sprintf(", in the middle (%s, %s)", short(middleOf(g.X)), short(middleOf(g.Y)))
		}
	}
	if b.scores != nil {
		if e := extentOf(b.scores); !e.empty() {
			s += fmt.Sprintf("; %s from %s to %s", b.label, short(e.lowest), short(e.highest))
		}
	}
	for i, a := range b.arrows {
		before := ", "
		if i == 0 {
			before = "; arrows of "
		}
		s += before + cmp.Or(a.Name, "(empty)")
	}
	return s + "."
}

// middleOf returns the lower median.
func middleOf(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// slanted implements slanted.
func (projection) slanted() {}
