//go:build bench

package main

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A hook receives alerts. One request in refuseEvery is answered 500, and its alerts are
// not taken in.
type hook struct {
	server *http.Server
	url    string

	mu       sync.Mutex
	posts    int
	refused  int
	seed     maphash.Seed
	got      map[uint64]uint8 // alerts that were taken in, by a hash of their ids
	repeated int
	wrong    int // bodies that could not be read
}

const refuseEvery = 100

func newHook() (*hook, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &hook{url: "http://" + l.Addr().String() + "/alerts", seed: maphash.MakeSeed(), got: map[uint64]uint8{}}
	h.server = &http.Server{Handler: h, ReadTimeout: patience}
	go h.server.Serve(l)
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Alerts []struct{ ID string } }
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender was killed
	}
	err = json.Unmarshal(text, &body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.posts++
	refuse := h.posts%refuseEvery == 0
	if err != nil || len(body.Alerts) == 0 {
		h.wrong++
	}
	if refuse {
		h.refused++
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	for _, a := range body.Alerts {
		id := h.hash(a.ID)
		if h.got[id] > 0 {
			h.repeated++
		}
		h.got[id] = 1
	}
}

func (h *hook) hash(id string) uint64 { return maphash.String(h.seed, id) }

// missing counts the alerts of a list, by their hashes, that have not come.
func (h *hook) missing(want []uint64) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range want {
		if h.got[id] == 0 {
			n++
		}
	}
	return n
}

// await waits until all alerts of a list have come, or the time is over.
func (h *hook) await(ctx context.Context, want []uint64, most time.Duration) (missing int) {
	for end := time.Now().Add(most); ; time.Sleep(100 * time.Millisecond) {
		if missing = h.missing(want); missing == 0 || time.Now().After(end) || ctx.Err() != nil {
			return missing
		}
	}
}

func (h *hook) report(r *report) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.count("Webhook", "requests", h.posts)
	r.count("Webhook", "answered 500", h.refused)
	r.count("Webhook", "alerts", len(h.got))
	r.count("Webhook", "alerts that came again", h.repeated)
	if h.wrong > 0 {
		r.breach("bodies of the webhook are JSON with alerts", "%d were not", h.wrong)
	}
}

func (h *hook) close() { h.server.Close() }
