package traffic

import (
	"slices"
	"strings"
	"time"
)

// Names of the columns that say what the features mean.
const (
	windowsColumn  = "netanom_windows"
	servicesColumn = "netanom_service_map"
)

// A Formatter makes the cells of records: the same text that a Writer with the same
// options writes, which is one. It must not be used by several goroutines at once.
type Formatter struct {
	options WriterOptions
	columns []string
	setting string // the cells of the last columns, each with a comma before it
	label   int    // place of the column attack

	clock clock
	line  []byte
	cells [][]byte
}

// NewFormatter returns a formatter of the columns that the options ask for.
func NewFormatter(o WriterOptions) *Formatter {
	f := &Formatter{options: o}
	f.columns = append(f.columns, columns[0])
	if o.UID {
		f.columns = append(f.columns, "uid")
	}
	f.columns = append(f.columns, columns[1:len(columns)-1]...) // but for attack
	if o.CommunityID {
		f.columns = append(f.columns, "community_id")
	}
	f.label = len(f.columns)
	if o.Label {
		f.columns = append(f.columns, "attack")
	}
	if o.Setting.Windows != KDD {
		f.columns = append(f.columns, windowsColumn)
		f.setting += "," + o.Setting.Windows.String()
	}
	if o.Setting.Services != KDDServices {
		f.columns = append(f.columns, servicesColumn)
		f.setting += "," + o.Setting.Services.String()
	}
	return f
}

// Columns returns the names of the columns, in order.
func (f *Formatter) Columns() []string { return slices.Clone(f.columns) }

// Cells returns the text of a record, one cell for each column: what a reader of the
// CSV finds there, but that formulas are not escaped. Cells are valid until the next
// call.
func (f *Formatter) Cells(r *Record) [][]byte {
	// No cell but for uid and attack can hold a comma; these two are put in afterwards.
	f.line = f.appendRow(f.line[:0], r, "", "")
	end := len(f.line)
	f.line = append(append(f.line, r.UID...), r.Label...)
	f.cells = f.cells[:0]
	from := 0
	for i, c := range f.line[:end] {
		if c == ',' {
			f.cells = append(f.cells, f.line[from:i:i])
			from = i + 1
		}
	}
	f.cells = append(f.cells, f.line[from:end:end])
	uid := end + len(r.UID)
	if f.options.UID {
		f.cells[1] = f.line[end:uid:uid]
	}
	if f.options.Label {
		f.cells[f.label] = f.line[uid:]
	}
	return f.cells
}

// appendLine appends a line of CSV without its end.
func (f *Formatter) appendLine(b []byte, r *Record) []byte {
	uid, label := "", ""
	if f.options.UID {
		uid = f.csvText(r.UID)
	}
	if f.options.Label {
		label = f.csvText(r.Label)
	}
	return f.appendRow(b, r, uid, label)
}

// csvText returns text as it stands in a line of CSV. Most of it is plain.
func (f *Formatter) csvText(s string) string {
	if s == "" {
		return s
	}
	if f.options.EscapeFormulas && strings.IndexByte("=+-@\t\r\n", s[0]) >= 0 {
		s = "'" + s
	}
	plain := s[0] != ' '
	for i := range len(s) {
		if c := s[i]; c == ',' || c == '"' || c == '\n' || c == '\r' {
			plain = false
		}
	}
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// appendRow appends the cells with commas between them, uid and label as they are.
func (f *Formatter) appendRow(b []byte, r *Record, uid, label string) []byte {
	b = f.clock.append(b, r.Start)
	if f.options.UID {
		b = append(append(b, ','), uid...)
	}
	b = appendEndpoint(b, r.Src, r.SrcPort)
	b = appendEndpoint(b, r.Dst, r.DstPort)
	b = f.appendBasic(b, &r.Connection)
	if r.Lacks&LacksContent != 0 && !f.options.Zeros {
		b = appendInferred(b, r.Content.LoggedIn)
	} else {
		b = appendContent(b, &r.Content)
	}
	b = appendFeatures(b, &r.Features)
	if f.options.CommunityID {
		b = r.appendCommunityID(append(b, ','), f.options.CommunitySeed)
	}
	if f.options.Label {
		b = append(append(b, ','), label...)
	}
	return append(b, f.setting...)
}

// A clock writes times, of which one is often in the same second as the one before, and
// nearly always on the same day.
type clock struct {
	day    int64  // since 1970, whose text date holds
	date   []byte // "2026-03-02T"
	second int64  // likewise, whose text holds
	text   []byte // "2026-03-02T08:05:09."
}

// append appends the time, formatting only what is not as before.
func (k *clock) append(b []byte, micro int64) []byte {
	second := floorSecond(micro)
	if second != k.second || k.text == nil {
		k.set(second)
	}
	fraction := micro - second*1e6
	b = append(b, k.text...)
	b = appendPair(appendPair(appendPair(b, fraction/10_000), fraction/100%100), fraction%100)
	return append(b, 'Z')
}

// set makes the text that of a second.
func (k *clock) set(second int64) {
	day := second / 86_400
	if second%86_400 < 0 {
		day--
	}
	if day != k.day || k.date == nil {
		k.day = day
		k.date = time.Unix(day*86_400, 0).UTC().AppendFormat(k.date[:0], "2006-01-02T")
	}
	clock := second - day*86_400
	b := appendPair(append(k.text[:0], k.date...), clock/3600)
	b = appendPair(append(b, ':'), clock/60%60)
	b = appendPair(append(b, ':'), clock%60)
	k.second, k.text = second, append(b, '.')
}

// appendBasic appends the features 1 to 9.
func (f *Formatter) appendBasic(b []byte, c *Connection) []byte {
	b = appendNumber(b, c.Seconds())
	b = append(b, ',')
	b = append(b, c.Protocol.String()...)
	b = append(b, ',')
	b = append(b, f.options.Setting.Services.Name(c)...)
	b = append(b, ',')
	b = append(b, c.State.String()...)
	b = appendNumber(b, c.SrcBytes)
	b = appendNumber(b, c.DstBytes)
	b = appendFlag(b, c.Land())
	b = f.appendMeasured(b, uint16(c.WrongFragment), c.Lacks&LacksFragment != 0)
	return f.appendMeasured(b, c.Urgent, c.Lacks&LacksUrgent != 0)
}

// appendMeasured appends a count, or an empty cell where it is lacking.
func (f *Formatter) appendMeasured(b []byte, v uint16, lacking bool) []byte {
	if lacking && !f.options.Zeros {
		return append(b, ',')
	}
	return appendCount(b, v)
}

// appendInferred appends the features 10 to 22 of a source without content, of which
// only logged_in, the third, is known.
func appendInferred(b []byte, loggedIn bool) []byte {
	if loggedIn {
		return append(b, ",,,1,,,,,,,,,,"...)
	}
	return append(b, ",,,0,,,,,,,,,,"...)
}

func appendContent(b []byte, c *Content) []byte {
	b = appendCount(b, c.Hot)
	b = appendCount(b, c.NumFailedLogins)
	b = appendFlag(b, c.LoggedIn)
	b = appendCount(b, c.NumCompromised)
	b = appendFlag(b, c.RootShell)
	b = appendCount(b, c.SuAttempted)
	b = appendCount(b, c.NumRoot)
	b = appendCount(b, c.NumFileCreations)
	b = appendCount(b, c.NumShells)
	b = appendCount(b, c.NumAccessFiles)
	b = appendCount(b, c.NumOutboundCmds)
	b = appendFlag(b, c.IsHotLogin)
	return appendFlag(b, c.IsGuestLogin)
}

func appendFeatures(b []byte, f *Features) []byte {
	b = appendNumber(b, int64(f.Count))
	b = appendNumber(b, int64(f.SrvCount))
	for _, r := range [...]Rate{
		f.SerrorRate, f.SrvSerrorRate, f.RerrorRate, f.SrvRerrorRate,
		f.SameSrvRate, f.DiffSrvRate, f.SrvDiffHostRate,
	} {
		b = appendRate(b, r)
	}
	b = appendNumber(b, int64(f.DstHostCount))
	b = appendNumber(b, int64(f.DstHostSrvCount))
	for _, r := range [...]Rate{
		f.DstHostSameSrvRate, f.DstHostDiffSrvRate, f.DstHostSameSrcPortRate, f.DstHostSrvDiffHostRate,
		f.DstHostSerrorRate, f.DstHostSrvSerrorRate, f.DstHostRerrorRate, f.DstHostSrvRerrorRate,
	} {
		b = appendRate(b, r)
	}
	return b
}
