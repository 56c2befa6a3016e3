package eda

import (
	"fmt"
	"slices"
)

// findings turns what was measured into sentences with a next step.
func (f *Features) findings(p *proposer) []Finding {
	var out []Finding
	kept := int64(len(f.Recipe.Derivations))
	total := int64(len(f.Candidates))
	gaining := slices.IndexFunc(f.Candidates, func(c Feature) bool { return c.Kept == ByGain && c.Source != "" })
	switch {
	case f.Measured == 0 && f.Classes.Known():
		out = append(out, Finding{Info, f.Classes.Name,
			fmt.Sprintf("%s could be derived; what they are worth cannot be measured with so few rows of one class.", plural(total, "column")),
			"Measure on a file that has both normal rows and attacks, save that recipe with --save, and apply it here with --apply."})
	case f.Measured == 0:
		out = append(out, Finding{Info, wholeTable,
			fmt.Sprintf("%s could be derived; what they are worth cannot be measured without normal rows and attacks.", plural(total, "column")),
			"If a column says which rows are attacks, name it with --label; else save the recipe with --save and let a model choose."})
	case gaining >= 0:
		c := &f.Candidates[gaining]
		out = append(out, Finding{Info, c.Name,
			fmt.Sprintf("It tells attacks from normal rows with an effect of %.3f, where the best column it is made from, %s, has %.3f.", c.Effect().Value, c.Source, c.SourceEffect),
			"Save the recipe with --save, and apply it to other files with --apply."})
	case f.gaining == 0:
		out = append(out, Finding{Info, wholeTable,
			fmt.Sprintf("No derived column tells attacks from normal rows better by %g than the columns it is made from, beyond chance.", f.MinGain),
			"Single columns already say as much as these can; a model may still gain by scales and codings."})
	}
	if f.Measured > 0 {
		out = append(out, f.strongSource(p)...)
		if n := total - kept; kept > 0 && n > 0 {
			out = append(out, Finding{Info, wholeTable,
				fmt.Sprintf("%s of %d %s in the recipe.", plural(kept, "column"), total, choose(kept, "is", "are")),
				"Change the limit with --min-gain, or ask for a number of columns with --keep."})
		}
	}
	return out
}

// nearlyCertain is an effect from which on one column alone nearly tells the
// classes apart, which measured traffic seldom allows.
const nearlyCertain = 0.98

// strongSource warns of columns that alone tell nearly everything.
func (f *Features) strongSource(p *proposer) []Finding {
	var out []Finding
	for k := range p.judge.sources {
		if e := p.judge.effect(k); e >= nearlyCertain {
			name := p.judge.sources[k].name
			out = append(out, Finding{Warning, name,
				fmt.Sprintf("Alone it tells attacks from normal rows with an effect of %.3f out of fold.", e),
				fmt.Sprintf("Ask how %s came about: it may give the answer away, or name the hosts of one experiment.", name)})
		}
	}
	return out
}
