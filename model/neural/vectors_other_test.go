//go:build !amd64 || purego

package neural

// withoutVectors calls f.
func withoutVectors(f func()) { f() }
