package cmd

import (
	"slices"

	"github.com/spf13/pflag"

	"github.com/netanom/netanom/dataset/sql"
)

// fileFlags are the flags that say how a file is read.
var fileFlags = []string{"delimiter", "header", "quotes", "strict", "max-bad"}

// idle refuses flags about reading that would do nothing: those about files where no file is
// read, and those about databases where no table of one is. It is asked once, before anything is
// opened.
func (o *inputOptions) idle(path string) error {
	if o.given == nil {
		return nil
	}
	paths := []string{path}
	if o.second != nil && *o.second != "" {
		paths = append(paths, *o.second)
	}
	table := slices.ContainsFunc(paths, sql.IsAddress)
	file := slices.ContainsFunc(paths, func(p string) bool { return !sql.IsAddress(p) })
	var err error
	o.given.Visit(func(f *pflag.Flag) {
		switch {
		case err != nil:
		case !file && slices.Contains(fileFlags, f.Name):
			err = usagef("--%s says how a file is read, and a table of a database is none; leave it out", f.Name)
		case !table && groupOf(f) == dataGroup:
			err = usagef("--%s is about a table of a database, and none is read; leave it out", f.Name)
		case o.ordered() && slices.Contains(fetchFlags, f.Name):
			err = usagef("--%s is for commands that look at some rows of a table, and this one reads all; choose rows with --where", f.Name)
		}
	})
	o.given = nil // what is opened next is what second names
	return err
}

// ordered reports whether the command reads all rows of a table of a database, in the order
// of a key.
func (o *inputOptions) ordered() bool { return o.given.Lookup("key") != nil }

// fetched reports whether the answer may depend on which rows of a database were fetched.
func (o *inputOptions) fetched(in *input) bool {
	either := sql.IsAddress(in.path) || in.reference != nil && sql.IsAddress(in.reference.path)
	return either && (o.needsRows || o.fetches)
}
