package cmd

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/serve"
)

type keyOptions struct {
	scopes []string
	file   string
}

func newServeKey(w *world) *cobra.Command {
	o := &keyOptions{}
	c := &cobra.Command{
		Use:   "key NAME",
		Short: "Make a key for a client of the service",
		Long: `Key makes a key and prints it once; it is stored nowhere. The file of --keys gets
a line with the client's name, what the key allows, and the key's SHA-256. To
revoke the key, delete the line: the service reads the file again.`,
		Example: `  netanom serve key sensor-1 --keys keys.txt
  netanom serve key prometheus --scope read --keys keys.txt`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one client, as in %s sensor-1 --keys keys.txt", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(_ *cobra.Command, args []string) error { return o.run(w, args[0]) },
	}
	f := c.Flags()
	f.StringSliceVar(&o.scopes, "scope", []string{"score"}, "what the key allows: "+strings.Join(serve.Scopes(), ", ")+"; repeatable")
	f.StringVar(&o.file, "keys", "", "`file` to append the line to (default: it is printed)")
	w.complete(c, "scope", words(serve.Scopes()...))
	return c
}

func (o *keyOptions) run(w *world, name string) error {
	token, line, err := serve.NewKey(name, o.scopes)
	if err != nil {
		return usageError{err}
	}
	if o.file == "" {
		_, err := fmt.Fprintf(w.stdout, "%s\n", token)
		fmt.Fprintf(w.stderr, "netanom: the line for the file of keys: %s\n", line)
		return err
	}
	if err := storeKey(o.file, name, line); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "%s\n", token)
	return err
}

// storeKey appends the line of a new key to a file of keys, and returns when it is on the
// disk. A file that is not in order, or has a key of that name, stays as it is.
func storeKey(path, name, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return cannotWrite(path, err)
	}
	return fill(f, path, func(io.Writer) error {
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no plain file; keys need one", path)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		more, err := keyLine(path, text, name, line)
		if err != nil {
			return err
		}
		return appendSynced(f, int64(len(text)), more)
	})
}

// keyLine returns what has to be appended to the text of a file of keys, so that it has
// one line more.
func keyLine(path string, text []byte, name, line string) (string, error) {
	names, err := serve.KeyNames(bytes.NewReader(text))
	if err != nil {
		return "", fmt.Errorf("%s is no file of keys, or is damaged: %w; nothing was appended", path, err)
	}
	if slices.Contains(names, name) {
		return "", fmt.Errorf("%s has a key %q already; delete its line first, or choose another name", path, name)
	}
	more := line + "\n"
	if len(text) > 0 && text[len(text)-1] != '\n' {
		more = "\n" + more
	}
	if _, err := serve.KeyNames(strings.NewReader(string(text) + more)); err != nil {
		return "", fmt.Errorf("%s cannot take another key: %w", path, err)
	}
	return more, nil
}

// appendSynced appends a text to a file of a size. If that fails, the file is as it was.
func appendSynced(f *os.File, size int64, text string) error {
	_, err := f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Truncate(size)
	}
	return err
}
