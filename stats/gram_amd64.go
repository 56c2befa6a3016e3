//go:build !purego

package stats

import "golang.org/x/sys/cpu"

// hasVectors says whether this processor can run the assembly below.
var hasVectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// gramTile writes the dot products of the two columns at a and a+stride with the
// four columns at b, b+stride, … to out: first those of a, then those of
// a+stride. Columns hold n values, a multiple of 4; stride is in bytes.
//
//go:noescape
func gramTile(a, b *float64, stride, n int, out *[8]float64)

// centreTile writes n values src-shift to dst, n being a multiple of 8, and
// prefetches n values at next.
//
//go:noescape
func centreTile(dst, src, next *float64, n int, shift float64)

// addGram adds XᵀX of the panel to g; see addGramPortable.
func addGram(x *panel, g []float64) {
	if !hasVectors {
		addGramPortable(x, g)
		return
	}
	var out [8]float64
	for i := 0; i < x.width; i += 2 {
		for j := i &^ 3; j < x.width; j += 4 {
			gramTile(&x.data[i*panelRows], &x.data[j*panelRows], 8*panelRows, x.paddedRows(), &out)
			upper, lower := g[i*x.width+j:][:4], g[(i+1)*x.width+j:][:4]
			for c := range 4 {
				upper[c] += out[c]
				lower[c] += out[4+c]
			}
		}
	}
}

// centre writes src-shift to dst. The values at next are those wanted soon.
func centre(dst, src, next []float64, shift float64) {
	lines := 0
	if hasVectors && len(src) >= 8 && len(next) > 0 {
		lines = len(src) &^ 7
		centreTile(&dst[0], &src[0], &next[0], lines, shift)
	}
	centrePortable(dst[lines:], src[lines:], shift)
}
