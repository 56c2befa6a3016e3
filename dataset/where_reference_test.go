package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A randomRow is a row of randomTable, for the reference below. Missing cells
// are nil.
type randomRow struct {
	number *float64
	word   *string
	code   *float64 // a category of numbers
	text   *string
}

var randomWords = []string{"tcp", "udp", "icmp", "gre"}

// randomTable makes a table with missing cells in all columns. Now and then a
// cell holds a line break, so that lines and rows differ.
func randomTable(rng *rand.Rand, rows int) (text string, all []randomRow) {
	var b strings.Builder
	b.WriteString("line,number,word,code,text\n")
	line := 2
	for range rows {
		var r randomRow
		cells := make([]string, 4)
		if rng.IntN(8) > 0 {
			x := float64(rng.IntN(41)-10) / 4
			r.number, cells[0] = &x, strconv.FormatFloat(x, 'f', -1, 64)
		}
		if rng.IntN(8) > 0 {
			w := randomWords[rng.IntN(len(randomWords))]
			r.word, cells[1] = &w, w
		}
		if rng.IntN(8) > 0 {
			x := float64(rng.IntN(6))
			r.code, cells[2] = &x, strconv.Itoa(int(x))
		}
		breaks := 0
		if rng.IntN(8) > 0 {
			w := randomWords[rng.IntN(len(randomWords))] + strconv.Itoa(rng.IntN(9))
			if rng.IntN(50) == 0 {
				w += "\nsecond line"
				breaks = 1
			}
			r.text, cells[3] = &w, `"`+w+`"`
		}
		fmt.Fprintf(&b, "%d,%s\n", line, strings.Join(cells, ","))
		line += 1 + breaks
		all = append(all, r)
	}
	return b.String(), all
}

func openRandom(t testing.TB, rng *rand.Rand, rows, jobs int) (*File, []randomRow) {
	text, all := randomTable(rng, rows)
	return fileWith(t, "random.csv", text, Options{Jobs: jobs, Types: map[string]Kind{"code": Category, "text": Text}}), all
}

// A truth is one of SQL's three: -1 false, 0 unknown, 1 true.
type truth int

func truthIf(b bool) truth {
	if b {
		return 1
	}
	return -1
}

// A reference is a condition as text, and row by row.
type reference struct {
	text string
	of   func(r randomRow) truth
}

// randomCondition makes a condition of that depth.
func randomCondition(rng *rand.Rand, depth int) reference {
	if depth == 0 {
		return randomComparison(rng)
	}
	a := randomCondition(rng, depth-1)
	switch rng.IntN(4) {
	case 0:
		return reference{"not (" + a.text + ")", func(r randomRow) truth { return -a.of(r) }}
	case 1:
		return a
	}
	b := randomCondition(rng, depth-1)
	if rng.IntN(2) == 0 {
		return reference{"(" + a.text + ") && (" + b.text + ")", func(r randomRow) truth { return min(a.of(r), b.of(r)) }}
	}
	return reference{"(" + a.text + ") or (" + b.text + ")", func(r randomRow) truth { return max(a.of(r), b.of(r)) }}
}

func randomComparison(rng *rand.Rand) reference {
	ops := []string{"==", "!=", "<", "<=", ">", ">="}
	op := ops[rng.IntN(len(ops))]
	holds := func(order int) truth {
		return truthIf(map[string]bool{"==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op])
	}
	compare := func(x, y *float64) truth {
		if x == nil || y == nil {
			return 0
		}
		switch {
		case *x < *y:
			return holds(-1)
		case *x > *y:
			return holds(1)
		}
		return holds(0)
	}
	limit := float64(rng.IntN(41)-10) / 4
	word := randomWords[rng.IntN(len(randomWords))]
	switch rng.IntN(9) {
	case 0:
		return reference{fmt.Sprintf("number %s %v", op, limit), func(r randomRow) truth { return compare(r.number, &limit) }}
	case 1:
		return reference{fmt.Sprintf("%v %s number", limit, op), func(r randomRow) truth { return compare(&limit, r.number) }}
	case 2:
		return reference{fmt.Sprintf("number %s code", op), func(r randomRow) truth { return compare(r.number, r.code) }}
	case 3:
		return reference{fmt.Sprintf("code * 2 - 1 %s %v", op, limit), func(r randomRow) truth {
			if r.code == nil {
				return 0
			}
			x := *r.code*2 - 1
			return compare(&x, &limit)
		}}
	case 4:
		return reference{fmt.Sprintf("word %s %q", op, word), func(r randomRow) truth {
			if r.word == nil {
				return 0
			}
			return holds(strings.Compare(*r.word, word))
		}}
	case 5:
		return reference{fmt.Sprintf("word not in (%q, 'none')", word), func(r randomRow) truth {
			if r.word == nil {
				return 0
			}
			return truthIf(*r.word != word)
		}}
	case 6:
		return reference{fmt.Sprintf("text startsWith %q", word), func(r randomRow) truth {
			if r.text == nil {
				return 0
			}
			return truthIf(strings.HasPrefix(*r.text, word))
		}}
	case 7:
		return reference{"isnull(number)", func(r randomRow) truth { return truthIf(r.number == nil) }}
	}
	return reference{fmt.Sprintf("number in (%v, 1, 2.5)", limit), func(r randomRow) truth {
		if r.number == nil {
			return 0
		}
		return truthIf(slices.Contains([]float64{limit, 1, 2.5}, *r.number))
	}}
}

// What a filter keeps is what a plain loop over the rows keeps, in order.
func TestWhereAgainstLoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for trial := range 150 {
		f, all := openRandom(t, rng, 1+rng.IntN(300), 1+trial%3)
		table := tableOf(t, f)
		every := lines(t, table)
		cond := randomCondition(rng, trial%6)
		var want []float64
		for i, r := range all {
			if cond.of(r) > 0 {
				want = append(want, every[i])
			}
		}
		for _, src := range []Source{f, table} {
			w, err := Where(src, cond.text)
			if err != nil {
				t.Fatalf("%s: %v", cond.text, err)
			}
			if got := lines(t, w); !slices.Equal(got, want) {
				t.Fatalf("%s of a %T keeps %v, want %v", cond.text, src, got, want)
			}
		}
	}
}

// De Morgan's laws, double negation, and a filter of a filter.
func TestWhereLaws(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	f, _ := openRandom(t, rng, 2000, 2)
	table := tableOf(t, f)
	keep := func(src Source, expr string) []float64 {
		w, err := Where(src, expr)
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		return lines(t, w)
	}
	for trial := range 60 {
		a, b := randomCondition(rng, trial%3).text, randomCondition(rng, trial%4).text
		equal := [][2]string{
			{fmt.Sprintf("!((%s) && (%s))", a, b), fmt.Sprintf("!(%s) || !(%s)", a, b)},
			{fmt.Sprintf("!((%s) || (%s))", a, b), fmt.Sprintf("!(%s) && !(%s)", a, b)},
			{fmt.Sprintf("!(!(%s))", a), a},
			{fmt.Sprintf("(%s) && (%s)", a, b), fmt.Sprintf("(%s) && (%s)", b, a)},
			{fmt.Sprintf("(%s) == false", a), fmt.Sprintf("not (%s)", a)},
		}
		for _, pair := range equal {
			if x, y := keep(table, pair[0]), keep(table, pair[1]); !slices.Equal(x, y) {
				t.Fatalf("%s keeps %d rows, %s keeps %d", pair[0], len(x), pair[1], len(y))
			}
		}
		outer, err := Where(table, a)
		if err != nil {
			t.Fatal(err)
		}
		nested, err := Where(outer, b)
		if err != nil {
			t.Fatal(err)
		}
		if x, y := lines(t, nested), keep(table, fmt.Sprintf("(%s) && (%s)", a, b)); !slices.Equal(x, y) {
			t.Fatalf("%s of %s keeps %d rows, both together keep %d", b, a, len(x), len(y))
		}
	}
}
