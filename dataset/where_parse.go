package dataset

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"
)

// Limits on filters, which may come over the network.
const (
	maxFilter  = 10_000 // bytes
	maxNesting = 200    // parentheses, operators and functions within each other
	maxPattern = 1_000  // bytes of a regular expression
)

// A filterExpr is a filter whose syntax is right, not yet tied to columns.
type filterExpr struct {
	text  string
	runes []rune
	root  ast.Node
}

// parseFilter reads the expression with the grammar of the expr language, which
// is larger than that of filters; compiling refuses the rest.
func parseFilter(text string) (*filterExpr, error) {
	switch {
	case len(text) > maxFilter:
		return nil, fmt.Errorf("the filter is %d bytes long; at most %d are allowed", len(text), maxFilter)
	case !utf8.ValidString(text):
		return nil, errors.New("the filter is not valid UTF-8")
	case strings.TrimSpace(text) == "":
		return nil, errors.New("the filter is empty; write a condition such as src_bytes > 1000")
	}
	e := &filterExpr{text: text, runes: []rune(text)}
	tokens, err := lexer.Lex(file.NewSource(text))
	if err != nil {
		return nil, e.syntaxError(err, nil)
	}
	rewritten, err := e.bracketLists(tokens)
	if err != nil {
		return nil, err
	}
	tree, err := parser.Parse(rewritten)
	if err != nil {
		return nil, e.syntaxError(err, tokens)
	}
	e.root = tree.Node
	return e, nil
}

// bracketLists returns the expression with the parentheses of every list behind
// in made brackets, as the parser wants them. All positions stay the same.
func (e *filterExpr) bracketLists(tokens []lexer.Token) (string, error) {
	out := []rune(e.text)
	var open []int // position of each open bracket whose partner is to be rewritten, or -1
	for i, t := range tokens {
		switch {
		case t.Is(lexer.Bracket, "(", "[", "{"):
			rewrite := -1
			if t.Value == "(" && i > 0 && tokens[i-1].Is(lexer.Operator, "in") {
				rewrite = t.From
			}
			if open = append(open, rewrite); len(open) > maxNesting {
				return "", e.fail(syntaxStage, t.From, fmt.Errorf("brackets are nested more than %d deep", maxNesting))
			}
		case t.Is(lexer.Bracket) && len(open) > 0:
			if from := open[len(open)-1]; from >= 0 && t.Value == ")" {
				out[from], out[t.From] = '[', ']'
			}
			open = open[:len(open)-1]
		}
	}
	for _, from := range open {
		if from >= 0 {
			out[from] = '[' // so that the missing end is what the parser finds wrong
		}
	}
	return string(out), nil
}

// syntaxError translates an error of the lexer (without tokens) or the parser.
func (e *filterExpr) syntaxError(err error, tokens []lexer.Token) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return fmt.Errorf("the filter cannot be read: %w", err)
	}
	place, text := at.From, at.Message
	i := tokenAt(tokens, at)
	switch {
	case i < 0:
	case tokens[i].Is(lexer.EOF) && !strings.HasPrefix(text, "invalid "):
		place, text = len(e.runes), "the filter ends too early"
	case strings.HasPrefix(text, "unexpected token"):
		text = unexpected(tokens[:i+1])
	case i > 0 && (strings.HasPrefix(text, "invalid ") || strings.HasSuffix(text, " too large")):
		place, text = tokens[i-1].From, "the number is too large or not one; write large numbers like 1e20"
	}
	switch text {
	case "literal not terminated":
		place, text = len(e.runes), "the quoted text does not end"
	case "invalid char escape":
		text = `a backslash in a word is written twice, as in "\\d"`
	}
	return e.fail(syntaxStage, place, errors.New(text))
}

// tokenAt returns the index of the token that an error of the parser is about, or
// -1. The end has the same position as a last token of one character.
func tokenAt(tokens []lexer.Token, at *file.Error) int {
	ended := strings.HasSuffix(at.Message, "token EOF")
	for i, t := range tokens {
		if t.From == at.From && (!ended || t.Is(lexer.EOF)) {
			return i
		}
	}
	return -1
}

// unexpected says what is wrong with the last of the tokens, and what was
// probably meant.
func unexpected(tokens []lexer.Token) string {
	last := tokens[len(tokens)-1]
	before := ""
	if len(tokens) > 1 {
		before = tokens[len(tokens)-2].Value
	}
	word := strings.ToLower(last.Value)
	switch {
	case last.Is(lexer.Operator, "="):
		return "a single = does not compare; write =="
	case last.Is(lexer.Operator, "&"):
		return "write && or and"
	case before == "|":
		return "a single | does not join conditions; write || or or"
	case before == "<" && last.Value == ">":
		return "write != for unequal"
	case last.Kind == lexer.Identifier && (word == "and" || word == "or" || word == "in" || word == "not"):
		return fmt.Sprintf("write %s in lower case", word)
	}
	return fmt.Sprintf("%q is not expected here", shorten([]byte(last.Value)))
}

// A filterStage says what has to be known to find an error.
type filterStage uint8

const (
	syntaxStage filterStage = iota // the expression alone
	namingStage                    // the names of the columns
	typingStage                    // the kinds of the columns
)

// A FilterError says what is wrong with a filter and where.
type FilterError struct {
	Filter string // the expression
	At     int    // the character at which it goes wrong, from 1; one beyond the last if the end is missing
	Err    error  // what is wrong; a *NameError for a column that does not exist

	stage   filterStage
	columns []int // typingStage: those whose kinds do not suit
}

func (e *filterExpr) fail(stage filterStage, at int, err error) *FilterError {
	return &FilterError{Filter: e.text, At: min(at, len(e.runes)) + 1, Err: err, stage: stage}
}

// Error reads as a sentence, followed by the expression and a caret under the
// place.
func (e *FilterError) Error() string {
	line, caret := e.excerpt()
	return fmt.Sprintf("the filter is wrong at character %d: %v\n  %s\n  %s^", e.At, e.Err, line, strings.Repeat(" ", caret))
}

// Unwrap returns what is wrong without the place.
func (e *FilterError) Unwrap() error { return e.Err }

// excerpt returns the part of the expression around the place that fits a line,
// and how many characters stand before the place.
func (e *FilterError) excerpt() (line string, caret int) {
	const before, width = 50, 72
	r := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, e.Filter))
	at := min(e.At-1, len(r))
	from := max(0, min(at-before, len(r)-width))
	to := min(len(r), from+width)
	line, caret = string(r[from:to]), at-from
	if from > 0 {
		line, caret = "…"+line, caret+1
	}
	if to < len(r) {
		line += "…"
	}
	return line, caret
}
