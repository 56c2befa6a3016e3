package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A problem is an answer that is no prediction (RFC 9457).
type problem struct {
	Type     string       `json:"type"`
	Title    string       `json:"title"`
	Status   int          `json:"status"`
	Detail   string       `json:"detail,omitempty"`
	Instance string       `json:"instance,omitempty"`
	Error    string       `json:"error"` // the same in one sentence, for clients of the Open Inference Protocol
	Errors   []fieldError `json:"errors,omitempty"`

	kind  string        // of the counter: the end of Type
	retry time.Duration // after which to try again; 0: not said
	allow string        // methods of the route
	cause error         // for the log alone
}

// A fieldError is one thing that is wrong with a record. It never repeats the value.
type fieldError struct {
	Pointer string `json:"pointer,omitempty"` // RFC 6901, into the records of the request: /17/src_bytes
	Row     int    `json:"row"`               // from 0
	Column  string `json:"column,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// problemTitles are the kinds of problems with their titles.
var problemTitles = map[string]string{
	"malformed":      "The body cannot be read",
	"unauthorized":   "A key is needed",
	"forbidden":      "The key does not allow this",
	"not-found":      "There is no such thing",
	"method":         "The route has another method",
	"not-acceptable": "The answer cannot be given in that form",
	"too-large":      "The request is too large",
	"media-type":     "The body is of a type that is not read here",
	"validation":     "The records do not fit the model",
	"parameter":      "A parameter cannot be meant",
	"rate-limited":   "Too many requests from this client",
	"overloaded":     "The service has as much to do as it can",
	"not-ready":      "The service is not ready",
	"timeout":        "The request took too long",
	"conflict":       "This cannot be done now",
	"internal":       "The service made a mistake",
}

// newProblem returns a problem of a kind; the detail is a sentence for the client.
func newProblem(status int, kind, detail string, args ...any) *problem {
	if len(args) > 0 {
		detail = fmt.Sprintf(detail, args...)
	}
	p := &problem{Type: "urn:netanom:problem:" + kind, Title: problemTitles[kind], Status: status, Detail: detail, kind: kind}
	if p.Error = p.Title; detail != "" {
		p.Error += ": " + detail
	}
	return p
}

// after adds when to try again.
func (p *problem) after(d time.Duration) *problem {
	p.retry = d
	return p
}

// write answers with the problem.
func (p *problem) write(w http.ResponseWriter, request string) {
	q := *p
	if request != "" {
		q.Instance = "urn:netanom:request:" + request
	}
	text, err := json.Marshal(&q)
	if err != nil { // no value of a problem can fail
		text = []byte(`{"status":500}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(max(1, (p.retry+time.Second-1)/time.Second))))
	}
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="netanom"`)
	}
	h.Del("Content-Length")
	w.WriteHeader(p.Status)
	w.Write(append(text, '\n'))
}
