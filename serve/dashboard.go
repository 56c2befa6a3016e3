package serve

import (
	"crypto/rand"
	"strings"
	"sync"
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
	dashboardTake  = 10              // times in between that rows are taken in
)

// A monitor shows the records that the default model scores. It takes them from requests
// as copies that wait until it looks at them: where there are too many they are dropped and
// counted, and no answer waits. A nil monitor shows nothing.
type monitor struct {
	s       *Server
	rows    int           // that are kept
	every   time.Duration // between two events
	age     time.Duration // of a snapshot that is given again
	shown   prometheus.Counter
	dropped prometheus.Counter
	streams chan struct{} // room for those that are open
	ended   chan struct{} // closed when streams are to end
	hush    func()        // closes it
	stop    chan struct{}
	halt    func() // closes it
	worker  sync.WaitGroup
	shell   func() (shellPage, error) // the page, made when it is asked for first

	mu      sync.Mutex
	view    *view
	waiting []scoredRows
	room    int           // rows that may still wait
	wake    chan struct{} // closed, and another made, when there are new rows

	packing  sync.Mutex // of what is packed below
	snapshot packedRows
	latest   packedRows
}

// A view is the rows of one version of a model.
type view struct {
	*dashboard.Live
	of     *loaded
	fields []int // inputs that are shown: those that are not redacted
	texts  int   // of fields, those of text
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
	of *view
	dashboard.LiveRows
}

// packedRows are bytes that several readers may be given.
type packedRows struct {
	of          *view
	first, last uint64
	at          time.Time
	took        time.Duration
	text        []byte
	err         error
}

// newMonitor begins to show the latest rows of the service, nil for none.
func newMonitor(s *Server, rows int) *monitor {
	if rows <= 0 {
		return nil
	}
	m := &monitor{s: s, rows: rows, every: dashboardEvery, age: dashboardAge, room: max(rows, s.o.Limits.Rows), streams: make(chan struct{}, dashboardStreams),
		ended: make(chan struct{}), stop: make(chan struct{}), wake: make(chan struct{})}
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
	tick := time.NewTicker(m.every / dashboardTake)
	defer tick.Stop()
	seen, last := m.now(), uint64(0)
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-m.stop:
			return
		}
		m.take()
		if m.s.draining.Load() {
			m.hush()
		}
		if v := m.now(); n%dashboardTake == 0 && (v != seen || v.Last() != last) {
			seen, last = v, v.Last()
			m.rouse()
		}
	}
}

// take takes in the rows that wait.
func (m *monitor) take() {
	m.mu.Lock()
	list := m.waiting
	m.waiting = nil
	m.mu.Unlock()
	v, n := m.now(), 0
	for i := range list {
		n += len(list[i].Scores)
		if list[i].of == v {
			v.Add(&list[i].LiveRows)
			m.shown.Add(float64(len(list[i].Scores)))
		}
	}
	m.mu.Lock()
	m.room += n
	m.mu.Unlock()
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
		if in.Coded() {
			v.texts++
		}
		o.Fields = append(o.Fields, dashboard.LiveField{Name: in.Name, Canon: in.Canon, Levels: in.Levels, Low: in.Range[0], High: in.Range[1]})
	}
	if len(hidden) > 0 {
		v.notes = append(v.notes, "The service leaves these fields out: "+strings.Join(hidden, ", ")+".")
	}
	v.Live = dashboard.NewLive(o)
	return v
}

// offer hands the rows of a batch over, before it is answered. Those for which there is no
// room are dropped.
func (m *monitor) offer(request string, b *batch, first int) {
	if m == nil || len(b.found.Score) == 0 || m.s.shelf.find("", "") != b.model {
		return
	}
	v := m.now()
	if v.of != b.model {
		return
	}
	m.mu.Lock()
	n := min(len(b.found.Score), m.room)
	m.room -= n
	m.mu.Unlock()
	if lost := len(b.found.Score) - n; lost > 0 {
		m.dropped.Add(float64(lost))
	}
	if n == 0 {
		return
	}
	rows := scoredRows{v, v.rows(b, n, request, first, m.s.o.Now())}
	m.mu.Lock()
	m.waiting = append(m.waiting, rows)
	m.mu.Unlock()
}

// rows copies the last n rows of a batch that were scored.
func (v *view) rows(b *batch, n int, request string, first int, now time.Time) dashboard.LiveRows {
	x := b.intake.Matrix()
	from := len(b.found.Score) - n
	r := dashboard.LiveRows{At: now, Request: request, Records: make([]int, n), Scores: append([]float64(nil), b.found.Score[from:]...),
		Numbers: make([]float64, 0, n*(len(v.fields)-v.texts)), Texts: make([]string, 0, n*v.texts)}
	for i := range r.Records {
		r.Records[i] = first + b.intake.Taken[from+i]
	}
	for _, j := range v.fields {
		if in := &v.of.pipeline.Schema.Inputs[j]; in.Coded() {
			r.Texts = b.appendTexts(r.Texts, in, j, x.Codes[j][from:], from)
			continue
		}
		r.Numbers = append(r.Numbers, x.Numbers[j][from:]...)
	}
	if b.reasons != nil {
		r.Reasons = make([][3]int16, n)
		for i := range r.Reasons {
			r.Reasons[i] = v.reasons(b.reasons[from+i])
		}
	}
	return r
}

// appendTexts appends the levels of an input in the rows from one on.
func (b *batch) appendTexts(dst []string, in *model.Input, j int, codes []int32, from int) []string {
	at := len(dst)
	for _, c := range codes {
		text := ""
		if c >= 0 {
			text = in.Levels[c]
		}
		dst = append(dst, text)
	}
	for _, s := range b.strange {
		if s.input == j && s.row >= from {
			dst[at+s.row-from] = s.text
		}
	}
	return dst
}

// A strange is a level that training did not have, in a row of the matrix.
type strange struct {
	row, input int
	text       string
}

// The bounds of what is noted of a batch.
const (
	mostStrange      = 4096
	mostStrangeBytes = 256
)

// note notes the levels of the record at hand that training did not have, which the matrix
// does not hold.
func (b *batch) note(f *form) {
	x, row := b.intake.Matrix(), len(b.intake.Taken)-1
	for i, c := range b.given {
		if i >= len(f.names) {
			return
		}
		j := f.binding.Input(i)
		if j < 0 || !b.model.pipeline.Schema.Inputs[j].Coded() || x.Codes[j][row] >= 0 || len(b.strange) >= mostStrange {
			continue
		}
		text := ""
		switch {
		case c.Kind == model.TrueCell:
			text = "true"
		case c.Kind == model.FalseCell:
			text = "false"
		case c.Kind == model.NumberCell || c.Kind == model.TextCell && !dataset.IsMissing(c.Text):
			text = strings.ToValidUTF8(string(c.Text[:min(len(c.Text), mostStrangeBytes)]), "\uFFFD")
		}
		b.strange = append(b.strange, strange{row, j, text})
	}
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
