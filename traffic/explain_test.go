package traffic

import (
	"slices"
	"strings"
	"testing"
)

// TestExplain: all features, in order, and told by the sources that have them.
func TestExplain(t *testing.T) {
	all := Explain()
	if len(all) != 41 {
		t.Fatalf("%d features are explained, want 41", len(all))
	}
	conn, err := FeaturesOf("conn")
	do(t, err)
	flow, err := FeaturesOf("flow")
	do(t, err)
	for i, e := range all {
		if e.Number != i+1 || e.Name != columns[firstFeature+i] {
			t.Errorf("feature %d is %d, %s, want %s", i+1, e.Number, e.Name, columns[firstFeature+i])
		}
		if e.Definition == "" || e.Packets == "" {
			t.Errorf("%s has no definition, or is told by nothing", e.Name)
		}
		if told := slices.Contains(conn, e.Name); told == (e.Zeek == "") {
			t.Errorf("%s is told by conn.log: %t, explained: %q", e.Name, told, e.Zeek)
		}
		if told := slices.Contains(flow, e.Name); told == (e.Suricata == "") || told == (e.NetFlow == "") {
			t.Errorf("%s is told by flow records: %t, explained: %q and %q", e.Name, told, e.Suricata, e.NetFlow)
		}
		for _, text := range []string{e.Definition, e.Packets, e.Zeek, e.Suricata, e.NetFlow, e.Deviation} {
			if strings.TrimSpace(text) != text || strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q is not the text of a cell", e.Name, text)
			}
		}
	}
	names := slices.Clone(NewFormatter(everything).columns)
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(columns[firstFeature:46], name) })
	for i, e := range ExplainBeside() {
		if e.Number != 0 || e.Name != names[i] || e.Definition == "" {
			t.Errorf("column %s is explained as %+v", names[i], e)
		}
	}
	if n := len(ExplainBeside()); n != len(names) {
		t.Errorf("%d columns beside the features are explained, want %v", n, names)
	}
	all[0].Name = "changed"
	if Explain()[0].Name != "duration" {
		t.Error("the caller can change the explanations")
	}
}

// TestFeaturesOf: the numbers are those of the description of the KDD data.
func TestFeaturesOf(t *testing.T) {
	number := func(names []string) []int {
		var out []int
		for _, name := range names {
			out = append(out, slices.Index(columns[:], name)-firstFeature+1)
		}
		return out
	}
	span := func(from, to int) []int {
		var out []int
		for n := from; n <= to; n++ {
			out = append(out, n)
		}
		return out
	}
	conn := slices.Concat(span(1, 7), []int{12}, span(23, 41))
	packets := slices.Concat(span(1, 9), []int{12}, span(23, 41))
	for source, want := range map[string][]int{"content": span(1, 41), "packets": packets, "conn": conn, "flow": conn} {
		names, err := FeaturesOf(source)
		if got := number(names); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s tells %v (%v), want %v", source, got, err, want)
		}
	}
	if !slices.Equal(number(ConnFeatures()), conn) || !slices.Equal(number(PacketFeatures()), packets) {
		t.Errorf("logs tell %v, packets %v", ConnFeatures(), PacketFeatures())
	}
	if _, err := FeaturesOf("pcap"); err == nil || !strings.HasSuffix(err.Error(), "choose one of content, packets, conn, flow") {
		t.Errorf("error %v does not list the choices", err)
	}
}
