// Package clickhouse reaches a ClickHouse server over its HTTP interface, from version
// 18.16 on. An answer is only taken when the server has finished the query: it holds
// the rows back until then, and says so with the status if something went wrong.
package clickhouse
