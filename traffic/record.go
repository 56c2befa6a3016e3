package traffic

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"time"
)

// A Record is a connection with its window features: one row of the data.
type Record struct {
	Connection
	Features
}

var columns = [...]string{
	"timestamp", "src_ip", "src_port", "dst_ip", "dst_port",
	"duration", "protocol_type", "service", "flag", "src_bytes", "dst_bytes", "land", "wrong_fragment", "urgent",
	"hot", "num_failed_logins", "logged_in", "num_compromised", "root_shell", "su_attempted", "num_root",
	"num_file_creations", "num_shells", "num_access_files", "num_outbound_cmds", "is_hot_login", "is_guest_login",
	"count", "srv_count", "serror_rate", "srv_serror_rate", "rerror_rate", "srv_rerror_rate",
	"same_srv_rate", "diff_srv_rate", "srv_diff_host_rate",
	"dst_host_count", "dst_host_srv_count", "dst_host_same_srv_rate", "dst_host_diff_srv_rate",
	"dst_host_same_src_port_rate", "dst_host_srv_diff_host_rate", "dst_host_serror_rate", "dst_host_srv_serror_rate",
	"dst_host_rerror_rate", "dst_host_srv_rerror_rate",
	"attack",
}

// Columns returns the names of the columns that a Writer writes, in order:
// when and between whom, the 41 KDD features, the label.
func Columns() []string { return slices.Clone(columns[:]) }

// A Writer writes records as CSV: a header, then one line each. Times are
// UTC in RFC 3339 with microseconds. Text is written as it is, so labels must
// hold no comma, quote or line break.
type Writer struct {
	out  *bufio.Writer
	line []byte
	day  int64  // since 1970, whose text date holds
	date []byte // "2026-03-02T"
}

// NewWriter returns a Writer to w. The caller must Flush it at the end.
func NewWriter(w io.Writer) *Writer {
	return &Writer{out: bufio.NewWriterSize(w, 1<<16)}
}

// WriteHeader writes the line of column names.
func (w *Writer) WriteHeader() error {
	w.line = w.line[:0]
	for i, name := range columns {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		w.line = append(w.line, name...)
	}
	return w.flushLine()
}

// Write writes one record.
func (w *Writer) Write(r *Record) error {
	b := w.appendTime(w.line[:0], r.Start)
	b = append(b, ',')
	b = r.Src.AppendTo(b)
	b = appendCount(b, r.SrcPort)
	b = append(b, ',')
	b = r.Dst.AppendTo(b)
	b = appendCount(b, r.DstPort)
	b = appendBasic(b, &r.Connection)
	b = appendContent(b, &r.Content)
	b = appendFeatures(b, &r.Features)
	b = append(b, ',')
	w.line = append(b, r.Label...)
	return w.flushLine()
}

// Flush writes what is still held back to the underlying writer.
func (w *Writer) Flush() error { return w.out.Flush() }

func (w *Writer) flushLine() error {
	w.line = append(w.line, '\n')
	_, err := w.out.Write(w.line)
	return err
}

// appendTime appends the time, formatting the date only when it changes.
func (w *Writer) appendTime(b []byte, micro int64) []byte {
	second := floorSecond(micro)
	day := second / 86_400
	if second%86_400 < 0 {
		day--
	}
	if day != w.day || w.date == nil {
		w.day = day
		w.date = time.Unix(day*86_400, 0).UTC().AppendFormat(w.date[:0], "2006-01-02T")
	}
	b = append(b, w.date...)
	clock, fraction := second-day*86_400, micro-second*1e6
	b = append(b, '0'+byte(clock/36_000), '0'+byte(clock/3600%10), ':')
	b = append(b, '0'+byte(clock/600%6), '0'+byte(clock/60%10), ':')
	b = append(b, '0'+byte(clock/10%6), '0'+byte(clock%10), '.')
	for unit := int64(100_000); unit > 0; unit /= 10 {
		b = append(b, '0'+byte(fraction/unit%10))
	}
	return append(b, 'Z')
}

func appendBasic(b []byte, c *Connection) []byte {
	b = appendNumber(b, c.Seconds())
	b = append(b, ',')
	b = append(b, c.Protocol.String()...)
	b = append(b, ',')
	b = append(b, c.Service()...)
	b = append(b, ',')
	b = append(b, c.State.String()...)
	b = appendNumber(b, c.SrcBytes)
	b = appendNumber(b, c.DstBytes)
	b = appendFlag(b, c.Land())
	b = appendCount(b, uint16(c.WrongFragment))
	return appendCount(b, c.Urgent)
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
	b = appendCount(b, f.Count)
	b = appendCount(b, f.SrvCount)
	for _, r := range [...]Rate{
		f.SerrorRate, f.SrvSerrorRate, f.RerrorRate, f.SrvRerrorRate,
		f.SameSrvRate, f.DiffSrvRate, f.SrvDiffHostRate,
	} {
		b = appendRate(b, r)
	}
	b = appendCount(b, f.DstHostCount)
	b = appendCount(b, f.DstHostSrvCount)
	for _, r := range [...]Rate{
		f.DstHostSameSrvRate, f.DstHostDiffSrvRate, f.DstHostSameSrcPortRate, f.DstHostSrvDiffHostRate,
		f.DstHostSerrorRate, f.DstHostSrvSerrorRate, f.DstHostRerrorRate, f.DstHostSrvRerrorRate,
	} {
		b = appendRate(b, r)
	}
	return b
}

// The append functions below write a comma and then the value.

func appendNumber(b []byte, v int64) []byte {
	return strconv.AppendInt(append(b, ','), v, 10)
}

func appendCount(b []byte, v uint16) []byte {
	if v < 10 {
		return append(b, ',', byte('0'+v))
	}
	return strconv.AppendUint(append(b, ','), uint64(v), 10)
}

func appendFlag(b []byte, v bool) []byte {
	if v {
		return append(b, ',', '1')
	}
	return append(b, ',', '0')
}

func appendRate(b []byte, r Rate) []byte {
	return append(b, ',', '0'+byte(r/100), '.', '0'+byte(r/10%10), '0'+byte(r%10))
}
