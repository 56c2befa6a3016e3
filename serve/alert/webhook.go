package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Webhook sends alerts by HTTP POST, as {"alerts":[…]} in JSON.
//
// Any 2xx is success. What is wrong with the body (400, 413, 422), and GiveUp, send the batch
// to the dead-letter file; all else is tried again after 1 s and up to 1 min, or as
// Retry-After says.
//
// The header Idempotency-Key is a hash of the body: it is the same for all attempts at one
// batch. After a restart, the same alerts may come in other batches, so receivers should
// know repetitions by the alerts' ids.
type Webhook struct {
	Name       string        // in figures, logs and file names; "webhook"
	URL        string        // http or https
	Header     http.Header   // more headers, such as Authorization
	Secret     []byte        // if any, X-Netanom-Signature is sha256=… with the HMAC of the body in hex
	BatchMax   int           // alerts at a time; 100
	Timeout    time.Duration // of an attempt; 10 s
	GiveUp     time.Duration // how long the same batch is tried; 1 h
	DeadLetter string        // file; by default the log's path with .NAME.dead
	Client     *http.Client  // for other roots of trust, or a proxy; its redirects are not followed

	first, longest time.Duration
}

// answerBytes is how much of an answer is read, so that its connection can be used again.
const answerBytes = 64 << 10

// longestWish is how much of a Retry-After is granted.
const longestWish = 15 * time.Minute

func (w *Webhook) route() (route, error) {
	r, err := newRoute(orElse(w.Name, "webhook"), w.DeadLetter, w.BatchMax, w.GiveUp)
	if err != nil {
		return r, err
	}
	if w.Timeout < 0 {
		return r, errors.New("its timeout must not be below 0; 0 means 10 s")
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return r, errors.New("the webhook's URL is none; write http://HOST/PATH or https://HOST/PATH")
	}
	if err := checkHeader(w.Header); err != nil {
		return r, err
	}
	r.first, r.longest = orElse(w.first, r.first), orElse(w.longest, r.longest)
	r.sender = &poster{url: u, header: w.Header.Clone(), secret: bytes.Clone(w.Secret), timeout: orElse(w.Timeout, 10*time.Second), client: w.client()}
	return r, nil
}

// client is the caller's, or one of our own, that follows no redirects.
func (w *Webhook) client() *http.Client {
	var c http.Client
	if w.Client != nil {
		c = *w.Client
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		c.Transport = t.Clone()
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// checkHeader returns an error, without values, for what cannot be a header.
func checkHeader(h http.Header) error {
	for name, values := range h {
		if name == "" || strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }) >= 0 {
			return fmt.Errorf("%q is no name of a header", name)
		}
		for _, v := range values {
			if strings.IndexFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) >= 0 {
				return fmt.Errorf("the value of the header %s has a line break or another control character in it; a file's last line break has to be cut off", name)
			}
		}
	}
	return nil
}

// A poster sends lines by HTTP.
type poster struct {
	url     *url.URL
	header  http.Header
	secret  []byte
	timeout time.Duration
	client  *http.Client
}

func (p *poster) close() { p.client.CloseIdleConnections() }

func (p *poster) send(ctx context.Context, lines [][]byte) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	req, err := p.request(ctx, webhookBody(lines))
	if err != nil {
		return 0, &refusal{cause: p.clean(err)}
	}
	res, err := p.client.Do(req)
	if err != nil {
		return 0, p.clean(err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, answerBytes) // what it says changes nothing
	if err := judge(res, time.Now()); err != nil {
		return 0, err
	}
	return len(lines), nil
}

func webhookBody(lines [][]byte) []byte {
	body := []byte(`{"alerts":[`)
	for i, l := range lines {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, bytes.TrimRight(l, "\r\n")...)
	}
	return append(body, "]}"...)
}

func (p *poster) request(ctx context.Context, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "netanom")
	for name, values := range p.header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	req.Header.Set("Idempotency-Key", hex.EncodeToString(sum[:16]))
	if len(p.secret) > 0 {
		mac := hmac.New(sha256.New, p.secret)
		mac.Write(body)
		req.Header.Set("X-Netanom-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	return req, nil
}

// judge returns the error that an answer is.
func judge(res *http.Response, now time.Time) error {
	code := res.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	err := fmt.Errorf("the webhook answered %d %s", code, http.StatusText(code))
	switch {
	case code >= 300 && code < 400:
		return fmt.Errorf("%w; redirects are not followed, so give the address it leads to", err)
	case code == http.StatusBadRequest || code == http.StatusRequestEntityTooLarge || code == http.StatusUnprocessableEntity:
		return &refusal{cause: err}
	}
	// What is wrong with the key, the address or the receiver can be mended while alerts wait.
	return &delay{err, retryAfter(res.Header.Get("Retry-After"), now)}
}

// retryAfter reads seconds or a moment; what is neither, or past, is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if s, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31); err == nil {
		return min(time.Duration(s)*time.Second, longestWish)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longestWish)
	}
	return 0
}

// clean returns an error without the URL and the headers, which may hold secrets.
func (p *poster) clean(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the webhook did not answer within %v", p.timeout)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	text := err.Error()
	for _, secret := range p.secrets() {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return errors.New(text)
}

func (p *poster) secrets() []string {
	out := []string{p.url.RawQuery, p.url.User.String()}
	if password, ok := p.url.User.Password(); ok {
		out = append(out, password)
	}
	for _, values := range p.header {
		out = append(out, values...)
	}
	return out
}
