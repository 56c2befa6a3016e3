package serve

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/netanom/netanom/model"
)

// A shelf holds the models that are served. Requests read it while others change it.
type shelf struct {
	names []string // in the order in which they were given; the first is the default
	slots map[string]*slot
}

// A slot is a model by one name: one or more versions, of which one answers.
type slot struct {
	name   string
	places []*place
	active atomic.Pointer[place]
}

// A place is where a version comes from: a file, what it holds now, and what it held before.
type place struct {
	file    ModelFile
	current atomic.Pointer[loaded]

	mu       sync.Mutex // of what follows, and of changes of current
	previous *loaded
	seen     fileState // of the last look
	refused  string    // SHA-256 of what was rolled back
	failure  string    // why; "" while all is well
}

// A loaded is a version of a model, ready to score. It never changes but for what it
// has counted.
type loaded struct {
	name, version string
	sha256        string // of what the model file holds
	at            time.Time
	pipeline      *model.Pipeline
	policy        model.Policy
	classifies    bool            // it has probabilities of classes
	shown         bool            // there is a dashboard
	redacted      map[string]bool // spellings of the fields that are left out of alerts and logs
	scorers       sync.Pool       // of *batch
	drift         *drift
	counts        *modelCounters
}

// fileState tells whether a file has changed without reading it.
type fileState struct {
	size int64
	mod  time.Time
}

// newShelf puts the models in their slots, without loading them.
func newShelf(files []ModelFile) *shelf {
	s := &shelf{slots: map[string]*slot{}}
	for _, f := range files {
		one := s.slots[f.Name]
		if one == nil {
			one = &slot{name: f.Name}
			s.slots[f.Name] = one
			s.names = append(s.names, f.Name)
		}
		one.places = append(one.places, &place{file: f})
	}
	for _, one := range s.slots {
		one.active.Store(one.places[0])
	}
	return s
}

// find returns the model of a name and version; "" is the first name, and the version
// that answers. It is nil if there is none.
func (s *shelf) find(name, version string) *loaded {
	if name == "" {
		name = s.names[0]
	}
	one := s.slots[name]
	if one == nil {
		return nil
	}
	if version == "" {
		return one.active.Load().current.Load()
	}
	if p := one.place(version); p != nil {
		return p.current.Load()
	}
	return nil
}

// place returns the place of a version, nil if there is none.
func (one *slot) place(version string) *place {
	for _, p := range one.places {
		if m := p.current.Load(); m != nil && m.version == version {
			return p
		}
	}
	return nil
}

// each calls f for every place.
func (s *shelf) each(f func(*slot, *place)) {
	for _, name := range s.names {
		for _, p := range s.slots[name].places {
			f(s.slots[name], p)
		}
	}
}

// failures lists why files were refused that would else be served.
func (s *shelf) failures() (out []string) {
	s.each(func(one *slot, p *place) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.failure != "" {
			out = append(out, one.name+": "+p.failure)
		}
	})
	return out
}

// parseName takes NAME or NAME@VERSION apart.
func parseName(text string) (name, version string) {
	name, version, _ = strings.Cut(text, "@")
	return name, version
}

// readModel reads a model file. The error says what is wrong with the file and not
// where it lies, so that it may be shown to clients.
func readModel(f ModelFile) (*model.Pipeline, fileState, error) {
	var state fileState
	info, err := os.Stat(f.Path)
	if err != nil {
		return nil, state, cause(err)
	}
	state = fileState{info.Size(), info.ModTime()}
	if info.Size() > model.MaxFileBytes {
		return nil, state, fmt.Errorf("the file is larger than %d MiB, which no model file is", model.MaxFileBytes>>20)
	}
	text, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, state, cause(err)
	}
	p, err := model.Read(bytes.NewReader(text))
	if err != nil {
		return nil, state, err
	}
	if len(p.Derived.Derivations) > 0 {
		return nil, state, fmt.Errorf("the model needs columns that are derived from whole tables, such as %q; score files with netanom predict, or train without --recipe", p.Derived.Derivations[0].Name)
	}
	return p, state, nil
}
