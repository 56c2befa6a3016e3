package cmd

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release is the version of this source.
const release = "0.1.0"

// version returns the release, or what the go command stamped into a binary that
// was installed by version. The stamp of a commit without one says less.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if ok && strings.HasPrefix(info.Main.Version, "v") && !strings.HasPrefix(info.Main.Version, "v0.0.0-") {
		return info.Main.Version[1:]
	}
	return release
}

// versionLine names the version, what built it, and for which machines.
func versionLine() string {
	return fmt.Sprintf("netanom %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func newVersion(w *world) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version",
		Example:           `  netanom version`,
		GroupID:           moreGroup,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(w.stdout, versionLine())
			return err
		},
	}
}
