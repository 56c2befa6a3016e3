// Package postgres reaches PostgreSQL, from version 12 on: it is a sql.Conn, and the
// sql.Dialect that goes with it.
//
// All that a Conn reads is one state of the database: the reading happens in a single
// transaction (REPEATABLE READ, READ ONLY), which begins with the first query and ends
// with the Conn. So the queries of a command agree with each other while others write,
// and they run one after another. Rows that are written over the same Conn belong to a
// later state, and are not among those it reads; only Refresh and Exec begin a new
// state, the latter because what it changes, such as a column, could otherwise wait for
// ever for the lock of our own reading.
//
// Values that are not told, such as the user or the password, are taken from where
// PostgreSQL's own programs take them: PGUSER, PGPASSWORD, ~/.pgpass.
package postgres
