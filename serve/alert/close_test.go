package alert

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// hangs answers no attempt before its context is done.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// closedFast closes a log that has an hour for it, and fails if that takes a second.
func closedFast(t *testing.T, l *Log) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	start := time.Now()
	if err := l.Close(ctx); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took >= time.Second {
		t.Errorf("Close took %v", took)
	}
}

// A receiver that is away does not hold Close up, whatever its courier does at that
// moment, and gets all alerts once after the next start.
func TestCloseWithDeadWebhook(t *testing.T) {
	for name, test := range map[string]struct {
		dead  roundTrip
		after time.Duration // from Append to Close
	}{
		"while an attempt fails":      {func(*http.Request) (*http.Response, error) { time.Sleep(100 * time.Millisecond); return broken() }, 50 * time.Millisecond},
		"in a pause":                  {func(*http.Request) (*http.Response, error) { return broken() }, 10 * time.Minute},
		"as it is asked to wait":      {func(*http.Request) (*http.Response, error) { return answer(429, "Retry-After", "800")() }, time.Minute},
		"while another attempt hangs": {hangs, 14 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			path, r := logPath(t), &receiver{}
			hook := r.webhook()
			hook.BatchMax, hook.Client = 2, &http.Client{Transport: test.dead}
			deadClose(t, Options{Path: path, Logger: quiet(), Deliverers: []Deliverer{hook}}, test.after)
			hook.Client = &http.Client{Transport: r}
			synctest.Test(t, func(t *testing.T) {
				l := openLog(t, Options{Path: path, Deliverers: []Deliverer{hook}})
				closedFast(t, l)
				if got := r.received(); !slices.Equal(got, idsUpTo(7)) {
					t.Errorf("received %v", got)
				}
			})
		})
	}
}

// deadClose appends seven alerts, and closes the log after some time.
func deadClose(t *testing.T, o Options, after time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		appendTo(t, l, numberedAlerts(0, 7))
		time.Sleep(after)
		closedFast(t, l)
		if s := l.Stats().Deliverers[0]; s.Sent != 0 || s.DeadLettered != 0 || s.Backlog == 0 {
			t.Errorf("Stats = %+v", s)
		}
	})
}

// A receiver that is only slow gets the backlog while Close waits.
func TestCloseWithSlowWebhook(t *testing.T) {
	r := &receiver{}
	hook := r.webhook()
	hook.BatchMax = 1
	hook.Client = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		time.Sleep(3 * time.Second)
		return r.RoundTrip(req)
	})}
	path := logPath(t)
	synctest.Test(t, func(t *testing.T) {
		l := openLog(t, Options{Path: path, Deliverers: []Deliverer{hook}})
		appendTo(t, l, numberedAlerts(0, 7))
		closeLog(t, l, time.Minute)
		if got := r.received(); !slices.Equal(got, idsUpTo(7)) {
			t.Errorf("received %v", got)
		}
	})
}
