//go:build bench

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A stage is what the soak makes before it begins: two models, rows, what each model says
// of each row, and keys.
type stage struct {
	netanom string
	dir     string
	seed    uint64
	columns []string
	numbers []bool // by column
	rows    [][]string
	models  [2]*candidate
	attacks []int // rows that both models call attacks
	keys    map[string]string
	bodies  [kinds][]*request
}

// A candidate is a model file that the service may load, with the scores that netanom
// predict gives by it.
type candidate struct {
	version string
	text    []byte
	scores  []string // as written
	labels  []string
}

// notSent are columns of simulated traffic that models do not learn from.
var notSent = []string{"timestamp", "src_ip", "src_port", "dst_ip", "dst_port", "attack"}

func newStage(ctx context.Context, o options, dir string) (*stage, error) {
	st := &stage{netanom: o.netanom, dir: dir, seed: o.seed, keys: map[string]string{}}
	if err := st.makeRows(ctx); err != nil {
		return nil, err
	}
	for i := range st.models {
		var err error
		if st.models[i], err = st.makeModel(ctx, i+1); err != nil {
			return nil, err
		}
	}
	if st.models[0].version == st.models[1].version || slices.Equal(st.models[0].scores, st.models[1].scores) {
		return nil, errors.New("the two models cannot be told apart")
	}
	for row := range st.rows {
		if st.models[0].labels[row] == "attack" && st.models[1].labels[row] == "attack" {
			st.attacks = append(st.attacks, row)
		}
	}
	if len(st.attacks) < 10 {
		return nil, errors.New("the models find too few attacks")
	}
	for name, scope := range map[string]string{"sensor": "score", "reader": "read", "boss": "admin"} {
		token, err := st.makeKey(ctx, name, scope, st.path("keys"))
		if err != nil {
			return nil, err
		}
		st.keys[name] = token
	}
	st.makeBodies()
	return st, nil
}

func (st *stage) path(name string) string { return filepath.Join(st.dir, name) }

// run runs a command of netanom to its end.
func (st *stage) run(ctx context.Context, args ...string) (string, error) {
	c := exec.CommandContext(ctx, st.netanom, args...)
	c.Dir = st.dir
	var out, trouble bytes.Buffer
	c.Stdout, c.Stderr = &out, &trouble
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("netanom %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(trouble.Bytes()))
	}
	return out.String(), nil
}

// makeRows simulates the rows to be scored, of which few are attacks, as in life.
func (st *stage) makeRows(ctx context.Context) error {
	_, err := st.run(ctx, "simulate", "--connections", "4000", "--attack-share", "0.05", "--seed", strconv.FormatUint(st.seed+100, 10), "--quiet", "--out", st.path("all.csv"))
	if err != nil {
		return err
	}
	all, err := readCSV(st.path("all.csv"))
	if err != nil {
		return err
	}
	var kept []int
	for i, name := range all[0] {
		if !slices.Contains(notSent, name) {
			kept = append(kept, i)
		}
	}
	for i, record := range all {
		row := make([]string, len(kept))
		for k, from := range kept {
			row[k] = record[from]
		}
		if i == 0 {
			st.columns = row
		} else {
			st.rows = append(st.rows, row)
		}
	}
	for k := range st.columns {
		st.numbers = append(st.numbers, !slices.ContainsFunc(st.rows, func(row []string) bool { return !isNumber(row[k]) }))
	}
	return os.WriteFile(st.path("rows.csv"), st.sheet(0, len(st.rows)), 0o600)
}

// isNumber reports whether a cell is a number in JSON as well.
func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil && json.Valid([]byte(cell))
}

// sheet writes rows as CSV.
func (st *stage) sheet(from, to int) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(st.columns)
	w.WriteAll(st.rows[from:to])
	return b.Bytes()
}

// makeModel trains a model on traffic of its own, and has it score all rows.
func (st *stage) makeModel(ctx context.Context, n int) (*candidate, error) {
	seed := strconv.FormatUint(st.seed+uint64(n), 10)
	traffic, file, scored := st.path("traffic-"+seed+".csv"), st.path(fmt.Sprintf("model-%d.netanom", n)), st.path(fmt.Sprintf("scores-%d.csv", n))
	for _, args := range [][]string{
		{"simulate", "--connections", "3000", "--seed", seed, "--quiet", "--out", traffic},
		{"train", traffic, "--algo", "gbt", "--seed", seed, "--validate", "random", "--folds", "3", "--no-report", "--quiet", "--out", file},
		{"predict", st.path("rows.csv"), "--model", file, "--no-report", "--quiet", "--out", scored},
	} {
		if _, err := st.run(ctx, args...); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	_, sum, ok := strings.Cut(string(text[:200]), `"sha256":"`) // a version without a name is the beginning of the file's checksum
	if !ok {
		return nil, errors.New("the model file has no checksum")
	}
	c := &candidate{version: sum[:12], text: text}
	all, err := readCSV(scored)
	if err != nil {
		return nil, err
	}
	score, label := slices.Index(all[0], "score"), slices.Index(all[0], "verdict")
	if score < 0 || label < 0 || len(all)-1 != len(st.rows) {
		return nil, errors.New("netanom predict has not scored every row")
	}
	for _, record := range all[1:] {
		c.scores, c.labels = append(c.scores, record[score]), append(c.labels, record[label])
	}
	return c, nil
}

// makeKey adds a key to a file, and returns its token.
func (st *stage) makeKey(ctx context.Context, name, scope, file string) (string, error) {
	token, err := st.run(ctx, "serve", "key", name, "--scope", scope, "--keys", file)
	return strings.TrimSpace(token), err
}

// place puts a file to where it is looked for, in one step.
func (st *stage) place(name string, text []byte) error {
	if err := os.WriteFile(st.path(name+".next"), text, 0o600); err != nil {
		return err
	}
	return os.Rename(st.path(name+".next"), st.path(name))
}

// model returns the candidate of a version, nil if there is none.
func (st *stage) model(version string) *candidate {
	for _, m := range st.models {
		if m.version == version {
			return m
		}
	}
	return nil
}

func readCSV(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return csv.NewReader(f).ReadAll()
}
