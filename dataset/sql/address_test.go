package sql

import (
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]Address{
		"clickhouse://host/db/conn":                           {"clickhouse", "", "host", 0, "db", Name{"db", "conn"}, false},
		"clickhouse://ann@10.0.0.7:8123/db/conn":              {"clickhouse", "ann", "10.0.0.7", 8123, "db", Name{"db", "conn"}, false},
		"clickhouses://host/db/conn":                          {"clickhouse", "", "host", 0, "db", Name{"db", "conn"}, true},
		"CLICKHOUSE://host/db/conn?secure=true":               {"clickhouse", "", "host", 0, "db", Name{"db", "conn"}, true},
		"clickhouse://[::1]:9/db/conn/":                       {"clickhouse", "", "::1", 9, "db", Name{"db", "conn"}, false},
		"clickhouse://host/db/my.conn%2Flog%20%40":            {"clickhouse", "", "host", 0, "db", Name{"db", "my.conn/log @"}, false},
		"postgres://ann@host/db/conn":                         {"postgres", "ann", "host", 0, "db", Name{"", "conn"}, false},
		"postgresql://host/db/flows/conn":                     {"postgres", "", "host", 0, "db", Name{"flows", "conn"}, false},
		"postgres://host/db/conn?sslmode=disable":             {"postgres", "", "host", 0, "db", Name{"", "conn"}, false},
		"postgres://host/db/conn?sslmode=require":             {"postgres", "", "host", 0, "db", Name{"", "conn"}, true},
		"postgres://a%3Ab@host:5433/db/c?sslmode=verify-full": {"postgres", "a:b", "host", 5433, "db", Name{"", "c"}, true},
	} {
		got, err := ParseAddress(text)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
		if again, err := ParseAddress(got.String()); err != nil || again != got {
			t.Errorf("%s: written as %s it is %+v, %v", text, got, again, err)
		}
	}
}

func TestParseAddressErrors(t *testing.T) {
	for text, want := range map[string]string{
		"flows.csv":                                        "begins with clickhouse://",
		"http://host/db/conn":                              "begins with clickhouse://",
		"clickhouse://host":                                "names no table",
		"clickhouse://host/conn":                           "names no table; write it as clickhouse://host/database/table",
		"postgres://host/db":                               "names no table",
		"clickhouse://host/db/a/b":                         "too many parts",
		"postgres://host/db/a/b/c":                         "too many parts",
		"clickhouse:///db/conn":                            "names no host",
		"clickhouse://ho st/db/conn":                       "cannot be read",
		"clickhouse://host:0/db/conn":                      "port",
		"clickhouse://host:99999/db/conn":                  "port",
		"clickhouse://host/db/%ff":                         "no text",
		"clickhouse://host/db/%00":                         "no text",
		"clickhouse://host/db/c#d":                         "%23",
		"clickhouse://host/db/c?sslmode=disable":           "option",
		"clickhouse://host/db/c?secure=perhaps":            "true or false",
		"clickhouses://host/db/c?secure=false":             "both",
		"postgres://host/db/c?secure=true&sslmode=disable": "both",
		"postgres://host/db/c?sslmode=prefer":              "disable, require or verify-full",
		"clickhouse://ann:hush@host/db/conn":               "NETANOM_PASSWORD",
		"clickhouse://ann:hu%sh@host/db/conn":              "cannot be read",
		"clickhouse://ann:12/hush@host/db":                 "NETANOM_PASSWORD",
		"clickhouse://ann:12/hush@host/db/conn":            "NETANOM_PASSWORD",
		"postgres://host/db/conn?password=hush":            "NETANOM_PASSWORD",
		"postgres://host/db/conn?hush=1":                   "option",
	} {
		a, err := ParseAddress(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, %v, want %q in the error", text, a, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error repeats the secret: %v", text, err)
		}
	}
}

func TestIsAddress(t *testing.T) {
	for text, want := range map[string]bool{
		"clickhouse://h/d/t": true, "Postgres://h": true, "postgresql://": true, "clickhouses://x": true,
		"flows.csv": false, "-": false, "clickhouse": false, "clickhouse:/h": false, "file://clickhouse://": false, "": false,
	} {
		if IsAddress(text) != want {
			t.Errorf("IsAddress(%q) is %v", text, !want)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, text := range []string{
		"clickhouse://ann@host:8123/db/conn?secure=true", "postgres://[fe80::1%25eth0]:5/d/s/t", "clickhouse://u:p@h/d/t",
		"postgres://h/%2F/%40?sslmode=require", "clickhouse://h/d/t#x", "postgres://h//t/", "clickhouse://%41/d/t",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAddress(text)
		if err != nil {
			return
		}
		if !IsAddress(text) || a.Host == "" || a.Table.Table == "" || a.Database == "" {
			t.Fatalf("%q was read as %+v", text, a)
		}
		again, err := ParseAddress(a.String())
		if err != nil || again != a {
			t.Fatalf("%q is %+v, and written as %q it is %+v, %v", text, a, a, again, err)
		}
	})
}
