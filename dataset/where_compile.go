package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// A compiler ties an expression to the columns of a schema.
//
// Negation is pushed down to the comparisons while compiling: a condition is
// compiled for the truth value that is wanted of it. Every comparison leaves out
// missing cells whichever is wanted, and so the three-valued logic of SQL needs
// no third value when rows are chosen.
type compiler struct {
	expr     *filterExpr
	schema   *Schema
	used     map[int]bool
	suspects []suspect
	depth    int
}

// compile returns the filter for that schema. It may be called any number of
// times; the filters share nothing.
func (e *filterExpr) compile(s *Schema) (*Filter, error) {
	c := &compiler{expr: e, schema: s, used: map[int]bool{}}
	root, err := c.condition(e.root, true)
	if err != nil {
		return nil, err
	}
	f := &Filter{text: e.text, schema: s, root: root, suspects: c.suspects}
	for i := range s.Columns {
		if c.used[i] {
			f.columns = append(f.columns, i)
		}
	}
	return f, nil
}

// condition compiles n as a condition that keeps the rows for which n is what
// is wanted.
func (c *compiler) condition(n ast.Node, want bool) (condition, error) {
	if c.depth++; c.depth > maxNesting {
		return nil, c.tooDeep(n)
	}
	defer func() { c.depth-- }()
	switch n := n.(type) {
	case *ast.BoolNode:
		return always(n.Value == want), nil
	case *ast.UnaryNode:
		if negates(n) {
			return c.condition(n.Node, !want)
		}
	case *ast.BinaryNode:
		if negated, ok := n.Left.(*ast.UnaryNode); ok && negates(negated) && junctions[n.Operator] == "" {
			// The grammar ties not to the nearest operand, which makes no sense here.
			inner := *n
			inner.Left = negated.Node
			return c.condition(&inner, !want)
		}
		switch n.Operator {
		case "&&", "and", "||", "or":
			return c.junction(n, want)
		case "in":
			return c.membership(n, want)
		case "contains", "startsWith", "endsWith", "matches":
			return c.wordSearch(n, want)
		}
		if op, ok := comparisons[n.Operator]; ok {
			if !want {
				op = op.negated()
			}
			return c.compare(n, op)
		}
	}
	if name, args, ok := call(n); ok && (name == "isnull" || name == "ismissing") {
		return c.isNull(n, args, want)
	}
	return c.alone(n, want)
}

func negates(n *ast.UnaryNode) bool { return n.Operator == "!" || n.Operator == "not" }

func (c *compiler) tooDeep(n ast.Node) error {
	return c.expr.fail(syntaxStage, n.Location().From, fmt.Errorf("the filter is nested more than %d deep", maxNesting))
}

var junctions = map[string]string{"&&": "and", "and": "and", "||": "or", "or": "or"}

// junction compiles a chain of conditions joined by the same operator. By De
// Morgan's laws "and" turns into "or" where a false result is wanted.
func (c *compiler) junction(n *ast.BinaryNode, want bool) (condition, error) {
	joint := junctions[n.Operator]
	var terms []ast.Node
	var left ast.Node = n
	for {
		b, ok := left.(*ast.BinaryNode)
		if !ok || junctions[b.Operator] != joint {
			break
		}
		if err := c.negatedChain(b); err != nil {
			return nil, err
		}
		terms = append(terms, b.Right)
		left = b.Left
	}
	terms = append(terms, left)
	slices.Reverse(terms)
	var parts []condition
	for _, t := range terms {
		part, err := c.condition(t, want)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if (joint == "and") == want {
		return allOf(parts), nil
	}
	return anyOf(parts), nil
}

// negatedChain refuses not 0 < x < 5, which the parser reads as (not 0 < x) && x < 5.
func (c *compiler) negatedChain(n *ast.BinaryNode) error {
	first, ok := n.Left.(*ast.BinaryNode)
	if at := n.Location().From; !ok || !strings.ContainsRune("<>", c.expr.runes[at]) {
		return nil // joined by an operator of its own
	}
	if negated, ok := first.Left.(*ast.UnaryNode); ok && negates(negated) {
		return c.expr.fail(syntaxStage, start(negated), errors.New("put the comparisons behind not in parentheses"))
	}
	return nil
}

// compare compiles a comparison of any two operands.
func (c *compiler) compare(n *ast.BinaryNode, op comparison) (condition, error) {
	l, err := c.operand(n.Left)
	if err != nil {
		return nil, err
	}
	r, err := c.operand(n.Right)
	if err != nil {
		return nil, err
	}
	if l.constant && !r.constant {
		l, r, op = r, l, op.mirrored()
	}
	at := n.Location().From
	switch {
	case l.kind == conditionOperand || r.kind == conditionOperand:
		return c.compareCondition(l, r, op, at)
	case l.kind == truthOperand || r.kind == truthOperand:
		return c.compareTruth(l, r, op, at)
	case l.kind == wordOperand && r.kind == wordOperand:
		return c.compareWords(l, r, op, at)
	case l.kind == wordOperand && r.kind == numberOperand && r.constant && !l.constant:
		return c.compareSpelt(l, r, op, at)
	case l.kind == unknownOperand && r.kind == wordOperand, l.kind == wordOperand && r.kind == unknownOperand:
		return always(false), nil
	}
	x, err := c.numberOf(l, r, at)
	if err != nil {
		return nil, err
	}
	y, err := c.numberOf(r, l, at)
	if err != nil {
		return nil, err
	}
	return compareNumbers(op, x, y), nil
}

// compareCondition compiles a condition compared with true or false.
func (c *compiler) compareCondition(l, r operand, op comparison, at int) (condition, error) {
	if r.kind == conditionOperand {
		l, r = r, l
	}
	if r.kind != truthOperand || !op.equality() {
		return nil, c.expr.fail(typingStage, at, errors.New("conditions are joined with && and ||, and compared only with true or false"))
	}
	return c.condition(l.node, (r.number == 1) == (op == equalTo))
}

// compareTruth compiles a comparison with true or false: of a number with 1 or
// 0, of a word with T, true, F or false in any case.
func (c *compiler) compareTruth(l, r operand, op comparison, at int) (condition, error) {
	switch {
	case !op.equality():
		return nil, c.expr.fail(typingStage, at, errors.New("true and false have no order; compare them with == or !="))
	case l.kind == wordOperand && !l.constant && !l.word.address:
		return l.word.test(wordQuestion{}, func(cell []byte) bool {
			x, ok := truthOf(cell)
			return ok && op.holds(x, r.number)
		}), nil
	case l.kind == wordOperand || r.kind == wordOperand || l.time || r.time:
		return nil, c.mismatch(l, r, at)
	}
	return compareNumbers(op, l, r), nil
}

// compareWords compiles a comparison of two words, by their bytes.
func (c *compiler) compareWords(l, r operand, op comparison, at int) (condition, error) {
	for _, o := range []operand{l, r} {
		if !o.constant && o.word.address && !op.equality() {
			return nil, c.failType(at, fmt.Errorf("%s, which has no order; compare it with == or in", o.describe()), o)
		}
	}
	switch {
	case l.constant:
		return always(op.holds(float64(strings.Compare(l.text, r.text)), 0)), nil
	case r.constant:
		text := l.word.trim([]byte(r.text))
		if op.equality() {
			c.suspect(l, r.text)
		}
		return l.word.test(orderQuestion(op, r.text), func(cell []byte) bool {
			return op.holds(float64(bytes.Compare(cell, text)), 0)
		}), nil
	}
	return newWordPair(op, l.word, r.word), nil
}

// compareSpelt compiles a comparison of words with a number. A word that spells
// no number is unequal to it, and neither smaller nor larger.
func (c *compiler) compareSpelt(l, r operand, op comparison, at int) (condition, error) {
	if l.word.address {
		return nil, c.mismatch(l, r, at)
	}
	c.suspectNumber(l, r)
	return l.word.test(wordQuestion{}, func(cell []byte) bool {
		x, ok := ParseNumber(cell)
		return ok && op.holds(x, r.number) || !ok && op == unequalTo
	}), nil
}

// membership compiles in and not in.
func (c *compiler) membership(n *ast.BinaryNode, want bool) (condition, error) {
	l, err := c.operand(n.Left)
	if err != nil {
		return nil, err
	}
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return nil, c.expr.fail(syntaxStage, start(n.Right), errors.New(`in needs a list, as in ("tcp", "udp")`))
	}
	if len(list.Nodes) == 0 {
		return nil, c.expr.fail(syntaxStage, start(list), errors.New("the list is empty"))
	}
	items := make([]operand, len(list.Nodes))
	for i, node := range list.Nodes {
		if items[i], err = c.operand(node); err != nil {
			return nil, err
		}
		if !items[i].constant {
			return nil, c.expr.fail(syntaxStage, start(node), errors.New("a list holds words and numbers, nothing else"))
		}
	}
	switch {
	case l.kind == conditionOperand || l.kind == truthOperand:
		return nil, c.expr.fail(typingStage, start(n.Left), fmt.Errorf("%s, which cannot stand before in", l.describe()))
	case l.kind == wordOperand && !l.constant:
		return c.wordIn(l, items, want)
	case l.kind == unknownOperand:
		return always(false), nil
	case l.kind == wordOperand:
		return always(slices.ContainsFunc(items, func(o operand) bool { return o.kind == wordOperand && o.text == l.text }) == want), nil
	}
	in := &numberIn{number: l.asQuantity(), want: want}
	for _, item := range items {
		x, err := c.numberOf(item, l, start(item.node))
		if err != nil {
			return nil, err
		}
		in.values = append(in.values, x.number)
	}
	slices.Sort(in.values)
	return in, nil
}

// wordIn compiles a list behind a column of words.
func (c *compiler) wordIn(l operand, items []operand, want bool) (condition, error) {
	words, numbers := map[string]bool{}, map[float64]bool{}
	for _, item := range items {
		switch {
		case item.kind == wordOperand:
			words[string(l.word.trim([]byte(item.text)))] = true
			c.suspect(l, item.text)
		case item.kind == numberOperand && !l.word.address:
			numbers[item.number] = true
			c.suspectNumber(l, item)
		default:
			return nil, c.mismatch(l, item, start(item.node))
		}
	}
	return l.word.test(listQuestion(items, want), func(cell []byte) bool {
		found := words[string(cell)]
		if x, ok := ParseNumber(cell); ok && !found {
			found = numbers[x]
		}
		return found == want
	}), nil
}

// wordSearch compiles contains, startsWith, endsWith and matches.
func (c *compiler) wordSearch(n *ast.BinaryNode, want bool) (condition, error) {
	l, err := c.operand(n.Left)
	if err != nil {
		return nil, err
	}
	text, ok := n.Right.(*ast.StringNode)
	if !ok {
		return nil, c.expr.fail(syntaxStage, start(n.Right), fmt.Errorf("%s needs a text in quotes behind it", n.Operator))
	}
	found, err := c.searcher(n, text.Value)
	if err != nil {
		return nil, err
	}
	switch {
	case l.kind == unknownOperand:
		return always(false), nil
	case l.kind != wordOperand:
		return nil, c.failType(start(n.Left), fmt.Errorf("%s; %s looks into words", l.describe(), n.Operator), l)
	case l.constant:
		return always(found([]byte(l.text)) == want), nil
	}
	asked := wordQuestion{operator: n.Operator, texts: []string{text.Value}, want: want}
	return l.word.test(asked, func(cell []byte) bool { return found(cell) == want }), nil
}

// searcher returns the function behind the operator.
func (c *compiler) searcher(n *ast.BinaryNode, text string) (func(cell []byte) bool, error) {
	b := []byte(text)
	switch n.Operator {
	case "contains":
		return func(cell []byte) bool { return bytes.Contains(cell, b) }, nil
	case "startsWith":
		return func(cell []byte) bool { return bytes.HasPrefix(cell, b) }, nil
	case "endsWith":
		return func(cell []byte) bool { return bytes.HasSuffix(cell, b) }, nil
	}
	if len(text) > maxPattern {
		return nil, c.expr.fail(syntaxStage, start(n.Right), fmt.Errorf("the pattern is %d bytes long; at most %d are allowed", len(text), maxPattern))
	}
	re, err := regexp.Compile(text)
	if err != nil {
		why := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return nil, c.expr.fail(syntaxStage, start(n.Right), fmt.Errorf("the pattern is not a regular expression: %s", why))
	}
	return re.Match, nil
}

// isNull compiles isnull(column).
func (c *compiler) isNull(n ast.Node, args []ast.Node, want bool) (condition, error) {
	if len(args) == 1 {
		if name, ok := c.columnName(args[0]); ok {
			i, err := c.resolve(name, start(args[0]))
			if err != nil {
				return nil, err
			}
			return &missingCell{column: i, want: want}, nil
		}
	}
	return nil, c.expr.fail(syntaxStage, start(n), errors.New("isnull asks for one column, as in isnull(src_bytes)"))
}

// alone compiles a numeric column that stands for a condition by itself.
func (c *compiler) alone(n ast.Node, want bool) (condition, error) {
	o, err := c.operand(n)
	if err != nil {
		return nil, err
	}
	op := unequalTo
	if !want {
		op = equalTo
	}
	switch {
	case o.kind == unknownOperand, o.kind == numberOperand && o.column >= 0 && !o.time:
		return compareNumbers(op, o, operand{kind: numberOperand, constant: true, column: -1}), nil
	}
	return nil, c.failType(start(n), fmt.Errorf("%s, not a condition; compare it with something", o.describe()), o)
}

// suspect notes a word that is looked for in a coded column.
func (c *compiler) suspect(l operand, text string) {
	if l.word.dict() != nil {
		c.suspects = append(c.suspects, suspect{column: l.word.column, text: string(l.word.trim([]byte(text))), clean: l.word.clean})
	}
}

// suspectNumber notes a number that is compared with the words of a coded column.
func (c *compiler) suspectNumber(l, number operand) {
	if l.word.dict() != nil {
		c.suspects = append(c.suspects, suspect{column: l.word.column, text: number.describeValue(), number: true, clean: l.word.clean})
	}
}
