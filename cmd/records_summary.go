package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/traffic/extract"
	"github.com/netanom/netanom/traffic/flow"
)

// A tally is a list of sentences about things that were counted.
type tally []string

// add adds a sentence about so many things, if there are any.
func (t *tally) add(n int64, thing, rest string) {
	if n > 0 {
		*t = append(*t, counted(n, thing)+" "+rest)
	}
}

// addNames adds a sentence about counts by name.
func (t *tally) addNames(what string, names map[string]int64) {
	if len(names) == 0 {
		return
	}
	const most = 8
	var parts []string
	for _, name := range slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		if names[a] != names[b] {
			return int(names[b] - names[a])
		}
		return strings.Compare(a, b)
	}) {
		parts = append(parts, name+" "+report.Format(report.Count, names[name]))
	}
	if len(parts) > most {
		parts = append(parts[:most], fmt.Sprintf("%d more", len(parts)-most))
	}
	*t = append(*t, what+": "+strings.Join(parts, ", ")+".")
}

// summaryWarnings puts into sentences what of a source could not be read, or had to be decided, while records
// were made.
func summaryWarnings(s *extract.Summary) []string {
	var t tally
	for _, c := range s.Captures {
		t.add(c.Truncated, "packet", "at the end of "+c.Name+" is cut off; what is there was used.")
		t.add(c.BadRecords, "damaged place", fmt.Sprintf("in %s (%s).", c.Name, firstProblem(c.First)))
		t.add(c.Abandoned, "capture", "could not be read to its end: "+c.Name+" has no good packet behind a damaged place.")
		t.add(c.UnknownBlocks, "block", "of an unknown type in "+c.Name+" were left out.")
	}
	t = append(t, s.Cut...)
	for _, name := range s.Empty {
		t = append(t, name+" holds nothing.")
	}
	if s.Ended != "" {
		t = append(t, s.Ended)
	}
	t.add(s.Dropped, "frame", "lost because they came faster than they were read.")
	t.add(s.Future, "connection", "of a time that is still to come left out.")
	t.packets(s)
	t.flows(&s.Flow)
	for _, l := range s.Logs {
		if l.Bad > 0 {
			t.add(l.Bad, "line", fmt.Sprintf("of %s cannot be read (%s).", l.Name, l.Examples[0]))
		}
		t.addNames("Left out of "+l.Name+" for their protocol", l.Protocols)
		t.addNames("Unknown states in "+l.Name+", taken for OTH", l.States)
		t.add(l.Unexpanded, "ICMP packet", "of "+l.Name+" were left out, as their row counts too many.")
		t.add(l.Unpaired, "flow", "of "+l.Name+" have no other direction.")
	}
	t.add(s.Stream.Late, "connection", "came after later ones had been counted (a longer --hold waits for them).")
	t.add(s.Stream.Provisional, "connection", "counted in windows while still open (--hold).")
	t.add(s.Stream.Forced, "connection", "counted before their time, as too many waited.")
	if s.Records > 0 && s.Unnamed*10 > s.Records {
		t.add(s.Unnamed, "record", fmt.Sprintf("(%s) have a port without a KDD name and are called private or other.", report.Format(report.Share, float64(s.Unnamed)/float64(s.Records))))
	}
	return t
}

// packets adds what was wrong with headers.
func (t *tally) packets(s *extract.Summary) {
	p := &s.Packets
	t.add(p.NotIP, "frame", "without IP (ARP and the like) left out.")
	t.add(p.Truncated, "frame", "too short for their headers left out.")
	t.add(p.Malformed+p.TooDeep, "frame", "with headers that cannot be left out.")
	links := map[string]int64{}
	for link, n := range p.Links {
		links[fmt.Sprintf("type %d", link)] = n
	}
	t.addNames("Frames of link types that are not known, left out", links)
}

// flows adds what was decided about connections.
func (t *tally) flows(f *flow.Stats) {
	others := map[string]int64{}
	for protocol, n := range f.OtherTransport {
		others[fmt.Sprintf("protocol %d", protocol)] = n
	}
	t.addNames("Packets of other transports, which the KDD data do not have, left out", others)
	t.add(f.BadChecksums, "packet", "with a wrong checksum (left out only with --checksums; a capture made on a host has such in what was sent).")
	t.add(f.States[flow.RSTRH], "connection", "ended in RSTRH, which KDD lacks, and are RSTR.")
	t.add(f.States[flow.SHR], "connection", "ended in SHR, which KDD lacks, and are OTH.")
	t.add(f.EvictedHalfOpen+f.EvictedIdle, "connection", "ended early because more than --max-flows were open.")
	t.add(f.Unfinished, "packet", "in fragments never came whole.")
	t.add(f.Restarts, "time", "the clock of the capture fell back by more than an hour.")
}

// firstProblem is the first of some problems.
func firstProblem[T fmt.Stringer](list []T) string {
	if len(list) == 0 {
		return "no place is known"
	}
	return list[0].String()
}
