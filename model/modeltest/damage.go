package modeltest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/netanom/netanom/model/learn"
)

// damages is how many damaged models each learner must survive.
const damages = 300

func damaged(t TB, s *subject) {
	for _, classes := range []int{2, 3} {
		x, y := s.make(Problem{Rows: 60, Classes: classes, Seed: 50})
		raw := text(t, s.fit(t, x, y))
		few := x.Slice(0, 20)
		for seed := range uint64(damages / 2) {
			if err := survive(Damage(raw, seed), s.New, few); err != nil {
				t.Errorf("%d classes, damage %d: %v", classes, seed, err)
				return
			}
		}
	}
	x, _ := s.make(Problem{Rows: 5, Seed: 51})
	for _, raw := range []string{"null", "{}", "[]", `""`, "1"} {
		if err := survive([]byte(raw), s.New, x); err != nil {
			t.Errorf("a model stored as %s: %v", raw, err)
		}
	}
}

// Survive reads a stored model that may be damaged, and fails the test if Check
// lets it pass and scoring then panics or does not end, or if Check returns an error
// that does not wrap ErrBroken. It is the body of a fuzz test.
func Survive(t Reporter, raw []byte, fresh func() learn.Model, x *learn.Matrix) {
	t.Helper()
	if err := survive(raw, fresh, x); err != nil {
		t.Errorf("%v", err)
	}
}

// A Reporter is what Survive needs of a testing.T.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// endless is when scoring a few rows counts as not ending.
const endless = 20 * time.Second

func survive(raw []byte, fresh func() learn.Model, x *learn.Matrix) error {
	done := make(chan error, 1)
	go func() { done <- guarded(func() error { return use(raw, fresh(), x) }) }()
	select {
	case err := <-done:
		return err
	case <-time.After(endless):
		return errors.New("reading and scoring does not end")
	}
}

// use does with a stored model what can be done. That scoring fails is no fault.
func use(raw []byte, m learn.Model, x *learn.Matrix) error {
	if json.Unmarshal(raw, m) != nil {
		return nil
	}
	if err := m.Check(); err != nil {
		if !errors.Is(err, learn.ErrBroken) {
			return fmt.Errorf("Check returns %q, which does not wrap ErrBroken", err)
		}
		return nil
	}
	if learn.CheckColumns(m.Inputs()) != nil {
		return errors.New("Check passes columns without names of their own")
	}
	if c, ok := m.(learn.Classifier); ok && len(c.Classes()) > 1000 {
		return nil
	}
	outputOf(m, x)
	own := learn.NewMatrix(m.Inputs(), 3) // x may lack its columns by now
	outputOf(m, own)
	if e, ok := m.(learn.Explainer); ok {
		e.Explain(own)
	}
	if r, ok := m.(learn.Ranker); ok {
		r.Importance()
	}
	_, err := json.Marshal(m)
	return err
}

// Damage returns a stored model in which one value, chosen by the seed, is another:
// a number out of range, a list cut short, a name gone, a byte of a packed list
// changed.
func Damage(raw []byte, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 0x64616d616765))
	var tree any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&tree) != nil {
		return raw
	}
	places := 0
	visit(tree, func(any) any { places++; return nil })
	at := rng.IntN(max(1, places))
	tree = visit(tree, func(v any) any {
		if at--; at != -1 {
			return nil
		}
		return spoiled(v, rng)
	})
	out, err := json.Marshal(tree)
	if err != nil {
		return raw
	}
	return out
}

// gone takes a value out of the object or list that holds it.
type gone struct{}

// visit calls change for every value, those within before those that hold them, in
// a fixed order, and puts what it returns in the place of the value unless that is
// nil.
func visit(v any, change func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if v[k] = visit(v[k], change); v[k] == (gone{}) {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = visit(v[i], change)
		}
		if i := slices.IndexFunc(v, func(e any) bool { return e == any(gone{}) }); i >= 0 {
			return slices.Delete(v, i, i+1)
		}
	}
	if w := change(v); w != nil {
		return w
	}
	return v
}

// spoiled is another value in the place of v.
func spoiled(v any, rng *rand.Rand) any {
	if rng.IntN(8) == 0 {
		return []any{gone{}, json.Number("0"), "", []any{}, map[string]any{}, true}[rng.IntN(6)]
	}
	switch v := v.(type) {
	case json.Number:
		return json.Number([]string{"-1", "0", "1", "-2147483648", "2147483647", "1e308", "-1e308", "1e-320", "3", "99999999", "0.5", "9223372036854775807"}[rng.IntN(12)])
	case string:
		if packed, err := base64.StdEncoding.DecodeString(v); err == nil && len(packed) >= 4 {
			return base64.StdEncoding.EncodeToString(spoiledBytes(packed, rng))
		}
		return v + "x"
	case []any:
		if n := len(v); n > 0 {
			return [][]any{v[:rng.IntN(n)], append(slices.Clone(v), v[rng.IntN(n)])}[rng.IntN(2)]
		}
	case bool:
		return !v
	}
	return gone{}
}

// spoiledBytes changes a number in a packed list, or its length.
func spoiledBytes(b []byte, rng *rand.Rand) []byte {
	b = slices.Clone(b)
	switch rng.IntN(4) {
	case 0:
		return b[:rng.IntN(len(b)/4+1)*4]
	case 1:
		return append(b, b...)
	case 2:
		if len(b) >= 8 {
			v := []float64{math.NaN(), math.Inf(1), -1, 1e308, -1e308, 0}[rng.IntN(6)]
			binary.LittleEndian.PutUint64(b[rng.IntN(len(b)/8)*8:], math.Float64bits(v))
		}
	default:
		v := []int32{-1, 0, 1, math.MinInt32, math.MaxInt32, 1 << 20}[rng.IntN(6)]
		binary.LittleEndian.PutUint32(b[rng.IntN(len(b)/4)*4:], uint32(v))
	}
	return b
}
