package sql_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
)

func TestStreamOnServers(t *testing.T) {
	ctx := context.Background()
	onServers(t, 5000, func(t *testing.T, l loaded) {
		sorted, err := l.file.SortBy(0)
		if err != nil {
			t.Fatal(err)
		}
		want := rowsOf(sorted)
		for _, size := range []int64{1000, 999, 5000, 6000} {
			var got []string
			pages := 0
			err := l.src.Stream(ctx, "id", nil, size, func(p *sql.Page) error {
				pages++
				if int64(len(p.Keys)) != p.Rows() || p.Rows() > size {
					t.Errorf("a page has %d rows and %d keys", p.Rows(), len(p.Keys))
				}
				got = append(got, rowsOf(p.Table)...)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) || pages != int((5000+size-1)/size) {
				t.Errorf("%d rows in %d pages of %d are not those of the file in the order of the key", len(got), pages, size)
			}
		}
		after, stop, got := sql.Value{Text: "14985"}, errors.New("stop"), []string(nil) // of row 4995
		err = l.src.Stream(ctx, "ID", &after, 2, func(p *sql.Page) error {
			if got = append(got, rowsOf(p.Table)...); len(got) >= 4 {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || !slices.Equal(got, want[4996:]) {
			t.Errorf("behind %s there are %v (%v), want %v", after.Text, got, err, want[4996:])
		}
		some, err := dataset.Where(l.src, "attack_type == 'rare'")
		if err != nil {
			t.Fatal(err)
		}
		rare := 0
		err = some.(*sql.Source).Stream(ctx, "id", nil, 3, func(p *sql.Page) error { rare += len(p.Keys); return nil })
		if err != nil || rare == 0 || rare > 100 {
			t.Errorf("%d rows are rare (%v)", rare, err)
		}
	})
}

func TestStreamRefusesKeysOnServers(t *testing.T) {
	onServers(t, 500, func(t *testing.T, l loaded) {
		for key, word := range map[string]string{"bytes": "cannot be told apart", "nowhere": "nowhere", "attack_type": "page by", "flagged": "more than one row"} {
			err := l.src.Stream(context.Background(), key, nil, 100, func(*sql.Page) error { return nil })
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("key %s: %v, want %q", key, err, word)
			}
		}
		if err := l.src.Stream(context.Background(), "id", nil, 0, nil); err == nil {
			t.Error("pages without rows were passed on")
		}
	})
}

// Every row is judged once, although every third delivery seems to fail: some of these
// are there and some are not.
func TestDeliveryAfterLostAnswersOnServers(t *testing.T) {
	ctx := context.Background()
	for _, key := range []string{"id", "began"} {
		t.Run(key, func(t *testing.T) {
			onServers(t, 300, func(t *testing.T, l loaded) { l.deliver(ctx, t, key) })
		})
	}
}

func (l loaded) deliver(ctx context.Context, t *testing.T, key string) {
	info, err := l.src.Key(key)
	if err != nil {
		t.Fatal(err)
	}
	at := sql.Name{Database: l.at.Table.Database, Table: l.at.Table.Table + "_verdicts"}
	lost, times := errors.New("lost"), 0
	for range 100 {
		sink, err := sql.OpenSink(ctx, l.conn, at, info, nil)
		if err != nil {
			t.Fatal(err)
		}
		last, _, err := sink.Resume(ctx, "m1")
		if err != nil {
			t.Fatal(err)
		}
		err = l.src.Stream(ctx, key, last, 17, func(p *sql.Page) error {
			times++
			if times%6 == 3 { // before it was sent
				return lost
			}
			if err := sink.Deliver(ctx, judged("m1", p)); err != nil {
				return err
			}
			if times%6 == 0 { // after it was taken in
				return lost
			}
			return nil
		})
		if err == nil {
			break
		}
		if !errors.Is(err, lost) {
			t.Fatal(err)
		}
	}
	l.delivered(ctx, t, at, info)
}

// Judged tells which keys have a verdict of a model, in whatever order they were delivered,
// and of how many is asked.
func TestJudgedOnServers(t *testing.T) {
	ctx := context.Background()
	for key, rows := range map[string]int{"id": 6000, "began": 300} {
		t.Run(key, func(t *testing.T) {
			onServers(t, rows, func(t *testing.T, l loaded) {
				info, err := l.src.Key(key)
				if err != nil {
					t.Fatal(err)
				}
				sink, err := sql.OpenSink(ctx, l.conn, sql.Name{Database: l.at.Table.Database, Table: l.at.Table.Table + "_verdicts"}, info, nil)
				if err != nil {
					t.Fatal(err)
				}
				var keys []sql.Value
				pages := 0
				err = l.src.Stream(ctx, key, nil, int64(rows/6), func(p *sql.Page) error {
					keys = append(keys, p.Keys...)
					if pages++; pages%2 == 1 {
						return nil
					}
					return errors.Join(sink.Deliver(ctx, judged("m1", p)), sink.Deliver(ctx, judged("m2", p)))
				})
				if err != nil {
					t.Fatal(err)
				}
				found, err := sink.Judged(ctx, "m1", keys)
				if err != nil || len(found) != rows/2 {
					t.Fatalf("%d of the keys are judged (%v), want half", len(found), err)
				}
				for i, k := range keys {
					if want := i/(rows/6)%2 == 1; found[k] != want {
						t.Fatalf("key %d, %s: judged %v, want %v", i, k.Text, found[k], want)
					}
				}
				last, _, err := sink.Resume(ctx, "m1")
				if err != nil || *last != keys[rows-1] {
					t.Fatalf("the largest key is %v (%v), want %v", last, err, keys[rows-1])
				}
				if n, there, err := l.src.UpTo(ctx, key, keys[123]); n != 124 || !there || err != nil {
					t.Errorf("up to row 123 there are %d rows, %v (%v)", n, there, err)
				}
			})
		})
	}
}

// judged makes verdicts of a page.
func judged(model string, p *sql.Page) *sql.Verdicts {
	v := &sql.Verdicts{Model: model, Threshold: 0.5, Keys: p.Keys}
	x, _ := p.Floats(0)
	for _, id := range x {
		v.Scores, v.Verdicts = append(v.Scores, id/1000), append(v.Verdicts, map[bool]string{true: "attack", false: "normal"}[id > 500])
	}
	return v
}

func (l loaded) delivered(ctx context.Context, t *testing.T, at sql.Name, key sql.ColumnInfo) {
	t.Helper()
	sink, err := sql.OpenSink(ctx, l.conn, at, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	last, n, err := sink.Resume(ctx, "m1")
	if err != nil || n != 300 || last == nil {
		t.Fatalf("%d verdicts up to %v (%v), want 300", n, last, err)
	}
	err = l.src.Stream(ctx, key.Name, last, 10, func(p *sql.Page) error { return fmt.Errorf("%d rows are left", p.Rows()) })
	if err != nil {
		t.Error(err)
	}
	if last, n, err := sink.Resume(ctx, "m2"); last != nil || n != 0 || err != nil {
		t.Errorf("another model has %d verdicts up to %v (%v)", n, last, err)
	}
	d := l.conn.Dialect()
	var sum float64
	q := sql.Query{SQL: "SELECT " + d.CastReal(d.Sum(d.Quote("score"))) + " FROM " + d.From(at) + " WHERE " + d.Quote("verdict") + " = 'attack'", Types: []sql.Type{sql.Real}}
	if err := l.conn.Query(ctx, q, func(b *sql.Block) error { sum += b.Columns[0].Reals[0]; return nil }); err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for id := 0; id < 900; id += 3 {
		if id > 500 {
			want += float64(id) / 1000
		}
	}
	if diff := sum - want; diff > 1e-9 || diff < -1e-9 {
		t.Errorf("scores of attacks add up to %v, want %v", sum, want)
	}
	if _, err := sql.OpenSink(ctx, l.conn, l.at.Table, key, nil); err == nil || !strings.Contains(err.Error(), "has no column") {
		t.Errorf("the table of rows was taken for one of verdicts: %v", err)
	}
}

func TestDeliverRefusesWhatDoesNotFit(t *testing.T) {
	sink := new(sql.Sink)
	for name, v := range map[string]*sql.Verdicts{
		"lengths": {Model: "m", Keys: make([]sql.Value, 2), Scores: make([]float64, 1), Verdicts: make([]string, 2)},
		"model":   {Keys: []sql.Value{{Text: "1"}}, Scores: make([]float64, 1), Verdicts: make([]string, 1)},
		"key":     {Model: "m", Keys: make([]sql.Value, 1), Scores: make([]float64, 1), Verdicts: make([]string, 1)},
		"many":    {Model: "m", Keys: make([]sql.Value, 2e6), Scores: make([]float64, 2e6), Verdicts: make([]string, 2e6)},
	} {
		if err := sink.Deliver(context.Background(), v); err == nil {
			t.Errorf("%s: was delivered", name)
		}
	}
	if err := sink.Deliver(context.Background(), &sql.Verdicts{}); err != nil {
		t.Errorf("nothing: %v", err)
	}
}
