package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Reload looks at all files again: models, keys and certificates. What cannot be used
// leaves the old in place. The error joins all failures.
func (s *Server) Reload() error {
	var failed []error
	s.shelf.each(func(one *slot, p *place) {
		changed, err := s.load(one, p)
		s.told(one, p, changed, err)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", one.name, err))
		}
	})
	return errors.Join(append(failed, s.refreshKeys(), s.refreshCertificate())...)
}

// told counts and logs a reload.
func (s *Server) told(one *slot, p *place, changed bool, err error) {
	switch {
	case err != nil:
		s.metrics.reloads.WithLabelValues(one.name, "refused").Inc()
		s.o.Log.Error("a model file was refused; the model before it goes on", "model", one.name, "error", err.Error())
	case changed:
		s.metrics.reloads.WithLabelValues(one.name, "loaded").Inc()
		s.o.Log.Info("a model was loaded", "model", one.name, "version", p.current.Load().version)
	}
}

func (s *Server) refreshKeys() error {
	if s.keys == nil {
		return nil
	}
	changed, err := s.keys.refresh()
	if err != nil {
		s.o.Log.Error("the keys before go on", "error", err.Error())
	} else if changed {
		s.o.Log.Info("the keys were read again", "keys", len(*s.keys.keys.Load()))
	}
	return err
}

// watch looks at files now and then, until ctx is done.
func (s *Server) watch(ctx context.Context) {
	if s.o.Watch < 0 {
		return
	}
	tick := time.NewTicker(s.o.Watch)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.shelf.each(func(one *slot, p *place) {
			if p.changed() {
				changed, err := s.load(one, p)
				s.told(one, p, changed, err)
			}
		})
		s.refreshKeys()
		s.refreshCertificate()
	}
}

func (s *Server) refreshCertificate() error {
	if s.cert == nil {
		return nil
	}
	changed, err := s.cert.refresh()
	if err != nil {
		s.o.Log.Error("the certificate before goes on", "error", err.Error())
	} else if changed {
		s.o.Log.Info("the certificate was read again")
	}
	return err
}

// changed reports whether the file is another than at the last look.
func (p *place) changed() bool {
	info, err := os.Stat(p.file.Path)
	if err != nil {
		return false // it may be on its way; the model in memory goes on
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen != fileState{info.Size(), info.ModTime()}
}

// failing says why the file is not in use, "" if it is.
func (p *place) failing() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}

// rollback lets a model answer again as it did before its file changed last. What the
// file holds now is not loaded again until the file changes once more.
func (one *slot) rollback() (*loaded, error) {
	p := one.active.Load()
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.current.Load()
	if p.previous == nil {
		return nil, errors.New("the model has no version before this one in memory")
	}
	p.current.Store(p.previous)
	p.previous, p.refused = now, now.sha256
	return p.current.Load(), nil
}

// activate lets a version answer.
func (one *slot) activate(version string) (*loaded, error) {
	p := one.place(version)
	if p == nil {
		return nil, fmt.Errorf("there is no version %s", version)
	}
	one.active.Store(p)
	return p.current.Load(), nil
}
