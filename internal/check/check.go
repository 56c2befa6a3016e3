// Package check holds what the tests of several packages share: comparing
// numbers with a tolerance, finding reference data, and golden files.
package check

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

// Close fails the test unless got equals want within a relative tolerance
// (absolute where want is 0). NaN equals NaN, and infinities equal themselves.
func Close(t testing.TB, name string, got, want, rel float64) {
	t.Helper()
	if !Near(got, want, rel, 0) {
		t.Errorf("%s = %.17g, want %.17g (relative tolerance %g)", name, got, want, rel)
	}
}

// Near reports whether |got-want| <= max(abs, rel*|want|), with NaN equal to
// NaN and infinities equal to themselves. Where want is 0 and abs is 0, rel
// serves as the absolute tolerance.
func Near(got, want, rel, abs float64) bool {
	if math.IsNaN(want) || math.IsNaN(got) {
		return math.IsNaN(want) && math.IsNaN(got)
	}
	if got == want {
		return true
	}
	tol := math.Max(abs, rel*math.Abs(want))
	if want == 0 && abs == 0 {
		tol = rel
	}
	return math.Abs(got-want) <= tol
}

// Long skips, with -short, a test that takes long. The race detector is run with -short:
// nothing may run side by side in such a test that does not in one that stays.
func Long(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long, and is not run with -short")
	}
}

// Shared returns the path of a file of the reference data, which is found
// through NETANOM_SHARED. Without that variable the test is skipped by name.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	dir := os.Getenv("NETANOM_SHARED")
	if dir == "" {
		t.Skipf("NETANOM_SHARED is not set: %s needs the reference data", filepath.Join(elem...))
	}
	if testing.Short() && elem[0] == "data" {
		t.Skipf("%s is read without -short only", filepath.Join(elem...))
	}
	path := filepath.Join(append([]string{dir}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s needs reference data that is not there: %v", t.Name(), err)
	}
	return path
}
