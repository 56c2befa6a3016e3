//go:build !unix

package serve

import "os"

// lockFile does nothing where files cannot be locked so.
func lockFile(*os.File) error { return nil }
