package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// Refresh has the next query see a new state of the database, over a new connection if the
// old one was lost. Until then nothing is held at the server, neither a state nor a lock.
// While a query runs it does nothing.
func (c *Conn) Refresh(ctx context.Context) error { return c.renew(ctx) }

// lasting are the codes of SQLSTATE, or their classes, of what stays as it is until somebody
// does something about it: the user's rights, what there is of databases, tables and
// columns, cells that cannot be computed with.
var lasting = map[string]bool{"22": true, "28": true, "3D": true, "3F": true, "42": true, "25006": true}

// Lasting reports whether the same would fail again until somebody does something about it.
func (f *failure) Lasting() bool {
	var refused *pgconn.PgError
	if !errors.As(f.cause, &refused) || len(refused.Code) < 2 {
		return false
	}
	return lasting[refused.Code] || lasting[refused.Code[:2]]
}
