package flow

// uid returns the name of the n-th connection, as Zeek makes them: C and 96 bits in
// base 62. The bits are those of SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014).
func uid(seed, n uint64) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	text := [1 + 6 + 11]byte{'C'}
	fill := func(b []byte, v uint64) {
		for i := range b {
			b[i] = digits[v%62]
			v /= 62
		}
	}
	base := split(seed)
	fill(text[1:7], split(base+2*n)>>32)
	fill(text[7:], split(base+2*n+1))
	return string(text[:])
}

func split(v uint64) uint64 {
	v += 0x9E3779B97F4A7C15
	v = (v ^ v>>30) * 0xBF58476D1CE4E5B9
	v = (v ^ v>>27) * 0x94D049BB133111EB
	return v ^ v>>31
}
