//go:build unix

package alert

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain makes the test binary the writer that TestKill kills.
func TestMain(m *testing.M) {
	if path := os.Getenv("ALERT_TEST_KILL"); path != "" {
		writeUntilKilled(path)
	}
	os.Exit(m.Run())
}

func killOptions(path, hook string) Options {
	return Options{Path: path, MaxBytes: 20 << 10, Keep: 100000, Patience: time.Minute, Logger: quiet(), Deliverers: []Deliverer{&Webhook{URL: hook, first: time.Millisecond}}}
}

// writeUntilKilled appends from several goroutines, and prints ids once they were acknowledged.
func writeUntilKilled(path string) {
	l, err := Open(context.Background(), killOptions(path, os.Getenv("ALERT_TEST_HOOK")))
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				alerts := numberedAlerts(0, 4)
				for k := range alerts {
					alerts[k].ID = fmt.Sprintf("%d-%d-%d-%d", os.Getpid(), g, i, k)
				}
				if err := l.Append(context.Background(), alerts); err == nil {
					fmt.Println(alerts[0].ID, alerts[1].ID, alerts[2].ID, alerts[3].ID)
				}
			}
		}()
	}
	select {}
}

// A kill loses no alert that was acknowledged: each is in the files once, and reaches the
// webhook at least once.
func TestKill(t *testing.T) {
	path := logPath(t)
	var mu sync.Mutex
	received := map[string]bool{}
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // of a writer that was killed
		}
		mu.Lock()
		defer mu.Unlock()
		for _, id := range idsOfBody(body) {
			received[id] = true
		}
	}))
	defer hook.Close()
	acknowledged := map[string]bool{}
	for round := range 3 {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "ALERT_TEST_KILL="+path, "ALERT_TEST_HOOK="+hook.URL)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for s := bufio.NewScanner(out); s.Scan(); {
			if ids := strings.Fields(s.Text()); len(ids) == 4 {
				for _, id := range ids {
					acknowledged[id] = true
				}
			}
			if len(acknowledged) == 4*(round+1)*500 {
				c.Process.Kill()
			}
		}
		if err := c.Wait(); err == nil {
			t.Fatal("the writer ended by itself")
		}
	}
	mu.Lock()
	before := len(received)
	mu.Unlock()
	l := openLog(t, killOptions(path, hook.URL))
	closeLog(t, l, time.Minute)
	found := map[string]int{}
	for _, id := range idsOf(t, path) {
		found[id]++
	}
	for id := range acknowledged {
		if found[id] != 1 {
			t.Fatalf("acknowledged alert %s is in the files %d times", id, found[id])
		}
	}
	for id, n := range found {
		if n != 1 || !received[id] {
			t.Fatalf("alert %s is in the files %d times, was received: %v", id, n, received[id])
		}
	}
	t.Logf("%d acknowledged, %d found, %d received before the last start and %d in all", len(acknowledged), len(found), before, len(received))
}
