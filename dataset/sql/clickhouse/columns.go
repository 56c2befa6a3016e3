package clickhouse

import (
	"context"
	"fmt"

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
	return columns, err
}
