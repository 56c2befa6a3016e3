package cmd

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/triage"
	"github.com/netanom/netanom/watch"
)

// A screen is what standard output shows of a watch.
type screen struct {
	world *world
	view  bool
	most  int // groups that are listed when the view ends

	mu    sync.Mutex      // of standard output and worst
	worst []*triage.Group // that are over, the most severe first
}

// screen chooses what is shown, and lets the engine tell it.
func (o *watchOptions) screen(options *watch.Options) *screen {
	s := &screen{world: o.world, view: o.viewed(), most: int(o.triage.groups.value)}
	switch {
	case s.view:
		options.OnEnd = s.ended
	case o.print.value == printNone:
	case o.print.value == printAlerts:
		options.OnAlert = s.alert
	default:
		options.OnGroup = s.group
	}
	return s
}

// alert writes an alert as a line of JSON. Who reads standard output and has had enough does not end
// the watch.
func (s *screen) alert(a *alert.Alert) {
	line, err := a.MarshalJSON()
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.world.stdout.Write(append(line, '\n'))
}

// group writes a group in a line.
func (s *screen) group(g *triage.Group, why triage.Why) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintln(s.world.stdout, watch.Line(g, why))
}

// ended keeps a group that is over if it is among the most severe.
func (s *screen) ended(g *triage.Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.worst = mostSevere(append(s.worst, g), s.most)
}

// mostSevere returns so many of the groups, the most severe first.
func mostSevere(groups []*triage.Group, most int) []*triage.Group {
	slices.SortStableFunc(groups, func(a, b *triage.Group) int { return cmp.Compare(b.Severity(), a.Severity()) })
	return groups[:min(len(groups), most)]
}

// list writes what the view has shown and takes with it: the most severe groups, those that are open
// among them.
func (s *screen) list(open []*triage.Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range mostSevere(append(s.worst, open...), s.most) {
		fmt.Fprintln(s.world.stdout, watch.Line(g, triage.Quiet))
	}
}

// The sequences by which a terminal (ECMA-48, and xterm's alternate screen) is drawn on.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	toLineEnd   = "\x1b[K"
	toScreenEnd = "\x1b[J"
	strong      = "\x1b[1m"
	alarm       = "\x1b[1;31m"
	faint       = "\x1b[2m"
	plainStyle  = "\x1b[0m"
)

// begin shows the view until stop is called, if there is one. The other screen of the
// terminal keeps what was on it.
func (s *screen) begin(e *watch.Engine) (stop func()) {
	if !s.view {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	_, _ = io.WriteString(s.world.stdout, enterScreen)
	go func() {
		defer close(ended)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			s.draw(e.Snapshot())
			select {
			case <-t.C:
			case <-end:
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		_, _ = io.WriteString(s.world.stdout, leaveScreen)
		s.list(e.Snapshot().Groups)
	}
}

// draw draws a snapshot over the one before, without a flicker.
func (s *screen) draw(shot watch.Snapshot) {
	width, height := s.size()
	var b strings.Builder
	b.WriteString(home)
	lines := watch.View(&shot, width, height, s.style())
	for i, line := range lines {
		b.WriteString(line + toLineEnd)
		if i < len(lines)-1 {
			b.WriteString("\r\n")
		}
	}
	b.WriteString(toScreenEnd)
	_, _ = io.WriteString(s.world.stdout, b.String())
}

// size is that of the terminal, which may change.
func (s *screen) size() (width, height int) {
	if f, ok := terminal(s.world.stdout); ok {
		if width, height, err := term.GetSize(int(f.Fd())); err == nil && width > 0 && height > 0 {
			return width, height
		}
	}
	return 80, 24
}

func (s *screen) style() watch.Style {
	if !s.world.color() {
		return watch.Style{}
	}
	paint := func(sequence string) func(string) string {
		return func(text string) string { return sequence + text + plainStyle }
	}
	return watch.Style{Strong: paint(strong), Alarm: paint(alarm), Faint: paint(faint)}
}
