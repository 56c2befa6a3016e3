package cmd

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
)

// complete lets the shell propose values of a flag. Cobra keeps proposals for ever, with
// the flag they are for, so only a command line that a shell asks of has any.
func (w *world) complete(c *cobra.Command, flag string, propose cobra.CompletionFunc) {
	if w.proposes {
		// This fails only for a flag that does not exist, which no user can cause; the
		// test of completions would see it.
		_ = c.RegisterFlagCompletionFunc(flag, propose)
	}
}

// proposing reports whether a shell asks for proposals.
func proposing(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
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
		if strings.HasPrefix(before+col.name, typed) {
			out = append(out, before+col.name+"\t"+col.what)
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
		if strings.HasPrefix(col.name, typed) {
			out = append(out, col.name+"=")
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// A headColumn is a column as the head of a file, or a server, shows it.
type headColumn struct{ name, what string }

// headColumns returns the columns of the input that the unfinished command line names. What
// cannot be read proposes nothing.
func (o *inputOptions) headColumns(c *cobra.Command, args []string) (out []headColumn) {
	w := newWorld(strings.NewReader(""), io.Discard, io.Discard)
	path, _, err := o.path(w, args)
	if err != nil {
		return nil
	}
	if sql.IsAddress(path) {
		return o.database.headColumns(c.Context(), w, path)
	}
	named := *o
	named.where, named.columns, named.types, named.label, named.given = "", nil, nil, "", nil
	in, err := named.open(c.Context(), w, args)
	if err != nil {
		return nil
	}
	defer in.file.Close()
	for _, column := range in.file.Schema().Columns {
		out = append(out, headColumn{column.Name, column.Kind.String()})
	}
	return out
}

// headColumns asks a server for the columns of a table, and for nothing of its rows.
func (o *databaseOptions) headColumns(ctx context.Context, w *world, address string) (out []headColumn) {
	const patience = 5 * time.Second // of somebody who has pressed a key
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	at, err := sql.ParseAddress(address)
	if err != nil {
		return nil
	}
	conn, err := o.dial(ctx, w, at, false)
	if err != nil {
		return nil
	}
	defer conn.Close()
	infos, err := conn.Columns(ctx, at.Table)
	if err != nil {
		return nil
	}
	for _, info := range infos {
		out = append(out, headColumn{info.Name, info.Type})
	}
	return out
}
