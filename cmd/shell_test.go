package cmd

import (
	"strings"
	"testing"
)

// oneCommand splits a line that is one command into words, as a shell does.
func oneCommand(t testing.TB, line string) []string {
	t.Helper()
	commands := pipeline(t, line)
	if len(commands) != 1 {
		t.Fatalf("%s: not one command", line)
	}
	return commands[0]
}

// pipeline splits a line into the commands of a pipe and those into words. It
// knows single and double quotes, and a comment after a blank.
func pipeline(t testing.TB, line string) [][]string {
	t.Helper()
	var commands [][]string
	var words []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	end := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
scan:
	for i, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == '|' && !strings.HasPrefix(line[i:], "||") && !strings.HasSuffix(line[:i], "|"):
			end()
			commands, words = append(commands, words), nil
		case r == ' ':
			end()
		case r == '#' && !inWord:
			break scan
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	end()
	if quote != 0 {
		t.Fatalf("%s: a quote is not closed", line)
	}
	return append(commands, words)
}

func TestPipeline(t *testing.T) {
	got := pipeline(t, `netanom simulate --out a.csv | netanom describe - --where 'x == "a b" || y' # a comment`)
	want := [][]string{{"netanom", "simulate", "--out", "a.csv"}, {"netanom", "describe", "-", "--where", `x == "a b" || y`}}
	if len(got) != 2 || strings.Join(got[0], "/") != strings.Join(want[0], "/") || strings.Join(got[1], "/") != strings.Join(want[1], "/") {
		t.Errorf("got %q, want %q", got, want)
	}
}
