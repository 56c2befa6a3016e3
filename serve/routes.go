package serve

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/netanom/netanom/model"
)

// A handler answers a call, or says why it does not.
type handler func(c *call) *problem

// route sets up the routes of clients and of administrators.
func (s *Server) route() {
	s.routes, s.admin = http.NewServeMux(), http.NewServeMux()
	post := func(path string, h handler) { s.handle(s.routes, "POST", path, scoreScope, h) }
	get := func(path string, need scope, h handler) { s.handle(s.routes, "GET", path, need, h) }
	for _, path := range []string{"/v1/predict", "/predict"} {
		post(path, s.predictRoute)
	}
	post("/v1/models/{model}/predict", s.predictRoute)
	post("/v1/models/{model}/versions/{version}/predict", s.predictRoute)
	post("/v1/feedback", s.feedbackRoute)
	get("/v1/models", readScope, s.modelsRoute)
	get("/v1/models/{model}", readScope, s.modelRoute)
	get("/v1/models/{model}/versions/{version}", readScope, s.modelRoute)

	post("/v2/models/{model}/infer", s.inferRoute)
	post("/v2/models/{model}/versions/{version}/infer", s.inferRoute)
	get("/v2", openScope, s.serverMetadataRoute)
	get("/v2/health/live", openScope, s.liveRoute)
	get("/v2/health/ready", openScope, s.readyRoute)
	get("/v2/models/{model}", readScope, s.modelMetadataRoute)
	get("/v2/models/{model}/versions/{version}", readScope, s.modelMetadataRoute)
	get("/v2/models/{model}/ready", openScope, s.modelReadyRoute)
	get("/v2/models/{model}/versions/{version}/ready", openScope, s.modelReadyRoute)

	post("/invocations", s.invocationsRoute)
	for _, path := range []string{"/livez", "/ping", "/health"} {
		get(path, openScope, s.liveRoute)
	}
	get("/readyz", openScope, s.readyRoute)
	get("/version", openScope, s.versionRoute)
	get("/openapi.json", readScope, s.openAPIRoute)
	get("/metrics", readScope, s.metricsRoute)
	get("/{$}", openScope, s.pageRoute)
	get("/assets/{name}", openScope, s.assetRoute)
	s.dashboardRoutes(get)

	admin := func(path string, h handler) { s.handle(s.admin, "POST", path, adminScope, h) }
	admin("/-/reload", s.reloadRoute)
	admin("/-/rollback", s.rollbackRoute)
	admin("/-/activate", s.activateRoute)
	s.handle(s.admin, "GET", "/-/models", adminScope, s.modelsRoute)
	s.handle(s.admin, "GET", "/metrics", openScope, s.metricsRoute)
	s.handle(s.admin, "GET", "/livez", openScope, s.liveRoute)
	s.handle(s.admin, "GET", "/readyz", openScope, s.readyRoute)
	for _, mux := range []*http.ServeMux{s.routes, s.admin} {
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			w.(*call).fail(newProblem(http.StatusNotFound, "not-found", "there is no such route; GET /openapi.json lists those that there are"))
		})
	}
}

// handle lets a handler answer one method of a path, for those whose key allows it.
// Other methods are a problem.
func (s *Server) handle(mux *http.ServeMux, method, path string, need scope, h handler) {
	if mux == s.routes {
		s.listed = append(s.listed, path)
	}
	mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		c := w.(*call)
		c.r, c.route = r, path
		c.begin()
		if p := s.admit(c, need); p != nil {
			c.fail(p)
			return
		}
		if p := h(c); p != nil {
			c.fail(p)
		}
	})
	mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		c := w.(*call)
		c.r, c.route = r, path
		p := newProblem(http.StatusMethodNotAllowed, "method", "the route takes %s", method)
		p.allow = method
		c.fail(p)
	})
}

// admit asks who the request is from, and whether it has not sent too many.
func (s *Server) admit(c *call, need scope) (p *problem) {
	c.client = clientOf(c.r)
	c.key, p = s.keys.admit(c.r, need)
	if c.key != "" {
		c.client = c.key
	}
	if need == scoreScope {
		if q := s.rates.take(c.client); q != nil { // refused keys have a rate too
			return q
		}
	}
	return p
}

// json answers with a value as JSON.
func (c *call) json(status int, v any) *problem {
	text, err := json.Marshal(v)
	if err != nil {
		return internal(err)
	}
	c.Header().Set("Content-Type", "application/json")
	c.WriteHeader(status)
	c.Write(append(text, '\n'))
	return nil
}

// sheetTypes are media types of delimited text.
var sheetTypes = []string{"text/csv", "text/tab-separated-values", "application/csv", "text/plain"}

// streamTypes are media types of newline-delimited JSON.
var streamTypes = []string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}

// predictRoute answers POST /v1/predict.
func (s *Server) predictRoute(c *call) *problem {
	a, m, p := s.asked(c)
	if p != nil {
		return p
	}
	media := mediaOf(c.r)
	switch {
	case slices.Contains(streamTypes, media):
		return s.stream(c, a, m)
	case media == "application/json" || media == "":
		return s.answer(c, a, m, (*jsonReader).read, (*batch).appendPredictions)
	case slices.Contains(sheetTypes, media):
		return s.answerSheet(c, a, m, media)
	}
	return newProblem(http.StatusUnsupportedMediaType, "media-type", "send application/json, application/x-ndjson, text/csv or text/tab-separated-values")
}

// mediaOf is the media type of a body, in lower case. What curl says of a body where it
// is told nothing is taken for JSON.
func mediaOf(r *http.Request) string {
	text := r.Header.Get("Content-Type")
	if text == "application/json" {
		return text
	}
	media, _, err := mime.ParseMediaType(text)
	switch {
	case text == "" || media == "application/x-www-form-urlencoded":
		return ""
	case err != nil:
		return "invalid"
	case strings.HasSuffix(media, "+json"):
		return "application/json"
	}
	return media
}

// asked finds what is asked, and of which model.
func (s *Server) asked(c *call) (*ask, *loaded, *problem) {
	a, p := newAsk(c.r)
	if p != nil {
		return nil, nil, p
	}
	if name := c.r.PathValue("model"); name != "" {
		if a.model != "" || a.version != "" && c.r.PathValue("version") != "" {
			return nil, nil, newProblem(http.StatusBadRequest, "parameter", "the path names the model already")
		}
		a.model = name
		either(&a.version, c.r.PathValue("version"))
	}
	m, p := s.modelOf(c, a)
	return a, m, p
}

// modelOf finds the model that is asked for.
func (s *Server) modelOf(c *call, a *ask) (*loaded, *problem) {
	m := s.shelf.find(a.model, a.version)
	if m == nil {
		return nil, newProblem(http.StatusNotFound, "not-found", "there is no model, or no version, of that name; GET /v1/models lists them")
	}
	c.model = m.name + "@" + m.version
	return m, nil
}

// invocationsRoute answers as MLflow's scoring servers do.
func (s *Server) invocationsRoute(c *call) *problem {
	a, m, p := s.asked(c)
	if p != nil {
		return p
	}
	a.byRow = false
	switch media := mediaOf(c.r); {
	case media == "application/json" || media == "":
		return s.answer(c, a, m, (*jsonReader).readFrame, (*batch).appendFrame)
	case slices.Contains(sheetTypes, media):
		return s.answerInvocationSheet(c, a, m)
	}
	return newProblem(http.StatusUnsupportedMediaType, "media-type", "send application/json or text/csv")
}

// inferRoute answers an inference request of the Open Inference Protocol.
func (s *Server) inferRoute(c *call) *problem {
	a, m, p := s.asked(c)
	if p != nil {
		return p
	}
	a.byRow = false
	return s.answer(c, a, m, (*jsonReader).readTensors, (*batch).appendTensors)
}

// outBuffers hold answers until they are written.
var outBuffers = sync.Pool{New: func() any { return new([]byte) }}

// answer reads records from JSON, scores them and answers in JSON.
func (s *Server) answer(c *call, a *ask, m *loaded, read func(*jsonReader, *batch, *ask) *problem, encode func(*batch, []byte, *ask, string) []byte) *problem {
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
	if p := s.enter(c); p != nil {
		return p
	}
	defer s.leave(c)
	b := m.begin(s.o.Limits, s.keeps())
	defer b.end()
	if p := read(reader, b, a); p != nil {
		return p
	}
	if a.model != "" && a.model != m.name || a.version != "" && a.version != m.version { // the envelope names another
		return newProblem(http.StatusBadRequest, "parameter", "name the model in the path or in the query: the records were read before the body named it")
	}
	return s.scored(c, a, b, "application/json", func(dst []byte) []byte { return encode(b, dst, a, c.id) })
}

// enter waits for room to score, and begins the time for it.
func (s *Server) enter(c *call) *problem {
	c.until = time.Now().Add(s.o.Limits.Score)
	p := s.gate.enter(c.r.Context(), s.o.Limits.Score)
	c.inside = p == nil
	return p
}

// wait waits for room as enter does, for a stream that has begun: not in the queue, which
// may be full, and for as long as an answer may take to be written.
func (s *Server) wait(c *call) *problem {
	p := s.gate.wait(c.r.Context(), s.o.Limits.Write)
	c.inside, c.until = p == nil, time.Now().Add(s.o.Limits.Score)
	return p
}

// leave makes room for others, if the call has some.
func (s *Server) leave(c *call) {
	if c.inside {
		c.inside = false
		s.gate.leave()
	}
}

// late reports whether there is no time left to score, or nobody to answer.
func (c *call) late() bool { return time.Now().After(c.until) || c.r.Context().Err() != nil }

// scored scores a batch and writes the answer.
func (s *Server) scored(c *call, a *ask, b *batch, media string, encode func([]byte) []byte) *problem {
	c.rows = b.intake.Offered
	p := b.score(c, a)
	s.leave(c) // a disk or a client that is slow takes no room from others
	if p != nil {
		b.found = model.Scores{}
		s.metrics.batch(b)
		return p
	}
	s.after(c, a, b, 0)
	buffer := outBuffers.Get().(*[]byte)
	text := encode((*buffer)[:0])
	h := c.Header()
	h["Content-Type"] = []string{media}
	h["X-Netanom-Model"] = []string{c.model}
	h["Content-Length"] = []string{itoa(len(text))}
	c.Write(text)
	if *buffer = text; cap(text) <= largestArena {
		outBuffers.Put(buffer)
	}
	if s.shadow != "" {
		http.NewResponseController(c.w).Flush()
		s.compare(c, b)
	}
	return nil
}

// answerSheet reads records from delimited text, and answers in the same.
func (s *Server) answerSheet(c *call, a *ask, m *loaded, media string) *problem {
	if media == "text/plain" {
		media = "text/csv"
	}
	var sheet *sheet
	read := func(b *batch, text []byte) (p *problem) {
		sheet, p = readSheet(text, b)
		return p
	}
	return s.answerText(c, a, m, read, media+"; charset=utf-8", func(b *batch, dst []byte) []byte { return b.appendSheet(dst, a, sheet) })
}

// answerInvocationSheet reads records from CSV, and answers in JSON as MLflow does.
func (s *Server) answerInvocationSheet(c *call, a *ask, m *loaded) *problem {
	read := func(b *batch, text []byte) *problem {
		_, p := readSheet(text, b)
		return p
	}
	return s.answerText(c, a, m, read, "application/json", func(b *batch, dst []byte) []byte { return b.appendFrame(dst, a, c.id) })
}

// answerText reads records that are not JSON, scores them and answers.
func (s *Server) answerText(c *call, a *ask, m *loaded, read func(*batch, []byte) *problem, media string, encode func(*batch, []byte) []byte) *problem {
	done, p := s.body(c, s.o.Limits.Body)
	if p != nil {
		return p
	}
	defer done()
	text, err := io.ReadAll(c.r.Body)
	if err != nil {
		return bodyProblem(err)
	}
	if p := s.enter(c); p != nil {
		return p
	}
	defer s.leave(c)
	b := m.begin(s.o.Limits, s.keeps())
	defer b.end()
	if p := read(b, text); p != nil {
		return p
	}
	return s.scored(c, a, b, media, func(dst []byte) []byte { return encode(b, dst) })
}
