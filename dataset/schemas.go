package dataset

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// The names that Recognise gives to known layouts.
const (
	LayoutKDD     = "nsl-kdd"     // the 41 features of KDD'99 and NSL-KDD, with or without label and difficulty
	LayoutNetanom = "netanom"     // the same with time and endpoints, as netanom writes them
	LayoutUNSW    = "unsw-nb15"   // UNSW-NB15, full records or the training and testing parts
	LayoutCIC     = "cic-ids2017" // CICFlowMeter: CIC-IDS2017, its corrected version, CSE-CIC-IDS2018
	LayoutIoT23   = "iot-23"      // Zeek's conn.log with the labels of IoT-23
	LayoutZeek    = "zeek-conn"   // Zeek's conn.log
)

// A layout is a known shape of file. The order of its columns counts for files
// without a header, and where two say what a record is: the first is the label.
type layout struct {
	name     string
	requires []string // canonical names without which it is another layout
	columns  []knownColumn
}

// A knownColumn is what netanom knows of one column of a layout.
type knownColumn struct {
	spellings string // the canonical name, then others that differ by more than case, blanks and punctuation: "a|b|c"
	kind      Kind   // Unknown where only the data can tell
	role      Role
	allows    Rule
}

func (k knownColumn) canon() string {
	name, _, _ := strings.Cut(k.spellings, "|")
	return name
}

func (k knownColumn) names() []string { return strings.Split(k.spellings, "|") }

// layouts are tried in this order; of two that fit equally well the first wins.
var layouts = []layout{netanomLayout, kddLayout, unswLayout, cicLayout, iot23Layout, zeekLayout}

func layoutNamed(name string) layout {
	for _, l := range layouts {
		if l.name == name {
			return l
		}
	}
	return layout{}
}

// column returns what the layout knows of the column with that canonical name.
func (l layout) column(canon string) (knownColumn, bool) {
	for _, k := range l.columns {
		if k.canon() == canon {
			return k, true
		}
	}
	return knownColumn{}, false
}

// enoughEvidence is how many columns that occur in no other layout must be
// present. Fewer may be chance.
const enoughEvidence = 4

// commonNames, normalised, occur in many layouts and are no evidence for one.
var commonNames = map[string]bool{
	"duration": true, "dur": true, "service": true, "flag": true, "count": true, "land": true, "hot": true, "urgent": true, "rate": true, "state": true,
	"srcbytes": true, "dstbytes": true, "protocoltype": true, "protocol": true, "proto": true, "label": true, "attack": true, "type": true,
	"id": true, "uid": true, "ts": true, "timestamp": true, "stime": true, "ltime": true,
	"srcip": true, "dstip": true, "srcport": true, "dstport": true, "sport": true, "dsport": true, "idorigh": true, "idorigp": true, "idresph": true, "idrespp": true,
}

// Recognise finds out what the columns of that header are. The names are first
// cleaned and made unique by UniqueNames. It never fails: a header of no known
// layout gives a Schema without a Name, in which only the label, the clock,
// identifiers and ports are told by their names.
//
// Canon is the name in the layout, and otherwise the name itself. Kind is
// Unknown wherever the cells have to decide; a known Kind is what the layout's
// makers say, which the cells may contradict. Ports are categories: they are
// codes, and their mean says nothing.
//
// One column at most is the Label. In a known layout it is the layout's own.
// Elsewhere it is the first of label, class, attack, attack_type, attack_cat,
// is_attack, anomaly, malicious and their like, then any name that begins with
// label or attack or ends with label, then target, outcome, category and y.
// All but the last four that are present beside the Label are Derivative. The
// Clock, one at most, is found likewise: timestamp, ts, start_time, time, date.
func Recognise(header []string) Schema {
	names, _ := UniqueNames(header)
	known, owner := bestLayout(names)
	s := Schema{Name: known.name, Columns: make([]Column, len(names))}
	for i, name := range names {
		c := Column{Name: name, Canon: name}
		if owner[i] >= 0 {
			k := known.columns[owner[i]]
			c.Canon, c.Kind, c.Role = k.canon(), k.kind, k.role
		} else {
			c.Kind, c.Role = byName(known, name)
		}
		s.Columns[i] = c
	}
	if isLoneIndex(names) {
		s.Columns[0].Role = Identifier
	}
	s.settleLabel(owner)
	s.settleClock(owner)
	return s
}

// bestLayout returns the layout with the most evidence in the names, or an
// empty one, and for each name the index of its column in the layout or -1.
func bestLayout(names []string) (best layout, owner []int) {
	most := enoughEvidence - 1
	owner = make([]int, len(names))
	for i := range owner {
		owner[i] = -1
	}
	for _, l := range layouts {
		if claimed, evidence := l.claim(names); evidence > most {
			best, owner, most = l, claimed, evidence
		}
	}
	return best, owner
}

// claim finds the layout's columns among the names. Each column takes the name
// spelt most like it, each name goes to one column. Evidence counts the columns
// found that are in no other layout, and is 0 if a required one is missing.
func (l layout) claim(names []string) (owner []int, evidence int) {
	owner = make([]int, len(names))
	exact := make(map[string]int, len(names))
	loose := make(map[string]int, len(names))
	for i, name := range names {
		owner[i] = -1
		exact[name] = i
		if n := normaliseName(name); n != "" {
			if _, taken := loose[n]; !taken {
				loose[n] = i
			}
		}
	}
	found := map[string]bool{}
	for k, column := range l.columns {
		i := column.find(exact, loose, owner)
		if i < 0 {
			continue
		}
		owner[i] = k
		found[column.canon()] = true
		if !commonNames[normaliseName(column.canon())] {
			evidence++
		}
	}
	for _, r := range l.requires {
		if !found[r] {
			return owner, 0
		}
	}
	return owner, evidence
}

// find returns the index of the free name that spells the column best, or -1.
func (k knownColumn) find(exact, loose map[string]int, owner []int) int {
	for _, spelling := range k.names() {
		if i, ok := exact[spelling]; ok && owner[i] < 0 {
			return i
		}
		if i, ok := loose[normaliseName(spelling)]; ok && owner[i] < 0 {
			return i
		}
	}
	return -1
}

// UniqueNames cleans a header so that every column has a name of its own: a
// byte-order mark and white space around names are dropped, an empty name in
// the seventh place becomes column_7, and a name that occurred before becomes
// name_2, name_3 and so on, avoiding names that the header has anyway. Names
// that are unique stay as they are. The second result lists the names that had
// to be made, in order.
func UniqueNames(header []string) (names, changed []string) {
	names = make([]string, len(header))
	spelt := make(map[string]bool, len(header))
	for i, h := range header {
		names[i] = strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
		spelt[names[i]] = true
	}
	used := make(map[string]bool, len(header))
	next := make(map[string]int)
	for i, name := range names {
		if name != "" && !used[name] {
			used[name] = true
			continue
		}
		base := name
		if base == "" {
			base = fmt.Sprintf("column_%d", i+1)
		}
		made := base
		for spelt[made] || used[made] {
			next[base] = max(next[base]+1, 2)
			made = fmt.Sprintf("%s_%d", base, next[base])
		}
		used[made] = true
		names[i] = made
		changed = append(changed, made)
	}
	return names, changed
}

// normaliseName reduces a name to what its spellings have in common: letters
// in lower case, without blanks, underscores, hyphens and points.
func normaliseName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == '\ufeff' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// isLoneIndex reports whether the first column alone had no name, as pandas
// and R write row numbers.
func isLoneIndex(names []string) bool {
	return len(names) > 1 && names[0] == "column_1" && !slices.Contains(names, "column_2")
}

// labelNames are the names, normalised, under which a label is looked for, the
// most telling first.
var labelNames = []string{
	"label", "labels", "class", "attack", "attacktype", "attackname", "attackcat", "attackcategory", "isattack",
	"anomaly", "isanomaly", "malicious", "ismalicious", "groundtruth",
}

// vagueLabelNames may as well name a feature. They count only where no column
// has a telling name.
var vagueLabelNames = []string{"target", "outcome", "category", "y"}

// clockNames are the names, normalised, under which a clock is looked for.
var clockNames = []string{
	"timestamp", "@timestamp", "ts", "starttime", "stime", "datetime", "eventtime", "flowstart", "firstseen", "time", "date", "start",
}

// idNames are the names, normalised, of columns that number or name records.
var idNames = []string{
	"id", "uid", "uuid", "guid", "flowid", "recordid", "eventid", "sessionid", "connid", "connectionid", "communityid",
	"rowid", "rownumber", "index", "unnamed:0", "no", "#",
}

// portNames are the names, normalised, of port columns outside known layouts.
var portNames = []string{
	"srcport", "dstport", "sport", "dport", "dsport", "sourceport", "destinationport", "destport", "clientport", "serverport", "port",
	"idorigp", "idrespp",
}

// byName tells what a column outside its layout is from its name alone.
func byName(known layout, name string) (Kind, Role) {
	if base, _, oneHot := strings.Cut(name, "="); oneHot {
		for _, k := range known.columns {
			if k.kind == Category && slices.Contains(k.names(), base) {
				return Flag, Feature
			}
		}
	}
	n := normaliseName(name)
	switch {
	case strings.HasPrefix(name, ownPrefix):
		return Unknown, Derivative
	case slices.Contains(idNames, n):
		return Unknown, Identifier
	case slices.Contains(portNames, n):
		return Category, Feature
	}
	return Unknown, Feature
}

// windowsColumn says by which windows the features of a table were made, where these are not those of KDD.
const windowsColumn = ownPrefix + "windows"

// ownPrefix begins the names of columns in which netanom says what it thought of a record.
const ownPrefix = "netanom_"

// settleLabel leaves one Label: of several in a layout the first in its order,
// and without one the best of the other columns by name.
func (s *Schema) settleLabel(owner []int) {
	best, rank := -1, 0
	for i := range s.Columns {
		if s.Columns[i].Role == Label && (best < 0 || owner[i] < rank) {
			best, rank = i, owner[i]
		}
	}
	if best < 0 {
		for i := range s.Columns {
			r := labelRank(s.Columns[i].Name)
			if owner[i] < 0 && s.Columns[i].Role == Feature && r >= 0 && (best < 0 || r < rank) {
				best, rank = i, r
			}
		}
	}
	if best < 0 {
		return
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		r := labelRank(c.Name)
		telling := owner[i] < 0 && c.Role == Feature && (r >= 0 && r <= namedAfterLabel || slices.Contains(derivedNames, normaliseName(c.Name)))
		if c.Role == Label || telling {
			c.Role = Derivative
		}
	}
	s.Columns[best].Role = Label
}

// derivedNames are the names, normalised, of what is derived from the label and
// not named after it: NSL-KDD's difficulty, also in a table that kept few of its
// other columns.
var derivedNames = []string{"lastflag", "difficulty", "difficultylevel"}

// namedAfterLabel is the rank of names such as attack_map and binary_label: the
// last of those that are telling.
var namedAfterLabel = len(labelNames)

// labelRank says how likely a column of that name is the label: the lower the
// likelier, -1 not at all.
func labelRank(name string) int {
	n := normaliseName(name)
	if r := slices.Index(labelNames, n); r >= 0 {
		return r
	}
	if strings.HasPrefix(n, "label") || strings.HasSuffix(n, "label") || strings.HasPrefix(n, "attack") {
		return namedAfterLabel
	}
	if r := slices.Index(vagueLabelNames, n); r >= 0 {
		return namedAfterLabel + 1 + r
	}
	return -1
}

// settleClock makes the best column by name the Clock if the layout has none.
func (s *Schema) settleClock(owner []int) {
	if s.Clock() >= 0 {
		return
	}
	best, rank := -1, 0
	for i := range s.Columns {
		r := slices.Index(clockNames, normaliseName(s.Columns[i].Name))
		if owner[i] < 0 && s.Columns[i].Role == Feature && r >= 0 && (best < 0 || r < rank) {
			best, rank = i, r
		}
	}
	if best >= 0 {
		s.Columns[best].Role = Clock
	}
}
