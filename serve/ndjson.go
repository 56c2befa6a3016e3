package serve

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/netanom/netanom/model"
)

// streamBlock is how many lines of a stream are scored at once, if they are there.
const streamBlock = 256

// A stream answers each line of a body with a line, in constant memory.
type stream struct {
	s       *Server
	call    *call
	ask     *ask
	batch   *batch
	in      *bufio.Reader
	out     []byte
	control *http.ResponseController
	reader  jsonReader
	line    int  // of the body, from 0
	deaf    bool // the client does not read
}

// stream answers newline-delimited JSON. A line that cannot be scored has an error in
// its place, and does not end the stream.
func (s *Server) stream(c *call, a *ask, m *loaded) *problem {
	defer s.endStream(c, c.r.Body)
	if p := unpack(c, -1); p != nil {
		return p
	}
	a.byRow = true
	limits := s.o.Limits
	limits.Rows = streamBlock
	st := &stream{s: s, call: c, ask: a, batch: m.begin(limits, s.keeps()), in: bufio.NewReaderSize(c.r.Body, limits.Line), control: http.NewResponseController(c.w)}
	st.reader = jsonReader{dec: jsontext.NewDecoder(bytes.NewReader(nil)), depth: limits.Depth}
	st.batch.intake.Most = streamBlock * model.MaxFaults // each line is told what is wrong with it
	defer func() {
		st.batch.intake.Most = 0
		st.batch.end()
	}()
	if err := st.control.EnableFullDuplex(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return internal(err)
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("X-Netanom-Model", m.name+"@"+m.version)
	for {
		st.control.SetReadDeadline(time.Now().Add(limits.Read))
		more, p := st.block()
		if p == nil {
			p = st.answer()
		}
		switch {
		case p != nil && c.status == 0:
			return p
		case p != nil:
			st.fail(p)
			return nil
		case !more:
			return nil
		}
	}
}

// lateBody is how much of a body may come behind what was read of it.
const lateBody = 4 << 10

// endStream makes sure that what a client still sends of a body is never taken for another
// request: unless the body has come to its end, the connection ends.
func (s *Server) endStream(c *call, body io.Reader) {
	if c.abort {
		return
	}
	http.NewResponseController(c.w).SetReadDeadline(time.Now().Add(time.Second))
	if n, err := io.CopyN(io.Discard, body, lateBody); n < lateBody && errors.Is(err, io.EOF) {
		return
	}
	if c.status == 0 {
		c.Header()["Connection"] = hangUp
		return
	}
	c.abort = true
}

// block reads lines into the batch: one at least, and those that have arrived already.
// more is false at the end of the body.
func (st *stream) block() (more bool, p *problem) {
	st.batch.clear()
	for n := 0; n < streamBlock && (n == 0 || st.waiting()); n++ {
		line, err := st.in.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = st.in.ReadSlice('\n')
		}
		if line = bytes.TrimSpace(line); len(line) > 0 || long {
			if p := st.offer(line, long); p != nil {
				return false, p
			}
		} else if err == nil {
			n--
		}
		if err != nil {
			return false, streamEnd(err)
		}
	}
	return true, nil
}

// waiting reports whether a whole line has arrived.
func (st *stream) waiting() bool {
	text, _ := st.in.Peek(st.in.Buffered())
	return bytes.IndexByte(text, '\n') >= 0
}

// offer offers a line to the batch.
func (st *stream) offer(line []byte, long bool) *problem {
	if long {
		return st.batch.refuse("too-large", "the line is longer than "+itoa(st.s.o.Limits.Line)+" bytes")
	}
	st.reader.dec.Reset(bytes.NewBuffer(line))
	st.batch.start()
	if st.reader.dec.PeekKind() != '{' {
		return st.batch.refuse("type", "a line is a JSON object of named fields")
	}
	if p := st.reader.object(st.batch, "", nil); p != nil {
		return st.spoilt(p)
	}
	if p := st.reader.ended(); p != nil {
		return st.spoilt(p)
	}
	return st.batch.finish(nil)
}

// spoilt counts a line that is no record.
func (st *stream) spoilt(p *problem) *problem {
	st.batch.cells = st.batch.cells[:st.batch.from()]
	return st.batch.refuse(p.kind, p.Detail)
}

// answer scores what was read and writes a line for each.
func (st *stream) answer() *problem {
	b := st.batch
	if b.intake.Offered == 0 {
		return nil
	}
	if p := st.s.wait(st.call); p != nil {
		return p
	}
	p := b.score(st.call, st.ask)
	st.s.leave(st.call)
	if p != nil {
		return p
	}
	st.s.after(st.call, st.ask, b, st.line)
	st.out = st.out[:0]
	rejects, warned := b.errors(model.Reject), b.errors(model.Warn)
	for i := range b.place {
		st.out = append(strconv.AppendInt(append(st.out, `{"row":`...), int64(st.line), 10), ',')
		st.out = b.appendLine(st.out, st.ask, i, shifted(errorsOf(rejects, i), st.line), shifted(errorsOf(warned, i), st.line))
		st.line++
	}
	st.control.SetWriteDeadline(time.Now().Add(st.s.o.Limits.Write))
	if _, err := st.call.Write(st.out); err != nil {
		st.deaf = true
	} else if err := st.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		st.deaf = true
	}
	if st.deaf {
		return newProblem(http.StatusRequestTimeout, "timeout", "the client does not read")
	}
	st.s.compare(st.call, b)
	return nil
}

// appendLine writes what is said of a record, and the end of its line.
func (b *batch) appendLine(dst []byte, a *ask, record int, rejects, warned []fieldError) []byte {
	row := b.place[record]
	if row < 0 {
		dst = append(dst, `"error":"the record was rejected","errors":`...)
		dst = appendErrors(dst, rejects)
		return append(dst, "}\n"...)
	}
	dst = b.appendScore(dst, a, row)
	dst = appendNumber(append(dst, `,"threshold":`...), a.pipeline(b.model).Cut.Threshold)
	dst = appendString(append(dst, `,"version":`...), b.model.version)
	if len(warned) > 0 {
		dst = appendErrors(append(dst, `,"warnings":`...), warned)
	}
	return append(dst, "}\n"...)
}

// shifted numbers the errors of a record by its line of the stream.
func shifted(list []fieldError, line int) []fieldError {
	list = slices.Clone(list)
	for i := range list {
		list[i].Row = line
		if list[i].Column != "" {
			list[i].Pointer = pointer(line, list[i].Column)
		}
	}
	return list
}

// fail ends an answer that has begun: the last line says why, and the end of the answer
// is missing.
func (st *stream) fail(p *problem) {
	if st.call.failed, st.call.abort = p, true; st.deaf {
		return
	}
	line := strconv.AppendInt(append([]byte{}, `{"row":`...), int64(st.line), 10)
	line = appendString(append(line, `,"error":`...), p.Error)
	st.control.SetWriteDeadline(time.Now().Add(time.Second))
	st.call.Write(append(line, "}\n"...))
	st.control.Flush()
}

// streamEnd says why a body ended, nil where that was its end.
func streamEnd(err error) *problem {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return bodyProblem(err)
}
