package dashboard

import (
	"os"
	"os/exec"
	"testing"
)

// nodeOf returns the program that runs the page's modules. Short runs are those of the race
// detector, which sees nothing of it.
func nodeOf(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("what Node counts is held to Go in long runs")
	}
	node, err := exec.LookPath("node")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal("there is no node, and CI is to have it")
	default:
		t.Skip("there is no node to run the page's modules")
	}
	return node
}
