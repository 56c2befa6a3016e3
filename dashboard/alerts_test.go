package dashboard

import "testing"

// TestAlertModules lets Node test what the alerts of the page are made of: notes, tickets,
// orders of rows and counts by threshold.
func TestAlertModules(t *testing.T) {
	for _, name := range []string{"notes.test.mjs", "ticket.test.mjs", "order.test.mjs", "threshold.test.mjs"} {
		t.Run(name, func(t *testing.T) { runNode(t, name, nil) })
	}
}
