package postgres

import (
	"context"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestLasting(t *testing.T) {
	s := &server{config: &pgconn.Config{User: "ann"}, where: "d of h:1"}
	for code, want := range map[string]bool{"28P01": true, "3D000": true, "42P01": true, "42703": true, "42501": true, "22003": true, "25006": true,
		"25001": false, "53300": false, "57P03": false, "40001": false, "": false} {
		f, ok := s.explain(context.Background(), "read", &pgconn.PgError{Code: code}, 0).(*failure)
		if !ok || f.Lasting() != want {
			t.Errorf("%s: %v", code, f)
		}
	}
	if f, ok := s.explain(context.Background(), "read", io.EOF, 0).(*failure); !ok || f.Lasting() {
		t.Errorf("a connection that was lost: %v", f)
	}
}
