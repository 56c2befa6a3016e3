package cmd

import (
	"os"
	"strings"
	"testing"
)

// refusedKey makes a key that must be refused, without a token, and with the file as it was.
func refusedKey(t *testing.T, name, says string) {
	t.Helper()
	before, _ := os.ReadFile("keys")
	r := session{}.run(t, "serve", "key", name, "--keys", "keys")
	if r.code != exitError || !strings.Contains(r.stderr, says) || r.stdout != "" || strings.Contains(r.stderr, "nt_") {
		t.Errorf("exit code %d, stdout %q, stderr %q, want %q", r.code, r.stdout, r.stderr, says)
	}
	if after, _ := os.ReadFile("keys"); string(after) != string(before) {
		t.Errorf("the file was %q and is %q", before, after)
	}
}

func TestServeKeyTwice(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "serve", "key", "sensor", "--keys", "keys")
	refusedKey(t, "sensor", `keys has a key "sensor" already; delete its line first, or choose another name`)
	run(t, "serve", "key", "sensor-2", "--keys", "keys")
}

func TestServeKeyAfterHalfLine(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "serve", "key", "one", "--keys", "keys")
	text := strings.TrimSpace(read(t, "keys"))
	if err := os.WriteFile("keys", []byte("# clients\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "serve", "key", "two", "--keys", "keys")
	lines := strings.Split(read(t, "keys"), "\n")
	if len(lines) != 4 || lines[1] != text || !strings.HasPrefix(lines[2], "two score ") || lines[3] != "" {
		t.Errorf("%q", lines)
	}
	if info, err := os.Stat("keys"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestServeKeyOfAnotherFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("keys", []byte("duration,attack\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refusedKey(t, "sensor", "keys is no file of keys, or is damaged: line 1: ")
}

func TestServeKeyNotStored(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("keys", 0o700); err != nil {
		t.Fatal(err)
	}
	refusedKey(t, "sensor", "cannot write keys: ")
	r := session{}.run(t, "serve", "key", "sensor", "--keys", os.DevNull)
	if r.code != exitError || r.stdout != "" || !strings.Contains(r.stderr, "is no plain file") {
		t.Errorf("exit code %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
}
