//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package alert

import "os"

// lockFile takes no lock where the system has none of that kind.
func lockFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
}
