package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
)

// Feedback takes in true labels of rows that were scored, or of records that come with
// them. A nil one takes none.
type feedback struct {
	ledger *ledger
	now    func() time.Time

	mu     sync.Mutex
	rows   map[string]*remembered
	recent [2]ring           // ids of normal rows and of alerts: alerts are asked about longer
	counts map[string]*tally // by model
}

// A remembered is a row that was scored, and its label once that is known.
type remembered struct {
	judged
	names     []string // of its fields
	values    []byte   // these, as a JSON array
	labelName string
	normal    []string
	label     string   // "" until it is given
	written   *writing // nil before it is given
}

// A writing is a label on its way to the disk.
type writing struct {
	done chan struct{} // closed when it is there, or could not be written
	ok   bool          // it is there
}

// A ring forgets the oldest rows when they are too many, or take too much room.
type ring struct {
	ids   []string // the oldest first
	bytes int
}

// How many normal rows, and how many alerts, can be labelled by their id.
const (
	rememberedRows  = 10000
	rememberedBytes = 8 << 20
)

// A tally counts rows by verdict and truth: [attack?][attack?].
type tally [2][2]int64

func openFeedback(path string, now func() time.Time) (*feedback, error) {
	if path == "" {
		return nil, nil
	}
	f := &feedback{now: now, rows: map[string]*remembered{}, counts: map[string]*tally{}}
	l, err := openLedger(path, func(line []byte) {
		var j judged
		if json.Unmarshal(line, &j) == nil && j.Truth != "" {
			f.count(&j)
		}
	})
	if err != nil {
		return nil, err
	}
	f.ledger = l
	return f, nil
}

func (f *feedback) count(j *judged) {
	t := f.counts[j.Model]
	if t == nil {
		t = &tally{}
		f.counts[j.Model] = t
	}
	t[attackIndex(j.Verdict)][attackIndex(j.Truth)]++
}

func attackIndex(word string) int {
	if word == "normal" {
		return 0
	}
	return 1
}

// remember keeps a scored row for a label to come.
func (f *feedback) remember(r *remembered) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rows[r.ID] != nil {
		return
	}
	ring := &f.recent[attackIndex(r.Verdict)]
	ring.ids, ring.bytes = append(ring.ids, r.ID), ring.bytes+len(r.values)
	f.rows[r.ID] = r
	for len(ring.ids) > rememberedRows || ring.bytes > rememberedBytes {
		if oldest := f.rows[ring.ids[0]]; oldest != nil {
			ring.bytes -= len(oldest.values)
			delete(f.rows, oldest.ID)
		}
		ring.ids = ring.ids[1:]
	}
}

// A truth is one item of feedback.
type truth struct {
	ID     string          `json:"id"`     // as request/row, or as an alert has it
	Record json.RawMessage `json:"record"` // instead of the id, or where that is forgotten
	Label  string          `json:"label"`
	Model  string          `json:"model"`
}

// maxLabel is how long a label may be.
const maxLabel = 256

// feedbackRoute answers POST /v1/feedback.
func (s *Server) feedbackRoute(c *call) *problem {
	if s.feedback == nil {
		return newProblem(http.StatusNotFound, "not-found", "the service was started without --feedback")
	}
	if media := mediaOf(c.r); media != "application/json" && media != "" {
		return newProblem(http.StatusUnsupportedMediaType, "media-type", "send application/json")
	}
	done, p := s.body(c, s.o.Limits.Body)
	if p != nil {
		return p
	}
	defer done()
	reader, p := readJSON(c.r.Body, s.o.Limits)
	if p != nil {
		return p
	}
	defer reader.give()
	items, p := reader.truths(s.o.Limits.Rows)
	if p != nil {
		return p
	}
	if p := s.enter(c); p != nil {
		return p
	}
	defer s.leave(c)
	rows := make([]*remembered, len(items))
	var wrong []fieldError
	for i := range items {
		if c.late() {
			return late()
		}
		r, e := s.resolve(c, &items[i], i)
		if e != nil {
			e.Row = i
			wrong = append(wrong, *e)
		}
		rows[i] = r
	}
	s.leave(c)
	stored := 0
	if len(wrong) == 0 {
		var err error
		if stored, wrong, err = s.feedback.store(rows, items); err != nil {
			return internal(err)
		}
	}
	if len(wrong) > 0 {
		p := newProblem(http.StatusUnprocessableEntity, "validation", "%d of %d items cannot be taken, and nothing was stored", len(wrong), len(items))
		p.Errors = wrong[:min(len(wrong), model.MaxFaults)]
		return p
	}
	c.rows = len(items)
	return c.json(http.StatusOK, map[string]any{"accepted": len(items), "stored": stored})
}

// truths reads an item of feedback, or an array of them.
func (j *jsonReader) truths(limit int) (items []truth, p *problem) {
	text := bytes.Clone(j.body.Bytes())
	for depth := 0; ; { // strictly, and not too deep, before a lenient reader sees it
		kind := j.dec.PeekKind()
		if kind == '{' || kind == '[' {
			if p = j.token(); p != nil {
				return nil, p
			}
			depth++
			continue
		}
		if _, err := j.dec.ReadToken(); err != nil {
			return nil, j.malformed(err)
		}
		if kind == '}' || kind == ']' {
			depth--
		}
		if depth == 0 {
			break
		}
	}
	if p = j.ended(); p != nil {
		return nil, p
	}
	var err error
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		items = make([]truth, 1)
		err = json.Unmarshal(text, &items[0])
	} else {
		err = json.Unmarshal(text, &items)
	}
	switch {
	case err != nil || len(items) == 0:
		return nil, newProblem(http.StatusBadRequest, "malformed", `an item of feedback is an object with a label, and an id or a record; send one, or an array of them`)
	case len(items) > limit:
		return nil, tooManyRows(limit)
	}
	return items, nil
}

// resolve finds the row that an item is about.
func (s *Server) resolve(c *call, t *truth, i int) (*remembered, *fieldError) {
	if t.Label == "" || len(t.Label) > maxLabel || strings.ContainsFunc(t.Label, func(r rune) bool { return r < ' ' }) || dataset.IsMissing([]byte(t.Label)) {
		return nil, &fieldError{Pointer: "/" + itoa(i) + "/label", Code: "label", Message: "a label is text of 1 to 256 characters"}
	}
	if t.ID != "" {
		s.feedback.mu.Lock()
		r := s.feedback.rows[t.ID]
		s.feedback.mu.Unlock()
		switch {
		case r != nil:
			return r, nil
		case t.Record == nil:
			return nil, &fieldError{Pointer: "/" + itoa(i) + "/id", Code: "unknown", Message: "no row of this id is remembered; send the record with its label"}
		}
	}
	if t.Record == nil {
		return nil, &fieldError{Pointer: "/" + itoa(i), Code: "missing", Message: "an item needs an id or a record"}
	}
	return s.judge(c, t, i)
}

// judge scores a record that came with its label.
func (s *Server) judge(c *call, t *truth, i int) (*remembered, *fieldError) {
	name, version := parseName(t.Model)
	m := s.shelf.find(name, version)
	if m == nil {
		return nil, &fieldError{Pointer: "/" + itoa(i) + "/model", Code: "unknown", Message: "there is no model of that name"}
	}
	b := m.begin(s.o.Limits, true)
	defer b.end()
	reader, p := readJSON(strings.NewReader(string(t.Record)), s.o.Limits)
	if p == nil {
		defer reader.give()
		if reader.dec.PeekKind() != '{' {
			p = newProblem(http.StatusBadRequest, "malformed", "a record is an object")
		} else if b.start(); p == nil {
			if p = reader.object(b, "", nil); p == nil {
				p = b.finish(nil)
			}
		}
	}
	if p == nil {
		p = b.score(c, &ask{threshold: nan})
	}
	if p != nil {
		text := p.Detail
		if len(p.Errors) > 0 {
			text = p.Errors[0].Column + ": " + p.Errors[0].Message
		}
		return nil, &fieldError{Pointer: "/" + itoa(i) + "/record", Code: "record", Message: text}
	}
	id := t.ID
	if id == "" {
		id = c.id + "/" + itoa(i)
	}
	r := b.remembered(0, id, s.o.Now())
	s.feedback.remember(r) // so that the same again is known to be the same
	return r, nil
}

// remembered returns a scored record as what feedback needs of it.
func (b *batch) remembered(record int, id string, now time.Time) *remembered {
	row := b.place[record]
	training := &b.model.pipeline.Training
	r := &remembered{names: b.rows[record].form.names, values: b.values(record), labelName: training.Label, normal: training.Normal}
	if r.labelName == "" {
		r.labelName = "label"
	}
	r.judged = judged{ID: id, Time: now.UTC().Format(time.RFC3339Nano), Model: b.model.name, Version: b.model.version, Score: b.found.Score[row], Verdict: "normal"}
	if b.found.Attack(row) {
		r.Verdict = "attack"
	}
	return r
}

// collect tells how good verdicts were, by the labels that are known.
func (f *feedback) collect(gauge func(*prometheus.Desc, float64, ...string)) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	words := []string{"normal", "attack"}
	for name, t := range f.counts {
		for v := range t {
			for truth, n := range t[v] {
				gauge(feedbackRows, float64(n), name, words[v], words[truth])
			}
		}
		if said := t[1][0] + t[1][1]; said > 0 {
			gauge(liveFigures, float64(t[1][1])/float64(said), name, "precision")
		}
		if attacks := t[0][1] + t[1][1]; attacks > 0 {
			gauge(liveFigures, float64(t[1][1])/float64(attacks), name, "recall")
		}
		if normal := t[0][0] + t[1][0]; normal > 0 {
			gauge(liveFigures, float64(t[1][0])/float64(normal), name, "false_positive_rate")
		}
	}
}

func (f *feedback) close() error {
	if f == nil {
		return nil
	}
	return f.ledger.close()
}
