package serve

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
)

// messy makes rows as people really have them of simulated ones: other spellings and
// another order of the columns, one more column, gaps, levels that training did not have,
// numbers beyond those of training, and words where numbers belong.
func messy(t *testing.T) (header []string, rows [][]string) {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(simulated(t, 60, 5))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header, rows = all[0], all[1:41]
	at := func(name string) int { return slices.Index(header, name) }
	rows[1][at("src_bytes")] = ""
	rows[2][at("service")] = "NA"
	rows[3][at("flag")] = "XX"
	rows[4][at("count")] = "99999999"
	rows[5][at("src_bytes")] = "12O0"
	rows[6][at("serror_rate")] = " 0.25 "
	rows[7][at("dst_bytes")] = "1e3"
	rows[8][at("duration")] = "-5"
	rows[9][at("protocol_type")] = "?"
	rows[10][at("src_bytes")] = "NaN"
	rows[11][at("src_bytes")] = "1e999"
	rows[12][at("service")] = `quo"ted, "level`
	rows[13][at("service")] = "<script>alert(1)</script>"
	spelt := map[string]string{"src_bytes": "srcbytes", "dst_bytes": "Dst Bytes", "protocol_type": "Protocol-Type", "is_guest_login": "isGuestLogin"}
	for i, name := range header {
		if s, ok := spelt[name]; ok {
			header[i] = s
		}
	}
	header = append(header, "my own column")
	for i := range rows {
		rows[i] = append(rows[i], fmt.Sprint("note ", i))
	}
	for _, r := range append([][]string{header}, rows...) {
		r[0], r[len(r)-2] = r[len(r)-2], r[0]
	}
	return header, rows
}

// typed is a cell as a client would send it in JSON.
func typed(cell string) any {
	if v, ok := dataset.ParseNumber([]byte(cell)); ok && strings.TrimSpace(cell) == cell && fmt.Sprint(v) == cell {
		return json.Number(cell)
	}
	return cell
}

// roads are the ways by which rows come to their scores; each returns a score for every row.
var roads = map[string]func(t *testing.T, s *Server, header []string, rows [][]string) []string{
	"predict": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		f, err := dataset.OpenReader(context.Background(), "messy.csv", strings.NewReader(sheetOf(header, rows)), dataset.Options{MaxBad: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var out bytes.Buffer
		if _, err := s.shelf.find("", "").pipeline.Predict(context.Background(), f, &out, model.PredictOptions{}); err != nil {
			t.Fatal(err)
		}
		return firstCells(t, out.String())
	},
	"csv": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		return firstCells(t, request(t, s, "POST", "/v1/predict", "text/csv", sheetOf(header, rows)).body)
	},
	"records": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		return scoresOf(t, post(t, s, encoded(t, objects(header, rows))))
	},
	"envelope": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		return scoresOf(t, post(t, s, encoded(t, map[string]any{"records": objects(header, rows)})))
	},
	"split": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		return scoresOf(t, post(t, s, encoded(t, map[string]any{"columns": header, "data": lists(rows)})))
	},
	"split, data first": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		return scoresOf(t, post(t, s, `{"data":`+encoded(t, lists(rows))+`,"columns":`+encoded(t, header)+`}`))
	},
	"single": func(t *testing.T, s *Server, header []string, rows [][]string) (out []string) {
		for _, o := range objects(header, rows) {
			out = append(out, scoresOf(t, post(t, s, encoded(t, o)))...)
		}
		return out
	},
	"stream": func(t *testing.T, s *Server, header []string, rows [][]string) (out []string) {
		var body strings.Builder
		for _, o := range objects(header, rows) {
			body.WriteString(encoded(t, o) + "\n")
		}
		a := request(t, s, "POST", "/v1/predict", "application/x-ndjson", body.String())
		for _, line := range strings.Split(strings.TrimSpace(a.body), "\n") {
			var one struct{ Score json.Number }
			if err := json.Unmarshal([]byte(line), &one); err != nil {
				t.Fatalf("%v in %s", err, line)
			}
			out = append(out, one.Score.String())
		}
		return out
	},
	"tensors": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		var inputs []map[string]any
		for j, name := range header {
			data := []any{}
			for _, r := range rows {
				data = append(data, r[j])
			}
			inputs = append(inputs, map[string]any{"name": name, "shape": []int{len(rows)}, "datatype": "BYTES", "data": data})
		}
		a := request(t, s, "POST", "/v2/models/detector/infer", "application/json", encoded(t, map[string]any{"inputs": inputs}))
		var found struct {
			Outputs []struct {
				Name string
				Data []json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(a.body), &found); err != nil || len(found.Outputs) == 0 {
			t.Fatalf("%v in %s", err, a.body)
		}
		var out []string
		for _, v := range found.Outputs[0].Data {
			out = append(out, string(v))
		}
		return out
	},
	"dataframe_records": frameRoad("dataframe_records", func(h []string, r [][]string) any { return objects(h, r) }),
	"dataframe_split": frameRoad("dataframe_split", func(h []string, r [][]string) any {
		return map[string]any{"index": []int{1}, "columns": h, "data": lists(r)}
	}),
	"instances": frameRoad("instances", func(h []string, r [][]string) any { return objects(h, r) }),
	"inputs": frameRoad("inputs", func(h []string, r [][]string) any {
		columns := map[string][]any{}
		for _, row := range r {
			for j, cell := range row {
				columns[h[j]] = append(columns[h[j]], typed(cell))
			}
		}
		return columns
	}),
	"invocations of csv": func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		return scoresOf(t, request(t, s, "POST", "/invocations", "text/csv", sheetOf(header, rows)))
	},
}

// frameRoad is a road by /invocations.
func frameRoad(name string, value func([]string, [][]string) any) func(*testing.T, *Server, []string, [][]string) []string {
	return func(t *testing.T, s *Server, header []string, rows [][]string) []string {
		return scoresOf(t, request(t, s, "POST", "/invocations", "application/json", encoded(t, map[string]any{name: value(header, rows)})))
	}
}

func objects(header []string, rows [][]string) (out []map[string]any) {
	for _, r := range rows {
		o := map[string]any{}
		for j, cell := range r {
			o[header[j]] = typed(cell)
		}
		out = append(out, o)
	}
	return out
}

func lists(rows [][]string) (out [][]any) {
	for _, r := range rows {
		var l []any
		for _, cell := range r {
			l = append(l, typed(cell))
		}
		out = append(out, l)
	}
	return out
}

func sheetOf(header []string, rows [][]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(header)
	w.WriteAll(rows)
	return b.String()
}

// firstCells are those of the rows of a CSV.
func firstCells(t *testing.T, text string) (out []string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%v in %.500s", err, text)
	}
	for _, r := range all[1:] {
		out = append(out, r[0])
	}
	return out
}

func scoresOf(t *testing.T, a answer) (out []string) {
	t.Helper()
	for _, p := range understood(t, a).Predictions {
		out = append(out, p.Score.String())
	}
	return out
}

// TestEveryRoadGivesTheSameBytes sends messy rows down every road, for learners of
// different kinds.
func TestEveryRoadGivesTheSameBytes(t *testing.T) {
	header, rows := messy(t)
	for _, c := range []struct {
		algo, settings string
		task           model.Task
	}{{"tree", `{"max_depth":6}`, model.Binary}, {"gbt", `{"trees":10}`, model.Category}, {"logreg", "", model.Binary}, {"iforest", `{"trees":10}`, model.Binary}, {"knn", "", model.Binary}} {
		s := started(t, trained(t, c.algo, c.settings, c.task), func(o *Options) { o.Policy = []string{"missing=other", "type=other"} })
		want := roads["predict"](t, s, header, rows)
		if len(want) != len(rows) {
			t.Fatalf("%s: %d scores of %d rows", c.algo, len(want), len(rows))
		}
		for name, road := range roads {
			got := road(t, s, header, rows)
			if len(got) != len(want) {
				t.Errorf("%s, %s: %d scores, want %d", c.algo, name, len(got), len(want))
				continue
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%s, %s, row %d: score %s, want %s", c.algo, name, i, got[i], want[i])
				}
			}
		}
	}
}
