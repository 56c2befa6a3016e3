//go:build unix

package watch

import (
	"os"
	"syscall"
)

// inodeOf returns what the system knows a file by, whatever its name.
func inodeOf(info os.FileInfo) (device, inode uint64) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev), uint64(s.Ino) //nolint:unconvert // their types differ among systems
	}
	return 0, 0
}
