package serve

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/netanom/netanom/model"
)

// Metrics are everything that is counted, for Prometheus. Labels are routes, codes, and
// names of models and of their columns: none comes from a request.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	problems *prometheus.CounterVec
	records  *prometheus.CounterVec
	faults   *prometheus.CounterVec
	scores   *prometheus.HistogramVec
	shadow   *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	rows     prometheus.Histogram
	inFlight prometheus.Gauge

	mu     sync.Mutex
	routes map[routeCode]routeCounters
}

// A routeCode is a route and the status of an answer.
type routeCode struct {
	route  string
	status int
}

type routeCounters struct {
	requests prometheus.Counter
	seconds  prometheus.Observer
}

// modelCounters are what is counted of one version of a model.
type modelCounters struct {
	normal, attack, rejected prometheus.Counter
	score                    prometheus.Observer
	faults                   []prometheus.Counter // by trouble
}

// secondsBuckets begin below what a record takes, so that a change can be seen.
var secondsBuckets = []float64{50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1, 0.2, 0.5, 1, 2, 10}

func newMetrics(s *Server) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), routes: map[routeCode]routeCounters{}}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "netanom_" + name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	m.requests = counter("requests_total", "Requests, by route and status.", "route", "code")
	m.problems = counter("problems_total", "Answers that are no predictions, by kind.", "kind")
	m.records = counter("records_total", "Records, by what became of them.", "model", "version", "outcome")
	m.faults = counter("validation_errors_total", "Fields that are not as training had them, by kind, whatever the policy made of them.", "model", "code")
	m.shadow = counter("shadow_total", "Records that a shadow model scored too, by who called them an attack.", "model", "shadow", "attack")
	m.reloads = counter("reload_total", "Reloads of model files.", "model", "result")
	m.seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "netanom_request_duration_seconds", Help: "Time from a request's header to the end of its answer.", Buckets: secondsBuckets}, []string{"route"})
	m.scores = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "netanom_score", Help: "Scores of records; those of models without probabilities may be beyond 1.", Buckets: prometheus.LinearBuckets(0.05, 0.05, 20)}, []string{"model", "version"})
	m.rows = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "netanom_batch_rows", Help: "Records of a request.", Buckets: []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}})
	m.inFlight = prometheus.NewGauge(prometheus.GaugeOpts{Name: "netanom_in_flight", Help: "Requests that are being answered."})
	m.registry.MustRegister(m.seconds, m.scores, m.rows, m.inFlight, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &states{server: s})
	return m
}

// handler answers with all metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// request counts an answer.
func (m *metrics) request(route string, status int, took time.Duration) {
	key := routeCode{route, status}
	m.mu.Lock()
	c, ok := m.routes[key]
	if !ok {
		c = routeCounters{m.requests.WithLabelValues(route, strconv.Itoa(status)), m.seconds.WithLabelValues(route)}
		m.routes[key] = c
	}
	m.mu.Unlock()
	c.requests.Inc()
	c.seconds.Observe(took.Seconds())
}

// of returns the counters of a version.
func (m *metrics) of(name, version string) *modelCounters {
	c := &modelCounters{
		normal:   m.records.WithLabelValues(name, version, "normal"),
		attack:   m.records.WithLabelValues(name, version, "attack"),
		rejected: m.records.WithLabelValues(name, version, "rejected"),
		score:    m.scores.WithLabelValues(name, version),
	}
	for _, t := range model.Troubles() {
		c.faults = append(c.faults, m.faults.WithLabelValues(name, t))
	}
	return c
}

// forget drops what was counted of a version that cannot answer any more.
func (m *metrics) forget(old *loaded) {
	labels := prometheus.Labels{"model": old.name, "version": old.version}
	m.records.DeletePartialMatch(labels)
	m.scores.DeletePartialMatch(labels)
}

// batch counts the records of a request, whether they were scored or not.
func (m *metrics) batch(b *batch) {
	c := b.model.counts
	m.rows.Observe(float64(b.intake.Offered))
	attacks := 0
	for i, s := range b.found.Score {
		if c.score.Observe(s); b.found.Attack(i) {
			attacks++
		}
	}
	add(c.attack, attacks)
	add(c.normal, len(b.found.Score)-attacks)
	add(c.rejected, b.intake.Refused)
	for t, n := range b.intake.Counts {
		add(c.faults[t], int(n))
	}
}

func add(c prometheus.Counter, n int) {
	if n > 0 {
		c.Add(float64(n))
	}
}
