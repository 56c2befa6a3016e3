package plots

import (
	"image/color"
	"math"
	"strings"
)

// A Theme is the set of colours of a figure. Categories can be told apart with
// the common kinds of colour blindness, and the ramp of magnitudes also in
// greyscale print. All colours are opaque.
type Theme struct {
	Paper color.NRGBA // background
	Ink   color.NRGBA // text and median lines
	Muted color.NRGBA // captions and axis labels
	Grid  color.NRGBA // grid lines
	Void  color.NRGBA // undefined cells, and what is left over

	Normal color.NRGBA    // benign traffic, and the only group of a figure
	Attack color.NRGBA    // anomalous traffic
	Others [6]color.NRGBA // further groups in order

	Sequential Ramp // magnitudes from none to much
	Diverging  Ramp // correlations from -1 to 1
}

// DefaultTheme returns dark ink on a warm white paper that also sits well in
// a dark page. Categories are those of Okabe and Ito (2008), "Color universal
// design", with black and yellow left out as too near to ink and paper.
func DefaultTheme() Theme {
	return Theme{
		Paper:  rgb(0xFCFBF8),
		Ink:    rgb(0x23272E),
		Muted:  rgb(0x5B626C),
		Grid:   rgb(0xE4E2DB),
		Void:   rgb(0xC9C9C6),
		Normal: rgb(0x0072B2),
		Attack: rgb(0xD55E00),
		Others: [6]color.NRGBA{
			rgb(0x009E73), rgb(0xCC79A7), rgb(0x56B4E9), rgb(0xE69F00), rgb(0x7A6A53), rgb(0x4B4F9C),
		},
		// Even steps of CIELAB lightness from 96 to 15, through green and blue.
		Sequential: Ramp{
			rgb(0xF4F3EA), rgb(0xBCDFC0), rgb(0x81C6BF), rgb(0x53AABE), rgb(0x338DB7),
			rgb(0x2A6EA8), rgb(0x27528F), rgb(0x203871), rgb(0x12224F),
		},
		// Straight CIELAB lines from white to both ends at lightness 42.
		Diverging: Ramp{
			rgb(0x0068A4), rgb(0x5E89B7), rgb(0x93ABCA), rgb(0xC4CFDD), rgb(0xF5F4F0),
			rgb(0xEBC6B3), rgb(0xDB9978), rgb(0xC66D40), rgb(0xAC4000),
		},
	}
}

// groupColors returns a colour for each of at most maxGroups groups. Names that mean benign or
// anomalous traffic get Normal and Attack wherever they stand; the others take
// what is left in order.
func (t Theme) groupColors(names []string) []color.NRGBA {
	const none = -1
	normal, attack := none, none
	for i, name := range names {
		switch strings.ToLower(name) {
		case "normal", "benign":
			if normal == none {
				normal = i
			}
		case "attack", "anomaly", "malicious":
			if attack == none {
				attack = i
			}
		}
	}
	var free []color.NRGBA
	if normal == none {
		free = append(free, t.Normal)
	}
	if attack == none {
		free = append(free, t.Attack)
	}
	free = append(free, t.Others[:]...)
	colors := make([]color.NRGBA, len(names))
	for i := range colors {
		switch i {
		case normal:
			colors[i] = t.Normal
		case attack:
			colors[i] = t.Attack
		default:
			colors[i], free = free[0], free[1:]
		}
	}
	return colors
}

// A Ramp is a colour map given by colours at equal distances.
type Ramp []color.NRGBA

// At returns the colour at t between 0 and 1, straight between neighbours. A t
// outside is taken as the nearer end. NaN, and an empty ramp, give transparent.
func (r Ramp) At(t float64) color.NRGBA {
	if math.IsNaN(t) || len(r) == 0 {
		return color.NRGBA{}
	}
	position := min(max(t, 0), 1) * float64(len(r)-1)
	i := int(position)
	if i >= len(r)-1 {
		return r[len(r)-1]
	}
	f := position - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + f*(float64(b)-float64(a)))) }
	a, b := r[i], r[i+1]
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: mix(a.A, b.A)}
}

// rgb returns the opaque colour written as 0xRRGGBB.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// tint returns the colour c laid over the paper with the given opacity, as an
// opaque colour.
func tint(c, paper color.NRGBA, opacity float64) color.NRGBA {
	return Ramp{paper, c}.At(opacity)
}

// inkOn returns ink or paper, whichever is easier to read on the background,
// by the contrast ratio of WCAG 2.
func (t Theme) inkOn(background color.NRGBA) color.NRGBA {
	b, ink, paper := luminance(background), luminance(t.Ink), luminance(t.Paper)
	if contrast(b, paper) > contrast(b, ink) {
		return t.Paper
	}
	return t.Ink
}

// contrast returns the WCAG 2 contrast ratio of two relative luminances.
func contrast(a, b float64) float64 {
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance returns the relative luminance of an sRGB colour, 0 to 1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
