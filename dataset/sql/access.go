package sql

import (
	"crypto/tls"
	"time"
)

// An Address says where a table is: scheme://[user@]host[:port]/database[/schema]/table[?option=value].
type Address struct {
	Scheme   string // "clickhouse" or "postgres"
	User     string // "" if the address names none
	Host     string
	Port     int    // 0: the server's usual one
	Database string // of postgres; the same as Table.Database for clickhouse
	Table    Name   // Database is the schema for postgres, "" if the address names none
	Secure   bool   // whether the connection is encrypted
}

// Access is what a server wants to know, and what it is allowed to spend.
type Access struct {
	User, Password string        // "": the server's usual ones
	TLS            *tls.Config   // nil: not encrypted
	Write          bool          // else the server is asked to refuse changes
	Limit          time.Duration // most time of a query; 0: the server's own limit
	Memory         int64         // most bytes a query may take on the server; 0: the server's own limit
	Stall          time.Duration // how long a server may say nothing before it is given up; 0: a minute
}
