//go:build !purego

package neural

// withoutVectors calls f as on a processor that has none.
func withoutVectors(f func()) {
	defer func(had bool) { hasVectors = had }(hasVectors)
	hasVectors = false
	f()
}
