package clickhouse

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/netanom/netanom/dataset/sql"
)

// rowNumber is what Lot is made of. The rows of a table come in the same order each
// time only to a single thread.
const rowNumber = "rowNumberInAllBlocks()"

// partial are the settings by which a server may be told to hand out a part as if it
// were the whole, when a limit is reached.
var partial = []string{
	"timeout_overflow_mode", "read_overflow_mode", "group_by_overflow_mode",
	"sort_overflow_mode", "result_overflow_mode", "distinct_overflow_mode",
	"set_overflow_mode", "transfer_overflow_mode",
}

// expectWhole returns an error if the user has settings by which a part of an answer would be
// handed out as if it were the whole: those that newer servers alone know, and for a user who
// may set nothing all.
func (c *conn) expectWhole(ctx context.Context) error {
	cut := "name IN ('read_overflow_mode_leaf', 'timeout_overflow_mode_leaf') AND value NOT IN ('throw', '') OR name IN ('limit', 'offset') AND value != '0'"
	if c.locked == 1 {
		cut += " OR name IN ('" + strings.Join(partial, "', '") + "') AND value NOT IN ('throw', '')" +
			" OR name IN ('skip_unavailable_shards', 'distributed_group_by_no_merge') AND value != '0'"
	}
	var names []string
	err := c.Query(ctx, sql.Query{
		SQL:   "SELECT name, value FROM system.settings WHERE " + cut + " OR name = 'max_threads'",
		Types: []sql.Type{sql.Words, sql.Words},
	}, func(b *sql.Block) error {
		for i, name := range b.Columns[0].Words {
			if name == "max_threads" {
				c.lone = slices.Contains([]string{"1", "auto(1)", "'auto(1)'"}, b.Columns[1].Words[i])
				continue
			}
			names = append(names, strings.Clone(name))
		}
		return nil
	})
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("%s: the user's profile lets the server answer with a part of the rows (%s), so that numbers would be wrong; "+
			"ask whoever runs it for a profile that does not, or for readonly = 2", c.address, strings.Join(names, ", "))
	}
	return err
}

// parameters returns what is said to the server beside a statement.
func (c *conn) parameters(statement, id string) url.Values {
	v := url.Values{"query_id": {id}, "wait_end_of_query": {"1"}, "buffer_size": {"4194304"}}
	if c.database != "" {
		v.Set("database", c.database)
	}
	if c.locked == 1 {
		return v
	}
	if !c.access.Write && c.locked == 0 {
		v.Set("readonly", "2")
	}
	if s := c.access.Limit; s > 0 {
		v.Set("max_execution_time", strconv.FormatInt(int64((s+time.Second-1)/time.Second), 10))
	}
	if m := c.access.Memory; m > 0 {
		v.Set("max_memory_usage", strconv.FormatInt(m, 10))
	}
	v.Set("skip_unavailable_shards", "0")
	v.Set("distributed_group_by_no_merge", "0")
	for _, name := range partial {
		v.Set(name, "throw")
	}
	// Lists of bounds and levels are long, and the text grows where it names columns.
	v.Set("max_query_size", strconv.Itoa(max(1<<20, 2*len(statement))))
	v.Set("max_ast_elements", "10000000")
	v.Set("max_expanded_ast_elements", "10000000")
	if strings.Contains(statement, rowNumber) {
		v.Set("max_threads", "1")
		v.Set("load_balancing", "in_order")
	}
	return v
}

// newID returns an identifier for a query that no other has.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return "netanom-" + hex.EncodeToString(b[:])
}
