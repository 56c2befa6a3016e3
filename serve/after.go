package serve

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/netanom/netanom/serve/alert"
)

// after does what follows the scoring of a batch, before it is answered: it counts,
// writes alerts down, remembers rows for feedback, and shows them. first is the number of the first
// record. An alert that cannot be written is counted and logged, and the answer goes out
// all the same.
func (s *Server) after(c *call, a *ask, b *batch, first int) {
	s.metrics.batch(b)
	b.model.drift.add(b.intake)
	if s.alerts != nil {
		if err := s.alert(context.WithoutCancel(c.r.Context()), c, a, b, first); err != nil { // a client that hangs up has caused alerts all the same
			level, what := slog.LevelError, "alerts were not written"
			if errors.Is(err, alert.ErrLate) {
				level, what = slog.LevelWarn, "alerts are written later than the answer"
			}
			s.o.Log.Log(context.Background(), level, what, "request", c.id, "error", err.Error())
		}
	}
	if s.feedback != nil {
		now := s.o.Now()
		for record, row := range b.place {
			if row >= 0 {
				s.feedback.remember(b.remembered(record, rowID(c.id, first+record), now))
			}
		}
	}
	s.monitor.offer(c.id, b, first)
	if s.o.LogRows > 0 && s.o.Access != nil {
		s.logRows(c, b, first)
	}
}

// rowID names a row of a request.
func rowID(request string, row int) string { return request + "/" + itoa(row) }

// alert writes down the rows that are taken for attacks.
func (s *Server) alert(ctx context.Context, c *call, a *ask, b *batch, first int) error {
	var list []alert.Alert
	now := s.o.Now()
	threshold := a.pipeline(b.model).Cut.Threshold
	for record, row := range b.place {
		if row < 0 || !b.found.Attack(row) {
			continue
		}
		one := alert.Alert{ID: rowID(c.id, first+record), Time: now, Model: b.model.name, Version: b.model.version, Score: b.found.Score[row],
			Threshold: threshold, Verdict: b.label(row), Request: c.named, Client: c.client, Record: b.record(record)}
		if b.model.typed() {
			one.Class = b.model.pipeline.Classes[b.found.Class[row]]
		}
		if b.reasons != nil {
			for _, r := range b.reasons[row] {
				reason := alert.Reason{Column: r.Column, Value: r.Value, Part: r.Part}
				if b.model.redacts(r.Column, -1) {
					reason.Value = ""
				}
				one.Reasons = append(one.Reasons, reason)
			}
		}
		list = append(list, one)
	}
	if len(list) == 0 {
		return nil
	}
	return s.alerts.Append(ctx, list)
}

// logRows logs a share of the records with their fields, but for those to be redacted.
func (s *Server) logRows(c *call, b *batch, first int) {
	for record, row := range b.place {
		if row >= 0 && rand.Float64() < s.o.LogRows {
			s.o.Access.LogAttrs(c.r.Context(), slog.LevelInfo, "row", slog.String("id", rowID(c.id, first+record)), slog.String("model", c.model),
				slog.Float64("score", b.found.Score[row]), slog.String("label", b.label(row)), slog.Any("record", json.RawMessage(b.record(record))))
		}
	}
}

// logAccess logs an answer: no value of a field is in it.
func (s *Server) logAccess(c *call, kind string, took time.Duration) {
	if s.o.Access == nil {
		return
	}
	list := [...]slog.Attr{slog.String("id", c.id), slog.String("method", c.r.Method), slog.String("route", c.route), slog.Int("status", c.status),
		slog.Int("rows", c.rows), slog.Float64("ms", float64(took.Microseconds())/1e3), slog.String("model", c.model), slog.String("client", c.client), {}, {}, {}}
	attrs := list[:8]
	if c.named != c.id {
		attrs = append(attrs, slog.String("named", c.named))
	}
	if kind != "" {
		attrs = append(attrs, slog.String("problem", kind))
	}
	if c.span != nil {
		attrs = append(attrs, slog.String("trace", c.span.trace()))
	}
	s.o.Access.LogAttrs(context.Background(), slog.LevelInfo, "request", attrs...)
}

// compare lets the shadow model score the same records, after they were answered, and
// counts where the two differ.
func (s *Server) compare(c *call, b *batch) {
	if s.shadow == "" {
		return
	}
	m := s.shelf.find(s.shadow, s.shadowed)
	if m == nil || m == b.model { // the version that was named is not there any more
		return
	}
	other := m.begin(s.o.Limits, false)
	defer other.end()
	b.offerTo(other)
	if p := other.score(&call{r: c.r.WithContext(context.WithoutCancel(c.r.Context())), until: time.Now().Add(s.o.Limits.Score)}, &ask{threshold: nan, byRow: true}); p != nil {
		s.o.Log.Error("the shadow model could not score", "request", c.id, "shadow", m.name, "problem", p.Detail)
		return
	}
	m.drift.add(other.intake)
	counts := map[string]int{}
	for record, row := range b.place {
		if row >= 0 {
			counts[b.agreement(row, other, record)]++
		}
	}
	for word, n := range counts {
		s.metrics.shadow.WithLabelValues(b.model.name, m.name+"@"+m.version, word).Add(float64(n))
	}
	if n := counts["model"] + counts["shadow"]; n > 0 {
		s.o.Log.Info("the shadow model differs", "request", c.id, "model", c.model, "shadow", m.name+"@"+m.version, "rows", n, "alerts", counts["model"]+counts["both"], "shadow_alerts", counts["shadow"]+counts["both"])
	}
}

// agreement says who calls a record an attack: both, neither, the model or the shadow.
func (b *batch) agreement(row int, other *batch, record int) string {
	there := other.place[record]
	switch {
	case there < 0:
		return "rejected"
	case b.found.Attack(row) && other.found.Attack(there):
		return "both"
	case b.found.Attack(row):
		return "model"
	case other.found.Attack(there):
		return "shadow"
	}
	return "neither"
}

// offerTo offers the records that were kept to a batch of another model.
func (b *batch) offerTo(other *batch) {
	for _, r := range b.rows {
		other.start()
		for _, c := range b.cells[r.from:r.to] {
			other.add(c.kind, b.text(c))
		}
		if len(r.form.names) == 0 {
			other.refuse("type", "")
			continue
		}
		if f, p := other.form(r.form.names); p == nil {
			other.finish(f)
		} else {
			other.refuse(p.kind, "")
		}
	}
}
