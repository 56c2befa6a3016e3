package serve

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
)

// A scope is what a key allows.
type scope uint8

// The scopes: each allows what it says and nothing else, but for admin, which allows all.
const (
	openScope  scope = iota // no key is asked for
	scoreScope              // to have records scored, and to give feedback
	readScope               // to read what models there are, and metrics
	adminScope
)

var scopeNames = []string{"open", "score", "read", "admin"}

// Scopes lists the scopes that a key may have.
func Scopes() []string { return slices.Clone(scopeNames[1:]) }

// A key is a line of a file of keys.
type key struct {
	name   string
	hash   [sha256.Size]byte
	scopes [4]bool
}

// keyring holds the keys that are valid now.
type keyring struct {
	path string
	keys atomic.Pointer[[]key]
	seen atomic.Pointer[fileState]
}

// maxKeys bounds a file of keys.
const maxKeys = 10000

// openKeys reads a file of keys; nil for no path.
func openKeys(path string) (*keyring, error) {
	if path == "" {
		return nil, nil
	}
	k := &keyring{path: path}
	if _, err := k.refresh(); err != nil {
		return nil, err
	}
	return k, nil
}

// refresh reads the file again if it has changed. The old keys stay where the new file
// cannot be read.
func (k *keyring) refresh() (changed bool, err error) {
	info, err := os.Stat(k.path)
	if err != nil {
		return false, fmt.Errorf("the keys cannot be read: %w", cause(err))
	}
	state := &fileState{info.Size(), info.ModTime()}
	if old := k.seen.Load(); old != nil && *old == *state {
		return false, nil
	}
	f, err := os.Open(k.path)
	if err != nil {
		return false, fmt.Errorf("the keys cannot be read: %w", cause(err))
	}
	defer f.Close()
	keys, err := parseKeys(f)
	if err != nil {
		return false, fmt.Errorf("the keys cannot be read: %w", err)
	}
	k.keys.Store(&keys)
	k.seen.Store(state)
	return true, nil
}

// parseKeys reads lines of a name, scopes and the SHA-256 of a token: "edge score,read
// 9f86d0…". Empty lines and those that begin with # do not count.
func parseKeys(r io.Reader) ([]key, error) {
	var keys []key
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		k, err := parseKey(strings.Fields(text))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if slices.ContainsFunc(keys, func(other key) bool { return other.name == k.name }) {
			return nil, fmt.Errorf("line %d: there are two keys %q", n, k.name)
		}
		if keys = append(keys, k); len(keys) > maxKeys {
			return nil, fmt.Errorf("there are more than %d keys", maxKeys)
		}
	}
	return keys, lines.Err()
}

// KeyNames reads a file of keys, and returns the names of its clients.
func KeyNames(r io.Reader) ([]string, error) {
	keys, err := parseKeys(r)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(keys))
	for i := range keys {
		names[i] = keys[i].name
	}
	return names, nil
}

func parseKey(words []string) (k key, err error) {
	if len(words) != 3 || !modelName.MatchString(words[0]) {
		return k, errors.New("a line is a name, scopes such as score,read, and the SHA-256 of a token")
	}
	k.name = words[0]
	for _, word := range strings.Split(words[1], ",") {
		i := slices.Index(scopeNames, word)
		if i < int(scoreScope) {
			return k, fmt.Errorf("there is no scope %q; choose of %s", word, strings.Join(Scopes(), ", "))
		}
		k.scopes[i] = true
	}
	hash, err := hex.DecodeString(words[2])
	if err != nil || len(hash) != sha256.Size {
		return k, errors.New("the third word is to be a SHA-256 in 64 hexadecimal digits")
	}
	copy(k.hash[:], hash)
	return k, nil
}

// NewKey makes a token for a client, and the line of it for the file of keys. The token is
// nowhere else.
func NewKey(name string, scopes []string) (token, line string, err error) {
	random := make([]byte, 32)
	rand.Read(random)
	token = "nt_" + base64.RawURLEncoding.EncodeToString(random)
	hash := sha256.Sum256([]byte(token))
	line = name + " " + strings.Join(scopes, ",") + " " + hex.EncodeToString(hash[:])
	_, err = parseKey(strings.Fields(line))
	return token, line, err
}

// admit says who a request is from. The problem tells neither whether the key is known
// nor what it allows.
func (k *keyring) admit(r *http.Request, need scope) (name string, p *problem) {
	if k == nil || need == openScope {
		return "", nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		token = r.Header.Get("X-Api-Key")
	}
	if token == "" {
		return "", newProblem(http.StatusUnauthorized, "unauthorized", "send Authorization: Bearer and a key")
	}
	found := k.find(token)
	if found == nil {
		return "", newProblem(http.StatusUnauthorized, "unauthorized", "the key is not valid")
	}
	if !found.scopes[need] && !found.scopes[adminScope] {
		return found.name, newProblem(http.StatusForbidden, "forbidden", "the route needs a key of scope %s", scopeNames[need])
	}
	return found.name, nil
}

// find returns the key of a token, in a time that does not tell how much of it is right.
func (k *keyring) find(token string) (found *key) {
	hash := sha256.Sum256([]byte(token))
	keys := *k.keys.Load()
	for i := range keys {
		if subtle.ConstantTimeCompare(hash[:], keys[i].hash[:]) == 1 {
			found = &keys[i]
		}
	}
	return found
}

// cause is what went wrong with a file, without its path.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
