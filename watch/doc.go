// Package watch scores connections as they end, for as long as it is let: those of a log
// that grows, of a table to which rows are added, or those that packets of an interface or
// a pipe make. What the model takes for an attack becomes an alert in a serve/alert log,
// and alerts that belong together become a group.
//
// Read Engine first: lines, rows or packets become connections, a traffic.Stream gives
// these their window features, a model.Intake takes the records in batches. Follower reads
// a log across rotations, a poller a Table behind the last key; a checkpoint holds all that
// a restart needs.
//
// An alert is in the log once, whenever the process was killed. Ids are made of the place
// in the log that is read, or of the row, so that the same always gives the same id; a
// restart reads again what came after the checkpoint, and passes over the ids that the
// alert log has got since. Memory does not grow with time: all that waits is bounded, and
// what was given up for it is counted.
package watch
