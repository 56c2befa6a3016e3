package eda

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Findings says in sentences what the series show and what to do about it. What
// holds of several series is said of the first in full, and of the others in short.
func (t *TimeSeries) Findings() []Finding {
	out := t.clockFindings()
	for _, find := range []func(*Series) seriesFinding{t.spikes, t.levels, t.reading, t.rhythm} {
		var all *Finding
		var also []string
		for i := range t.Series {
			f := find(&t.Series[i])
			switch {
			case f.Text == "":
			case all == nil:
				all = &f.Finding
				all.About = t.Series[i].Name
			default:
				also = append(also, t.Series[i].Name+" ("+f.brief+")")
			}
		}
		if all == nil {
			continue
		}
		if len(also) > 0 {
			all.Text += " Also: " + listed(also, 5) + "."
		}
		out = append(out, *all)
	}
	return out
}

// A seriesFinding is a finding about one series, empty if there is none, and the
// same in a few words.
type seriesFinding struct {
	Finding
	brief string
}

// clockFindings are about rows whose times cannot be right.
func (t *TimeSeries) clockFindings() []Finding {
	var out []Finding
	if n := t.Outside.Rows; n > 0 {
		out = append(out, Finding{Warning, t.Clock, fmt.Sprintf("%s far from all others in time.", plural(n, "row")+choose(n, " lies", " lie")),
			"Such times are often those of a clock that was not set; mend them, or leave them out with --where."})
	}
	if n := t.Untimed; n > 0 {
		out = append(out, Finding{Notice, t.Clock, fmt.Sprintf("%s no time.", plural(n, "row")+choose(n, " has", " have")),
			fmt.Sprintf("Look at them with --where 'isnull(%s)'.", whereName(t.Clock))})
	}
	return out
}

// spikes is about the steps that stand out, and whether attacks are in them.
func (t *TimeSeries) spikes(s *Series) (f seriesFinding) {
	if len(s.Spikes) == 0 {
		return f
	}
	top := slices.MaxFunc(s.Spikes, func(a, b SeriesSpike) int { return cmp.Compare(math.Abs(a.Score), math.Abs(b.Score)) })
	n := int64(len(s.Spikes))
	f.Severity = Notice
	f.brief = grouped(n)
	f.Text = fmt.Sprintf("%s of %s %s outside the band; the farthest is that of %s with %s instead of %s.", grouped(n), plural(int64(t.Steps), "step"),
		choose(n, "lies", "lie"), t.When(top.Index), shortNumber(top.Value), shortNumber(top.Median))
	f.Next = t.lookAt(top.Index)
	if t.Attacks == nil || s.Measure == CountAttacks || total(t.Attacks) == 0 {
		return f
	}
	mostly := int64(0)
	for _, p := range s.Spikes {
		if p.Share > 0.5 {
			mostly++
		}
	}
	f.brief += fmt.Sprintf(", %s of them mostly attacks", choose(min(mostly, 1), grouped(mostly), "none"))
	if mostly == 0 {
		f.Text += " In none of them are most rows attacks"
	} else {
		f.Text += fmt.Sprintf(" In %s of them most rows are attacks", grouped(mostly))
	}
	if inside, outside := t.attackShares(s); !math.IsNaN(inside) && !math.IsNaN(outside) {
		f.Text += fmt.Sprintf("; attacks are %s of the rows in these steps and %s in the others", percent(inside), percent(outside))
	}
	f.Text += "."
	if top.Attack != "" && top.Share > 0.5 {
		f.Text += fmt.Sprintf(" The commonest attack in the farthest is %s.", top.Attack)
	}
	return f
}

// attackShares returns which part of the rows are attacks in the spikes of a series
// and in all other steps.
func (t *TimeSeries) attackShares(s *Series) (inside, outside float64) {
	var rows, attacks [2]int64
	spike := map[int]bool{}
	for _, p := range s.Spikes {
		spike[p.Index] = true
	}
	for i, n := range t.Counts {
		side := 0
		if spike[i] {
			side = 1
		}
		rows[side] += n
		attacks[side] += t.Attacks[i]
	}
	return float64(attacks[1]) / float64(rows[1]), float64(attacks[0]) / float64(rows[0])
}

// lookAt names the rows of a step.
func (t *TimeSeries) lookAt(step int) string {
	if t.RowOrder() {
		return fmt.Sprintf("Look at the %s from %s on.", plural(int64(t.Step), "row"), t.When(step))
	}
	return fmt.Sprintf("Look at the rows of that step with --where '%s >= %s && %s < %s'.", whereName(t.Clock), secondsOf(t.At(step)), whereName(t.Clock), secondsOf(t.At(step+1)))
}

// whereName writes a column's name as --where takes it: in backticks, unless it is
// made of letters, digits, points and underscores.
func whereName(name string) string {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || r != '.' && !unicode.IsDigit(r)) {
			return "`" + name + "`"
		}
	}
	return name
}

// secondsOf writes an instant as --where takes it.
func secondsOf(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// levels is about changes of the level, of which the largest is named.
func (t *TimeSeries) levels(s *Series) (f seriesFinding) {
	if len(s.Levels) < 2 {
		return f
	}
	at, largest := 1, -1.0
	for i := 1; i < len(s.Levels); i++ {
		if shift := math.Abs(s.Levels[i].Shift); shift > largest {
			at, largest = i, shift
		}
	}
	n := int64(len(s.Levels) - 1)
	f.Severity = Notice
	f.brief = choose(n, "once, at "+t.When(s.Levels[at].First), grouped(n)+" times")
	change := fmt.Sprintf("from typically %s to %s a step", shortNumber(s.Levels[at-1].Typical), shortNumber(s.Levels[at].Typical))
	if s.Rhythm() != nil && s.Summary.Min >= 0 {
		change = fmt.Sprintf("to %s times the level before, with the rhythm taken off", shortNumber(math.Exp(s.Levels[at].Shift)))
	}
	f.Text = fmt.Sprintf("Without its spikes the level changes %s at %s, %s.", choose(n, "once,", grouped(n)+" times, most"), t.When(s.Levels[at].First), change)
	f.Next = "Ask what changed in the network or in the recording, and judge stretches of one level apart."
	return f
}

// rhythm is about what repeats.
func (t *TimeSeries) rhythm(s *Series) (f seriesFinding) {
	p := s.Rhythm()
	if p == nil {
		return f
	}
	f.Severity = Info
	f.brief = p.Name + ", " + percent(p.Skill)
	f.Text = fmt.Sprintf("A rhythm of one %s shows over %s cycles: each is foretold by the others in %s of how it varies.", p.Name, plainNumber(math.Floor(p.Cycles)), percent(p.Skill))
	f.Next = fmt.Sprintf("Judge a step by the same time of other %ss; one fixed limit alarms when it is busy and misses what happens when it is quiet.", p.Name)
	return f
}

// reading is about series that have no fixed level. What spikes hide counts.
func (t *TimeSeries) reading(s *Series) (f seriesFinding) {
	if len(s.Views) == 0 {
		return f
	}
	view := &s.Views[len(s.Views)-1]
	switch view.Reading {
	case TrendStationary:
		f.Text = "it has no fixed level (KPSS), but one that changes along a straight line would account for it (ADF, KPSS)."
		f.Next = "See whether the changes of level or a trend explain it better, and take that off before steps are compared."
	case Wandering:
		f.Text = "it is not stationary: a unit root is not excluded (ADF), a fixed level is (KPSS)."
		f.Next = "Compare each step with the one before or with a rolling median; a mean of the whole says little."
	case Changing:
		f.Text = "it is no random walk (ADF) and has no fixed level either (KPSS), as where level or spread change."
		f.Next = "Look at the changes of level, and compare steps with their neighbours only."
	default:
		return f
	}
	f.Severity, f.brief = Notice, view.Reading.String()
	switch {
	case s.Logarithmic:
		f.Text = "By logarithms and without its spikes " + f.Text
	case len(s.Views) > 1:
		f.Text = "Without its spikes " + f.Text
	default:
		f.Text = strings.ToUpper(f.Text[:1]) + f.Text[1:]
	}
	return f
}

// shortNumber writes a number with four digits that matter.
func shortNumber(x float64) string {
	switch size := math.Abs(x); {
	case size < 1e15 && x == math.Trunc(x), size >= 1000 && size < 1e15:
		return grouped(int64(math.Round(x)))
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}
