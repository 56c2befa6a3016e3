package dataset

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const smallTable = "a,b\n1,x\n2,y\n"

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func zstandard(text string) string {
	var b bytes.Buffer
	w, _ := zstd.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// zipped packs files given as name, text, name, text.
func zipped(files ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, _ := w.Create(files[i])
		io.WriteString(f, files[i+1])
	}
	w.Close()
	return b.String()
}

// bzip2Table is smallTable as bzip2 1.0.8 packs it, which Go cannot.
const bzip2Table = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xbc\xc7\x28\x45\x00\x00\x04\x59\x80\x00\x10\x00\x04\x30\x00\x30\x00\x00\x60\x20\x00\x31\x0c\x08\x23\x41\x9a\x8e\x04\x22\x17\x8b\xb9\x22\x9c\x28\x48\x5e\x63\x94\x22\x80"

func TestCompressed(t *testing.T) {
	for _, c := range []struct{ name, content, format string }{
		{"plain", smallTable, "csv"},
		{"gzip", gzipped(smallTable), "csv, gzip"},
		{"gzip of several members", gzipped("a,b\n1,") + gzipped("x\n2,y\n"), "csv, gzip"},
		{"zstd", zstandard(smallTable), "csv, zstd"},
		{"zip", zipped("t.csv", smallTable), "csv, zip"},
		{"zip with a folder and a mark", zipped("d/", "", "d/t.csv", smallTable, "__MACOSX/d/._t.csv", "\x00"), "csv, zip"},
		{"zip with a readme", zipped("LICENSE", "free", "t.tsv", smallTable), "csv, zip"},
	} {
		f := openText(t, "any name", c.content, Options{})
		if got := joined(scanRows(t, f)); !slices.Equal(got, []string{"1|x", "2|y"}) || f.Format() != c.format {
			t.Errorf("%s: %q, %q", c.name, got, f.Format())
		}
		if got := joined(scanRows(t, f)); len(got) != 2 {
			t.Errorf("%s, second scan: %q", c.name, got)
		}
	}
}

func TestBzip2(t *testing.T) {
	f := openText(t, "t.csv.bz2", bzip2Table, Options{})
	if got := joined(scanRows(t, f)); !slices.Equal(got, []string{"1|x", "2|y"}) || f.Format() != "csv, bzip2" {
		t.Errorf("%q, %q", got, f.Format())
	}
}

// TestDamaged holds files that are cut off or damaged to a sentence.
func TestDamaged(t *testing.T) {
	long := "a,b\n" + strings.Repeat("17,some words\n23,others here\n", 200_000)
	cut := func(s string) string { return s[:len(s)*3/4] }
	spoilt := func(s string) string { return s[:len(s)/2] + "\xff\x00\xff\x00\xff\x00" + s[len(s)/2+6:] }
	for _, c := range []struct{ name, content, want string }{
		{"gzip cut", cut(gzipped(long)), "the gzip data end too early after line "},
		{"gzip cut in the head", cut(gzipped(smallTable)), "the gzip data end too early"},
		{"gzip cut in its header", "\x1f\x8b\x08", "the gzip data end too early"},
		{"gzip spoilt", spoilt(gzipped(long)), "the gzip data are damaged"},
		{"zstd cut", cut(zstandard(long)), "the zstd data end too early"},
		{"zip cut", cut(zipped("t.csv", long)), "the zip data are damaged"},
		{"zip spoilt", spoilt(zipped("t.csv", long)), "the zip data are damaged"},
		{"zip of two", zipped("a.csv", smallTable, "b.csv", smallTable), "the archive does not hold one file of records: it holds 2 (a.csv, b.csv)"},
		{"zip of seven", zipped("1", "", "2", "", "3", "", "4", "", "5", "", "6", "", "7", ""), "it holds 7 (1, 2, 3, 4, 5, …)"},
		{"empty zip", zipped(), "the archive does not hold one file of records: it holds 0"},
		{"empty gzip", gzipped(""), "the file is empty"},
		{"xz", "\xfd7zXZ\x00", "compressed with xz, which netanom does not read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := readError(t, "t", c.content, Options{})
			if err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "EOF")) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
		})
	}
}

// TestTruncatedLine: the line after which a packed file ends is right.
func TestTruncatedLine(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, "a,b\n"+strings.Repeat("1,x\n", headSize))
	w.Flush()
	err := readError(t, "t.csv.gz", b.String(), Options{})
	if want := "the gzip data end too early after line 1048577;"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q in it", err, want)
	}
}

func TestPaths(t *testing.T) {
	ctx := context.Background()
	_, err := Open(ctx, filepath.Join(t.TempDir(), "none.csv"), Options{})
	if !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "none.csv") != 1 {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Open(ctx, t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("folder: %v", err)
	}
}

// tempFiles lists what is in the folder for temporary files, which is one of
// the test's own.
func tempFiles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestStandardInput(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx := context.Background()
	for _, content := range []string{smallTable, gzipped(smallTable)} {
		f, err := Open(ctx, "-", Options{Stdin: strings.NewReader(content)})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := joined(scanRows(t, f)); !slices.Equal(got, []string{"1|x", "2|y"}) {
				t.Errorf("%q", got)
			}
		}
		f.Close()
	}
	for _, c := range []struct {
		opt  Options
		want string
	}{
		{Options{}, "standard input is not available"},
		{Options{Stdin: strings.NewReader("")}, "standard input: the file is empty"},
		{Options{Stdin: strings.NewReader("a,b\n\x00\x00")}, "standard input: this is not a text file"},
		{Options{Stdin: failingReader{}}, "copying standard input to a temporary file: the line went dead"},
	} {
		if _, err := Open(ctx, "-", c.opt); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	f, err := Open(ctx, "-", Options{Stdin: strings.NewReader("a,b\n1,2\n3\n"), Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Scan(ctx); err == nil || !strings.HasPrefix(err.Error(), "standard input:3: too few cells") {
		t.Errorf("error %v", err)
	}
	f.Close()
	if left := tempFiles(t); len(left) > 0 {
		t.Errorf("temporary files remain: %q", left)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("the line went dead") }

func TestNamedPipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no named pipes in the file system")
	}
	t.Setenv("TMPDIR", t.TempDir())
	pipe := filepath.Join(t.TempDir(), "pipe")
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Skipf("mkfifo: %v %s", err, out)
	}
	go func() { os.WriteFile(pipe, []byte(smallTable), 0) }()
	f, err := Open(context.Background(), pipe, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := joined(scanRows(t, f)); !slices.Equal(got, []string{"1|x", "2|y"}) {
		t.Errorf("%q", got)
	}
}

func TestSHA256(t *testing.T) {
	f := openText(t, "t.csv", smallTable, Options{})
	got, err := f.SHA256(context.Background())
	// printf 'a,b\n1,x\n2,y\n' | sha256sum
	if want := "15920f3fb7c051cc15fceee84432e8803a139a9b53a4ea832c37bf1109e200cf"; got != want || err != nil {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if f.Size() != int64(len(smallTable)) {
		t.Errorf("%d bytes", f.Size())
	}
}

func TestProgress(t *testing.T) {
	content := gzipped("a,b\n" + strings.Repeat("1,x\n2,y\n", 1<<18))
	last, calls := int64(0), 0
	f := openText(t, "t.csv.gz", content, Options{Jobs: 3, Progress: func(done, total int64) {
		if done < last || total != int64(len(content)) {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last, calls = done, calls+1
	}})
	if err := f.Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	if last != int64(len(content)) || calls == 0 {
		t.Errorf("%d of %d bytes reported", last, len(content))
	}
}
