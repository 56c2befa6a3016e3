package connlog

// A field is what a column or a member of a JSON object means.
type field uint8

const (
	noField field = iota
	timeField
	endField
	durationField
	protoField
	srcField
	dstField
	srcPortField
	dstPortField
	srcBytesField
	dstBytesField
	srcPayloadField // without headers
	dstPayloadField
	srcPacketsField
	dstPacketsField
	stateField
	flagsField // TCP flags of the only direction a row has
	srcFlagsField
	dstFlagsField
	directionField
	icmpTypeField
	icmpCodeField
	uidField
	communityField
	labelField
	detailField
	kindField  // which log or event a line belongs to
	eventField // its time, where that is not the connection's
	fields     // how many there are
)

// cells are the texts of one row, nil where it has none.
type cells [fields][]byte

// A dialect is how one format names the fields.
type dialect struct {
	words map[string]field
	names [fields]string // the first name of each
	need  []field        // without all of these it is another log
	some  []field        // and without any of these too; nil: none
}

// A word is a name of a field.
type word struct {
	name  string
	field field
}

func newDialect(need, some []field, words ...word) dialect {
	d := dialect{words: make(map[string]field, len(words)), need: need, some: some}
	for _, w := range words {
		d.words[w.name] = w.field
		if d.names[w.field] == "" {
			d.names[w.field] = w.name
		}
	}
	return d
}

// reads reports whether a log that has these fields is of the dialect.
func (d *dialect) reads(has func(field) bool) bool {
	return d.missing(has) == ""
}

// missing names the first field that a log lacks, "" if none.
func (d *dialect) missing(has func(field) bool) string {
	for _, f := range d.need {
		if !has(f) {
			return d.names[f]
		}
	}
	for _, f := range d.some {
		if has(f) {
			return ""
		}
	}
	if d.some != nil {
		return d.names[d.some[0]]
	}
	return ""
}

var dialects = [...]dialect{
	ZeekTSV:  zeekDialect,
	ZeekJSON: zeekDialect,
	Eve:      eveDialect,
	NetFlow:  netflowDialect,
	Argus:    argusDialect,
}
