package dataset

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// referenceFiles are real files with the number of their rows and columns.
var referenceFiles = []struct {
	path    string
	rows    int64
	columns int
	schema  string
}{
	{"data/nsl-kdd/KDDTrain+.txt.gz", 125_973, 43, LayoutKDD},
	{"data/nsl-kdd/KDDTrain+_20Percent.txt", 25_192, 43, LayoutKDD},
	{"data/nsl-kdd/Network_anomaly_data_head.csv", 5_000, 43, LayoutKDD},
	{"data/kdd99/kddcup.data_10_percent.gz", 494_021, 42, LayoutKDD},
	{"data/flows/CTU-Honeypot-Capture-4-1-labeled.csv", 452, 23, LayoutIoT23},
	{"data/flows/CTU-Honeypot-Capture-5-1-labeled.csv", 1_374, 23, LayoutIoT23},
	{"data/flows/CTU-Malware-Capture-34-1-labeled.csv", 23_145, 23, LayoutIoT23},
	{"data/flows/cicids2017_BENIGN_5000.csv", 5_000, 91, LayoutCIC},
	{"data/flows/cicids2017_DDoS_5000.csv", 5_000, 91, LayoutCIC},
	{"data/flows/cicids2017_DoS_Slowloris_3859.csv", 3_859, 91, LayoutCIC},
	{"data/flows/cicids2017_SSH-Patator_2961.csv", 2_961, 91, LayoutCIC},
	{"data/flows/unsw-nb15_training_10K.csv", 10_000, 33, LayoutUNSW},
	{"data/zeek/trickbot", 13_001, 0, LayoutZeek},
	{"data/zeek/bro_conn.log", 0, 0, LayoutZeek},
	{"data/zeek/json_conn.log", 0, 0, LayoutZeek},
	{"data/benchmarks/14_glass.csv.gz", 214, 8, ""},
	{"data/benchmarks/23_mammography.csv.gz", 11_183, 7, ""},
	{"data/benchmarks/30_satellite.csv.gz", 6_435, 37, ""},
	{"data/benchmarks/32_shuttle.csv.gz", 49_097, 10, ""},
	{"data/benchmarks/34_smtp.csv.gz", 95_156, 4, ""},
	{"data/benchmarks/38_thyroid.csv.gz", 3_772, 7, ""},
	{"data/benchmarks/4_breastw.csv.gz", 683, 10, ""},
	{"data/benchmarks/6_cardio.csv.gz", 1_831, 22, ""},
	{"data/traffic/conn/rita-2024-04-19-conn-01.log.gz", 0, 0, LayoutZeek},
	{"data/traffic/conn/zat-conn-json.log", 0, 0, LayoutZeek},
	{"data/traffic/conn/zat-conn-tsv.log", 0, 0, LayoutZeek},
}

// TestReferenceFiles holds real files to a slow plain count of their rows, and
// the text of every cell to encoding/csv.
func TestReferenceFiles(t *testing.T) {
	check.Long(t)
	for _, c := range referenceFiles {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			path := referenceFile(t, strings.Split(c.path, "/")...)
			if entries, err := os.ReadDir(path); err == nil {
				path = filepath.Join(path, entries[0].Name())
			}
			f, err := Open(context.Background(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var sum cellSum
			if err := f.Scan(context.Background(), &sum); err != nil {
				t.Fatal(err)
			}
			rows, cells := plainCount(t, path, f)
			if f.Rows() != rows || c.rows > 0 && rows != c.rows {
				t.Errorf("%d rows, counted %d, want %d", f.Rows(), rows, c.rows)
			}
			if f.Format() == "csv" && sum.sum != cells {
				t.Error("the cells differ from those of encoding/csv")
			}
			if s := f.Schema(); c.columns > 0 && len(s.Columns) != c.columns || s.Name != c.schema {
				t.Errorf("%d columns of layout %q, want %d of %q", len(s.Columns), s.Name, c.columns, c.schema)
			}
			if p := f.Problems(); p.BadRows+p.BadCells > 0 {
				t.Errorf("problems %+v", p)
			}
		})
	}
}

// A cellSum is a check sum over the text of all cells in order.
type cellSum struct {
	workers [][]byte
	sum     uint32
}

func (s *cellSum) Start(_ *Schema, workers int) error {
	*s = cellSum{workers: make([][]byte, workers)}
	return nil
}

func (s *cellSum) Batch(worker int, b *Batch) error {
	for row := range b.Rows {
		for c := range b.Columns {
			s.workers[worker] = append(append(s.workers[worker], b.Text(c, row)...), 0x1f)
		}
	}
	return nil
}

func (s *cellSum) EndChunk(worker int, _ Chunk) error {
	s.sum = crc32.Update(s.sum, crc32.IEEETable, s.workers[worker])
	s.workers[worker] = s.workers[worker][:0]
	return nil
}

// plainCount counts the rows of a file line by line: those that are not empty,
// no comment and no header. For CSV it also sums the cells.
func plainCount(t *testing.T, path string, f *File) (rows int64, cells uint32) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	if f.d.format == CSV {
		return plainCSV(t, r, f.d.named)
	}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if text := lines.Text(); text != "" && text[0] != '#' {
			rows++
		}
	}
	return rows, 0
}

func plainCSV(t *testing.T, r io.Reader, header bool) (rows int64, cells uint32) {
	t.Helper()
	records := csv.NewReader(r)
	records.ReuseRecord = true
	var buf []byte
	for {
		record, err := records.Read()
		if err == io.EOF {
			return rows, cells
		}
		if err != nil {
			t.Fatal(err)
		}
		if header {
			header = false
			continue
		}
		rows++
		buf = buf[:0]
		for _, cell := range record {
			buf = append(append(buf, cell...), 0x1f)
		}
		cells = crc32.Update(cells, crc32.IEEETable, buf)
	}
}

// A parsingCase is an entry of the reference values for reading CSV, made with
// Python's csv and R's read.csv.
type parsingCase struct {
	ID   string
	Data struct{ File string }
	// The text of some cells, by row from 1, and the missing cells by column.
	Columns  []string
	Expected struct {
		Rows, Cols int
		Missing    map[string]int64
		Cells      []struct {
			Row          int
			Column, Text string
		}
		SameResultsAs string `json:"same_results_as"`
	}
}

// TestParsingReference holds the reader to what Python and R read.
func TestParsingReference(t *testing.T) {
	raw, err := os.ReadFile(referenceFile(t, "oracles", "parsing.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []parsingCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	read := func(name string) (*File, []gatheredRow) {
		f, err := Open(context.Background(), referenceFile(t, "oracles", name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f, scanRows(t, f)
	}
	for _, c := range cases {
		f, rows := read(c.Data.File)
		if len(rows) != c.Expected.Rows || !slices.Equal(f.Schema().Names(), c.Columns) {
			t.Errorf("%s: %d rows of %q, want %d of %q", c.ID, len(rows), f.Schema().Names(), c.Expected.Rows, c.Columns)
		}
		for i, column := range c.Columns {
			if want, ok := c.Expected.Missing[column]; ok && f.Problems().Columns[i].Missing != want {
				t.Errorf("%s: %d missing cells in %s, want %d", c.ID, f.Problems().Columns[i].Missing, column, want)
			}
		}
		for _, cell := range c.Expected.Cells {
			if got := rows[cell.Row-1].text[slices.Index(c.Columns, cell.Column)]; got != cell.Text {
				t.Errorf("%s: row %d of %s is %q, want %q", c.ID, cell.Row, cell.Column, got, cell.Text)
			}
		}
		if other := c.Expected.SameResultsAs; other != "" {
			_, want := read(other)
			for i := range want {
				if !slices.Equal(rows[i].values, want[i].values) || rows[i].line != want[i].line {
					t.Errorf("%s: row %d is %v, want %v", c.ID, i+1, rows[i], want[i])
				}
			}
		}
	}
	if len(cases) != 2 {
		t.Errorf("%d cases", len(cases))
	}
}
