package clickhouse

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

// A user who may set nothing must not have a profile by which parts are answers.
func TestProfileWithPartialAnswersIsRefused(t *testing.T) {
	for _, names := range [][]string{nil, {"group_by_overflow_mode", "skip_unavailable_shards"}} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if body, _ := io.ReadAll(r.Body); strings.HasPrefix(string(body), "SELECT version()") {
				w.Write(words("18.16.1", "1"))
				return
			}
			if r.URL.Query().Has("skip_unavailable_shards") {
				t.Error("a setting was sent to a user who may set nothing")
			}
			w.Write(words(names...))
		}))
		t.Cleanup(s.Close)
		c, err := Dial(t.Context(), at(t, s.URL), sql.Access{})
		if names != nil {
			wantError(t, err, s.Listener.Addr().String(), strings.Join(names, ", "))
		} else if err != nil {
			t.Error(err)
		} else {
			c.Close()
		}
	}
}
