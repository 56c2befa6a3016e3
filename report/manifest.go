package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// A Manifest is what the run of a command adds to manifest.json, beside what its
// document says. It is the only part of a report that may differ between two
// runs on the same input.
type Manifest struct {
	Started  time.Time
	Finished time.Time
	Versions []Option // of netanom, Go, and whatever else took part
	Inputs   []Input
	Seed     uint64
}

// An Input is a file or a table of a database that was read.
type Input struct {
	Path   string `json:"path"`   // as the user typed it
	SHA256 string `json:"sha256"` // "" if it was not read from a file
	Bytes  int64  `json:"bytes"`  // 0 if that is not known
}

// MarshalJSON implements json.Marshaler. What is not known is null.
func (i Input) MarshalJSON() ([]byte, error) {
	out := struct {
		Path   string  `json:"path"`
		SHA256 *string `json:"sha256"`
		Bytes  *int64  `json:"bytes"`
	}{Path: i.Path}
	if i.SHA256 != "" {
		out.SHA256 = &i.SHA256
	}
	if i.Bytes > 0 {
		out.Bytes = &i.Bytes
	}
	return json.Marshal(out)
}

const (
	manifestName    = "manifest.json"
	manifestFormat  = "netanom-report" // by which a report directory is known
	manifestVersion = 1
)

// manifestFile is manifest.json: the last run of every command, and every file.
type manifestFile struct {
	Format  string        `json:"format"`
	Version int           `json:"version"`
	Runs    []manifestRun `json:"runs"`  // by command
	Files   []listedFile  `json:"files"` // by path
}

type manifestRun struct {
	Command  string          `json:"command"`
	Started  time.Time       `json:"started"`
	Finished time.Time       `json:"finished"`
	Versions json.RawMessage `json:"versions"`
	Inputs   []Input         `json:"inputs"`
	Options  json.RawMessage `json:"options"`
	Seed     uint64          `json:"seed"`
}

type listedFile struct {
	Path   string `json:"path"` // within the directory, with "/"
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// readManifest reads manifest.json and refuses one that is not ours.
func readManifest(text []byte) (manifestFile, error) {
	var m manifestFile
	if err := json.Unmarshal(text, &m); err != nil || m.Format != manifestFormat {
		return manifestFile{}, fmt.Errorf("its %s is not that of a netanom report", manifestName)
	}
	if m.Version > manifestVersion {
		return manifestFile{}, fmt.Errorf("it was written by a newer netanom (report version %d, this one writes %d)", m.Version, manifestVersion)
	}
	return m, nil
}

// addRun puts a run in the place of the command's earlier one.
func (m *manifestFile) addRun(d Document, meta Manifest) error {
	options, err := jsonOptions(d.Options)
	if err != nil {
		return err
	}
	versions, err := jsonOptions(meta.Versions)
	if err != nil {
		return err
	}
	command := utf8Text(d.Command)
	m.Format, m.Version = manifestFormat, manifestVersion
	m.Runs = slices.DeleteFunc(m.Runs, func(r manifestRun) bool { return r.Command == command })
	m.Runs = append(m.Runs, manifestRun{
		Command:  command,
		Started:  meta.Started.UTC(),
		Finished: meta.Finished.UTC(),
		Versions: json.RawMessage(versions),
		Inputs:   append([]Input{}, meta.Inputs...),
		Options:  json.RawMessage(options),
		Seed:     meta.Seed,
	})
	slices.SortFunc(m.Runs, func(a, b manifestRun) int { return strings.Compare(a.Command, b.Command) })
	return nil
}

// fileDirectories are the directories from which files of earlier runs may be
// removed, whatever a manifest claims.
var fileDirectories = []string{"tables", "figures", "results", "sections"}

// setFiles lists the expected files: as they are written now, or as they were
// listed before. It returns the paths that were listed and are no more.
func (m *manifestFile) setFiles(written []listedFile, expected map[string]bool) (stale []string) {
	current := map[string]listedFile{}
	for _, f := range m.Files {
		switch dir, _, _ := strings.Cut(f.Path, "/"); {
		case expected[f.Path]:
			current[f.Path] = f
		case fs.ValidPath(f.Path) && slices.Contains(fileDirectories, dir):
			stale = append(stale, f.Path)
		}
	}
	for _, f := range written {
		current[f.Path] = f
	}
	m.Files = make([]listedFile, 0, len(current))
	for _, f := range current {
		m.Files = append(m.Files, f)
	}
	slices.SortFunc(m.Files, func(a, b listedFile) int { return strings.Compare(a.Path, b.Path) })
	return stale
}

func (m manifestFile) json() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(m)
	return b.Bytes(), err
}
