package report

import (
	"fmt"
	"io"

	"github.com/netanom/netanom/plots"
)

// draw adds a picture that a constructor has just made, or failed to make: a
// value that no axis can show must not cost the rest of the report.
func (s *Section) draw(name string, fig *plots.Figure, err error) {
	if err != nil {
		s.Warnings = append(s.Warnings, fmt.Sprintf("There is no picture %s: %v.", name, err))
		return
	}
	s.Figures = append(s.Figures, drawn(name, fig))
}

// drawn names a picture; its words are its own.
func drawn(name string, f *plots.Figure) NamedFigure {
	return NamedFigure{Name: name, Alt: f.Title + ". " + f.Alt, Figure: picture{f}}
}

// A picture is a figure at the width of a report's column.
type picture struct{ *plots.Figure }

// WritePNG implements Figure.
func (p picture) WritePNG(w io.Writer) error { return p.Figure.WritePNG(w, plots.Size{}) }

// WriteSVG implements Figure.
func (p picture) WriteSVG(w io.Writer) error { return p.Figure.WriteSVG(w, plots.Size{}) }
