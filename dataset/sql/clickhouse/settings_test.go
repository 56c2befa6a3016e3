package clickhouse

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// lockedServer answers as an old server does to a user who may set nothing, with settings of the
// profile by name.
func lockedServer(t *testing.T, settings map[string]string) sql.Address {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); strings.HasPrefix(string(body), "SELECT version()") {
			w.Write(words("18.16.1", "1"))
			return
		}
		if r.URL.Query().Has("skip_unavailable_shards") {
			t.Error("a setting was sent to a user who may set nothing")
		}
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			w.Write(words(name, settings[name]))
		}
	}))
	t.Cleanup(s.Close)
	return at(t, s.URL)
}

// A user who may set nothing must not have a profile by which parts are answers.
func TestProfileWithPartialAnswersIsRefused(t *testing.T) {
	_, err := Dial(t.Context(), lockedServer(t, map[string]string{"group_by_overflow_mode": "any", "skip_unavailable_shards": "1", "max_threads": "8"}), sql.Access{})
	wantError(t, err, "(group_by_overflow_mode, skip_unavailable_shards)")
}

// What such a user asks for and cannot be had is refused: limits, and a sample that is the same
// again, unless the server has one thread for it.
func TestWhoMaySetNothing(t *testing.T) {
	for threads, lone := range map[string]bool{"8": false, "'auto(8)'": false, "1": true, "'auto(1)'": true} {
		where := lockedServer(t, map[string]string{"max_threads": threads})
		_, err := Dial(t.Context(), where, sql.Access{Limit: time.Second})
		wantError(t, err, "no limit of time or memory")
		c, err := Dial(t.Context(), where, sql.Access{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		err = c.Query(t.Context(), sql.Query{SQL: "SELECT " + c.Dialect().Lot(0), Types: []sql.Type{sql.Words, sql.Words}}, func(*sql.Block) error { return nil })
		if lone != (err == nil) || err != nil && !strings.Contains(err.Error(), "the same way twice") {
			t.Errorf("%s threads: %v", threads, err)
		}
	}
}
