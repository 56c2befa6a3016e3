package dataset

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// kddText writes records like those of KDD'99: three columns of words and a
// label, sizes, counts, flags that are nearly always 0, and rates.
func kddText(rows int) []byte {
	rng := rand.New(rand.NewPCG(1, 1))
	pick := func(from ...string) string { return from[rng.IntN(len(from))] }
	rate := func() string { return pick("0.00", "0.00", "1.00", fmt.Sprintf("%.2f", rng.Float64())) }
	rare := func() string { return pick(strings.Split(strings.Repeat("0 ", 200)+"1", " ")...) }
	var b bytes.Buffer
	for range rows {
		fmt.Fprintf(&b, "0,%s,%s,%s,%d,%d", pick("tcp", "tcp", "udp", "icmp"), pick("http", "private", "domain_u", "smtp", "ftp_data", "eco_i"), pick("SF", "SF", "S0", "REJ"), rng.IntN(3000), rng.IntN(9000))
		for range 16 {
			b.WriteString("," + rare())
		}
		fmt.Fprintf(&b, ",%d,%d", rng.IntN(512), rng.IntN(512))
		for range 7 {
			b.WriteString("," + rate())
		}
		fmt.Fprintf(&b, ",%d,%d", rng.IntN(256), rng.IntN(256))
		for range 8 {
			b.WriteString("," + rate())
		}
		fmt.Fprintf(&b, ",%s,%d\n", pick("normal", "neptune", "satan", "smurf"), rng.IntN(22))
	}
	return b.Bytes()
}

// wideText writes columns of numbers between 0 and 1 with six decimals, which
// hardly repeat.
func wideText(rows, columns int) []byte {
	rng := rand.New(rand.NewPCG(2, 2))
	var b bytes.Buffer
	for c := range columns {
		fmt.Fprintf(&b, "c%d%c", c, ",\n"[c/(columns-1)])
	}
	for range rows {
		for c := range columns {
			fmt.Fprintf(&b, "%.6f%c", rng.Float64(), ",\n"[c/(columns-1)])
		}
	}
	return b.Bytes()
}

func benchmarkReading(b *testing.B, text []byte, read func(f *File) error) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := openMemory(text, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := read(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for name, text := range map[string][]byte{"KDD": kddText(100_000), "wide": wideText(100_000, 20)} {
		b.Run(name+"/scan", func(b *testing.B) {
			benchmarkReading(b, text, func(f *File) error { return f.Scan(context.Background()) })
		})
		b.Run(name+"/counts", func(b *testing.B) {
			benchmarkReading(b, text, func(f *File) error { return f.Scan(context.Background(), &Counts{By: -1}) })
		})
		b.Run(name+"/load", func(b *testing.B) {
			benchmarkReading(b, text, func(f *File) error { _, err := Load(context.Background(), f); return err })
		})
	}
}

func BenchmarkAppendEnds(b *testing.B) {
	text := kddText(1000)[:indexBlock]
	for name, f := range map[string]func([]uint32, []byte, int, int, byte) ([]uint32, textFeatures){"vectors": appendEnds, "portable": appendEndsPortable} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			var ends []uint32
			for b.Loop() {
				ends, _ = f(ends[:0], text, 0, len(text), ',')
			}
		})
	}
}

// BenchmarkDecode measures the decoding of a column of ten, of as many rows as
// an index block holds. Figures are for one cell.
func BenchmarkDecode(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, c := range []struct {
		name string
		plan plan
		cell func() string
	}{
		{"digits", plan{kind: Number}, func() string { return fmt.Sprint(rng.IntN(10)) }},
		{"whole", plan{kind: Number}, func() string { return fmt.Sprint(rng.IntN(5000)) }},
		{"hundredths", plan{kind: Number}, func() string { return fmt.Sprintf("%.2f", rng.Float64()) }},
		{"millionths", plan{kind: Number}, func() string { return fmt.Sprintf("%.6f", rng.Float64()) }},
		{"large with millionths", plan{kind: Number}, func() string { return fmt.Sprintf("%.6f", rng.Float64()*1e5) }},
		{"mixed", plan{kind: Number}, func() string { return fmt.Sprintf("%.*f", rng.IntN(4), rng.Float64()*100) }},
		{"negative", plan{kind: Number}, func() string { return fmt.Sprintf("%.6f", rng.NormFloat64()) }},
		{"17 digits", plan{kind: Number}, func() string { return fmt.Sprint(rng.Float64()) }},
		{"levels", plan{kind: Category}, func() string { return []string{"http", "private", "domain_u", "smtp"}[rng.IntN(4)] }},
		{"times", plan{kind: Time, layout: EpochSeconds}, func() string { return fmt.Sprintf("%.6f", 1.5e9+rng.Float64()*1e6) }},
		{"text", plan{kind: Text}, func() string { return fmt.Sprint("C", rng.Uint64()) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			const rows, stride = 250, 10
			buf, ends := make([]byte, frontPad), []uint32{frontPad - 1}
			for range rows {
				for range stride {
					buf = append(buf, c.cell()...)
					ends = append(ends, uint32(len(buf)))
					buf = append(buf, ',')
				}
			}
			d := &dialect{comma: ','}
			col := columnDecoder{plan: c.plan}
			col.numbers.facts = &col.facts
			col.cache = newDictCache(newDict(), d.missing)
			s := cellSpan{buf: buf, ends: ends, stride: stride, rows: rows}
			var v Vector
			for b.Loop() {
				if err := col.decode(&v, &s, d); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/cell")
		})
	}
}

// BenchmarkCount measures the counting of decoded cells. Figures are for one
// cell.
func BenchmarkCount(b *testing.B) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, c := range []struct {
		name string
		v    Vector
	}{
		{"zeros", Vector{Ints: make([]uint32, 250)}},
		{"small", intVector(rng, 250, 0)},
		{"table", intVector(rng, 60_000, 0)},
		{"codes", Vector{Codes: intVector(rng, 4, 0).Ints}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for len(c.v.Ints) < 250 && c.v.Codes == nil {
				c.v.Ints = append(c.v.Ints, c.v.Ints...)
			}
			for len(c.v.Codes) < 250 && c.v.Ints == nil {
				c.v.Codes = append(c.v.Codes, c.v.Codes...)
			}
			p := countsPart{budgets: []columnBudget{{limit: 1 << 20}}}
			p.room(1, 1)
			for b.Loop() {
				p.add(0, 0, &c.v, 4)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(len(c.v.Ints), len(c.v.Codes))), "ns/cell")
		})
	}
}
