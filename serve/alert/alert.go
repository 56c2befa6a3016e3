package alert

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// An Alert is one record that a model found unusual.
//
// In JSON, a score, threshold or part that is not finite is null, and null is read as NaN.
type Alert struct {
	ID        string          `json:"id"`   // empty: Append makes one
	Time      time.Time       `json:"time"` // written in UTC; zero: Append takes the present
	Model     string          `json:"model"`
	Version   string          `json:"version"`
	Score     float64         `json:"score"`
	Threshold float64         `json:"threshold"`
	Verdict   string          `json:"verdict"`
	Class     string          `json:"class,omitempty"`
	Reasons   []Reason        `json:"reasons"` // the weightiest first: the last are left out where room is short
	Request   string          `json:"request"`
	Client    string          `json:"client"`
	UID       string          `json:"uid,omitempty"`          // that names the connection in the log it comes from
	Community string          `json:"community_id,omitempty"` // by which other tools know the connection
	Record    json.RawMessage `json:"record"`                 // what is not valid JSON is written as null
	Cut       bool            `json:"cut,omitempty"`          // parts were left out, as the line was too long
}

// A Reason is what one column added to a score.
type Reason struct {
	Column string  `json:"column"`
	Value  string  `json:"value"` // the cell's text
	Part   float64 `json:"part"`
}

// NewID returns 26 random letters and digits of 128 bits or more, an alert's id.
func NewID() string { return rand.Text() }

// MarshalJSON writes an alert as one line without its end.
func (a Alert) MarshalJSON() ([]byte, error) { return appendAlert(nil, &a), nil }

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Alert) UnmarshalJSON(text []byte) error {
	type plain Alert
	read := struct {
		*plain
		Score     *float64 `json:"score"`
		Threshold *float64 `json:"threshold"`
	}{plain: (*plain)(a)}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	a.Score, a.Threshold = orNaN(read.Score), orNaN(read.Threshold)
	return nil
}

// UnmarshalJSON reads a reason; a part of null is NaN.
func (r *Reason) UnmarshalJSON(text []byte) error {
	type plain Reason
	read := struct {
		*plain
		Part *float64 `json:"part"`
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	r.Part = orNaN(read.Part)
	return nil
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// appendAlert appends an alert as one line of JSON, without the line's end.
func appendAlert(dst []byte, a *Alert) []byte {
	dst = appendText(append(dst, `{"id":`...), a.ID)
	dst = append(dst, `,"time":"`...)
	dst = a.Time.UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = appendText(append(dst, `","model":`...), a.Model)
	dst = appendText(append(dst, `,"version":`...), a.Version)
	dst = appendNumber(append(dst, `,"score":`...), a.Score)
	dst = appendNumber(append(dst, `,"threshold":`...), a.Threshold)
	dst = appendText(append(dst, `,"verdict":`...), a.Verdict)
	if a.Class != "" {
		dst = appendText(append(dst, `,"class":`...), a.Class)
	}
	dst = appendReasons(append(dst, `,"reasons":`...), a.Reasons)
	dst = appendText(append(dst, `,"request":`...), a.Request)
	dst = appendText(append(dst, `,"client":`...), a.Client)
	if a.UID != "" {
		dst = appendText(append(dst, `,"uid":`...), a.UID)
	}
	if a.Community != "" {
		dst = appendText(append(dst, `,"community_id":`...), a.Community)
	}
	dst = appendRecord(append(dst, `,"record":`...), a.Record)
	if a.Cut {
		dst = append(dst, `,"cut":true`...)
	}
	return append(dst, '}')
}

func appendReasons(dst []byte, reasons []Reason) []byte {
	dst = append(dst, '[')
	for i := range reasons {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(append(dst, `{"column":`...), reasons[i].Column)
		dst = appendText(append(dst, `,"value":`...), reasons[i].Value)
		dst = appendNumber(append(dst, `,"part":`...), reasons[i].Part)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendRecord appends a record without the white space between its parts, as a line may
// have none that ends it.
func appendRecord(dst []byte, record json.RawMessage) []byte {
	if !utf8.Valid(record) {
		record = bytes.ToValidUTF8(record, []byte("\uFFFD"))
	}
	b := bytes.NewBuffer(dst)
	if err := json.Compact(b, record); err != nil || b.Len() == len(dst) {
		return append(dst, "null"...)
	}
	return b.Bytes()
}

func appendNumber(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// appendText appends a text in quotes. Most need no escapes.
func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			quoted, err := json.Marshal(strings.ToValidUTF8(s, "\uFFFD"))
			if err != nil { // no text does this
				quoted = []byte(`""`)
			}
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

// within appends an alert as a line of at most so many bytes. What does not fit loses the
// record, then reasons, the last first, then the ends of its texts, and is marked as cut.
// Below some 400 bytes the line may stay longer than asked for.
func within(dst []byte, a *Alert, limit int) []byte {
	start := len(dst)
	fits := func(b *Alert) bool {
		dst = appendAlert(dst[:start], b)
		return len(dst)-start <= limit
	}
	if fits(a) {
		return dst
	}
	b := *a
	b.Cut, b.Record = true, nil
	for !fits(&b) && len(b.Reasons) > 0 {
		b.Reasons = b.Reasons[:len(b.Reasons)/2]
	}
	for most := 1024; len(dst)-start > limit && most >= 4; most /= 4 {
		for _, s := range []*string{&b.Model, &b.Version, &b.Verdict, &b.Class, &b.Request, &b.Client, &b.UID, &b.Community} {
			*s = clip(*s, most)
		}
		b.ID = clip(b.ID, max(most, longestID))
		fits(&b)
	}
	return dst
}

// longestID is how many bytes of an id are kept where room is short.
const longestID = 64

// clip returns the first bytes of a text, at most so many, and whole letters.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
