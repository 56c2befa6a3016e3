package cmd

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/report"
	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/triage"
)

// triageOptions are the flags about what becomes of alerts before a person sees them.
type triageOptions struct {
	allow  string
	gap    span
	groups number
}

func (o *triageOptions) flags(c *cobra.Command) {
	o.gap, o.groups = 300, number{value: 20, high: 1e6, kind: whole}
	f := c.Flags()
	f.StringVar(&o.allow, "allow", "", "`file` of rules for alerts that are known and let pass, such as 10.0.0.5 -> 10.0.1.53:53/udp")
	f.Var(&o.gap, "group-gap", "quiet that ends a group of alerts")
	f.Var(&o.groups, "groups", "groups of alerts that are listed")
}

// list reads the allow list; nil if there is none.
func (o *triageOptions) list() (*triage.Allow, error) {
	if o.allow == "" {
		return nil, nil
	}
	f, err := openFile(o.allow)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a, err := triage.ParseAllow(f, o.allow)
	if err != nil {
		return nil, usageError{err}
	}
	return a, nil
}

func (o *triageOptions) options() triage.Options {
	return triage.Options{Gap: time.Duration(float64(o.gap) * float64(time.Second))}
}

// A triager is shown the alerts of predict one after the other.
type triager struct {
	allow   *triage.Allow
	groups  *triage.Groups
	grouped bool // some alert has an address
	lines   *bufio.Writer
	written int64 // lines
	failed  error
	model   *model.Pipeline
	name    string // of the model
	source  string
}

// useful reports whether something comes of showing it alerts: one without addresses cannot be grouped.
func (t *triager) useful(in *input, lines string) bool {
	return t.allow != nil || lines != "" || slices.ContainsFunc(in.filtered.Schema().Columns, func(c dataset.Column) bool { return c.Kind == dataset.Address })
}

// alert groups an alert, and writes it as a line, unless a rule lets it pass.
func (t *triager) alert(row *model.AlertRow) bool {
	if len(t.model.Classes) <= 2 {
		row.Class = "" // which says no more than the verdict
	}
	a := triageAlert(row)
	if t.allow != nil {
		if _, ok := t.allow.Match(&a, a.Time); ok {
			return false
		}
	}
	t.grouped = t.grouped || triage.CanGroup(&a)
	t.groups.Add(&a)
	if t.lines != nil && t.failed == nil {
		t.failed = t.writeLine(row, &a)
	}
	return true
}

// writeLine writes an alert as a line of JSON, as netanom serve and watch do.
func (t *triager) writeLine(row *model.AlertRow, a *triage.Alert) error {
	line := alert.Alert{ID: t.id(row), Time: a.Time, Model: t.name, Version: t.model.Checksum[:min(12, len(t.model.Checksum))], Score: row.Score, Threshold: t.model.Cut.Threshold,
		Verdict: "attack", Class: row.Class, Request: t.source, UID: a.UID, Community: a.CommunityID, Record: recordOf(row)}
	if a.Src.IsValid() {
		line.Client = a.Src.String()
	}
	for _, r := range row.Reasons {
		line.Reasons = append(line.Reasons, alert.Reason{Column: r.Column, Value: r.Value, Part: r.Part})
	}
	text, err := line.MarshalJSON()
	if err != nil {
		return err
	}
	t.written++
	_, err = t.lines.Write(append(text, '\n'))
	return err
}

// id names an alert: the same for the same row of the same file and model.
func (t *triager) id(row *model.AlertRow) string {
	h := sha256.New()
	io.WriteString(h, t.model.Checksum)
	fmt.Fprintf(h, "\x00%d", row.Row)
	for _, cell := range row.Cells {
		io.WriteString(h, "\x00"+cell)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// recordOf writes the cells of a row as a JSON object. What reads as a plain number is one, ports too.
func recordOf(row *model.AlertRow) json.RawMessage {
	text := []byte{'{'}
	for j := range row.Columns {
		name, err := json.Marshal(row.Columns[j].Name)
		if err != nil {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(text, name...), ':')
		text = appendCell(text, row.Cells[j])
	}
	return append(text, '}')
}

// appendCell writes a cell as JSON.
func appendCell(text []byte, cell string) []byte {
	if cell == "" {
		return append(text, "null"...)
	}
	if isNumber(cell) {
		return append(text, cell...)
	}
	quoted, err := json.Marshal(cell)
	if err != nil {
		return append(text, "null"...)
	}
	return append(text, quoted...)
}

// isNumber reports whether a cell is a number as JSON writes them, and not one with leading zeros, which
// is a name.
func isNumber(cell string) bool {
	if cell[0] != '-' && (cell[0] < '0' || cell[0] > '9') {
		return false
	}
	return json.Valid([]byte(cell))
}

// triageAlert takes what grouping asks for out of a row, by the names of the known layouts.
func triageAlert(row *model.AlertRow) triage.Alert {
	a := triage.Alert{Score: row.Score, Class: row.Class, Protocol: row.Cell("protocol_type", "proto", "Protocol"), Service: row.Cell("service"), UID: row.Cell("uid"), CommunityID: row.Cell("community_id")}
	if row.Time == row.Time {
		a.Time = time.UnixMicro(int64(math.Round(row.Time * 1e6))).UTC()
	}
	a.Src, a.Dst = addressOf(row.Cell("src_ip", "id.orig_h", "srcip", "Src IP")), addressOf(row.Cell("dst_ip", "id.resp_h", "dstip", "Dst IP"))
	a.SrcPort, a.DstPort = portOf(row.Cell("src_port", "id.orig_p", "sport", "Src Port")), portOf(row.Cell("dst_port", "id.resp_p", "dsport", "Dst Port"))
	return a
}

// addressOf reads an address; what is none gives one that is not valid.
func addressOf(text string) netip.Addr {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// portOf reads a port, 0 for what is none.
func portOf(text string) uint16 {
	v, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return uint16(v)
}

// sections say what became of the alerts.
func (t *triager) sections(most int) []report.Section {
	var out []report.Section
	groups := t.groups.Finish()
	if t.grouped && len(groups) > 0 && most > 0 {
		out = append(out, report.AlertGroups(groups, t.groups.Stats().Dropped, most))
	}
	if t.allow != nil {
		out = append(out, report.AllowList(t.allow.Rules()))
	}
	return out
}
