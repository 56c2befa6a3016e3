package dashboard

import (
	"os"
	"os/exec"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// nodeOf returns the program that runs the page's modules. Short runs are those of the race
// detector, which sees nothing of it.
func nodeOf(t *testing.T) string {
	t.Helper()
	check.Long(t)
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
