package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// longestGate bounds the expressions that are parsed, in bytes.
const longestGate = 4096

// A Gate is a limit that a user sets on the values of tables, such as
// "missing_share > 0.05". A row for which it is true crosses the gate.
type Gate struct {
	source string
	keys   []string // glossary keys that it uses, in order of first use
	root   clause
}

// A Crossing is a row that crosses a gate.
type Crossing struct {
	Table  string   // name of the table
	Row    int      // index of the row
	Line   int64    // line of the file that the row names; 0 if it names none
	Labels []string // cells that name the row
	Values []string // what the gate looked at: "missing_share = 7.3 %"
}

// String tells where and by what the gate was crossed.
func (c Crossing) String() string {
	where := c.Table
	if len(c.Labels) > 0 {
		where += ", " + strings.Join(c.Labels, ", ")
	} else {
		where += fmt.Sprintf(", row %d", c.Row+1)
	}
	return where + ": " + strings.Join(c.Values, ", ")
}

// ParseGate reads a boolean expression over the keys of the glossary, with
// comparisons, arithmetic, and, or, not, in, contains, startsWith and matches,
// in the language of github.com/expr-lang/expr with no function but abs. Numbers of
// every kind are plain numbers: a share is 0 to 1, an amount of data is in
// bytes, a time in seconds. Names and words are strings. The error of an
// expression that is not one names the place, and the nearest key of a name that
// the glossary does not have.
func ParseGate(source string) (Gate, error) {
	fail := func(err error) (Gate, error) {
		return Gate{}, fmt.Errorf("gate %q: %w", shorten(source), err)
	}
	if strings.TrimSpace(source) == "" {
		return fail(errors.New("no expression"))
	}
	if len(source) > longestGate {
		return fail(fmt.Errorf("longer than %d bytes", longestGate))
	}
	options := []expr.Option{expr.Env(gateEnvironment()), expr.AsBool(), expr.DisableAllBuiltins(), expr.EnableBuiltin("abs")}
	tree, err := parser.Parse(source)
	if err != nil {
		return fail(placed(err))
	}
	g := Gate{source: source, keys: identifiers(tree.Node)}
	if err := checkNodes(tree.Node); err != nil {
		return fail(err)
	}
	if _, err := expr.Compile(source, options...); err != nil {
		return fail(placed(err))
	}
	if len(g.keys) == 0 {
		return fail(errors.New("it looks at no column"))
	}
	if g.root, err = newClause(tree.Node, options); err != nil {
		return fail(placed(err))
	}
	return g, nil
}

// String returns the expression as it was given.
func (g Gate) String() string { return g.source }

// gateEnvironment tells the type of every key: number, text or truth value.
func gateEnvironment() map[string]any {
	env := map[string]any{}
	for _, c := range Glossary() {
		switch c.Kind {
		case Text, Label:
			env[c.Key] = ""
		case Bool:
			env[c.Key] = false
		default:
			env[c.Key] = 0.0
		}
	}
	return env
}

// shorten keeps an expression that is quoted in an error to one readable line.
func shorten(source string) string {
	const most = 80
	if runes := []rune(source); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return source
}

// placed turns an error of the expression language into one line with a place.
func placed(err error) error {
	var at *file.Error
	if errors.As(err, &at) {
		if strings.Contains(at.Message, "unexpected token EOF") {
			return fmt.Errorf("column %d: the condition ends too early", at.Column+1)
		}
		return fmt.Errorf("column %d: %s", at.Column+1, at.Message)
	}
	return err
}

// A nodeList collects the nodes of an expression, the inner ones first.
type nodeList []ast.Node

// Visit is called for every node of a tree that is walked.
func (l *nodeList) Visit(node *ast.Node) { *l = append(*l, *node) }

func nodes(root ast.Node) nodeList {
	var all nodeList
	ast.Walk(&root, &all)
	return all
}

// identifiers returns the names that an expression uses, each once.
func identifiers(root ast.Node) []string {
	var names []string
	for _, node := range nodes(root) {
		if id, ok := node.(*ast.IdentifierNode); ok && !slices.Contains(names, id.Value) {
			names = append(names, id.Value)
		}
	}
	return names
}

// checkNodes returns an error for the first call of a function but abs, which
// could take any time, and the first name that the glossary does not have.
func checkNodes(root ast.Node) error {
	for _, node := range nodes(root) {
		column := node.Location().From + 1
		switch n := node.(type) {
		case *ast.BuiltinNode:
			if n.Name == "abs" {
				continue
			}
			return fmt.Errorf("column %d: the function %s is not part of a gate", column, n.Name)
		case *ast.CallNode:
			return fmt.Errorf("column %d: a function is not part of a gate", column)
		case *ast.IdentifierNode:
			if _, ok := Lookup(n.Value); !ok {
				return fmt.Errorf("column %d: %q is no known column; the nearest is %q", column, n.Value, nearestKey(n.Value))
			}
		}
	}
	return nil
}

// Check returns the rows of the tables that cross the gate, in order. Tables
// that lack one of its keys are passed over; if all do, that is an error, for a
// gate that never looks would always be passed. A comparison with a missing
// value is neither true nor false, and a row crosses only if the gate is true
// whatever that value may be.
func (g Gate) Check(tables []Table) ([]Crossing, error) {
	var crossed []Crossing
	looked := false
	env, known := gateEnvironment(), map[string]bool{}
	for _, t := range tables {
		columns, ok := g.columns(t)
		if !ok {
			continue
		}
		looked = true
		for i, row := range t.Rows {
			for k, j := range columns {
				known[g.keys[k]] = setValue(env, g.keys[k], row[j])
			}
			verdict, err := g.root.holds(env, known)
			if err != nil {
				return nil, fmt.Errorf("gate %q: table %q, row %d: %w", g.source, t.Name, i+1, placed(err))
			}
			if verdict == yes {
				crossed = append(crossed, g.crossing(t, i, columns))
			}
		}
	}
	if !looked {
		return nil, fmt.Errorf("gate %q: no table has the columns %s", g.source, strings.Join(g.keys, ", "))
	}
	return crossed, nil
}

// columns returns the index of each key in a table, or false if one is not there.
func (g Gate) columns(t Table) ([]int, bool) {
	columns := make([]int, len(g.keys))
	for k, key := range g.keys {
		columns[k] = t.column(key)
		if columns[k] < 0 {
			return nil, false
		}
	}
	return columns, true
}

// crossing describes a row.
func (g Gate) crossing(t Table, row int, columns []int) Crossing {
	c := Crossing{Table: printable(t.Name), Row: row}
	if j := t.column("first_line"); j >= 0 {
		c.Line, _ = t.Rows[row][j].(int64)
	}
	for j := 0; j < len(t.Columns) && t.Columns[j].Kind == Label; j++ {
		c.Labels = append(c.Labels, Format(Label, t.Rows[row][j]))
	}
	for k, j := range columns {
		if kind := t.Columns[j].Kind; kind != Label {
			c.Values = append(c.Values, g.keys[k]+" = "+Format(kind, t.Rows[row][j]))
		}
	}
	return c
}
