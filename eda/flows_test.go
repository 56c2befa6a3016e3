package eda_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
)

// flows is a table whose answers can be checked by hand. Row k stands in line
// k+1, and from row 11 on, behind the blank line, in line k+2.
const flows = `protocol_type,service,src_bytes,logged_in,su_attempted,serror_rate,num_root,wrong_fragment,attack,last_flag
tcp,http,10,1,0,0.00,0,0,normal,21
tcp,http,20,0,0,0.00,0,0,normal,21
tcp,http,NA,1,0,0.50,0,0,normal,21
tcp,http,40,0,0,0.00,0,0,normal,21
tcp,http,20,0,0,0.00,0,0,normal,21
tcp,http,60,0,0,0.50,0,0,normal,21
tcp,http,,1,0,NaN,0,0,normal,21
tcp,http,20,0,0,0.00,0,0,smurf,21
tcp,http,?,1,0,0.50,0,0,normal,21
tcp,http,100,0,0,0.00,0,0,normal,21

udp,domain_u,44,0,0,0.00,0,0,neptune,15
udp,domain_u,44.0,0,0,0,0,0,smurf,15
udp,domain_u,44,0,0,0.0,0,0,,9
tcp,http,140,0,0,0.00,0,0,normal,21
tcp,http,150,1,2,0.50,0,0,normal,21
tcp,http,160,0,2,0.00,0,0,normal,21
tcp,http,170,1,0,0.00,0,0,normal,21
tcp,http,180,0,0,1.5,0,0,normal,21
gre,http,190,1,0,0.00,0,0,normal,21
tcp,http,200,0,0,,0,0,normal,21
tcp,private,210,1,0,0.50,2.5,0,neptune,21
tcp,private,220,0,0,0.00,0,-1,neptune,21
tcp,private,230,1,0,0.00,0,0,neptune,21
tcp,private,240,0,0,0.50,0,0,neptune,21
tcp,,250,1,0,0.00,0,0,neptune,21
tcp,private,260,0,0,0.00,0,0,neptune,21
tcp,private,270,1,0,0.50,0,0,neptune,21
tcp,private,280,0,0,0.00,0,0,neptune,21
tcp,private,290,1,0,0.00,0,0,neptune,21
tcp,private,10000,0,0,0.50,0,0,neptune,21
`

// sources runs a test on the text as a file read by some numbers of workers, and
// as a table in memory.
func sources(t *testing.T, text string, test func(t *testing.T, src dataset.Source)) {
	t.Helper()
	path := written(t, text)
	for _, jobs := range []int{1, 2, 5} {
		opt := dataset.Options{Jobs: jobs}
		t.Run(fmt.Sprintf("file, %d workers", jobs), func(t *testing.T) { test(t, opened(t, path, opt)) })
		t.Run(fmt.Sprintf("table, %d workers", jobs), func(t *testing.T) { test(t, loaded(t, opened(t, path, opt))) })
	}
}

func loaded(t testing.TB, src dataset.Source) *dataset.Table {
	t.Helper()
	table, err := dataset.Load(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// tableOf returns the text as a table in memory.
func tableOf(t testing.TB, text string, opt dataset.Options) *dataset.Table {
	t.Helper()
	return loaded(t, opened(t, written(t, text), opt))
}

// where keeps the rows for which the condition holds.
func where(t *testing.T, src dataset.Source, condition string) dataset.Source {
	t.Helper()
	kept, err := dataset.Where(src, condition)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// same fails the test unless got and want are deeply equal, NaN to NaN.
func same(t testing.TB, name string, got, want any) {
	t.Helper()
	g, w := dump(got), dump(want)
	if g == w {
		return
	}
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	from := max(0, i-60)
	t.Errorf("%s differs: got\n\t…%s\nwant\n\t…%s", name, g[from:min(len(g), i+200)], w[from:min(len(w), i+200)])
}

// dump writes everything that a value holds; pointers are followed, and levels
// of coded columns left out, whose codes mean nothing.
func dump(v any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(v))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Invalid:
		b.WriteString("nil")
	case reflect.Pointer, reflect.Interface:
		if v.Type() == reflect.TypeFor[*dataset.Dict]() {
			return
		}
		dumpValue(b, v.Elem())
	case reflect.Struct:
		b.WriteString("{")
		for i := range v.NumField() {
			b.WriteString(v.Type().Field(i).Name + ":")
			dumpValue(b, v.Field(i))
			b.WriteString(" ")
		}
		b.WriteString("}")
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			dumpValue(b, v.Index(i))
			b.WriteString(" ")
		}
		b.WriteString("]")
	case reflect.Map:
		fmt.Fprint(b, v.Len(), " entries")
	default:
		fmt.Fprint(b, v)
	}
}
