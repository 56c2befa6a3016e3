package serve

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What a stream of events may take.
const (
	dashboardStreams = 32               // that are open at once
	dashboardRows    = 4096             // of an event
	dashboardBeat    = 15 * time.Second // between signs of life where there are no new rows
	dashboardRetry   = 2 * time.Second  // until a page is to ask again
	dashboardPiece   = 32 << 10         // bytes that are written at once
	dashboardSlow    = 10 * time.Second // that a reader may take for a piece
)

// dashboardRoutes sets up the routes of the live dashboard.
func (s *Server) dashboardRoutes(get func(path string, need scope, h handler)) {
	if s.monitor == nil {
		return
	}
	get("/dashboard", openScope, s.dashboardRoute)
	get("/dashboard/data", readScope, s.dashboardDataRoute)
	get("/dashboard/events", readScope, s.dashboardEventsRoute)
}

// dashboardRoute answers with the page, which holds nothing of any record.
func (s *Server) dashboardRoute(c *call) *problem {
	page, err := s.monitor.shell()
	if err != nil {
		return internal(err)
	}
	h := c.Header()
	h.Set("Content-Type", assetTypes[".html"])
	h.Set("Content-Security-Policy", page.policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	c.Write(page.text)
	return nil
}

// dashboardDataRoute answers with all rows that are kept, as dashboard.Live packs them.
func (s *Server) dashboardDataRoute(c *call) *problem {
	p := s.monitor.all(s.o.Now())
	if p.err != nil {
		return internal(p.err)
	}
	h := c.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", itoa(len(p.text)))
	h.Set("X-Netanom-Sequence", sequence(p.of, p.last))
	c.Write(p.text)
	return nil
}

// sequence names a row of a view.
func sequence(v *view, number uint64) string {
	return v.Epoch() + "-" + strconv.FormatUint(number, 10)
}

// all returns all rows, packed a moment ago at most. What took long to pack is given for
// longer, so that packing takes no more than a fifth of a core, however often pages ask.
func (m *monitor) all(now time.Time) packedRows {
	m.packing.Lock()
	defer m.packing.Unlock()
	v, p := m.now(), &m.snapshot
	if age := now.Sub(p.at); p.of == v && p.err == nil && (age >= 0 && age < max(m.age, 5*p.took) || p.last == v.Last()) {
		return *p
	}
	began := time.Now()
	*p = packedRows{of: v, at: now}
	p.text, p.last, p.err = v.Snapshot(v.of.name+"@"+v.of.version, v.notes)
	if m.age > 0 {
		p.took = time.Since(began)
	}
	return *p
}

// since returns an event of the rows behind one. Pages that are as far get the same bytes. It
// is not ok if rows in between are gone.
func (m *monitor) since(v *view, after uint64) (text []byte, last uint64, ok bool, err error) {
	m.packing.Lock()
	defer m.packing.Unlock()
	if p := &m.latest; p.of == v && p.first == after && p.last > after && p.last-after >= min(v.Last()-after, dashboardRows) {
		return p.text, p.last, true, nil
	}
	d, last, ok := v.Since(after, dashboardRows)
	if !ok || d.Rows == 0 {
		return nil, after, ok, nil
	}
	block, err := d.Block()
	if err != nil {
		return nil, after, true, err
	}
	text = fmt.Appendf(nil, "id: %s\ndata: ", sequence(v, last))
	text = append(base64.StdEncoding.AppendEncode(text, block), "\n\n"...)
	m.latest = packedRows{of: v, first: after, last: last, text: text}
	return text, last, true, nil
}

// A feed is a stream of events to a page.
type feed struct {
	m       *monitor
	c       *call
	control *http.ResponseController
	view    *view
	last    uint64 // number of the row that was sent last
}

// dashboardEventsRoute answers with rows as they come, until the page or the service ends.
func (s *Server) dashboardEventsRoute(c *call) *problem {
	m := s.monitor
	select {
	case <-m.ended:
		return newProblem(http.StatusServiceUnavailable, "not-ready", "the service is about to end").after(dashboardRetry)
	default:
	}
	select {
	case m.streams <- struct{}{}:
		defer func() { <-m.streams }()
	default:
		return newProblem(http.StatusServiceUnavailable, "overloaded", "%d pages are shown events already; try again later", cap(m.streams)).after(dashboardBeat)
	}
	f := &feed{m: m, c: c, control: http.NewResponseController(c.w), view: m.now()}
	f.control.SetReadDeadline(time.Time{}) // nothing more is to come, for as long as the page is open
	h := c.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies are not to hold events back
	if c.r.Method == http.MethodHead {
		return nil
	}
	lost := !f.resume(c.r.Header.Get("Last-Event-ID"))
	if f.write(fmt.Appendf(nil, "retry: %d\n\n", dashboardRetry.Milliseconds())) && (!lost || f.reset()) {
		f.run()
	}
	return nil
}

// resume goes on behind the row that the page has, or with the next if it names none. It
// reports false if rows in between are gone.
func (f *feed) resume(id string) bool {
	f.last = f.view.Last()
	if id == "" {
		return true
	}
	epoch, number, _ := strings.Cut(id, "-")
	after, err := strconv.ParseUint(number, 10, 64)
	if err != nil || epoch != f.view.Epoch() {
		return false
	}
	if _, _, ok := f.view.Since(after, 0); !ok {
		return false
	}
	f.last = after
	return true
}

// run sends what is new.
func (f *feed) run() {
	beat := time.NewTicker(dashboardBeat)
	defer beat.Stop()
	for {
		news := f.m.news() // before looking, lest rows are missed that come while it looks
		if !f.send() {
			return
		}
		select {
		case <-news:
		case <-beat.C:
			if !f.write([]byte(": still here\n\n")) {
				return
			}
		case <-f.m.ended:
			return
		case <-f.c.r.Context().Done():
			return
		}
	}
}

// send writes an event or more for rows that are new, and reports whether the page reads on,
// and still may: its key can have been revoked.
func (f *feed) send() bool {
	if _, p := f.m.s.keys.admit(f.c.r, readScope); p != nil {
		return false
	}
	if f.m.now() != f.view {
		return f.reset()
	}
	for f.last < f.view.Last() {
		text, last, ok, err := f.m.since(f.view, f.last)
		switch {
		case err != nil:
			f.m.s.o.Log.Error("rows could not be packed for the dashboard", "request", f.c.id, "error", err.Error())
			return false
		case !ok:
			return f.reset()
		}
		if f.last = last; !f.write(text) {
			return false
		}
	}
	return true
}

// reset tells the page to fetch all rows again, and goes on with the next ones.
func (f *feed) reset() bool {
	f.view = f.m.now()
	f.last = f.view.Last()
	return f.write(fmt.Appendf(nil, "id: %s\nevent: reset\ndata: fetch the data again\n\n", sequence(f.view, f.last)))
}

// write writes in pieces, each of which has its time, and reports whether the page reads on.
func (f *feed) write(text []byte) bool {
	for len(text) > 0 {
		select {
		case <-f.m.ended:
			return false
		default:
		}
		n := min(len(text), dashboardPiece)
		f.control.SetWriteDeadline(time.Now().Add(dashboardSlow))
		if _, err := f.c.Write(text[:n]); err != nil || f.control.Flush() != nil {
			return false
		}
		text = text[n:]
	}
	return true
}
