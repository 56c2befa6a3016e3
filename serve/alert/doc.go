// Package alert is where the alerts of a scoring service go: into a log of JSON lines on
// disk, and from there to webhooks and syslog. No alert is lost in silence, none slows
// scoring down, and what Append acknowledged outlives a kill of the process.
//
// Read Alert first, then Log: Append hands a batch to the one goroutine that writes, and
// returns when write(2) took it, or after Patience with an error that says what became of
// it (ErrFull, ErrLate, or the cause). Files rotate by size under numbers that only grow.
//
// Webhook and Syslog do not hear of alerts from Append. Each reads the files from a place
// of its own, the cursor, stored after each delivery. The queue is therefore on disk:
// memory stays the same however long a receiver is away, and a restart goes on where the
// last run ended. Alerts arrive at least once; receivers tell repetitions by the id. What
// cannot be delivered goes to a dead-letter file, line by line as it stood in the log.
//
// The package never reads a secret from a file or the environment, and never writes one
// to a log, an error or the figures of Stats.
package alert
