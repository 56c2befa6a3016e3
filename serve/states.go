package serve

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/netanom/netanom/model"
)

// States is what is asked for when metrics are read: the models, how far records have
// drifted, and how alerts fare.
type states struct{ server *Server }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("netanom_"+name, help, labels, nil)
}

var (
	modelInfo    = describe("model_info", "The models that are held; active is 1 for the version that answers.", "model", "version", "kind", "sha256", "active")
	modelLoaded  = describe("model_loaded_timestamp_seconds", "When the version was loaded.", "model", "version")
	modelFailing = describe("model_refused", "1 while the file of the model holds something that was refused.", "model")
	queueDepth   = describe("queue_depth", "Requests that wait to be scored.")
	driftRowsOf  = describe("drift_window_rows", "Records in the window that drift is told by.", "model", "version")
	featurePSI   = describe("feature_psi", "Population stability index of a column: records of the window against training.", "model", "column")
	featureDrift = describe("feature_drift", "Verdict on a column: 0 stable, 1 shifted, 2 drifted. It does not grow with the number of records.", "model", "column")
	unseenLevels = describe("unseen_level_total", "Cells with a level that did not occur in training.", "model", "column")
	alertsOf     = describe("alerts_total", "Alerts, by what became of them.", "outcome")
	sinkAlerts   = describe("alert_deliveries_total", "Alerts that a sink has sent, and that it could not.", "sink", "outcome")
	sinkBacklog  = describe("alert_backlog_bytes", "Alerts that wait for a sink.", "sink")
	liveFigures  = describe("live_quality", "Precision, recall and share of false alarms, by all labels in the file of feedback.", "model", "figure")
	feedbackRows = describe("feedback_labels", "Labels in the file of feedback, by verdict and truth.", "model", "verdict", "truth")
)

var allStates = []*prometheus.Desc{modelInfo, modelLoaded, modelFailing, queueDepth, driftRowsOf, featurePSI, featureDrift, unseenLevels, alertsOf, sinkAlerts, sinkBacklog, liveFigures, feedbackRows}

// Describe implements prometheus.Collector.
func (s *states) Describe(out chan<- *prometheus.Desc) {
	for _, d := range allStates {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s *states) Collect(out chan<- prometheus.Metric) {
	srv := s.server
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(queueDepth, float64(len(srv.gate.queue)))
	for _, name := range srv.shelf.names {
		one := srv.shelf.slots[name]
		refused := 0.0
		for _, p := range one.places {
			if p.failing() != "" {
				refused = 1
			}
			m := p.current.Load()
			active := "0"
			if one.active.Load() == p {
				active = "1"
			}
			gauge(modelInfo, 1, m.name, m.version, m.pipeline.Kind(), m.sha256, active)
			gauge(modelLoaded, float64(m.at.UnixMilli())/1e3, m.name, m.version)
		}
		gauge(modelFailing, refused, name)
		s.collectDrift(out, one.active.Load().current.Load(), gauge)
	}
	s.collectAlerts(out, gauge)
	srv.feedback.collect(gauge)
}

// collectDrift tells how far the records of the answering version have drifted.
func (s *states) collectDrift(out chan<- prometheus.Metric, m *loaded, gauge func(*prometheus.Desc, float64, ...string)) {
	list, unseen, rows := m.drift.verdicts()
	gauge(driftRowsOf, float64(rows), m.name, m.version)
	if rows < driftLeast {
		list = nil // what so few records say is chance, or one client
	}
	for j := range list {
		if list[j].Stability.PSI == list[j].Stability.PSI {
			gauge(featurePSI, list[j].Stability.PSI, m.name, list[j].Column)
		}
		gauge(featureDrift, driftLevel(list[j].Verdict), m.name, list[j].Column)
	}
	for j := range unseen {
		if in := &m.pipeline.Schema.Inputs[j]; in.Coded() {
			out <- prometheus.MustNewConstMetric(unseenLevels, prometheus.CounterValue, float64(unseen[j]), m.name, in.Name)
		}
	}
}

func driftLevel(verdict string) float64 {
	switch verdict {
	case model.Drifted:
		return 2
	case model.Shifted:
		return 1
	}
	return 0
}

// collectAlerts tells how alerts fare, and each place that they are sent to.
func (s *states) collectAlerts(out chan<- prometheus.Metric, gauge func(*prometheus.Desc, float64, ...string)) {
	if s.server.alerts == nil {
		return
	}
	a := s.server.alerts.Stats()
	counter := func(d *prometheus.Desc, n uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	counter(alertsOf, a.Written, "written")
	counter(alertsOf, a.Lost, "lost")
	counter(alertsOf, a.Late, "late")
	for _, d := range a.Deliverers {
		counter(sinkAlerts, d.Sent, d.Name, "sent")
		counter(sinkAlerts, d.Retries, d.Name, "retried")
		counter(sinkAlerts, d.DeadLettered, d.Name, "dead")
		gauge(sinkBacklog, float64(d.Backlog), d.Name)
	}
}
