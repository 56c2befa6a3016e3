package alert_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/netanom/netanom/serve/alert"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "alerts")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "alerts.jsonl")
	ctx := context.Background()
	log, err := alert.Open(ctx, alert.Options{Path: path})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = log.Append(ctx, []alert.Alert{{
		ID: "1", Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Model: "detector", Version: "3", Score: 0.97, Threshold: 0.8, Verdict: "attack", Class: "dos",
		Reasons: []alert.Reason{{Column: "src_bytes", Value: "0", Part: 0.6}}, Record: json.RawMessage(`{"src_bytes": 0}`),
	}})
	fmt.Println("appended:", err)
	fmt.Println("closed:", log.Close(ctx))
	line, err := os.ReadFile(path)
	fmt.Printf("%s%v\n", line, err)
	// Output:
	// appended: <nil>
	// closed: <nil>
	// {"id":"1","time":"2026-03-01T12:00:00Z","model":"detector","version":"3","score":0.97,"threshold":0.8,"verdict":"attack","class":"dos","reasons":[{"column":"src_bytes","value":"0","part":0.6}],"request":"","client":"","record":{"src_bytes":0}}
	// <nil>
}
