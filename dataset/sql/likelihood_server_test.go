package sql_test

import (
	"context"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/dataset/sql"
)

// TestLikelihoodAgreesWithRows: what a server adds up for logistic regressions is what the rows of
// the same file do.
func TestLikelihoodAgreesWithRows(t *testing.T) {
	ctx := context.Background()
	for _, s := range servers {
		t.Run(s.scheme, func(t *testing.T) {
			conn, a, path := s.table(t, 700)
			file, err := dataset.Open(ctx, path, dataset.Options{Jobs: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			table, err := dataset.Load(ctx, file)
			if err != nil {
				t.Fatal(err)
			}
			engine, err := sql.Open(ctx, conn, a, sql.Options{})
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.CheckLikelihood(t, engine, table)
		})
	}
}
