// Duckdb runs DuckDB's SUMMARIZE over a CSV file: duckdb FILE HEADER.
package main

import (
	"database/sql"
	"fmt"
	"os"

	_ "github.com/duckdb/duckdb-go/v2"
)

func main() {
	if err := summarize(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func summarize(path, header string) error {
	db, err := sql.Open("duckdb", "?threads=2")
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query(fmt.Sprintf("SUMMARIZE SELECT * FROM read_csv('%s', header=%s)", path, header))
	if err != nil {
		return err
	}
	columns := 0
	for rows.Next() {
		columns++
	}
	fmt.Println(columns, "columns")
	return rows.Err()
}
