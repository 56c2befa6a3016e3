package serve

import (
	"net/http"
	"time"

	"github.com/netanom/netanom/model"
)

// health says whether the service lives, or is ready, and why not.
type health struct {
	Live     bool     `json:"live"`
	Ready    bool     `json:"ready"`
	Why      []string `json:"why,omitempty"`
	Warnings []string `json:"warnings,omitempty"` // files that were refused; the models before them answer
}

func (s *Server) liveRoute(c *call) *problem {
	return c.json(http.StatusOK, health{Live: true, Ready: !s.draining.Load()})
}

// readyRoute answers whether requests are welcome: no model is on the shelf that has not
// scored its stored records as when it was trained.
func (s *Server) readyRoute(c *call) *problem {
	h := health{Live: true, Ready: true, Warnings: s.shelf.failures()}
	status := http.StatusOK
	if s.draining.Load() {
		h.Ready, h.Why, status = false, []string{"the service is about to end"}, http.StatusServiceUnavailable
	}
	return c.json(status, h)
}

func (s *Server) versionRoute(c *call) *problem {
	return c.json(http.StatusOK, map[string]string{"name": "netanom", "version": s.o.Version})
}

func (s *Server) metricsRoute(c *call) *problem {
	s.metrics.handler().ServeHTTP(c, c.r)
	return nil
}

// modelCard is what is told of a model.
type modelCard struct {
	Name      string          `json:"name"`
	Version   string          `json:"version"`
	Active    bool            `json:"active"` // it answers where no version is asked for
	Kind      string          `json:"kind"`
	Classes   []string        `json:"classes"`
	Threshold float64         `json:"threshold"`
	Policy    []string        `json:"policy"`
	SHA256    string          `json:"sha256"`
	LoadedAt  time.Time       `json:"loaded_at"`
	Netanom   string          `json:"trained_by"`
	Rows      int64           `json:"training_rows"`
	Quality   []model.Quality `json:"quality,omitempty"`
	Refused   string          `json:"refused,omitempty"` // why the file's present content is not used
	Columns   []columnCard    `json:"columns,omitempty"`
}

// columnCard is what is told of a column of a model.
type columnCard struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"` // number, integer or level
	Levels  []string `json:"levels,omitempty"`
	Low     *float64 `json:"low,omitempty"`
	High    *float64 `json:"high,omitempty"`
	Missing bool     `json:"missing"` // may be without a value
}

// card describes a version, with its columns if they are asked for.
func (one *slot) card(p *place, m *loaded, columns bool) modelCard {
	t := &m.pipeline.Training
	c := modelCard{Name: m.name, Version: m.version, Active: one.active.Load() == p, Kind: m.pipeline.Kind(), Classes: m.pipeline.Classes, Threshold: m.pipeline.Cut.Threshold,
		Policy: m.policy.Pairs(), SHA256: m.sha256, LoadedAt: m.at.UTC(), Netanom: t.Netanom, Rows: t.Rows, Quality: t.Quality, Refused: p.failing()}
	if !columns {
		return c
	}
	for j := range m.pipeline.Schema.Inputs {
		in := &m.pipeline.Schema.Inputs[j]
		one := columnCard{Name: in.Name, Type: "number", Levels: in.Levels, Missing: in.Missing > 0}
		switch {
		case in.Coded():
			one.Type = "level"
		case in.Whole:
			one.Type = "integer"
			fallthrough
		default:
			one.Low, one.High = &in.Range[0], &in.Range[1]
		}
		c.Columns = append(c.Columns, one)
	}
	return c
}

func (s *Server) modelsRoute(c *call) *problem {
	list := []modelCard{}
	s.shelf.each(func(one *slot, p *place) { list = append(list, one.card(p, p.current.Load(), false)) })
	return c.json(http.StatusOK, map[string]any{"models": list, "default": s.shelf.names[0], "shadow": s.o.Shadow})
}

// placeOf finds the model that the path names.
func (s *Server) placeOf(c *call) (*slot, *place, *problem) {
	one := s.shelf.slots[c.r.PathValue("model")]
	if one != nil {
		if version := c.r.PathValue("version"); version == "" {
			return one, one.active.Load(), nil
		} else if p := one.place(version); p != nil {
			return one, p, nil
		}
	}
	return nil, nil, newProblem(http.StatusNotFound, "not-found", "there is no model, or no version, of that name; GET /v1/models lists them")
}

func (s *Server) modelRoute(c *call) *problem {
	one, p, problem := s.placeOf(c)
	if problem != nil {
		return problem
	}
	return c.json(http.StatusOK, one.card(p, p.current.Load(), true))
}

// What the Open Inference Protocol calls metadata.

func (s *Server) serverMetadataRoute(c *call) *problem {
	return c.json(http.StatusOK, map[string]any{"name": "netanom", "version": s.o.Version, "extensions": []string{}})
}

func (s *Server) modelReadyRoute(c *call) *problem {
	one, p, problem := s.placeOf(c)
	if problem != nil {
		return problem
	}
	status, ready := http.StatusOK, !s.draining.Load()
	if !ready {
		status = http.StatusServiceUnavailable
	}
	return c.json(status, map[string]any{"name": one.name, "version": p.current.Load().version, "ready": ready})
}

// metadataTensor is a tensor that a model takes or gives.
type metadataTensor struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
}

func (s *Server) modelMetadataRoute(c *call) *problem {
	one, p, problem := s.placeOf(c)
	if problem != nil {
		return problem
	}
	m := p.current.Load()
	versions := []string{}
	for _, q := range one.places {
		versions = append(versions, q.current.Load().version)
	}
	inputs, outputs := []metadataTensor{}, []metadataTensor{}
	for j := range m.pipeline.Schema.Inputs {
		in := &m.pipeline.Schema.Inputs[j]
		t := metadataTensor{in.Name, "FP64", []int{-1}}
		switch {
		case in.Coded():
			t.Datatype = "BYTES"
		case in.Whole:
			t.Datatype = "INT64"
		}
		inputs = append(inputs, t)
	}
	b := &batch{model: m}
	for _, o := range b.outputs(&ask{}) {
		outputs = append(outputs, metadataTensor{o.name, o.datatype, []int{-1}})
	}
	return c.json(http.StatusOK, map[string]any{"name": m.name, "versions": versions, "platform": "netanom_" + m.pipeline.Kind(), "inputs": inputs, "outputs": outputs})
}

// What administrators ask for.

func (s *Server) reloadRoute(c *call) *problem {
	if err := s.Reload(); err != nil {
		return newProblem(http.StatusConflict, "conflict", "%v; what was there before goes on", err)
	}
	return s.modelsRoute(c)
}

// slotOf finds the model that the query names; the first if it names none.
func (s *Server) slotOf(c *call) (*slot, *problem) {
	name := c.r.URL.Query().Get("model")
	if name == "" {
		name = s.shelf.names[0]
	}
	if one := s.shelf.slots[name]; one != nil {
		return one, nil
	}
	return nil, newProblem(http.StatusNotFound, "not-found", "there is no model of that name; GET /v1/models lists them")
}

func (s *Server) rollbackRoute(c *call) *problem {
	one, p := s.slotOf(c)
	if p != nil {
		return p
	}
	m, err := one.rollback()
	return s.changed(c, one, m, err, "rolled back")
}

func (s *Server) activateRoute(c *call) *problem {
	one, p := s.slotOf(c)
	if p != nil {
		return p
	}
	m, err := one.activate(c.r.URL.Query().Get("version"))
	return s.changed(c, one, m, err, "activated")
}

// changed answers what came of a change by an administrator, and logs it.
func (s *Server) changed(c *call, one *slot, m *loaded, err error, what string) *problem {
	if err != nil {
		return newProblem(http.StatusConflict, "conflict", "%v", err)
	}
	s.metrics.reloads.WithLabelValues(one.name, what).Inc()
	s.o.Log.Info("a model was "+what, "model", m.name, "version", m.version, "request", c.id)
	return s.modelsRoute(c)
}
