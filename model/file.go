package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
	"github.com/netanom/netanom/traffic"
)

// The envelope of a model file: one line of JSON, whose head says what it is and whose
// body the checksum is of.
const (
	fileFormat  = "netanom model"
	fileVersion = 3 // 1 knew no policy, and 2 no setting of features; they are still written where the usual ones are kept
)

// MaxFileBytes is how large a model file may be.
const MaxFileBytes = 512 << 20

// Causes for which a model file is refused, found with errors.Is.
var (
	ErrNoModelFile = errors.New("it is no model file; netanom train --out writes one")
	ErrNewer       = errors.New("it was written by a later netanom; use that one, or train the model anew")
	ErrChanged     = errors.New("it is not as it was written: its checksum does not fit")
)

// head is what a file begins with, up to the body.
func head(version int, checksum string) string {
	return fmt.Sprintf(`{"format":%q,"version":%d,"sha256":%q,"body":`, fileFormat, version, checksum)
}

const tail = "}\n"

// body is a pipeline in a file.
type body struct {
	Schema     Schema               `json:"schema"`
	Derived    []dataset.Derivation `json:"derived,omitempty"`
	Recipe     Recipe               `json:"recipe"`
	Classes    []string             `json:"classes"`
	Steps      prep.Fitted          `json:"steps"`
	Model      stored               `json:"model"`
	Calibrator *Calibrator          `json:"calibrator,omitempty"`
	Cut        Cut                  `json:"cut"`
	Policy     *Policy              `json:"policy,omitempty"` // nil: the usual one
	Training   Training             `json:"training"`
	Tests      []SelfTest           `json:"self_tests"`
}

// Write writes a pipeline as a model file. The same pipeline gives the same bytes.
func (p *Pipeline) Write(w io.Writer) error {
	model, err := storeModel(p.Model)
	if err != nil {
		return err
	}
	content := body{p.Schema, p.Derived.Derivations, p.Recipe, p.Classes, p.Steps, model, p.Calibrator, p.Cut, nil, p.Training, p.Tests}
	version := 1
	if p.Policy != UsualPolicy() {
		content.Policy, version = &p.Policy, 2
	}
	if p.Schema.Setting != (traffic.Setting{}) {
		version = fileVersion
	}
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if len(text) > MaxFileBytes-1024 {
		return fmt.Errorf("the model takes %d MiB, and a file of more than %d MiB would not be read again; train on fewer rows, or another learner", len(text)>>20, MaxFileBytes>>20)
	}
	_, err = w.Write(signed(version, text))
	return err
}

// signed puts a body into its envelope.
func signed(version int, content []byte) []byte {
	sum := sha256.Sum256(content)
	text := append([]byte(head(version, hex.EncodeToString(sum[:]))), content...)
	return append(text, tail...)
}

// Read reads a model file that this netanom or an earlier one wrote. It runs no code
// of the file, and takes memory in proportion to the file's size, which is limited. A
// file that is no model (ErrNoModelFile), comes from a later version (ErrNewer), has
// changed by as much as a byte (ErrChanged), or holds a model that is not whole or does
// not score its own test records as before (learn.ErrBroken) is refused.
func Read(r io.Reader) (*Pipeline, error) {
	var whole bytes.Buffer
	if known, ok := r.(interface{ Len() int }); ok {
		whole.Grow(min(known.Len(), MaxFileBytes) + bytes.MinRead)
	}
	if _, err := whole.ReadFrom(io.LimitReader(r, MaxFileBytes+1)); err != nil {
		return nil, err
	}
	text := whole.Bytes()
	if len(text) > MaxFileBytes {
		return nil, fmt.Errorf("it is larger than %d MiB, which no model file is", MaxFileBytes>>20)
	}
	content, sum, err := opened(text)
	if err != nil {
		return nil, err
	}
	var b body
	if err := learn.Decode(content, &b); err != nil {
		return nil, fmt.Errorf("the model file cannot be read: %w", err)
	}
	m, err := b.Model.read()
	if err != nil {
		return nil, err
	}
	p := &Pipeline{Schema: b.Schema, Derived: dataset.Recipe{Derivations: b.Derived}, Recipe: b.Recipe, Classes: b.Classes,
		Steps: b.Steps, Model: m, Calibrator: b.Calibrator, Cut: b.Cut, Policy: UsualPolicy(), Checksum: sum, Training: b.Training, Tests: b.Tests}
	if b.Policy != nil {
		p.Policy = *b.Policy
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, p.SelfTest()
}

// opened returns the body of a file whose head and checksum are right, and the checksum.
func opened(text []byte) (content []byte, sum string, err error) {
	const longestHead = 200
	var version int
	at := bytes.Index(text[:min(len(text), longestHead)], []byte(`"body":`))
	if at < 0 {
		return nil, "", ErrNoModelFile
	}
	at += len(`"body":`)
	var h struct {
		Format  string          `json:"format"`
		Version int             `json:"version"`
		SHA256  string          `json:"sha256"`
		Body    json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(append(bytes.Clone(text[:at]), "null}"...), &h); err != nil || h.Format != fileFormat {
		return nil, "", ErrNoModelFile
	}
	if version, sum = h.Version, h.SHA256; version > fileVersion {
		return nil, "", fmt.Errorf("it is of version %d, and this netanom reads up to version %d: %w", version, fileVersion, ErrNewer)
	}
	if version < 1 || string(text[:at]) != head(version, sum) || !bytes.HasSuffix(text, []byte(tail)) {
		return nil, "", ErrChanged
	}
	content = text[at : len(text)-len(tail)]
	if found := sha256.Sum256(content); hex.EncodeToString(found[:]) != sum {
		return nil, "", ErrChanged
	}
	return content, sum, nil
}
