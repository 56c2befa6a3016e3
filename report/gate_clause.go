package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// A truth is a value of Kleene's three-valued logic.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

// A clause is a gate's expression taken apart at and, or and not, down to
// comparisons that know their keys. So a missing value makes unknown only what
// depends on it.
type clause struct {
	operator string // "and", "or", "not", or "" for a comparison
	parts    []clause
	program  *vm.Program
	keys     []string
}

func newClause(node ast.Node, options []expr.Option) (clause, error) {
	operator, operands := connective(node)
	if operator == "" {
		program, err := expr.Compile(node.String(), options...)
		return clause{program: program, keys: identifiers(node)}, err
	}
	c := clause{operator: operator}
	for _, operand := range operands {
		part, err := newClause(operand, options)
		if err != nil {
			return clause{}, err
		}
		c.parts = append(c.parts, part)
	}
	return c, nil
}

// connective returns the logical operator of a node, if it has one, and its
// operands.
func connective(node ast.Node) (string, []ast.Node) {
	switch n := node.(type) {
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			return "and", []ast.Node{n.Left, n.Right}
		case "or", "||":
			return "or", []ast.Node{n.Left, n.Right}
		}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return "not", []ast.Node{n.Node}
		}
	}
	return "", nil
}

// holds tells whether the clause is true of the values in env, of which only the
// known ones may decide.
func (c clause) holds(env map[string]any, known map[string]bool) (truth, error) {
	if c.operator == "" {
		return c.compare(env, known)
	}
	verdicts := make([]truth, len(c.parts))
	for i, part := range c.parts {
		verdict, err := part.holds(env, known)
		if err != nil {
			return unknown, err
		}
		verdicts[i] = verdict
	}
	switch c.operator {
	case "and":
		return slices.Min(verdicts), nil
	case "or":
		return slices.Max(verdicts), nil
	default:
		return -verdicts[0], nil
	}
}

func (c clause) compare(env map[string]any, known map[string]bool) (truth, error) {
	for _, key := range c.keys {
		if !known[key] {
			return unknown, nil
		}
	}
	result, err := expr.Run(c.program, env)
	if err != nil {
		return unknown, err
	}
	switch result {
	case true:
		return yes, nil
	case false:
		return no, nil
	default:
		return unknown, fmt.Errorf("%v is neither true nor false", result)
	}
}

// setValue puts a cell into env in the type that its key has there, and reports
// whether the cell holds such a value.
func setValue(env map[string]any, key string, value any) bool {
	if missing(value) {
		return false
	}
	switch env[key].(type) {
	case string:
		text, ok := value.(string)
		if !ok {
			text = exact(value)
		}
		env[key] = text
		return true
	case bool:
		b, ok := value.(bool)
		env[key] = b
		return ok
	default:
		x, ok := number(value)
		env[key] = x
		return ok && !math.IsNaN(x)
	}
}

// nearestKey returns the glossary key that is fewest edits away from a name.
func nearestKey(name string) string {
	best, fewest := "", math.MaxInt
	for _, c := range Glossary() {
		if d := edits(name, c.Key); d < fewest {
			best, fewest = c.Key, d
		}
	}
	return best
}

// edits is the Levenshtein distance of two names.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
