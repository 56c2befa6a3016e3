package eda

import (
	"slices"
	"strings"
	"unicode"

	"github.com/netanom/netanom/dataset"
)

// counterparts are words that tell apart two columns of one quantity: the two ends
// of a connection, its two directions, the two ends of a comparison.
var counterparts = [][2]string{
	{"src", "dst"}, {"source", "destination"}, {"orig", "resp"}, {"fwd", "bwd"}, {"forward", "backward"},
	{"out", "in"}, {"sent", "received"}, {"tx", "rx"}, {"same", "diff"}, {"", "srv"},
}

// nameWords splits a column's name: "Total Fwd Packets" is total, fwd, packets.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// isCounterpart reports whether the second name is the first with the other one of
// two words that tell ends or directions apart, so that both are one quantity.
func isCounterpart(a, b string) bool {
	first, second := nameWords(a), nameWords(b)
	for _, pair := range counterparts {
		if pair[0] == "" {
			if at := slices.Index(second, pair[1]); at >= 0 && slices.Equal(slices.Delete(slices.Clone(second), at, at+1), first) {
				return true
			}
			continue
		}
		if at := slices.Index(first, pair[0]); at >= 0 {
			swapped := slices.Clone(first)
			swapped[at] = pair[1]
			if slices.Equal(swapped, second) || slices.Equal(singular(swapped), singular(second)) {
				return true
			}
		}
	}
	// UNSW-NB15: sbytes and dbytes.
	return len(first) == 1 && len(second) == 1 && len(a) > 3 &&
		strings.HasPrefix(first[0], "s") && second[0] == "d"+first[0][1:]
}

// singular takes the s off words: CICFlowMeter has Total Fwd Packet and Total Bwd
// packets.
func singular(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.TrimSuffix(w, "s")
	}
	return out
}

// The quantities that a connection has in most formats, by the names that the
// known layouts give them.
var (
	bytesSent       = []string{"src_bytes", "orig_bytes", "sbytes", "Total Length of Fwd Packet"}
	bytesReceived   = []string{"dst_bytes", "resp_bytes", "dbytes", "Total Length of Bwd Packet"}
	packetsSent     = []string{"src_pkts", "orig_pkts", "spkts", "Total Fwd Packet"}
	packetsReceived = []string{"dst_pkts", "resp_pkts", "dpkts", "Total Bwd packets"}
	durations       = []string{"duration", "dur", "Flow Duration"}
	sourceHosts     = []string{"src_ip", "id.orig_h", "srcip", "Src IP", "source_ip"}
	targetHosts     = []string{"dst_ip", "id.resp_h", "dstip", "Dst IP", "destination_ip"}
	targetPorts     = []string{"dst_port", "id.resp_p", "dsport", "Dst Port", "destination_port"}
	services        = []string{"service"}
)

// quantity returns the source column that goes by one of the names, nil if there
// is none of a kind that is meant.
func (p *proposer) quantity(names []string, levels bool) *sampledColumn {
	for _, name := range names {
		i, err := p.schema.Resolve(name)
		if err != nil {
			continue
		}
		if k, ok := p.judge.place[p.schema.Columns[i].Name]; ok {
			if c := &p.judge.sources[k]; (c.values == nil) == levels {
				return c
			}
		}
	}
	return nil
}

// plainName makes a column's name fit to be part of another's.
func plainName(c *sampledColumn) string {
	return strings.Join(strings.FieldsFunc(c.name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }), "_")
}

// freeName returns the name, or the name with a number where the table or an
// earlier proposal has it already.
func (p *proposer) freeName(name string) string {
	taken := func(n string) bool {
		return slices.ContainsFunc(p.schema.Columns, func(c dataset.Column) bool { return c.Name == n }) ||
			slices.ContainsFunc(p.list, func(f Feature) bool { return f.Name == n })
	}
	for i := 2; taken(name); i++ {
		name = strings.TrimSuffix(name, "_"+plainNumber(float64(i-1))) + "_" + plainNumber(float64(i))
	}
	return name
}
