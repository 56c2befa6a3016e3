package plots

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// svgText finds the place, style and content of the texts of a figure.
var svgText = regexp.MustCompile(`(?s)<text x="([^"]*)" y="([^"]*)" transform="scale\(1, -1\)"\s*style="([^"]*)">([^<]*)</text>`)

// svgTurn finds the beginning and end of groups, which turn upright text.
var svgTurn = regexp.MustCompile(`<g transform="(translate\(([^,]*), ([^)]*)\)|rotate\(90\)|scale[^"]*)">|</g>|<text`)

// A placed is a text and the rectangle that it covers.
type placed struct {
	rect
	text string
}

// texts returns the level and upright texts of a figure as they lie in its SVG.
func texts(t *testing.T, svg string, height float64) []placed {
	t.Helper()
	var out []placed
	matches := svgText.FindAllStringSubmatchIndex(svg, -1)
	next := 0
	var upright *point
	for _, m := range svgTurn.FindAllStringSubmatchIndex(svg, -1) {
		switch token := svg[m[0]:m[1]]; {
		case token == "<text":
			found := matches[next]
			next++
			part := func(i int) string { return svg[found[2*i]:found[2*i+1]] }
			style := textStyle{size: fontSize(t, part(3)), bold: regexp.MustCompile("font-weight:bold").MatchString(part(3))}
			text := html.UnescapeString(part(4))
			w, h := style.width(text), 0.93*style.size
			if upright != nil {
				out = append(out, placed{rect{upright.x - capHeight*style.size, upright.y - w, h, w}, text})
				continue
			}
			x, y := number(t, part(1))/0.75, height+number(t, part(2))/0.75
			out = append(out, placed{rect{x, y - capHeight*style.size, w, h}, text})
		case token == "</g>":
			upright = nil
		case m[4] >= 0 && m[0] > 0 && svg[m[0]:m[0]+len(`<g transform="translate`)] == `<g transform="translate`:
			upright = &point{number(t, svg[m[4]:m[5]]) / 0.75, height - number(t, svg[m[6]:m[7]])/0.75}
		}
	}
	if next != len(matches) || next == 0 {
		t.Fatalf("%d of %d texts were placed", next, len(matches))
	}
	return out
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// fontSize returns the size in a style in pixels.
func fontSize(t *testing.T, style string) float64 {
	t.Helper()
	m := regexp.MustCompile(`font-size:([0-9.]+)px`).FindStringSubmatch(style)
	if m == nil {
		t.Fatalf("the style %q has no size", style)
	}
	return number(t, m[1]) / 0.75
}

func (r rect) overlaps(s rect) bool {
	const touch = 0.6 // rounding of coordinates, half a pixel each
	return r.x+touch < s.right() && s.x+touch < r.right() && r.y+touch < s.bottom() && s.y+touch < r.bottom()
}

// No text covers another or leaves the figure, at any width, and none is smaller
// than 11 pixels.
func TestTextsDoNotOverlap(t *testing.T) {
	check.Long(t)
	for _, labels := range [][]string{plain, hostile} {
		for _, width := range []int{320, 640, 1000} {
			for _, f := range figures(t, labels) {
				name := fmt.Sprintf("%s of width %d", f.name, width)
				size := Size{Width: width}
				height := float64(f.figure.Height(size))
				var svg bytes.Buffer
				if err := f.figure.WriteSVG(&svg, size); err != nil {
					t.Fatal(err)
				}
				all := texts(t, svg.String(), height)
				for i, a := range all {
					if a.x < 0 || a.y < 0 || a.right() > float64(width) || a.bottom() > height {
						t.Errorf("%s: %q lies outside at %+v", name, a.text, a.rect)
					}
					if min(a.w, a.h)/0.93 < 10.99 && len(a.text) > 2 {
						t.Errorf("%s: %q is set in %.1f pixels", name, a.text, min(a.w, a.h)/0.93)
					}
					for _, b := range all[:i] {
						if a.overlaps(b.rect) {
							t.Errorf("%s: %q at %+v covers %q at %+v", name, a.text, a.rect, b.text, b.rect)
						}
					}
				}
			}
		}
	}
}

// Every grid line of a histogram can be seen at one dot to a pixel as well.
func TestThinLinesDoNotVanish(t *testing.T) {
	for i := range 200 {
		from := float64(i) * 0.137
		a, b := snapSpan(from, 1)
		if a != float64(int(a)) || b-a != 1 || a < from-1 || a > from+1 {
			t.Errorf("a line of one pixel at %v covers %v to %v", from, a, b)
		}
	}
	if a, b := snapSpan(3.3, 0); a != b {
		t.Errorf("nothing at 3.3 covers %v to %v", a, b)
	}
}
