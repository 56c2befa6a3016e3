package clickhouse

import (
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

func TestColumnForms(t *testing.T) {
	tests := []struct {
		typ  string
		form sql.Form
		null bool
	}{
		{"UInt8", sql.Integer, false}, {"Bool", sql.Integer, false}, {"Int256", sql.Integer, false},
		{"Nullable(Float32)", sql.Float, true}, {"Decimal(18, 4)", sql.Decimal, false}, {"Nullable(Decimal(9, 2))", sql.Decimal, true},
		{"Date", sql.Moment, false}, {"DateTime('Asia/Tokyo')", sql.Moment, false}, {"Nullable(DateTime64(3, 'UTC'))", sql.Moment, true},
		{"String", sql.Word, false}, {"FixedString(4)", sql.Word, false}, {"UUID", sql.Word, false},
		{"LowCardinality(String)", sql.Word, false}, {"LowCardinality(Nullable(String))", sql.Word, true},
		{"Enum8('a)' = 1, 'b(' = 2)", sql.Word, false}, {"IPv4", sql.Host, false}, {"LowCardinality(Nullable(IPv6))", sql.Host, true},
		{"SimpleAggregateFunction(sum, UInt64)", sql.Integer, false}, {"SimpleAggregateFunction(any, Nullable(String))", sql.Word, true},
		{"Array(String)", sql.Other, false}, {"Map(String, UInt8)", sql.Other, false}, {"Tuple(a Int8)", sql.Other, false},
		{"AggregateFunction(uniq, String)", sql.Other, false}, {"JSON", sql.Other, false}, {"Time64(3)", sql.Other, false},
		{"", sql.Other, false}, {"Nullable(", sql.Other, false}, {"SimpleAggregateFunction(x)", sql.Other, false},
	}
	for _, test := range tests {
		if c := column("c", test.typ); c.Form != test.form || c.Null != test.null {
			t.Errorf("%s: form %d, null %v", test.typ, c.Form, c.Null)
		}
	}
}
