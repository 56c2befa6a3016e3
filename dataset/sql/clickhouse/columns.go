package clickhouse

import (
	"context"
	"fmt"
	"strings"

	"github.com/netanom/netanom/dataset/sql"
)

// Columns lists the columns of a table in their order. Columns that nothing can be read
// from are left out.
func (c *conn) Columns(ctx context.Context, t sql.Name) ([]sql.ColumnInfo, error) {
	database := "currentDatabase()"
	if t.Database != "" {
		database = c.dialect.Word(t.Database)
	}
	var columns []sql.ColumnInfo
	err := c.Query(ctx, sql.Query{
		SQL: "SELECT name, type FROM system.columns WHERE database = " + database +
			" AND table = " + c.dialect.Word(t.Table) + " AND default_kind != 'EPHEMERAL'",
		Types: []sql.Type{sql.Words, sql.Words},
	}, func(b *sql.Block) error {
		for i, name := range b.Columns[0].Words {
			columns = append(columns, column(name, b.Columns[1].Words[i]))
		}
		return nil
	})
	if err == nil && len(columns) == 0 {
		err = fmt.Errorf("%s: there is no table %s that this user may read; look at its name and its database with SHOW TABLES", c.address, c.dialect.From(t))
	}
	if err == nil {
		err = c.findStored(ctx, database, t)
	}
	return columns, err
}

// findStored finds out whether the parts of a table lie on this server, and not on shards or
// behind a view, which the sums of old servers depend on.
func (c *conn) findStored(ctx context.Context, database string, t sql.Name) error {
	stored, view := false, true
	err := c.Query(ctx, sql.Query{
		SQL:   "SELECT engine FROM system.tables WHERE database = " + database + " AND name = " + c.dialect.Word(t.Table),
		Types: []sql.Type{sql.Words},
	}, func(b *sql.Block) error {
		for _, engine := range b.Columns[0].Words {
			stored = strings.HasSuffix(engine, "MergeTree")
			view = engine != "MaterializedView" && strings.HasSuffix(engine, "View")
		}
		return nil
	})
	c.stored.Store(stored)
	c.view.Store(view)
	return err
}
