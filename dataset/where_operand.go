package dataset

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
)

// An operandKind is what a comparison has to know of its sides.
type operandKind uint8

const (
	unknownOperand   operandKind = iota // a column in which no cell has a value
	numberOperand                       // numbers, flags and times
	wordOperand                         // levels, addresses and text
	truthOperand                        // true or false
	conditionOperand                    // holds for a row or does not
)

// An operand is a value of the language: one for every row, or a constant.
type operand struct {
	node     ast.Node
	kind     operandKind
	column   int  // of an operand that is a column as it stands, else -1
	time     bool // a number that is seconds since the epoch
	constant bool
	number   float64 // constant number; 1 or 0 for true and false
	text     string  // constant word
	values   quantity
	word     *wordColumn
	name     string // of a column
}

// asQuantity returns a number of every row.
func (o operand) asQuantity() quantity {
	if o.constant {
		return constantNumber(o.number)
	}
	return o.values
}

// describe says what the operand is: "src_bytes" is a number.
func (o operand) describe() string {
	if o.kind == conditionOperand {
		return "this is a condition"
	}
	kind := "a number"
	switch {
	case o.kind == truthOperand:
		kind = "a truth value"
	case o.kind == wordOperand && !o.constant && o.word.address:
		kind = "an address"
	case o.kind == wordOperand:
		kind = "a word"
	case o.time:
		kind = "a time"
	}
	return o.describeValue() + " is " + kind
}

func (o operand) describeValue() string {
	switch {
	case o.column >= 0:
		return fmt.Sprintf("%q", o.name)
	case o.constant && o.kind == wordOperand:
		return fmt.Sprintf("%q", shorten([]byte(o.text)))
	}
	return shorten([]byte(o.node.String()))
}

// operand compiles what stands at the side of an operator or in a function.
func (c *compiler) operand(n ast.Node) (operand, error) {
	if c.depth++; c.depth > maxNesting {
		return operand{}, c.tooDeep(n)
	}
	defer func() { c.depth-- }()
	o := operand{node: n, column: -1, constant: true}
	if name, ok := c.columnName(n); ok {
		return c.columnOperand(n, name)
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		o.kind, o.number = numberOperand, float64(n.Value)
		return o, nil
	case *ast.FloatNode:
		o.kind, o.number = numberOperand, n.Value
		return o, nil
	case *ast.StringNode:
		o.kind, o.text = wordOperand, n.Value
		return o, nil
	case *ast.BoolNode:
		o.kind = truthOperand
		if n.Value {
			o.number = 1
		}
		return o, nil
	case *ast.UnaryNode:
		if n.Operator == "-" || n.Operator == "+" {
			return c.signed(n)
		}
		return operand{node: n, kind: conditionOperand, column: -1}, nil
	case *ast.BinaryNode:
		if f, ok := arithmetics[n.Operator]; ok {
			return c.arithmetic(n, f)
		}
		if conditionOperators[n.Operator] {
			return operand{node: n, kind: conditionOperand, column: -1}, nil
		}
	}
	if name, args, ok := call(n); ok {
		return c.function(n, name, args)
	}
	return operand{}, c.expr.fail(syntaxStage, start(n), fmt.Errorf("%s is not part of the filter language", construct(n)))
}

// conditionOperators are those whose result is true or false.
var conditionOperators = map[string]bool{
	"&&": true, "and": true, "||": true, "or": true, "==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true,
	"in": true, "contains": true, "startsWith": true, "endsWith": true, "matches": true,
}

var arithmetics = map[string]func(x, y float64) float64{
	"+":  func(x, y float64) float64 { return x + y },
	"-":  func(x, y float64) float64 { return x - y },
	"*":  func(x, y float64) float64 { return x * y },
	"/":  func(x, y float64) float64 { return x / y },
	"%":  math.Mod,
	"**": math.Pow,
	"^":  math.Pow,
}

// construct names what the grammar of expr has and that of filters has not.
func construct(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NilNode:
		return "nil (isnull(column) finds missing cells)"
	case *ast.ArrayNode:
		return "a list that does not stand behind in"
	case *ast.ConditionalNode:
		return "a choice with ? or if"
	case *ast.BinaryNode:
		return "the operator " + n.Operator
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return "a sequence of expressions"
	}
	return "this"
}

// columnName returns the name of the column that n stands for: an identifier,
// several joined by points, or a name in backticks.
func (c *compiler) columnName(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.StringNode:
		return n.Value, c.runeAt(n) == '`'
	case *ast.MemberNode:
		if _, ok := n.Node.(*ast.StringNode); ok || n.Optional || n.Method {
			return "", false
		}
		// The name behind a point is not in quotes; that in ["…"] is.
		last, ok := n.Property.(*ast.StringNode)
		if r := c.runeAt(last); !ok || r == '"' || r == '\'' || r == '`' {
			return "", false
		}
		first, ok := c.columnName(n.Node)
		return first + "." + last.Value, ok
	}
	return "", false
}

// runeAt returns the character of the expression at which a text begins.
func (c *compiler) runeAt(n *ast.StringNode) rune {
	if n == nil || n.Location().From >= len(c.expr.runes) {
		return 0
	}
	return c.expr.runes[n.Location().From]
}

// start returns the position at which n begins.
func start(n ast.Node) int {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return start(n.Left)
	case *ast.MemberNode:
		return start(n.Node)
	}
	return n.Location().From
}

func (c *compiler) resolve(name string, at int) (int, error) {
	i, err := c.schema.Resolve(name)
	if err != nil {
		if e, ok := err.(*NameError); ok && len(e.Near) == 0 {
			err = fmt.Errorf("%w; words to compare with go in quotes, as in %q", err, name)
		}
		return -1, c.expr.fail(namingStage, at, err)
	}
	c.used[i] = true
	return i, nil
}

func (c *compiler) columnOperand(n ast.Node, name string) (operand, error) {
	i, err := c.resolve(name, start(n))
	if err != nil {
		return operand{}, err
	}
	col := &c.schema.Columns[i]
	o := operand{node: n, column: i, name: col.Name}
	switch col.Kind {
	case Number, Flag, Time:
		o.kind, o.time, o.values = numberOperand, col.Kind == Time, numberColumn(i)
	case Category, Address, Text:
		o.kind = wordOperand
		o.word = &wordColumn{schema: c.schema, column: i, address: col.Kind == Address, label: col.Role == Label || col.Role == Derivative}
	default:
		o.values = numberColumn(i)
	}
	return o, nil
}

func (c *compiler) signed(n *ast.UnaryNode) (operand, error) {
	zero := operand{node: n, kind: numberOperand, column: -1, constant: true}
	x, err := c.operand(n.Node)
	if err != nil {
		return operand{}, err
	}
	if x, err = c.numberOf(x, zero, start(n)); err != nil {
		return operand{}, err
	}
	if n.Operator == "+" {
		return x, nil
	}
	return c.apply(n, "-", func(x float64) float64 { return -x }, x), nil
}

// apply computes a function of a number, at once if it is constant.
func (c *compiler) apply(n ast.Node, name string, f func(float64) float64, x operand) operand {
	o := operand{node: n, kind: numberOperand, column: -1, constant: x.constant}
	if x.constant {
		o.number = f(x.number)
	} else {
		o.values = &function{name: name, f: f, x: x.values}
	}
	return o
}

func (c *compiler) arithmetic(n *ast.BinaryNode, f func(x, y float64) float64) (operand, error) {
	l, err := c.operand(n.Left)
	if err != nil {
		return operand{}, err
	}
	r, err := c.operand(n.Right)
	if err != nil {
		return operand{}, err
	}
	at := n.Location().From
	x, err := c.numberOf(l, r, at)
	if err != nil {
		return operand{}, err
	}
	y, err := c.numberOf(r, l, at)
	if err != nil {
		return operand{}, err
	}
	o := operand{node: n, kind: numberOperand, column: -1, constant: x.constant && y.constant}
	// A time and a number of seconds make a time, two times a number of seconds.
	o.time = x.time != y.time && (n.Operator == "+" || n.Operator == "-")
	if o.constant {
		o.number = f(x.number, y.number)
	} else {
		o.values = &arithmetic{name: n.Operator, f: f, x: x.asQuantity(), y: y.asQuantity()}
	}
	return o, nil
}

// call returns the name and the arguments of a function call.
func call(n ast.Node) (name string, args []ast.Node, ok bool) {
	switch n := n.(type) {
	case *ast.BuiltinNode:
		return n.Name, n.Arguments, true
	case *ast.CallNode:
		if f, ok := n.Callee.(*ast.IdentifierNode); ok {
			return f.Value, n.Arguments, true
		}
	}
	return "", nil, false
}

func (c *compiler) function(n ast.Node, name string, args []ast.Node) (operand, error) {
	if name == "isnull" || name == "ismissing" {
		return operand{node: n, kind: conditionOperand, column: -1}, nil
	}
	if name != "abs" && name != "log1p" && name != "len" && name != "lower" {
		return operand{}, c.expr.fail(syntaxStage, start(n), fmt.Errorf("there is no function %s; there are abs, log1p, len, lower and isnull", name))
	}
	if len(args) != 1 {
		return operand{}, c.expr.fail(syntaxStage, start(n), fmt.Errorf("%s takes one value, not %d", name, len(args)))
	}
	x, err := c.operand(args[0])
	if err != nil {
		return operand{}, err
	}
	if name == "abs" || name == "log1p" {
		f := math.Abs
		if name == "log1p" {
			f = math.Log1p
		}
		if x, err = c.numberOf(x, operand{node: n, kind: numberOperand, column: -1, constant: true}, start(args[0])); err != nil {
			return operand{}, err
		}
		return c.apply(n, name, f, x), nil
	}
	switch {
	case x.kind == unknownOperand:
		return operand{node: n, column: -1, values: x.values}, nil
	case x.kind != wordOperand:
		return operand{}, c.failType(start(args[0]), fmt.Errorf("%s; %s takes a word", x.describe(), name), x)
	}
	return wordFunction(n, name, x), nil
}

// wordFunction applies len or lower to a word.
func wordFunction(n ast.Node, name string, x operand) operand {
	o := operand{node: n, column: -1, constant: x.constant}
	if name == "lower" {
		o.kind, o.text = wordOperand, strings.ToLower(x.text)
		if !x.constant {
			lower := *x.word
			lower.lower = true
			o.word = &lower
		}
		return o
	}
	o.kind, o.number = numberOperand, float64(utf8.RuneCountInString(x.text))
	if !x.constant {
		o.values = x.word.lengths()
	}
	return o
}

// numberOf returns an operand as a number, given what it is to be joined with:
// words become times beside times, and elsewhere the numbers that they spell.
func (c *compiler) numberOf(o, beside operand, at int) (operand, error) {
	switch {
	case o.kind == numberOperand, o.kind == unknownOperand:
		return o, nil
	case o.kind == wordOperand && o.constant && beside.time:
		if x, ok := ParseTime([]byte(o.text), ISO8601); ok {
			return operand{node: o.node, kind: numberOperand, column: -1, time: true, constant: true, number: x}, nil
		}
		if x, ok := ParseNumber([]byte(o.text)); ok {
			return operand{node: o.node, kind: numberOperand, column: -1, time: true, constant: true, number: x}, nil
		}
		return o, c.failType(at, fmt.Errorf("%s; %q is none: write it like 2018-09-21 or 2018-09-21T09:40:22Z", beside.describe(), shorten([]byte(o.text))), beside)
	case o.kind == wordOperand && o.constant:
		if x, ok := ParseNumber([]byte(o.text)); ok && !beside.constant {
			return operand{node: o.node, kind: numberOperand, column: -1, constant: true, number: x}, nil
		}
	case o.kind == wordOperand && !o.word.address:
		c.suspectNumber(o, beside)
		values := o.word.numbers(func(cell []byte) float64 { x, _ := ParseNumber(cell); return x })
		return operand{node: o.node, kind: numberOperand, column: -1, values: values}, nil
	}
	return o, c.mismatch(beside, o, at)
}

// mismatch is the error of two operands that do not go together.
func (c *compiler) mismatch(l, r operand, at int) error {
	return c.failType(at, fmt.Errorf("%s; %s", l.describe(), r.describe()), l, r)
}

// failType is an error that other kinds of the operands' columns might mend.
func (c *compiler) failType(at int, err error, operands ...operand) error {
	e := c.expr.fail(typingStage, at, err)
	for _, o := range operands {
		if o.column >= 0 {
			e.columns = append(e.columns, o.column)
		}
	}
	return e
}
