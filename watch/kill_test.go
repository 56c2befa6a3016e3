//go:build unix

package watch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/model"
)

// TestMain makes the test binary the watch that TestKill kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("WATCH_TEST_KILL"); dir != "" {
		if err := watchUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// watchUntilKilled follows a log until it has read as many lines as it was told.
func watchUntilKilled(dir string) error {
	lines, err := strconv.ParseInt(os.Getenv("WATCH_TEST_LINES"), 10, 64)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(dir, "model"))
	if err != nil {
		return err
	}
	p, err := model.Read(f)
	if err != nil {
		return err
	}
	l := openAlerts(&testing.T{}, filepath.Join(dir, "alerts"))
	o := Options{Model: p, State: filepath.Join(dir, "state"), Alerts: l, quiet: time.Hour, Batch: 16, Every: 15 * time.Millisecond, Reasons: 2}
	e, err := New(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for e.linesRead() < lines {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	fmt.Println("begun")
	if _, missing := os.Stat(filepath.Join(dir, tableName)); missing == nil {
		err = e.Poll(ctx, "table", fileTable(filepath.Join(dir, tableName)), PollOptions{Every: time.Millisecond, page: 97})
	} else {
		err = e.Follow(ctx, FollowOptions{Path: filepath.Join(dir, "conn.log"), Settle: time.Millisecond})
	}
	if err != nil {
		return err
	}
	return l.Close(context.Background())
}

// killable starts a watch in another process. It kills it after a while, unless that is 0,
// and reports whether it had ended by itself.
func killable(t *testing.T, dir string, lines int, after time.Duration) bool {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "WATCH_TEST_KILL="+dir, "WATCH_TEST_LINES="+strconv.Itoa(lines))
	out, err := c.StdoutPipe()
	must(t, err)
	var said strings.Builder
	c.Stderr = &said
	must(t, c.Start())
	var begun [5]byte
	if _, err := out.Read(begun[:]); err != nil {
		c.Wait()
		t.Fatalf("the watch did not begin: %v: %s", err, said.String())
	}
	if after > 0 {
		time.Sleep(after)
		must(t, c.Process.Kill())
	}
	err = c.Wait()
	if after == 0 && err != nil {
		t.Fatalf("the watch failed: %v: %s", err, said.String())
	}
	return err == nil
}

// A watch that is killed at any moment, over and over, while its log grows and is rotated,
// writes down the same alerts as one that runs through: none is missing, none is there
// twice, and all features are the same.
func TestKill(t *testing.T) {
	const rows, rounds = 12_000, 24
	lines := zeekLines(t, rows, 7)
	through, killed := newSite(t), newSite(t)
	through.write("model", string(trainedText(t, "tree", `{"max_depth":6}`)))
	through.write("conn.log", zeekHeader("whole"), strings.Join(lines, ""))
	killable(t, through.dir, rows+8, 0)

	killed.write("model", string(trainedText(t, "tree", `{"max_depth":6}`)))
	random := rand.New(rand.NewPCG(7, 7))
	headers, behind, repeated := 0, 0, int64(0)
	for i := range rounds {
		if i%6 == 0 {
			if i > 0 {
				name := fmt.Sprintf("conn.0%d.log", i)
				must(t, os.Rename(killed.path("conn.log"), killed.path(name)))
				if i == 12 {
					(&bench{t: t, dir: killed.dir}).pack(name)
				}
			}
			killed.write("conn.log", zeekHeader(fmt.Sprint("part ", i)))
			headers += 8
		}
		killed.write("conn.log", lines[i*rows/rounds:(i+1)*rows/rounds]...)
		killable(t, killed.dir, 1<<40, time.Duration(1+random.IntN(40))*time.Millisecond)
		if c, err := readCheckpoint(killed.path("state")); err != nil {
			t.Fatal(err)
		} else if c == nil || c.Counts.Lines < int64(headers+(i+1)*rows/rounds) {
			behind++
		} else {
			repeated = c.Counts.Repeated
		}
	}
	killable(t, killed.dir, rows+headers, 0)
	same(t, alertsOf(t, through.path("alerts")), alertsOf(t, killed.path("alerts")))
	c, err := readCheckpoint(killed.path("state"))
	must(t, err)
	t.Logf("%d of %d kills came before all was read; %d alerts were found written down already (%d before the last run)", behind, rounds, c.Counts.Repeated, repeated)
	if behind < rounds/4 || c.Counts.Repeated == 0 {
		t.Errorf("the kills came too late to mean anything: %d before the end, %d repeated alerts", behind, c.Counts.Repeated)
	}
}

// tableName is the file of a fileTable.
const tableName = "table"

// A fileTable has the lines of a file as its rows, three with each key.
type fileTable string

func (f fileTable) table() (*fakeTable, error) {
	text, err := os.ReadFile(string(f))
	return &fakeTable{rows: rowsOf(strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n"), 3)}, err
}

func (f fileTable) Newest(ctx context.Context, after string) (string, error) {
	t, err := f.table()
	if err != nil {
		return "", err
	}
	return t.Newest(ctx, after)
}

func (f fileTable) Rows(ctx context.Context, after, to string, most int) ([]Row, error) {
	t, err := f.table()
	if err != nil {
		return nil, err
	}
	return t.Rows(ctx, after, to, most)
}

// The same holds for a watch of a table to which rows are added, with several of one key.
func TestKillTable(t *testing.T) {
	const rows, rounds = 6_000, 20
	lines := zeekLines(t, rows, 8)
	through, killed := newSite(t), newSite(t)
	for _, s := range []*site{through, killed} {
		s.write("model", string(trainedText(t, "tree", `{"max_depth":6}`)))
	}
	through.write(tableName, lines...)
	killable(t, through.dir, rows, 0)
	random := rand.New(rand.NewPCG(7, 8))
	for i := range rounds {
		killed.write(tableName, lines[i*rows/rounds:(i+1)*rows/rounds]...)
		killable(t, killed.dir, 1<<40, time.Duration(1+random.IntN(60))*time.Millisecond)
	}
	killable(t, killed.dir, rows, 0)
	same(t, alertsOf(t, through.path("alerts")), alertsOf(t, killed.path("alerts")))
	c, err := readCheckpoint(killed.path("state"))
	must(t, err)
	if c.Counts.Repeated == 0 || c.Counts.Lines != rows {
		t.Errorf("the kills came too late to mean anything: counts %+v", c.Counts)
	}
}
