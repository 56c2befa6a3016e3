//go:build !amd64 || purego

package stats

// addGram adds XᵀX of the panel to g; see addGramPortable.
func addGram(x *panel, g []float64) { addGramPortable(x, g) }

// centre writes src-shift to dst. Only the vector version makes use of next.
func centre(dst, src, _ []float64, shift float64) { centrePortable(dst, src, shift) }
