package watch

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic"
)

// A checkpoint is all that another process needs to go on where this one is.
type checkpoint struct {
	Source   string   // name of what is read
	Position Position // of a log
	Key      string   // of a table: rows up to it were read
	Format   string   // of the log, "" while it is unknown
	Header   []byte   // of the log, in force at Position
	Setting  traffic.Setting
	Model    string // checksum
	Stream   *traffic.StreamState
	Groups   []byte
	Counts   Counts
	Alerts   alert.Mark // alerts behind it may be of lines behind Position
	Known    []string   // ids of alerts before it that are of lines behind Position, as a restart has found
	Saved    time.Time
}

// The file of a checkpoint is a line with format, version, length and SHA-256 of what
// follows, which is in encoding/gob.
const (
	stateFormat  = "netanom-watch"
	stateVersion = 1
	longestState = 1 << 28
)

// errState is the cause for a file that is no checkpoint, or damaged.
var errState = errors.New("not the whole state of a watch; move the file away to begin anew")

// encode writes a checkpoint as its file holds it.
func (c *checkpoint) encode() ([]byte, error) {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(c); err != nil {
		return nil, err
	}
	return sealed(body.Bytes()), nil
}

// sealed puts the first line before a body.
func sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(fmt.Appendf(nil, "%s %d %d %x\n", stateFormat, stateVersion, len(body), sum), body...)
}

// decodeCheckpoint reads what encode wrote.
func decodeCheckpoint(text []byte) (*checkpoint, error) {
	head, body, whole := bytes.Cut(text, []byte{'\n'})
	var format, sum string
	var version, length int
	if n, err := fmt.Sscanf(string(head), "%s %d %d %s", &format, &version, &length, &sum); !whole || err != nil || n != 4 || format != stateFormat {
		return nil, errState
	}
	if version != stateVersion {
		return nil, fmt.Errorf("the state of a watch in version %d, and this program knows version %d", version, stateVersion)
	}
	if found := sha256.Sum256(body); len(body) != length || hex.EncodeToString(found[:]) != sum {
		return nil, errState
	}
	c := &checkpoint{}
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(c); err != nil {
		return nil, fmt.Errorf("%w (%w)", errState, err)
	}
	if c.Stream == nil {
		c.Stream = &traffic.StreamState{}
	}
	return c, nil
}

// readCheckpoint reads a state file. It returns nil if there is none.
func readCheckpoint(path string) (*checkpoint, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestState+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(text) > longestState {
		return nil, fmt.Errorf("%s: more than %d MiB: %w", path, longestState>>20, errState)
	}
	c, err := decodeCheckpoint(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// storable reports why no checkpoint can be written at a path: that is better known before the watch
// begins than when it ends.
func storable(path string) error {
	f, err := os.OpenFile(path+newSuffix, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// newSuffix is what the name of a checkpoint ends in until it is whole.
const newSuffix = ".new"

// writeCheckpoint replaces a state file in one step, which a loss of power either undoes
// or leaves done.
func writeCheckpoint(path string, c *checkpoint) error {
	text, err := c.encode()
	if err != nil {
		return err
	}
	if len(text) > longestState {
		return fmt.Errorf("%s: the state has %d MiB, and more than %d cannot be read again; hold fewer connections", path, len(text)>>20, longestState>>20)
	}
	next := path + newSuffix
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(next, path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	d.Sync() // where directories cannot be synced the file may be the one before, which is as good
	return d.Close()
}
