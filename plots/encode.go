package plots

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"math"
	"slices"
)

// mostColors is the size of a palette.
const mostColors = 256

// apart is the squared distance in RGB that colours of the palette which were
// not drawn themselves keep from each other. They are shades at the edges of
// letters; a few are enough for smooth ones, and make a file much smaller.
const apart = 24 * 24

// encodePNG writes the opaque image with a palette: the colours in which the
// figure was drawn, as far as they occur, and the most frequent other ones that
// differ enough. All others become the nearest in the palette.
func encodePNG(w io.Writer, img *image.RGBA, drawn []color.NRGBA) error {

	return png.Encode(w, quantise(img, drawn))
}

// An opaque colour is 0xRRGGBB.
type opaque uint32

// distance returns the squared distance of two colours in RGB.
func (c opaque) distance(d opaque) int {
	r := int(c>>16) - int(d>>16)
	g := int(c>>8&0xFF) - int(d>>8&0xFF)
	b := int(c&0xFF) - int(d&0xFF)
	return r*r + g*g + b*b
}

// eachRun calls f for every run of equal pixels, in the order of the image.
func eachRun(img *image.RGBA, f func(c opaque, from, to int)) {
	at := func(i int) opaque {
		return opaque(img.Pix[4*i])<<16 | opaque(img.Pix[4*i+1])<<8 | opaque(img.Pix[4*i+2])
	}
	n := len(img.Pix) / 4
	for from := 0; from < n; {
		c, to := at(from), from+1
		for to < n && at(to) == c {
			to++
		}
		f(c, from, to)
		from = to
	}
}

// quantise returns the image with a palette.
func quantise(img *image.RGBA, drawn []color.NRGBA) *image.Paletted {
	frequency := make(map[opaque]int)
	eachRun(img, func(c opaque, from, to int) { frequency[c] += to - from })
	palette := choosePalette(frequency, drawn)

	index := make(map[opaque]uint8, len(frequency))
	for c := range frequency {
		index[c] = nearest(palette, c)
	}
	colors := make(color.Palette, len(palette))
	for i, c := range palette {
		colors[i] = color.RGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: 0xFF}
	}
	out := image.NewPaletted(img.Bounds(), colors)
	eachRun(img, func(c opaque, from, to int) {
		i := index[c]
		for ; from < to; from++ {
			out.Pix[from] = i
		}
	})
	return out
}

// choosePalette returns at most mostColors of the colours that occur.
func choosePalette(frequency map[opaque]int, drawn []color.NRGBA) []opaque {
	var palette []opaque
	chosen := make(map[opaque]bool)
	for _, d := range drawn {
		c := opaque(d.R)<<16 | opaque(d.G)<<8 | opaque(d.B)
		if frequency[c] > 0 && !chosen[c] && len(palette) < mostColors {
			palette, chosen[c] = append(palette, c), true
		}
	}
	rest := slices.SortedFunc(maps.Keys(frequency), func(a, b opaque) int {
		return cmp.Or(cmp.Compare(frequency[b], frequency[a]), cmp.Compare(a, b))
	})
	for _, c := range rest {
		if len(palette) == mostColors {
			break
		}
		if len(palette) == 0 || c.distance(palette[nearest(palette, c)]) >= apart {
			palette = append(palette, c)
		}
	}
	return palette
}

// nearest returns the index of the colour at the least distance.
func nearest(palette []opaque, c opaque) uint8 {
	best, least := 0, math.MaxInt
	for i, p := range palette {
		if d := c.distance(p); d < least {
			best, least = i, d
		}
	}
	return uint8(best)
}

// finishSVG replaces the head of a document by gonum with one that has its
// size in pixels, a title and a description, and gives the font its fallbacks.
// Text in the document is escaped, so that no label can hold the quotation mark
// of the attribute that is searched for.
func (f *Figure) finishSVG(svg []byte, a arrangement) []byte {
	start := max(bytes.Index(svg, []byte("<svg")), 0)
	end := start + bytes.IndexByte(svg[start:], '>') + 1
	points := float64(pixel)
	var out bytes.Buffer
	rendering := "crispEdges"
	if _, ok := f.body.(slanted); ok {
		rendering = "auto"
	}
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" role="img" shape-rendering="%s" width="%g" height="%g" viewBox="0 0 %g %g">`,
		rendering, a.width, a.height, a.width*points, a.height*points)
	fmt.Fprintf(&out, "\n<title>%s</title>\n<desc>%s</desc>",
		html.EscapeString(printable(f.Title, math.MaxInt)), html.EscapeString(printable(f.Alt, math.MaxInt)))
	out.Write(svg[end:])
	return bytes.ReplaceAll(out.Bytes(),
		[]byte(`style="font-family:Liberation Sans;`),
		[]byte(`style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`))
}
