package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A receiver answers as its script says, in order, and then always 200. It keeps the ids
// of what it answered with 2xx.
type receiver struct {
	mu     sync.Mutex
	script []func() (*http.Response, error)
	ids    []string
	at     []time.Time // of all attempts
	keys   []string
	seen   func(r *http.Request, body []byte)
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = append(r.at, time.Now())
	r.keys = append(r.keys, req.Header.Get("Idempotency-Key"))
	if r.seen != nil {
		r.seen(req, body)
	}
	res, err := answer(200)()
	if len(r.script) > 0 {
		res, err = r.script[0]()
		r.script = r.script[1:]
	}
	if err == nil && res.StatusCode < 300 {
		r.ids = append(r.ids, idsOfBody(body)...)
	}
	return res, err
}

func idsOfBody(body []byte) []string {
	var sent struct{ Alerts []Alert }
	if err := json.Unmarshal(body, &sent); err != nil {
		return []string{err.Error()}
	}
	var ids []string
	for _, a := range sent.Alerts {
		ids = append(ids, a.ID)
	}
	return ids
}

func answer(code int, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) {
		res := &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("no"))}
		for i := 0; i < len(header); i += 2 {
			res.Header.Set(header[i], header[i+1])
		}
		return res, nil
	}
}

func broken() (*http.Response, error) { return nil, errors.New("connection refused") }

func (r *receiver) received() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ids)
}

func (r *receiver) attempts() []time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.at)
}

func (r *receiver) webhook() *Webhook {
	return &Webhook{URL: "https://user:pa55@hooks.example/x?token=s3cret", Client: &http.Client{Transport: r}}
}

// inBubble runs a test of a log with false time. The log is open when f begins.
func inBubble(t *testing.T, o Options, f func(t *testing.T, l *Log, path string)) {
	t.Helper()
	path := logPath(t)
	synctest.Test(t, func(t *testing.T) {
		o.Path, o.Logger = path, quiet()
		l, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		f(t, l, path)
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		if err := l.Close(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestWebhookRetries(t *testing.T) {
	r := &receiver{script: []func() (*http.Response, error){broken, answer(500), answer(408), answer(425), answer(302, "Location", "https://elsewhere.example"), answer(503),
		answer(429, "Retry-After", "200"), answer(503, "Retry-After", "99999999")}}
	inBubble(t, Options{Deliverers: []Deliverer{r.webhook()}}, func(t *testing.T, l *Log, path string) {
		appendTo(t, l, numberedAlerts(0, 3))
		time.Sleep(30 * time.Minute)
		if got := r.received(); !slices.Equal(got, idsUpTo(3)) {
			t.Errorf("received %v", got)
		}
		at := r.attempts()
		for i, most := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second} {
			if gap := at[i+1].Sub(at[i]); gap < most/2 || gap > most+time.Millisecond {
				t.Errorf("attempt %d came after %v, want %v to %v", i+2, gap, most/2, most)
			}
		}
		if gap := at[7].Sub(at[6]); gap != 200*time.Second {
			t.Errorf("Retry-After of 200 s: %v", gap)
		}
		if gap := at[8].Sub(at[7]); gap != longestWish {
			t.Errorf("Retry-After of years: %v", gap)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if keys := slices.Compact(slices.Clone(r.keys)); len(keys) != 1 || len(keys[0]) != 32 {
			t.Errorf("Idempotency-Key = %q, want the same for all attempts", keys)
		}
		if s := l.Stats().Deliverers[0]; s.Sent != 3 || s.Retries != 8 || s.DeadLettered != 0 || s.Backlog != 0 || s.LastSuccess.IsZero() || !strings.Contains(s.LastError, "503") {
			t.Errorf("Stats = %+v", s)
		}
	})
}

func TestWebhookDeadLetters(t *testing.T) {
	r := &receiver{script: []func() (*http.Response, error){answer(400)}}
	inBubble(t, Options{Deliverers: []Deliverer{r.webhook()}}, func(t *testing.T, l *Log, path string) {
		appendTo(t, l, numberedAlerts(0, 1))
		time.Sleep(time.Minute)
		r.mu.Lock()
		r.script = slices.Repeat([]func() (*http.Response, error){broken}, 200)
		r.mu.Unlock()
		start := time.Now()
		appendTo(t, l, numberedAlerts(1, 1))
		time.Sleep(2 * time.Hour)
		if last := r.attempts()[len(r.attempts())-1].Sub(start); last < time.Hour || last > time.Hour+time.Minute {
			t.Errorf("given up after %v", last)
		}
		r.mu.Lock()
		r.script = nil
		r.mu.Unlock()
		appendTo(t, l, numberedAlerts(2, 1))
		time.Sleep(time.Hour)
		if got := idsIn(t, path+".webhook.dead"); !slices.Equal(got, idsUpTo(2)) {
			t.Errorf("dead letters: %v", got)
		}
		if got := r.received(); !slices.Equal(got, []string{"a000002"}) {
			t.Errorf("received: %v", got)
		}
		if s := l.Stats().Deliverers[0]; s.Sent != 1 || s.DeadLettered != 2 || s.Backlog != 0 {
			t.Errorf("Stats = %+v", s)
		}
	})
}

func TestWebhookRequest(t *testing.T) {
	secret := []byte("key")
	var got http.Header
	var user, uri string
	var body []byte
	follow := false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			follow = true
			return
		}
		if got == nil {
			got = r.Header.Clone()
			user, _, _ = r.BasicAuth()
			uri = r.RequestURI
			body, _ = io.ReadAll(r.Body)
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		fmt.Fprint(w, strings.Repeat("long answer ", 100_000))
	}))
	defer s.Close()
	url := strings.Replace(s.URL, "http://", "http://me:pw@", 1) + "/hook?token=t"
	l := openLog(t, Options{Path: logPath(t), Deliverers: []Deliverer{&Webhook{URL: url, Secret: secret, Header: http.Header{"x-kind": {"netanom"}}, first: time.Millisecond}}})
	appendTo(t, l, numberedAlerts(0, 2))
	for begun := time.Now(); l.Stats().Deliverers[0].Sent < 2 && time.Since(begun) < 10*time.Second; { // Close would not wait for another attempt
		time.Sleep(time.Millisecond)
	}
	closeLog(t, l, 10*time.Second)
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	if sig := got.Get("X-Netanom-Signature"); sig != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
		t.Errorf("signature %q", sig)
	}
	if got.Get("X-Kind") != "netanom" || got.Get("Content-Type") != "application/json" || user != "me" || uri != "/hook?token=t" {
		t.Errorf("%v, user %q, %s", got, user, uri)
	}
	if ids := idsOfBody(body); !slices.Equal(ids, idsUpTo(2)) {
		t.Errorf("body %s", body)
	}
	if s := l.Stats().Deliverers[0]; s.Sent != 2 || s.Retries != 1 || follow {
		t.Errorf("Stats = %+v, redirect followed: %v", s, follow)
	}
}

// Neither the log of the service nor Stats tells what is secret about a webhook.
func TestSecretsAreNotTold(t *testing.T) {
	var out bytes.Buffer
	hook := &Webhook{URL: "http://user:pa55@127.0.0.1:1/x?token=s3cret", Header: http.Header{"Authorization": {"Bearer b3arer"}}, Secret: []byte("hm4c"), first: time.Millisecond,
		Client: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("cannot do %s with %s", r.URL, r.Header)
		})}}
	l := openLog(t, Options{Path: logPath(t), Deliverers: []Deliverer{hook}, Logger: slog.New(slog.NewTextHandler(&out, nil))})
	appendTo(t, l, numberedAlerts(0, 2))
	for l.Stats().Deliverers[0].Retries < 2 {
		time.Sleep(time.Millisecond)
	}
	closeLog(t, l, 0)
	said := out.String() + l.Stats().Deliverers[0].LastError
	for _, secret := range []string{"pa55", "s3cret", "b3arer", "hm4c"} {
		if strings.Contains(said, secret) {
			t.Errorf("%q was told: %s", secret, said)
		}
	}
	if !strings.Contains(said, "alerts are left for the next start") {
		t.Errorf("the rest was not told of: %s", said)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-1": 0, "x": 0, "99999999999999999999": 0, "100000": longestWish,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute, now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", text, got, want)
		}
	}
}

// A receiver that never answers slows nobody down but itself.
func TestWebhookTimeout(t *testing.T) {
	hook := &Webhook{URL: "http://h/", Timeout: 5 * time.Second, Client: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})}}
	inBubble(t, Options{Deliverers: []Deliverer{hook}}, func(t *testing.T, l *Log, path string) {
		start := time.Now()
		appendTo(t, l, numberedAlerts(0, 1))
		if took := time.Since(start); took != 0 {
			t.Errorf("Append took %v", took)
		}
		time.Sleep(5100 * time.Millisecond)
		if s := l.Stats().Deliverers[0]; s.LastError != "alerts could not be sent: the webhook did not answer within 5s" {
			t.Errorf("LastError = %q", s.LastError)
		}
	})
}
