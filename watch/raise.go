package watch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/triage"
)

// A connection of a log carries where it was read behind its UID, so that it is not lost
// while the stream holds the connection: a zero byte, the key of the file, the offset of
// the line and the number of the connection in it.
const originMark = "\x00"

// tagged returns a UID with the place it was read at.
func tagged(uid, key string, offset int64, number int) string {
	var b [96]byte
	text := append(append(append(b[:0], uid...), originMark...), key...)
	text = strconv.AppendInt(append(text, '.'), offset, 36)
	if number > 0 {
		text = strconv.AppendInt(append(text, '.'), int64(number), 36)
	}
	return string(text)
}

// rowKey names a row of a table in the place of a file: by its key, and by what it holds, as
// others may have the same key.
func rowKey(source string, r *Row) string {
	sum := sha256.Sum256(fmt.Append(nil, source, "\x00", r.Key, "\x00", string(r.Line)))
	return base32.StdEncoding.EncodeToString(sum[:10])
}

// untagged parts them again.
func untagged(uid string) (plain, origin string) {
	i := strings.LastIndexByte(uid, originMark[0])
	if i < 0 {
		return uid, ""
	}
	return uid[:i], uid[i+1:]
}

// alertID returns the id of an alert: of the place that its connection was read at, or
// else of the connection itself. It has the form of alert.NewID.
func alertID(source string, r *row) string {
	origin := r.origin
	if origin == "" {
		c := &r.record.Connection
		origin = fmt.Sprint(source, "\x00", c.UID, c.Start, c.Duration, c.Src, c.SrcPort, c.Dst, c.DstPort, c.Protocol, c.SrcBytes, c.DstBytes)
	}
	sum := sha256.Sum256([]byte(origin))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])[:26]
}

// An alertLog is what is needed of an *alert.Log.
type alertLog interface {
	Append(context.Context, []alert.Alert) error
	End() alert.Mark
	IDs(context.Context, alert.Mark, func(id string) bool) (bool, error)
	Stats() alert.Stats
}

// A raiser makes alerts of rows, and sees to it that each is written down once.
type raiser struct {
	o       *Options
	log     alertLog // nil: none
	version string
	typed   bool
	classes []string
	text    bytes.Buffer
	records *traffic.Writer
	known   map[string]bool // ids that were written by an earlier run for lines that are read again
}

func newRaiser(o *Options) *raiser {
	r := &raiser{o: o, version: o.Model.Checksum, classes: o.Model.Classes, typed: len(o.Model.Classes) > 2, known: map[string]bool{}}
	if o.Alerts != nil {
		r.log = o.Alerts
	}
	r.version = r.version[:min(len(r.version), 12)]
	r.records = traffic.NewWriterWith(&r.text, traffic.WriterOptions{Setting: o.Model.Schema.Setting, UID: true, CommunityID: true})
	return r
}

// alert makes the alert of a row.
func (r *raiser) alert(source string, x *row, score float64, class int32) alert.Alert {
	c := &x.record.Connection
	a := alert.Alert{ID: alertID(source, x), Time: c.Time(), Model: r.o.Name, Version: r.version,
		Score: score, Threshold: r.o.Model.Cut.Threshold, Verdict: "attack", Request: source, Client: c.Src.String(), UID: c.UID, Community: c.CommunityID(0), Record: r.record(&x.record)}
	if r.typed {
		a.Class = r.classes[class]
	}
	return a
}

// reasonsOf returns reasons as an alert has them.
func reasonsOf(list []model.Reason) []alert.Reason {
	out := make([]alert.Reason, len(list))
	for i, why := range list {
		out[i] = alert.Reason{Column: why.Column, Value: why.Value, Part: why.Part}
	}
	return out
}

// record writes a record with all its columns as JSON.
func (r *raiser) record(x *traffic.Record) json.RawMessage {
	r.text.Reset()
	if r.records.WriteJSON(x) != nil || r.records.Flush() != nil { // a buffer takes all
		return nil
	}
	return bytes.Clone(bytes.TrimSuffix(r.text.Bytes(), []byte{'\n'}))
}

// triaged is what grouping needs of an alert.
func (r *raiser) triaged(x *row, a *alert.Alert) triage.Alert {
	c := &x.record.Connection
	return triage.Alert{Time: c.Time(), Src: c.Src, Dst: c.Dst, SrcPort: c.SrcPort, DstPort: c.DstPort, Protocol: c.Protocol.String(),
		Service: r.o.Model.Schema.Setting.Services.Name(c), Score: a.Score, Class: a.Class, UID: c.UID, CommunityID: a.Community}
}

// repeated reports whether an earlier run has written the alert, and forgets it.
func (r *raiser) repeated(id string) bool {
	if !r.known[id] {
		return false
	}
	delete(r.known, id)
	return true
}

// write appends alerts to the log, however long that takes; trouble is told once. An error
// is that ctx was done before: then some may be in the log.
func (r *raiser) write(ctx context.Context, alerts []alert.Alert, stalled func(error)) error {
	for said := false; len(alerts) > 0; {
		mark := r.log.End()
		err := r.log.Append(ctx, alerts)
		if err == nil {
			return nil
		}
		if errors.Is(err, alert.ErrClosed) || ctx.Err() != nil {
			return r.unwritten(alerts, err)
		}
		if !said {
			said = true
			stalled(err)
		}
		if alerts, err = r.missing(ctx, alerts, mark, err); err != nil {
			return err
		}
	}
	return nil
}

// unwritten says what becomes of alerts that nobody waited for any longer. That the watch was interrupted
// is in words alone: it is not what counts.
func (r *raiser) unwritten(alerts []alert.Alert, cause error) error {
	then := "without --state they are lost"
	if r.o.State != "" {
		then = "they will be when the watch goes on where its state says"
	}
	if errors.Is(cause, context.Canceled) {
		cause = errors.New(cause.Error())
	}
	return fmt.Errorf("%s could not be written down; %s: %w", many(int64(len(alerts)), "alert"), then, cause)
}

// missing waits, and returns the alerts that are still not in the log, which may have been
// written after Append gave up.
func (r *raiser) missing(ctx context.Context, alerts []alert.Alert, mark alert.Mark, cause error) ([]alert.Alert, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, r.unwritten(alerts, cause)
		case <-time.After(r.o.retry):
		}
		if !errors.Is(cause, alert.ErrLate) {
			return alerts, nil
		}
		if r.log.Stats().Queued == 0 {
			break
		}
	}
	there := map[string]bool{}
	if _, err := r.log.IDs(ctx, mark, func(id string) bool { there[id] = true; return true }); err != nil {
		return alerts, nil // rather twice, with one id, than never
	}
	var left []alert.Alert
	for _, a := range alerts {
		if !there[a.ID] {
			left = append(left, a)
		}
	}
	return left, nil
}
