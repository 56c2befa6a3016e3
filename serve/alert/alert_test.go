package alert

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

func TestLines(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 120, time.FixedZone("", 3600))
	for want, a := range map[string]Alert{
		`{"id":"1","time":"2026-03-01T11:00:00.00000012Z","model":"","version":"","score":1e-09,"threshold":null,"verdict":"","reasons":[],"request":"","client":"","record":null}`: {
			ID: "1", Time: at, Score: 1e-9, Threshold: math.NaN(), Record: json.RawMessage("{not json")},
		`{"id":"2","time":"2026-03-01T11:00:00.00000012Z","model":"a\"b\n","version":"é","score":null,"threshold":2.5,"verdict":"attack","class":"dos","reasons":[{"column":"c","value":"v","part":null}],"request":"r","client":"\ufffd","record":{"a":[1,2]}}`: {
			ID: "2", Time: at, Model: "a\"b\n", Version: "é", Score: math.Inf(1), Threshold: 2.5, Verdict: "attack", Class: "dos",
			Reasons: []Reason{{"c", "v", math.Inf(-1)}}, Request: "r", Client: "\xff", Record: json.RawMessage("{\n \"a\": [1,\n 2]}\n")},
	} {
		got, err := json.Marshal(a)
		if err != nil || string(got) != strings.ReplaceAll(want, `\ufffd`, "\uFFFD") {
			t.Errorf("got  %s (%v)\nwant %s", got, err, want)
		}
		var back Alert
		if err := json.Unmarshal(got, &back); err != nil {
			t.Error(err)
		}
		if again, _ := json.Marshal(back); !bytes.Equal(again, got) {
			t.Errorf("read and written: %s", again)
		}
	}
}

func TestWithin(t *testing.T) {
	long := strings.Repeat("é", 5000)
	a := Alert{ID: NewID(), Time: time.Now(), Model: long, Version: long, Verdict: "attack", Class: long, Request: long, Client: long, Record: json.RawMessage(`"` + long + `"`)}
	for range 50 {
		a.Reasons = append(a.Reasons, Reason{"column", long, 1})
	}
	for _, limit := range []int{1 << 20, 100_000, 10_000, 2000, 400} {
		got := within([]byte("x"), &a, limit)[1:]
		var back Alert
		if err := json.Unmarshal(got, &back); err != nil || len(got) > limit || back.ID != a.ID || back.Cut != (limit < 1<<20) {
			t.Errorf("within %d: %d bytes, %v, %.80s", limit, len(got), err, got)
		}
	}
}

func TestAppendCompletes(t *testing.T) {
	path := logPath(t)
	l := openLog(t, Options{Path: path})
	alerts := []Alert{{}, {Record: json.RawMessage(`"` + strings.Repeat("x", 3<<20) + `"`)}}
	appendTo(t, l, alerts)
	appendTo(t, l, nil)
	if got := idsOf(t, path); len(got) != 2 || got[0] != alerts[0].ID || got[0] == got[1] || alerts[0].Time.IsZero() {
		t.Errorf("%v", got)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > lineBytes {
		t.Errorf("%v %v", info, err)
	}
}
