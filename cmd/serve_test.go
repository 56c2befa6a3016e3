package cmd

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestServeMistakes asks wrongly, and for what cannot be.
func TestServeMistakes(t *testing.T) {
	inTestdata(t)
	run(t, "train", "traffic.csv", "--algo", "tree", "--validate", "none", "--out", "m.netanom", "--no-report")
	write(t, "keys", "broken")
	for line, want := range map[string]struct {
		code int
		says string
	}{
		"serve":                                                                      {exitUsage, "--model is needed"},
		"serve traffic.csv":                                                          {exitUsage, "does not take"},
		"serve --model nowhere.netanom":                                              {exitError, "nowhere.netanom: no such file"},
		"serve --model traffic.csv":                                                  {exitError, "traffic.csv: it is no model file"},
		"serve --model a!=m.netanom":                                                 {exitError, "letters, digits"},
		"serve --model m.netanom --addr :1":                                          {exitError, "--insecure"},
		"serve --model m.netanom --addr 127.0.0.1:99999":                             {exitError, "cannot listen"},
		"serve --model m.netanom --policy level":                                     {exitUsage, "trouble=action"},
		"serve --model m.netanom --policy levels=reject":                             {exitUsage, "missing, null, extra, type, range, level"},
		"serve --model m.netanom --max-rows 0":                                       {exitUsage, "whole number from 1"},
		"serve --model m.netanom --webhook http://127.0.0.1:1":                       {exitUsage, "give --alerts"},
		"serve --model m.netanom --alerts a --webhook ftp://x":                       {exitError, "http"},
		"serve --model m.netanom --alerts a --syslog x":                              {exitUsage, "unixgram"},
		"serve --model m.netanom --webhook-secret x":                                 {exitUsage, "give its URL"},
		"serve --model m.netanom --alerts a --webhook http://x --webhook-headers no": {exitError, "cannot read no"},
		"serve --model m.netanom --keys keys":                                        {exitError, "line 1"},
		"serve --model m.netanom --shadow other":                                     {exitError, "no model of that name"},
		"serve --model m.netanom --tls-cert a":                                       {exitError, "belong together"},
		"serve --model m.netanom --trace collector":                                  {exitError, "--trace"},
		"serve key":                            {exitUsage, "name one client"},
		"serve key a b":                        {exitUsage, "name one client"},
		"serve key sensor --scope fly":         {exitUsage, "no scope"},
		"serve key sensor --keys nowhere/keys": {exitError, "no folder nowhere"},
		"train traffic.csv --algo tree --validate none --policy level=maybe --out x": {exitUsage, "other, warn, reject"},
	} {
		r := session{}.run(t, strings.Fields(line)...)
		if r.code != want.code || !strings.Contains(r.stderr, want.says) || r.stdout != "" {
			t.Errorf("netanom %s: exit code %d, want %d: %s, want %q", line, r.code, want.code, r.stderr, want.says)
		}
	}
}

func TestServeKey(t *testing.T) {
	t.Chdir(t.TempDir())
	token := strings.TrimSpace(run(t, "serve", "key", "sensor", "--scope", "score,read", "--keys", "keys"))
	run(t, "serve", "key", "boss", "--scope", "admin", "--keys", "keys")
	text, err := os.ReadFile("keys")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(text), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "sensor score,read ") || strings.Contains(lines[0], token) || !strings.HasPrefix(token, "nt_") {
		t.Errorf("token %s, file %s", token, text)
	}
	if info, err := os.Stat("keys"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestReadmeClients starts the service that README.md starts, and runs its clients.
func TestReadmeClients(t *testing.T) {
	readme := read(t, filepath.Join(testdata, "..", "README.md"))
	_, part, ok := strings.Cut(readme, "\n## Serving\n")
	if part, _, _ = strings.Cut(part, "\n## "); !ok {
		t.Fatal("README.md does not tell of serving")
	}
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "2000", "--seed", "7", "--out", "traffic.csv")
	run(t, "train", "traffic.csv", "--algo", "gbt", "--validate", "none", "--out", "detector.netanom", "--no-report")
	ctx, end := context.WithCancel(t.Context())
	defer end()
	address, done := make(chan string, 1), make(chan result, 1)
	s := session{ctx: ctx, listening: func(a map[string]string) { address <- a["clients"] }}
	go func() {
		done <- s.run(t, "serve", "--model", "detector.netanom", "--addr", "127.0.0.1:0", "--feedback", "labels.jsonl", "--drain", "1ms")
	}()
	var at string
	select {
	case at = <-address:
	case r := <-done:
		t.Fatal(r.stderr)
	}
	for _, command := range [][]string{{"bash", "-euo", "pipefail", "client.bash"}, {"python3", "client.python"}, {"go", "run", "client.go"}} { // the first leaves a record for the last
		_, language, _ := strings.Cut(command[len(command)-1], ".")
		t.Run(language, func(t *testing.T) {
			needs := []string{command[0]}
			if language == "bash" {
				needs = append(needs, "curl", "python3")
			}
			for _, name := range needs {
				if _, err := exec.LookPath(name); err != nil {
					if os.Getenv("CI") != "" {
						t.Fatalf("%s is not there, and CI is to have it", name)
					}
					t.Skipf("%s is not there", name)
				}
			}
			_, code, ok := strings.Cut(part, "```"+language+"\n")
			if code, _, _ = strings.Cut(code, "```"); !ok {
				t.Fatalf("no client in %s", language)
			}
			write(t, "client."+language, strings.ReplaceAll(code, "127.0.0.1:8080", at))
			limited, stop := context.WithTimeout(t.Context(), 2*time.Minute)
			defer stop()
			c := exec.CommandContext(limited, command[0], command[1:]...)
			var out, wrong bytes.Buffer
			c.Stdout, c.Stderr = &out, &wrong
			if err := c.Run(); err != nil || !strings.Contains(out.String(), "score") {
				t.Errorf("%v: %s%s", err, out.String(), wrong.String())
			}
		})
	}
	if a, err := http.Get("http://" + at + "/readyz"); err != nil || a.StatusCode != 200 {
		t.Errorf("%v, %v", a, err)
	}
	end()
	if r := <-done; r.code != exitDone {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}
