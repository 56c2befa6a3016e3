// Package triage stands between a model's alerts and a person. An Allow list takes out
// what is known to be harmless; Groups put the rest together by host and time, so that
// a scan of ten thousand connections is one line about the scanner, and an attack from
// ten thousand sources one line about the target.
//
// It knows nothing of models, files of connections, or terminals. What goes in are
// Alerts, of which any field may be missing; what comes out are Groups as plain
// figures, with one line of plain words each. The same alerts in the same order give
// the same groups, and memory has a bound however long the stream and whoever made it.
package triage
