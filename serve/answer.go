package serve

import (
	"strconv"
	"unicode/utf8"

	"github.com/netanom/netanom/model"
)

func itoa(n int) string { return strconv.Itoa(n) }

// appendNumber writes a float as predict does, which is JSON too.
func appendNumber(dst []byte, v float64) []byte {
	if v != v || v > maxFinite || v < -maxFinite {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

const maxFinite = 1.7976931348623157e308

// appendString writes a JSON string that is safe in HTML as well.
func appendString[Text string | []byte](dst []byte, text Text) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	s := string(text)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c == '<' || c == '>' || c == '&' || c == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r) // U+FFFD for what is no UTF-8
			i += size
			continue
		}
		i++
	}
	return append(dst, '"')
}

// appendPredictions writes the answer of /v1/predict.
func (b *batch) appendPredictions(dst []byte, a *ask, request string) []byte {
	dst = b.appendHead(dst, a, request)
	dst = append(dst, `,"predictions":[`...)
	rejects := b.errors(model.Reject)
	for i := range b.place {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = b.appendRow(dst, a, i, rejects)
	}
	dst = append(dst, ']')
	if warned := b.errors(model.Warn); len(warned) > 0 {
		dst = append(dst, `,"warnings":`...)
		dst = appendErrors(dst, warned)
	}
	return append(dst, "}\n"...)
}

// appendHead writes what all rows have in common, without the closing brace.
func (b *batch) appendHead(dst []byte, a *ask, request string) []byte {
	dst = append(dst, `{"model":`...)
	dst = appendString(dst, b.model.name)
	dst = append(dst, `,"version":`...)
	dst = appendString(dst, b.model.version)
	dst = append(dst, `,"threshold":`...)
	dst = appendNumber(dst, a.pipeline(b.model).Cut.Threshold)
	dst = append(dst, `,"request":`...)
	return appendString(dst, request)
}

// appendRow writes what is said of one record: its score, or why there is none.
func (b *batch) appendRow(dst []byte, a *ask, record int, rejects []fieldError) []byte {
	row := b.place[record]
	if row < 0 {
		dst = append(dst, `{"error":"the record was rejected","errors":`...)
		return append(appendErrors(dst, errorsOf(rejects, record)), '}')
	}
	return append(b.appendScore(append(dst, '{'), a, row), '}')
}

// appendScore writes the members of a row that was scored.
func (b *batch) appendScore(dst []byte, a *ask, row int) []byte {
	dst = append(dst, `"score":`...)
	dst = appendNumber(dst, b.found.Score[row])
	if b.model.probable() {
		dst = append(dst, `,"probability":`...)
		dst = appendNumber(dst, b.found.Score[row])
	}
	dst = append(dst, `,"label":`...)
	dst = appendString(dst, b.label(row))
	if b.model.typed() {
		dst = append(dst, `,"class":`...)
		dst = appendString(dst, b.model.pipeline.Classes[b.found.Class[row]])
	}
	if a.classes && b.found.Probabilities != nil {
		dst = append(dst, `,"probabilities":{`...)
		k := len(b.model.pipeline.Classes)
		for c, name := range b.model.pipeline.Classes {
			if c > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, name), ':')
			dst = appendNumber(dst, b.found.Probabilities[row*k+c])
		}
		dst = append(dst, '}')
	}
	if b.reasons != nil {
		dst = append(dst, `,"reasons":`...)
		dst = appendReasons(dst, b.reasons[row])
	}
	return dst
}

func appendReasons(dst []byte, reasons []model.Reason) []byte {
	dst = append(dst, '[')
	for i, r := range reasons {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"column":`...), r.Column)
		dst = appendString(append(dst, `,"value":`...), r.Value)
		dst = appendNumber(append(dst, `,"part":`...), r.Part)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendErrors(dst []byte, list []fieldError) []byte {
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(append(dst, `{"row":`...), int64(e.Row), 10)
		if e.Column != "" {
			dst = appendString(append(dst, `,"pointer":`...), e.Pointer)
			dst = appendString(append(dst, `,"column":`...), e.Column)
		}
		dst = appendString(append(dst, `,"code":`...), e.Code)
		dst = appendString(append(dst, `,"message":`...), e.Message)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}
