// Package traffic turns network connections into records with the 41 features
// of the KDD Cup 1999 data, and simulates labelled traffic of an enterprise.
//
// A [Connection] is what a sensor knows of one conversation: when, between
// whom, how it ended, how much was carried. [Windows] compares it with the
// connections that began shortly before and returns its [Features]. The two
// together are a [Record], which a [Writer] writes as one line of CSV.
// [Simulate] makes connections up, attacks included, and needs no input but
// its [Options].
//
// The features follow the definitions that the KDD'99 files really contain,
// which differ from the published description in several points: see
// [Windows]. ICMP connections carry their type and code in the port fields,
// as Zeek does.
//
// The package never labels traffic: only simulated connections have a label.
package traffic
