package serve

import (
	"crypto/rand"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/netanom/netanom/dashboard"
	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
)

// How the dashboard is fed, and how often it tells of it.
const (
	dashboardEvery = time.Second     // between two events of a stream
	dashboardAge   = 2 * time.Second // of a snapshot that is given again
	dashboardQueue = 1024            // batches that wait to be taken in
)

// A monitor shows the records that the default model scores. It takes them from requests
// through a queue: where that is full they are dropped and counted, and no answer waits. A nil
// monitor shows nothing.
type monitor struct {
	s       *Server
	rows    int           // that are kept
	every   time.Duration // between two events
	age     time.Duration // of a snapshot that is given again
	queue   chan scoredRows
	room    atomic.Int64 // rows that may still be put into the queue
	shown   prometheus.Counter
	dropped prometheus.Counter
	streams chan struct{} // room for those that are open
	ended   chan struct{} // closed when streams are to end
	hush    func()        // closes it
	stop    chan struct{}
	halt    func() // closes it
	worker  sync.WaitGroup
	shell   func() (shellPage, error) // the page, made when it is asked for first

	mu   sync.Mutex
	view *view
	wake chan struct{} // closed, and another made, when there are new rows

	packing  sync.Mutex // of what is packed below
	snapshot packedRows
	latest   packedRows
}

// A view is the rows of one version of a model.
type view struct {
	*dashboard.Live
	of     *loaded
	fields []int // inputs that are shown: those that are not redacted
	places map[string]int16
	notes  []string
}

// A shellPage is the page without data, and the policy that lets it work.
type shellPage struct {
	text   []byte
	policy string
}

// scoredRows are rows on their way to a view.
type scoredRows struct {
	of *loaded
	dashboard.LiveRows
}

// packedRows are bytes that several readers may be given.
type packedRows struct {
	of          *view
	first, last uint64
	at          time.Time
	text        []byte
	err         error
}

// newMonitor begins to show the latest rows of the service, nil for none.
func newMonitor(s *Server, rows int) *monitor {
	if rows <= 0 {
		return nil
	}
	m := &monitor{s: s, rows: rows, every: dashboardEvery, age: dashboardAge, queue: make(chan scoredRows, dashboardQueue), streams: make(chan struct{}, dashboardStreams),
		ended: make(chan struct{}), stop: make(chan struct{}), wake: make(chan struct{})}
	m.room.Store(int64(max(rows, s.o.Limits.Rows)))
	m.hush, m.halt = sync.OnceFunc(func() { close(m.ended) }), sync.OnceFunc(func() { close(m.stop) })
	m.shell = sync.OnceValues(func() (p shellPage, err error) {
		p.text, p.policy, err = dashboard.Shell(s.o.Version)
		p.policy += "; frame-ancestors 'none'"
		return p, err
	})
	taken := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "netanom_dashboard_rows_total", Help: "Rows for the live dashboard: those that it was given, and those that were dropped because it could not keep up."}, []string{"outcome"})
	open := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "netanom_dashboard_streams", Help: "Pages that the live dashboard sends events to."}, func() float64 { return float64(len(m.streams)) })
	s.metrics.registry.MustRegister(taken, open)
	m.shown, m.dropped = taken.WithLabelValues("shown"), taken.WithLabelValues("dropped")
	m.worker.Go(m.work)
	return m
}

// end ends the streams.
func (m *monitor) end() {
	if m != nil {
		m.hush()
	}
}

// close ends the streams and the work.
func (m *monitor) close() {
	if m == nil {
		return
	}
	m.hush()
	m.halt()
	m.worker.Wait()
}

// work takes in rows, and wakes the streams when there are new ones.
func (m *monitor) work() {
	tick := time.NewTicker(m.every)
	defer tick.Stop()
	seen, last := m.now(), uint64(0)
	for {
		select {
		case rows := <-m.queue:
			if v := m.now(); v.of == rows.of {
				v.Add(&rows.LiveRows)
				m.shown.Add(float64(len(rows.Scores)))
			}
			m.room.Add(int64(len(rows.Scores)))
		case <-tick.C:
			if m.s.draining.Load() {
				m.hush()
			}
			if v := m.now(); v != seen || v.Last() != last {
				seen, last = v, v.Last()
				m.rouse()
			}
		case <-m.stop:
			return
		}
	}
}

// rouse lets the streams look for what is new.
func (m *monitor) rouse() {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.wake)
	m.wake = make(chan struct{})
}

// news is closed when there are new rows.
func (m *monitor) news() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wake
}

// now returns the view of the model that answers now: an empty one if another answered before.
func (m *monitor) now() *view {
	of := m.s.shelf.find("", "")
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.view == nil || m.view.of != of {
		m.view = newView(of, m.rows)
	}
	return m.view
}

// newView returns a view without rows.
func newView(of *loaded, rows int) *view {
	v := &view{of: of, places: map[string]int16{}}
	var hidden []string
	o := dashboard.LiveOptions{Epoch: strings.ToLower(rand.Text()[:12]), Model: of.name, Algorithm: of.pipeline.Kind(), Threshold: of.pipeline.Cut.Threshold, Calibrated: of.probable(), Most: rows}
	for j := range of.pipeline.Schema.Inputs {
		in := &of.pipeline.Schema.Inputs[j]
		if of.redacts(in.Name, j) {
			hidden = append(hidden, in.Name)
			continue
		}
		v.places[in.Name] = int16(len(v.fields))
		v.fields = append(v.fields, j)
		o.Fields = append(o.Fields, dashboard.LiveField{Name: in.Name, Canon: in.Canon, Levels: in.Levels, Low: in.Range[0], High: in.Range[1]})
	}
	if len(hidden) > 0 {
		v.notes = append(v.notes, "The service leaves these fields out: "+strings.Join(hidden, ", ")+".")
	}
	v.Live = dashboard.NewLive(o)
	return v
}

// offer hands the rows of a batch over, before it is answered. Rows for which there is no room
// in the queue are dropped.
func (m *monitor) offer(request string, b *batch, first int) {
	if m == nil || len(b.found.Score) == 0 || m.s.shelf.find("", "") != b.model {
		return
	}
	v := m.now()
	if v.of != b.model {
		return
	}
	n := m.reserve(len(b.found.Score))
	if lost := len(b.found.Score) - n; lost > 0 {
		m.dropped.Add(float64(lost))
	}
	if n == 0 {
		return
	}
	select {
	case m.queue <- scoredRows{b.model, v.rows(b, n, request, first, m.s.o.Now())}:
	default:
		m.room.Add(int64(n))
		m.dropped.Add(float64(n))
	}
}

// reserve takes room for so many rows, or as many as there is room for.
func (m *monitor) reserve(n int) int {
	for {
		room := m.room.Load()
		n := int(min(int64(n), room))
		if n <= 0 {
			return 0
		}
		if m.room.CompareAndSwap(room, room-int64(n)) {
			return n
		}
	}
}

// rows copies the last n rows of a batch that were scored.
func (v *view) rows(b *batch, n int, request string, first int, now time.Time) dashboard.LiveRows {
	x := b.intake.Matrix()
	from := len(b.found.Score) - n
	r := dashboard.LiveRows{At: now, Request: request, Records: make([]int, n), Numbers: make([][]float64, len(v.fields)), Texts: make([][]string, len(v.fields)), Scores: append([]float64(nil), b.found.Score[from:]...)}
	for i := range r.Records {
		r.Records[i] = first + b.intake.Taken[from+i]
	}
	for k, j := range v.fields {
		if in := &v.of.pipeline.Schema.Inputs[j]; in.Coded() {
			r.Texts[k] = b.texts(in, j, x.Codes[j][from:])
			continue
		}
		r.Numbers[k] = append([]float64(nil), x.Numbers[j][from:]...)
	}
	if b.reasons != nil {
		r.Reasons = make([][3]int16, n)
		for i := range r.Reasons {
			r.Reasons[i] = v.reasons(b.reasons[from+i])
		}
	}
	return r
}

// texts are the levels of an input in the last rows. A level that training did not have is
// what the record says.
func (b *batch) texts(in *model.Input, j int, codes []int32) []string {
	out := make([]string, len(codes))
	from := len(b.intake.Taken) - len(codes)
	for i, c := range codes {
		if c >= 0 {
			out[i] = in.Levels[c]
		} else {
			out[i] = b.unseen(b.intake.Taken[from+i], j)
		}
	}
	return out
}

// mostUnseen is how many bytes of a text are copied at most.
const mostUnseen = 256

// unseen is the text of an input of a kept record, "" if it has no value.
func (b *batch) unseen(record, input int) string {
	if record >= len(b.rows) || b.rows[record].form.binding == nil {
		return ""
	}
	r := b.rows[record]
	for i, c := range b.cells[r.from:r.to] {
		if i >= len(r.form.names) || r.form.binding.Input(i) != input {
			continue
		}
		text := b.text(c)
		switch {
		case c.kind == model.TrueCell:
			return "true"
		case c.kind == model.FalseCell:
			return "false"
		case c.kind == model.NumberCell || c.kind == model.TextCell && !dataset.IsMissing(text):
			return strings.ToValidUTF8(string(text[:min(len(text), mostUnseen)]), "\uFFFD")
		}
	}
	return ""
}

// reasons are the first fields of those that an answer names.
func (v *view) reasons(list []model.Reason) [3]int16 {
	out := [3]int16{-1, -1, -1}
	n := 0
	for _, r := range list {
		if at, shown := v.places[r.Column]; shown && n < len(out) {
			out[n] = at
			n++
		}
	}
	return out
}
