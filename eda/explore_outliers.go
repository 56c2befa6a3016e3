package eda

// The bounds of an exploration's scores, so that they take no longer than the rest.
const (
	exploredTop    = 10
	exploredScores = 20_000 // rows scored at most
)

// scoreRows scores the rows by the numbers of the second scan, and compares all
// rules for outliers with the label.
func (x *explorer) scoreRows() error {
	out, s := x.out.Outliers, x.src.Schema()
	out.ByClass = x.out.ByClass
	numbers := x.numbers.part(combinedAmong(s, x.numbers.columns), exploredScores)
	if err := out.score(x.ctx, s, numbers, -1, OutlierOptions{Top: exploredTop}); err != nil {
		return err
	}
	out.compare()
	return nil
}

// part returns some of the columns that were gathered, and of the rows so few that
// they are evenly spaced and no more than limit.
func (g *gatherer) part(columns []int, limit int) *gatherer {
	every := max(1, int64(g.gathered()+limit-1)/int64(limit))
	p := &gatherer{columns: columns, coded: g.coded, step: g.step * every, rows: g.rows, lines: appendEvery(nil, g.lines, 0, every),
		fetch: g.fetch, engine: g.engine, sample: g.sample}
	for k, i := range g.columns {
		if len(p.values) < len(columns) && columns[len(p.values)] == i {
			p.values = append(p.values, appendEvery(nil, g.values[k], 0, every))
		}
	}
	for _, codes := range g.codes {
		p.codes = append(p.codes, appendEvery(nil, codes, 0, every))
	}
	return p
}
