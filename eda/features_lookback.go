package eda

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
)

// ofWindows proposes what the rows before a row say about it, over time where
// rows are in its order, or over rows where that was asked for.
func (p *proposer) ofWindows() {
	w := dataset.Derivation{Rows: p.judge.options.Rows}
	suffix := fmt.Sprintf("_last_%d_rows", w.Rows)
	if w.Rows == 0 {
		if !p.timed() {
			return
		}
		w.Seconds = p.judge.options.Window
		suffix = "_last_" + spanName(w.Seconds)
	}
	propose := func(name string, op dataset.Op, input, by *sampledColumn, reason string) {
		d := w
		d.Op = op
		if input != nil {
			d.Inputs = []string{input.name}
		}
		if by != nil {
			d.By = by.name
			name += "_same_" + plainName(by)
		}
		p.add(name+suffix, d, reason)
	}
	source, target, service := p.quantity(sourceHosts, true), p.quantity(targetHosts, true), p.quantity(services, true)
	if w.Seconds > 0 {
		propose("connections", dataset.OpWindowCount, nil, nil, "rows up to this one")
	}
	for _, by := range []*sampledColumn{source, target, service} {
		if by != nil {
			propose("connections", dataset.OpWindowCount, nil, by, "rows up to this one")
		}
	}
	if service != nil {
		propose("distinct_"+plainName(service), dataset.OpWindowDistinct, service, nil, "different ones up to this row")
	}
	for _, x := range []struct{ input, by *sampledColumn }{
		{service, source}, {target, source}, {p.quantity(targetPorts, true), source}, {source, target},
	} {
		if x.input != nil && x.by != nil {
			propose("distinct_"+plainName(x.input), dataset.OpWindowDistinct, x.input, x.by, "different ones up to this row")
		}
	}
	for _, names := range [][]string{bytesSent, bytesReceived} {
		if x := p.quantity(names, false); x != nil {
			propose("mean_"+plainName(x), dataset.OpWindowMean, x, source, "mean up to this row")
		}
	}
}

// timed reports whether windows of time are possible, and warns if not.
func (p *proposer) timed() bool {
	o := p.judge.order
	switch {
	case o == nil:
		p.warnings = append(p.warnings, "No feature looks back in time: there is no time column. Windows over the order of the rows are on request, with --row-order.")
		return false
	case math.IsInf(o.latest, -1):
		p.warnings = append(p.warnings, "No feature looks back in time: no row has a time.")
		return false
	case o.unsorted > 0:
		name := p.schema.Columns[o.clock].Name
		p.warnings = append(p.warnings, fmt.Sprintf("No feature looks back in time: the rows are not in order of %s (row %s is earlier than one before it). Put them in order with --sort.",
			name, grouped(o.unsorted)))
		return false
	}
	return true
}

// spanName writes seconds as part of a column's name: 120 is 2m.
func spanName(seconds float64) string {
	for _, u := range []struct {
		seconds float64
		name    string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if n := seconds / u.seconds; n >= 1 && n == math.Trunc(n) {
			return plainNumber(n) + u.name
		}
	}
	return plainNumber(seconds) + "s"
}
