package dataset

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packed returns a text in a compression.
func packed(t *testing.T, kind, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	default:
		return []byte(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpenStream(t *testing.T) {
	text := strings.Repeat("a line of text\n", 1000)
	for _, kind := range []string{"plain", "gzip", "zstd"} {
		path := filepath.Join(t.TempDir(), "file")
		data := packed(t, kind, text)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var told, total int64
		r, err := OpenStream(t.Context(), path, nil, func(d, n int64) { told, total = d, n })
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != text || r.Close() != nil {
			t.Errorf("%s: %d bytes, %v", kind, len(got), err)
		}
		if told != int64(len(data)) || total != told {
			t.Errorf("%s: told of %d of %d bytes, want %d", kind, told, total, len(data))
		}
		if r, err = OpenStream(t.Context(), "-", bytes.NewReader(data), nil); err != nil {
			t.Fatal(err)
		}
		if got, err = io.ReadAll(r); err != nil || string(got) != text {
			t.Errorf("%s from standard input: %d bytes, %v", kind, len(got), err)
		}
	}
}

// TestOpenStreamErrors says what cannot be read, and why.
func TestOpenStreamErrors(t *testing.T) {
	dir := t.TempDir()
	cut := packed(t, "gzip", strings.Repeat("text ", 10000))
	files := map[string][]byte{"cut": cut[:len(cut)/2], "zip": []byte("PK\x03\x04 and so on"), "empty": nil}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"cut": "end too early", "zip": "unpack it", "nowhere": "no such file", "": "is a folder"} {
		r, err := OpenStream(t.Context(), filepath.Join(dir, name), nil, nil)
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
	if _, err := OpenStream(t.Context(), "-", nil, nil); err == nil {
		t.Error("no standard input is no error")
	}
	r, err := OpenStream(t.Context(), filepath.Join(dir, "empty"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); len(got) != 0 || err != nil {
		t.Errorf("an empty file gives %q, %v", got, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if r, err = OpenStream(ctx, filepath.Join(dir, "cut"), nil, nil); err != nil {
		t.Fatal(err)
	}
	stop()
	for err == nil {
		_, err = r.Read(make([]byte, 1<<16))
	}
	if !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "too early") {
		t.Errorf("reading after the end of the context: %v", err)
	}
}

// TestConverter makes tables of files that are none, under the name and hash of the file.
func TestConverter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.gz")
	if err := os.WriteFile(path, packed(t, "gzip", "MAGIC 3"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain, err := Open(t.Context(), path, Options{Header: HeaderNo})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	count := func(_ context.Context, name string, r io.Reader, w io.Writer) error {
		if text, err := io.ReadAll(r); err != nil || string(text) != "MAGIC 3" || name != path {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
		_, err := io.WriteString(w, "n\n1\n2\n3\n")
		return err
	}
	o := Options{Converter: func(head []byte) Conversion {
		if !bytes.HasPrefix(head, []byte("MAGIC")) {
			return nil
		}
		return count
	}}
	f, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := Load(t.Context(), f)
	if err != nil || table.Rows() != 3 || !f.Converted() || f.Path() != path {
		t.Errorf("%d rows of %s, %v", table.Rows(), f.Path(), err)
	}
	want, _ := plain.SHA256(t.Context())
	if got, err := f.SHA256(t.Context()); got != want || err != nil {
		t.Errorf("the hash is %s, %v, want %s", got, err, want)
	}
	if head, err := plain.Head(t.Context()); string(head) != "MAGIC 3" || err != nil {
		t.Errorf("the head is %q, %v", head, err)
	}
	converted, err := plain.Convert(t.Context(), count)
	if err != nil || !converted.Converted() {
		t.Fatal(err)
	}
}

// TestConversionFails returns the conversion's own error, and not that of the pipe behind it.
func TestConversionFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("MAGIC"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("file: the second record is broken")
	o := Options{Converter: func([]byte) Conversion {
		return func(_ context.Context, _ string, _ io.Reader, w io.Writer) error {
			if _, err := io.WriteString(w, "n\n1\n"); err != nil {
				return err
			}
			return broken
		}
	}}
	if _, err := Open(t.Context(), path, o); !errors.Is(err, broken) || err.Error() != broken.Error() {
		t.Errorf("error %v, want %v", err, broken)
	}
}
