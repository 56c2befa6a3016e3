package cmd

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
)

// complete lets the shell propose values of a flag.
func complete(c *cobra.Command, flag string, propose cobra.CompletionFunc) {
	// This fails only for a flag that does not exist, which no user can cause; the
	// test of completions would see it.
	_ = c.RegisterFlagCompletionFunc(flag, propose)
}

// words proposes those of a list that begin as typed.
func words(list ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		var out []string
		for _, word := range list {
			if strings.HasPrefix(word, typed) {
				out = append(out, word)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// oneFileName proposes files, until one is given.
func oneFileName(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return fileNames(args, 1)
}

// twoFileNames proposes files, until two are given.
func twoFileNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return fileNames(args, 2)
}

// fileNames proposes files, until so many are given.
func fileNames(args []string, most int) ([]string, cobra.ShellCompDirective) {
	if len(args) >= most {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// completeColumns proposes the columns of the file at hand, also after a comma.
func (o *inputOptions) completeColumns(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var out []string
	for _, col := range o.headColumns(c, args) {
		if strings.HasPrefix(before+col.Name, typed) {
			out = append(out, before+col.Name+"\t"+col.Kind.String())
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeTypes proposes columns, and after "column=" the kinds.
func (o *inputOptions) completeTypes(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	name, kind, chosen := strings.Cut(typed, "=")
	var out []string
	if chosen {
		for _, k := range dataset.Kinds() {
			if strings.HasPrefix(k, kind) {
				out = append(out, name+"="+k)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	for _, col := range o.headColumns(c, args) {
		if strings.HasPrefix(col.Name, typed) {
			out = append(out, col.Name+"=")
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// headColumns returns the columns of the file that the unfinished command line
// names, as its head shows them. What cannot be read proposes nothing.
func (o *inputOptions) headColumns(c *cobra.Command, args []string) []dataset.Column {
	named := *o
	named.where, named.columns, named.types, named.label = "", nil, nil, ""
	in, err := named.open(c.Context(), newWorld(strings.NewReader(""), io.Discard, io.Discard), args)
	if err != nil {
		return nil
	}
	defer in.file.Close()
	return in.file.Schema().Columns
}
