// Package sql makes a dataset.Engine of a table in a database: it writes the queries,
// and finishes the answers. How to reach a server is the matter of the packages below
// it.
package sql
