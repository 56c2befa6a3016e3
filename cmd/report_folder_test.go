package cmd

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/netanom/netanom/report"
)

func TestReportFolderGivesWay(t *testing.T) {
	t.Chdir(t.TempDir())
	o := outputOptions{}
	if err := o.chooseReport(); err != nil || o.report != "report" {
		t.Errorf("in an empty folder: %q, %v", o.report, err)
	}
	if err := os.Mkdir("report", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("report", "notes.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	o = outputOptions{}
	if err := o.chooseReport(); err != nil || o.report != "netanom-report" {
		t.Errorf("beside a folder of that name with other files: %q, %v", o.report, err)
	}
	o = outputOptions{report: "report"}
	var usage usageError
	if err := o.chooseReport(); !errors.Is(err, report.ErrForeign) || !errors.As(err, &usage) {
		t.Errorf("a folder that the user named is not replaced: %v", err)
	}
}
