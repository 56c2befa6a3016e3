package cmd

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/netanom/netanom/report"
)

// optionsOf lists what was asked, by the flags of a command that can change the
// answer: the command's own always, and if rows of a database are fetched, which; others where
// the user gave them.
func optionsOf(c *cobra.Command, fetched bool) []report.Option {
	var out []report.Option
	c.Flags().VisitAll(func(f *pflag.Flag) {
		own := groupOf(f) == ownGroup || fetched && slices.Contains(fetchFlags, f.Name)
		if !decides(f) || !own && !f.Changed {
			return
		}
		out = append(out, report.Option{Name: strings.ReplaceAll(f.Name, "-", "_"), Value: valueOf(f)})
	})
	return out
}

// decides reports whether a flag can change the answer, and not just its form,
// its place, or the time it takes.
func decides(f *pflag.Flag) bool {
	switch f.Name {
	case "help", "data", "jobs", "explain-queries":
		return false
	case "password-file", "tls-ca", "query-seconds", "query-memory", "query-silence": // the way to a server, and its patience
		return false
	case privacyName:
		return true
	}
	return groupOf(f) != outputGroup
}

// valueOf returns the value of a flag: nil, a list, a bool, a number or a text.
func valueOf(f *pflag.Flag) any {
	switch v := f.Value.(type) {
	case pflag.SliceValue:
		return v.GetSlice()
	case kindMap:
		return v.list()
	case *number:
		if math.IsNaN(v.value) { // not given, and without a default
			return nil
		}
		return v.value
	}
	text := f.Value.String()
	switch {
	case text == "":
		return nil
	case f.Value.Type() == "bool":
		return text == "true"
	case f.Value.Type() == "uint64":
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return n
		}
	}
	return text
}

// nameOf returns the words by which a document knows a command: those of a test are
// "test" and its name, whichever way it was called.
func nameOf(c *cobra.Command) string {
	if t, _, err := c.Root().Find([]string{"test", c.Name()}); err == nil && t.Name() == c.Name() && t.Parent() != c.Root() {
		return t.Parent().Name() + " " + t.Name()
	}
	return c.Name()
}

// sign completes the commands that reproduce each section with the file and the
// flags given: the command itself, once, in the first section; where another
// command makes a section too, that command with the flags it shares.
func sign(sections []report.Section, c *cobra.Command, paths []string) {
	itself := c.Root().Name() + " " + nameOf(c)
	for i := range sections {
		s := &sections[i]
		switch {
		case i == 0:
			s.Commands = []string{commandLine(c, itself, paths, decides)}
		case len(s.Commands) > 0 && strings.HasPrefix(s.Commands[0], itself):
			s.Commands = nil
		default:
			for j, name := range s.Commands {
				s.Commands[j] = commandLine(c, name, paths, isShared)
			}
		}
	}
}

// isShared reports whether a flag changes the answers of other commands in the
// same way.
func isShared(f *pflag.Flag) bool { return decides(f) && groupOf(f) != ownGroup }

// commandLine writes a command that asks of the same files what those flags of c
// ask that are chosen.
func commandLine(c *cobra.Command, name string, paths []string, chosen func(*pflag.Flag) bool) string {
	line := name
	for _, path := range paths {
		line += " " + shellQuoted(path)
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !chosen(f) || !f.Changed {
			return
		}
		for _, value := range valuesOf(f) {
			line += " --" + f.Name + "=" + shellQuoted(value)
		}
	})
	return line
}

// valuesOf returns the values with which a flag is to be repeated.
func valuesOf(f *pflag.Flag) []string {
	switch v := f.Value.(type) {
	case kindMap:
		return v.list()
	case pflag.SliceValue:
		if f.Value.Type() == "stringArray" {
			return v.GetSlice()
		}
		return []string{strings.Trim(f.Value.String(), "[]")}
	}
	return []string{f.Value.String()}
}

// shellQuoted writes a word so that a POSIX shell takes it as one.
func shellQuoted(s string) string {
	plain := func(r rune) rune {
		if strings.ContainsRune("./_+-=:@%,", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return -1
		}
		return r
	}
	if s != "" && strings.Map(plain, s) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
