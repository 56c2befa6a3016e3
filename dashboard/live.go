package dashboard

import (
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/netanom/netanom/dataset"
)

// A LiveField is a field of the records that a detector scores, as its training had it.
type LiveField struct {
	Name   string
	Canon  string   // its name in the known layout; "" if that is the same
	Levels []string // of training; nil for numbers
	Low    float64  // the least number of training
	High   float64  // the greatest
}

// LiveOptions say what a live page shows.
type LiveOptions struct {
	Epoch      string // names this very collection of rows: letters and digits
	Model      string // its name
	Algorithm  string
	Threshold  float64 // score from which on a row is an alert
	Calibrated bool    // scores are probabilities
	Fields     []LiveField
	Most       int // rows that are kept; fewer where they have so many fields that this would be more than 8,000,000 cells
}

// LiveRows are records that were scored together.
type LiveRows struct {
	At      time.Time
	Request string    // that they came with
	Records []int     // by row: its number in the request, so that REQUEST/NUMBER names it
	Numbers []float64 // of the first field of numbers, by row, then of the next; NaN where there is none
	Texts   []string  // of the first field of text, by row, then of the next; "" where there is none
	Scores  []float64
	Reasons [][3]int16 // by row: the fields that raised its score most, -1 for none; nil if nobody asked
}

// The bounds of what a Live keeps.
const (
	mostLiveCells  = 8_000_000
	mostLiveLevels = 4096    // different texts of a field at a time; further ones are (other)
	mostLiveBytes  = 8 << 20 // of all these texts
)

// Live keeps the latest records that a detector has scored, in memory that does not grow
// with what comes. Its methods may be called at any time from anywhere.
type Live struct {
	o LiveOptions

	mu      sync.Mutex
	next    uint64 // number of the next row, from 1
	held    int    // rows
	columns []liveColumn
	scores  []float64
	micros  []int64 // when each row came, in microseconds since the Unix epoch, ascending
	reasons [][3]int16
	names   []liveName
	room    int // bytes of text that may still be kept
}

// A liveName names a row.
type liveName struct {
	request string
	record  int
}

// NewLive returns a Live that has no rows yet.
func NewLive(o LiveOptions) *Live {
	o.Most = max(1, min(o.Most, mostLiveCells/max(1, len(o.Fields))))
	l := &Live{o: o, next: 1, room: mostLiveBytes, columns: make([]liveColumn, len(o.Fields))}
	for j := range o.Fields {
		if l.columns[j].text = o.Fields[j].Levels != nil; l.columns[j].text {
			l.columns[j].place = map[string]uint32{}
		}
	}
	return l
}

// Epoch is what LiveOptions said it is.
func (l *Live) Epoch() string { return l.o.Epoch }

// Most is how many rows are kept.
func (l *Live) Most() int { return l.o.Most }

// Last returns the number of the newest row, 0 before there was one.
func (l *Live) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next - 1
}

// Add takes in rows; the oldest go where there are too many. It keeps nothing that is of r
// but its texts.
func (l *Live) Add(r *LiveRows) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range r.Scores {
		l.add(r, i)
	}
}

// add takes in a row. Rows are a microsecond apart at least, so that their order is that of
// their times wherever they are sorted.
func (l *Live) add(r *LiveRows, i int) {
	at := l.at(l.next)
	micros := r.At.UnixMicro()
	if l.held > 0 {
		micros = max(micros, l.micros[l.at(l.next-1)]+1)
	}
	reasons := [3]int16{-1, -1, -1}
	if r.Reasons != nil {
		reasons = r.Reasons[i]
	}
	n, number, text := len(r.Scores), i, i
	for j := range l.columns {
		c := &l.columns[j]
		if c.text {
			l.room += c.forget(at)
			l.room -= c.putText(at, r.Texts[text], l.room)
			text += n
		} else {
			c.numbers = put(c.numbers, at, r.Numbers[number])
			number += n
		}
	}
	l.micros, l.scores = put(l.micros, at, micros), put(l.scores, at, r.Scores[i])
	l.reasons = put(l.reasons, at, reasons)
	l.names = put(l.names, at, liveName{r.Request, r.Records[i]})
	l.next++
	l.held = min(l.held+1, l.o.Most)
}

// at is the place of a row of that number.
func (l *Live) at(number uint64) int { return int((number - 1) % uint64(l.o.Most)) }

// put sets a place of a ring, which grows up to its full size.
func put[T any](ring []T, at int, v T) []T {
	if at == len(ring) {
		return append(ring, v)
	}
	ring[at] = v
	return ring
}

// take returns so many places of a ring from one on.
func take[T any](ring []T, at, n int) []T {
	out := append(make([]T, 0, n), ring[at:min(at+n, len(ring))]...)
	return append(out, ring[:n-len(out)]...)
}

// Since returns the oldest rows behind the one of that number, at most so many, and the number
// of the last of them. It is not ok if rows behind that one are gone already, or if no row has
// had that number. With after 0 the rows are the oldest that are kept.
func (l *Live) Since(after uint64, most int) (d *Data, last uint64, ok bool) {
	l.mu.Lock()
	oldest := l.next - uint64(l.held)
	if after == 0 {
		after = oldest - 1
	}
	if after+1 < oldest || after >= l.next {
		l.mu.Unlock()
		return nil, 0, false
	}
	n := min(int(l.next-1-after), max(0, most))
	c := l.cut(after+1, n)
	l.mu.Unlock()
	return c.data(&l.o), after + uint64(n), true
}

// A liveCut is a copy of rows.
type liveCut struct {
	first   uint64
	columns []liveColumn
	scores  []float64
	micros  []int64
	reasons [][3]int16
	names   []liveName
}

// cut copies rows.
func (l *Live) cut(first uint64, n int) *liveCut {
	c := &liveCut{first: first, columns: make([]liveColumn, len(l.columns))}
	if n == 0 {
		for j := range l.columns {
			c.columns[j].text = l.columns[j].text
		}
		return c
	}
	at := l.at(first)
	for j := range l.columns {
		c.columns[j] = l.columns[j].cut(at, n)
	}
	c.scores, c.micros = take(l.scores, at, n), take(l.micros, at, n)
	c.reasons, c.names = take(l.reasons, at, n), take(l.names, at, n)
	return c
}

// data packs the rows for a page.
func (c *liveCut) data(o *LiveOptions) *Data {
	n := len(c.scores)
	d := &Data{Source: o.Model, Rows: n, Label: -1, Normal: []string{}, Lines: make([]int64, n)}
	here := make([]int, n)
	for i := range here {
		here[i], d.Lines[i] = i, int64((c.first+uint64(i))%math.MaxUint32)
	}
	for j := range o.Fields {
		column := o.Fields[j].column()
		if c.columns[j].text {
			column.packLive(&c.columns[j])
		} else {
			column.packNumbers(c.columns[j].numbers, here)
		}
		d.Columns = append(d.Columns, column)
	}
	score := Column{Name: d.unused("score"), Canon: "score", Role: dataset.Derivative, Kind: dataset.Number}
	score.packNumbers(c.scores, here, o.Threshold)
	d.Verdicts = c.verdicts(o, len(d.Columns), &score)
	d.Columns = append(d.Columns, score)
	if n > 0 {
		d.Clock = c.clock()
	}
	return d
}

// column is the empty column of a field.
func (f *LiveField) column() Column {
	c := Column{Name: f.Name, Canon: f.Canon, Kind: dataset.Number}
	if c.Canon == "" {
		c.Canon = c.Name
	}
	if f.Levels != nil {
		c.Kind = dataset.Category
	}
	return c
}

// verdicts are those of all rows that have a score: feedback on any row needs its ID.
func (c *liveCut) verdicts(o *LiveOptions, at int, score *Column) *Verdicts {
	v := &Verdicts{Model: o.Model, Algorithm: o.Algorithm, Threshold: o.Threshold, Calibrated: o.Calibrated, Score: at, IDs: []string{}, Reasons: [][3]int16{}}
	if len(score.Values) > 0 {
		v.Floor = min(0, max(score.Values[0], -math.MaxFloat64)) // infinity is no JSON
	}
	for i, k := range score.Codes {
		if int(k) < len(score.Values) && score.Values[k] >= v.Floor {
			v.Reasons = append(v.Reasons, c.reasons[i])
			v.IDs = append(v.IDs, c.names[i].request+"/"+strconv.Itoa(c.names[i].record))
		}
	}
	return v
}

// clock begins at a whole second, so that the clocks of two blocks differ by a whole number.
func (c *liveCut) clock() *Clock {
	start := c.micros[0] - c.micros[0]%1e6
	k := &Clock{Name: "time of arrival", Start: float64(start / 1e6), Since: make([]float64, len(c.micros))}
	for i, m := range c.micros {
		k.Since[i] = float64(m-start) / 1e6
	}
	return k
}

// Roles says which fields the panels show. They are found by what training had, so that they
// do not depend on which rows have come.
func (l *Live) Roles() Roles {
	d := &Data{Label: -1}
	for j := range l.o.Fields {
		f := &l.o.Fields[j]
		c := f.column()
		if c.Levels = slices.Clone(f.Levels); f.Levels == nil {
			c.Values = slices.Compact([]float64{f.Low, f.High})
		}
		d.Columns = append(d.Columns, c)
	}
	return FindRoles(d)
}
