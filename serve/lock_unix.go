//go:build unix

package serve

import (
	"errors"
	"os"
	"syscall"
)

// lockFile makes sure that no other process writes the file.
func lockFile(f *os.File) error {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.New("another process writes it; stop that one, or name another file")
	}
	return nil
}
