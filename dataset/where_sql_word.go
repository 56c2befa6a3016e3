package dataset

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// mostListed is how many levels a condition names at most.
const mostListed = 10_000

// wordTest puts the question to the levels of a category, which is right whatever the
// server understands, and to the server if these are too many. Lists of words, and
// questions about addresses and text, go to the server first.
func (t *translator) wordTest(c *wordTest) (string, error) {
	column := &t.schema.Columns[c.column]
	first, second := t.levelTest, t.directTest
	if column.Kind != Category || c.asked.operator == "in" && !c.of.lower {
		first, second = second, first
	}
	text, err := first(c)
	if err == nil {
		return text, nil
	}
	if text, other := second(c); other == nil {
		return text, nil
	}
	return "", t.untranslated(c)
}

// untranslated says what to do instead.
func (t *translator) untranslated(c *wordTest) error {
	name := t.schema.Columns[c.column].Name
	switch {
	case c.asked.operator == "":
		return fmt.Errorf("%q has too many different words for a database to read them as numbers; compare with words in quotes, as in %s == \"80\"", name, name)
	case c.of.lower && c.asked.operator != "matches":
		return fmt.Errorf("a database does not order %q in lower case as files do; compare it with ==, in, contains, startsWith or endsWith", name)
	}
	return fmt.Errorf("this database cannot match %q with such a pattern; use contains, startsWith, endsWith, == or in", name)
}

// errLevels says that the levels of a column are of no use.
var errLevels = errors.New("the levels of the column are unknown or too many")

// levelTest names the levels that pass, or those that do not.
func (t *translator) levelTest(c *wordTest) (string, error) {
	d := c.of.dict()
	if d == nil {
		return "", errLevels
	}
	var passing, failing []string
	for _, code := range d.Sorted() {
		if level := d.Level(code); c.words.at(code) {
			passing = append(passing, level)
		} else {
			failing = append(failing, level)
		}
	}
	cell := t.say.Text(c.column)
	text := t.inWords(cell, passing, true)
	if size(failing) < size(passing)/2 {
		text = t.inWords(cell, failing, false)
	}
	if min(len(passing), len(failing)) > mostListed || len(text) > maxTranslated {
		return "", errLevels
	}
	return text, nil
}

// size is about how long a list of words is as text.
func size(words []string) (bytes int) {
	for _, w := range words {
		bytes += len(w) + 4
	}
	return bytes
}

// inWords is whether a text is among words, or is there but not among them.
func (t *translator) inWords(cell string, words []string, want bool) string {
	literals := make([]string, len(words))
	for i, w := range words {
		literals[i] = t.say.Word(w)
	}
	switch e := bracketed(cell); {
	case len(words) == 0 && want:
		return verdict(false)
	case len(words) == 0:
		return e + " IS NOT NULL"
	case len(words) == 1 && want:
		return e + " = " + literals[0]
	case len(words) == 1:
		return e + " <> " + literals[0]
	case want:
		return e + " IN (" + strings.Join(literals, ", ") + ")"
	default: // ClickHouse finds that NULL is not in a list
		return "(" + e + " NOT IN (" + strings.Join(literals, ", ") + ") AND " + e + " IS NOT NULL)"
	}
}

// directTest asks the server about the word.
func (t *translator) directTest(c *wordTest) (string, error) {
	cell := t.cleanCell(c.of)
	switch operator := c.asked.operator; {
	case operator == "":
		return "", errLevels
	case c.of.lower:
		return t.lowerTest(c, cell)
	case operator == "in":
		return t.inWords(t.say.Text(c.column), c.of.spellings(c.asked.texts), c.asked.want), nil
	case comparisons[operator] > unequalTo:
		text := c.of.trim([]byte(c.asked.texts[0]))
		return t.say.bytewise(cell) + signs[comparisons[operator]] + t.say.Word(string(text)), nil
	}
	if c.asked.operator != "matches" && c.asked.texts[0] == "" {
		return t.inWords(cell, nil, !c.asked.want), nil // all words pass, or none
	}
	found, err := t.search(c.asked.operator, cell, c.asked.texts[0])
	if err != nil || c.asked.want {
		return found, err
	}
	return "NOT (" + found + ")", nil
}

// cleanCell is the word that a cell is compared by, but for its case.
func (t *translator) cleanCell(w *wordColumn) string {
	cell := t.say.Text(w.column)
	if w.label {
		return t.say.trimmed(cell)
	}
	return cell
}

// spellings are the cells that are equal to one of the words: a label may end in a point.
func (w *wordColumn) spellings(words []string) []string {
	if !w.label {
		return words
	}
	var cells []string
	for _, word := range words {
		word = string(w.trim([]byte(word)))
		if !strings.HasSuffix(word, ".") {
			cells = append(cells, word)
		}
		cells = append(cells, word+".")
	}
	return cells
}

func (t *translator) search(operator, cell, text string) (string, error) {
	if operator == "matches" {
		pattern, err := plainPattern(text)
		if err != nil {
			return "", err
		}
		if found := t.say.Match(cell, pattern); found != "" {
			return found, nil
		}
		return "", errors.New("the server has no such patterns")
	}
	switch operator {
	case "contains":
		return t.say.contains(cell, text), nil
	case "startsWith":
		return t.say.startsWith(cell, text), nil
	}
	return t.say.endsWith(cell, text), nil
}

// lowerTest asks about a word in lower case by a pattern of the characters that become
// those of the text; servers do not agree on what lower case is beyond ASCII.
func (t *translator) lowerTest(c *wordTest, cell string) (string, error) {
	var choices []string
	for _, text := range c.asked.texts {
		if c.asked.operator == "in" {
			text = string(c.of.trim([]byte(text)))
		}
		if pattern, ok := loweredPattern(c.asked.operator, text); ok {
			choices = append(choices, pattern)
		}
	}
	switch operator := c.asked.operator; {
	case operator == "matches" || comparisons[operator] > unequalTo:
		return "", errors.New("no pattern says this")
	case len(choices) == 0:
		return t.inWords(cell, nil, c.asked.want), nil
	}
	found := t.say.matches(cell, strings.Join(choices, "|"))
	if c.asked.want {
		return found, nil
	}
	return "NOT (" + found + ")", nil
}

// wordPair compares the words of two columns.
func (t *translator) wordPair(c *wordPair) (string, error) {
	if c.of.lower || c.with.lower {
		return "", errors.New("a database does not turn two columns into lower case as files do; compare them without lower")
	}
	l, r := bracketed(t.cleanCell(c.of)), bracketed(t.cleanCell(c.with))
	if !c.op.equality() {
		l, r = t.say.bytewise(l), t.say.bytewise(r)
	}
	return l + signs[c.op] + r, nil
}

// wordNumber is the length of a word, or the number that it spells.
func (t *translator) wordNumber(q *wordNumbers) (phrased, error) {
	if q.length {
		return phrased{text: bracketed(t.say.length(t.cleanCell(q.of)))}, nil
	}
	name := t.schema.Columns[q.column].Name
	d := q.of.dict()
	if d == nil {
		return phrased{}, fmt.Errorf("a database does not read the words of %q as numbers as files do; compare it with words in quotes, as in %s == \"80\"", name, name)
	}
	var levels []string
	var values []float64
	for _, code := range d.Sorted() {
		if x := q.words.at(code); x == x {
			levels, values = append(levels, d.Level(code)), append(values, x)
		}
	}
	switch {
	case len(levels) > mostListed:
		return phrased{}, fmt.Errorf("more than %d words of %q spell numbers, too many to compute with in a database; compare it with a number or a word alone", mostListed, name)
	case len(levels) == 0:
		return t.constant(math.NaN()), nil
	}
	return phrased{text: bracketed(t.say.spelt(t.say.Text(q.column), levels, values))}, nil
}
