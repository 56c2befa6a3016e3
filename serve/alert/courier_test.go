package alert

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A dead-letter file that cannot be written keeps the alerts where they are.
func TestDeadLetterFileCannotBeWritten(t *testing.T) {
	r := &receiver{script: []func() (*http.Response, error){answer(400), answer(400), answer(400)}}
	hook := r.webhook()
	dir := t.TempDir()
	hook.DeadLetter = dir + "/missing/dead"
	inBubble(t, Options{Deliverers: []Deliverer{hook}}, func(t *testing.T, l *Log, path string) {
		appendTo(t, l, numberedAlerts(0, 2))
		time.Sleep(90 * time.Second)
		if s := l.Stats().Deliverers[0]; s.Backlog == 0 || s.DeadLettered != 0 || !strings.Contains(s.LastError, "dead-letter") {
			t.Errorf("Stats = %+v", s)
		}
		if err := os.Mkdir(dir+"/missing", 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		if got := append(r.received(), idsIn(t, hook.DeadLetter)...); !slices.Equal(got, idsUpTo(2)) {
			t.Errorf("%v", got)
		}
	})
}

// When files have to go before a receiver came back, the alerts in them go to the
// dead-letter file, the others are sent, and none is in both or in neither.
func TestRotationOvertakesWebhook(t *testing.T) {
	r := &receiver{}
	for range 50 {
		r.script = append(r.script, broken)
	}
	hook := r.webhook()
	hook.BatchMax, hook.GiveUp = 3, 24*time.Hour
	inBubble(t, Options{MaxBytes: 1000, Keep: 2, Deliverers: []Deliverer{hook}}, func(t *testing.T, l *Log, path string) {
		for i := range 60 {
			appendTo(t, l, numberedAlerts(i, 1))
			time.Sleep(time.Second)
		}
		if n := len(l.files.all()); n > 3 {
			t.Errorf("%d files, want 3", n)
		}
		time.Sleep(10 * time.Hour)
		dead := idsIn(t, path+".webhook.dead")
		got := append(slices.Clone(dead), r.received()...)
		if slices.Sort(got); !slices.Equal(got, idsUpTo(60)) {
			t.Errorf("dead %v, sent %v", dead, r.received())
		}
		if s := l.Stats().Deliverers[0]; s.DeadLettered != uint64(len(dead)) || s.Sent != uint64(60-len(dead)) || len(dead) < 10 || s.Backlog != 0 {
			t.Errorf("Stats = %+v", s)
		}
	})
}

// A restart, whatever was sent before it, goes on with the next alert.
func TestWebhookGoesOnAfterRestart(t *testing.T) {
	path := logPath(t)
	r := &receiver{}
	hook := r.webhook()
	hook.BatchMax = 7
	appended := 0
	for round := range 6 {
		synctest.Test(t, func(t *testing.T) {
			r.script = nil
			if round%2 == 0 {
				r.script = slices.Repeat([]func() (*http.Response, error){answer(200), broken, broken, broken, broken, broken, broken, broken}, 3)
			}
			l, err := Open(t.Context(), Options{Path: path, MaxBytes: 2000, Keep: 100, Logger: quiet(), Deliverers: []Deliverer{hook}})
			if err != nil {
				t.Fatal(err)
			}
			for range 25 {
				appendTo(t, l, numberedAlerts(appended, 1))
				appended++
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := l.Close(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	if got := r.received(); !slices.Equal(got, idsUpTo(appended)) {
		t.Errorf("received %v", got)
	}
}

// A new deliverer begins with what is to come; a damaged cursor with all there is.
func TestWhereADelivererBegins(t *testing.T) {
	path := logPath(t)
	r := &receiver{}
	run := func(n int, deliverers ...Deliverer) {
		l := openLog(t, Options{Path: path, Deliverers: deliverers})
		appendTo(t, l, numberedAlerts(n, 1))
		closeLog(t, l, 10*time.Second)
	}
	run(0)
	run(1, r.webhook())
	if got := r.received(); !slices.Equal(got, []string{"a000001"}) {
		t.Errorf("new: %v", got)
	}
	cursor := path + ".webhook.cursor"
	text, err := os.ReadFile(cursor)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cursor, bytes.Replace(text, []byte(`"offset":`), []byte(`"offset":1`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	run(2, r.webhook())
	if got := r.received()[1:]; !slices.Equal(got, idsUpTo(3)) {
		t.Errorf("damaged: %v", got)
	}
}

func TestDamagedLinesGoToTheDeadLetterFile(t *testing.T) {
	path := logPath(t)
	r := &receiver{}
	closeLog(t, openLog(t, Options{Path: path, Deliverers: []Deliverer{r.webhook()}}), time.Second)
	good := string(appendLines(numberedAlerts(0, 1)))
	bad := "\x00\x00\x00\n[1]\n\n" + strings.Repeat("y", 5<<20) + "\n"
	if err := os.WriteFile(path, []byte(good+bad+string(appendLines(numberedAlerts(1, 1)))), 0o600); err != nil {
		t.Fatal(err)
	}
	l := openLog(t, Options{Path: path, Deliverers: []Deliverer{r.webhook()}})
	closeLog(t, l, 10*time.Second)
	if got := r.received(); !slices.Equal(got, idsUpTo(2)) {
		t.Errorf("received %v", got)
	}
	dead, err := os.ReadFile(path + ".webhook.dead")
	if err != nil || strings.ReplaceAll(string(dead), "\n", "") != strings.ReplaceAll(bad, "\n", "") {
		t.Errorf("%d bytes of dead letters, want %d; %v", len(dead), len(bad), err)
	}
}
