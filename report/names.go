package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// longestName keeps file names well below the limits of all file systems.
const longestName = 60

// fileName returns the name under which a table or a figure is stored.
// A name of lower-case letters, digits, "_" and "-" is kept. Any other is
// reduced to those and marked with a hash of the original, so that different
// names stay different, on file systems that ignore case too, and none can
// leave its directory or name a device.
func fileName(name string) string {
	name = utf8Text(name) // as it is stored and read back
	if plain(name) {
		return name
	}
	return marked(name)
}

// sectionName returns the file name of a section. It holds a "-" only together
// with a hash, so that section and figure can be joined by one without becoming
// the name of another pair.
func sectionName(id string) string {
	id = utf8Text(id)
	if strings.Contains(id, "-") {
		return marked(id)
	}
	return fileName(id)
}

// figureName returns the file name of a figure, without its extension.
func figureName(section, figure string) string {
	return sectionName(section) + "-" + fileName(figure)
}

// commandName returns the file name of a command: its words joined by "-".
func commandName(command string) string {
	command = utf8Text(command)
	joined := strings.ReplaceAll(command, " ", "-")
	if strings.Contains(command, "-") || !plain(joined) {
		return marked(command)
	}
	return joined
}

// plain reports whether a name can be a file name as it is.
func plain(name string) bool {
	return name != "" && slug(name) == name && len(name) <= longestName && !device(name)
}

// marked returns what can be kept of a name and a hash of all of it.
func marked(name string) string {
	safe := slug(name)
	sum := sha256.Sum256([]byte(name))
	return safe[:min(len(safe), longestName)] + "." + hex.EncodeToString(sum[:8])
}

// slug replaces every run of characters that are not kept by one "_".
func slug(name string) string {
	var b strings.Builder
	replaced := false
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			b.WriteRune(r)
			replaced = false
		} else if !replaced {
			b.WriteByte('_')
			replaced = true
		}
	}
	return b.String()
}

// device reports whether Windows takes the name for a device, and so refuses it.
func device(name string) bool {
	if slices.Contains([]string{"con", "prn", "aux", "nul"}, name) {
		return true
	}
	return len(name) == 4 && (strings.HasPrefix(name, "com") || strings.HasPrefix(name, "lpt")) && name[3] >= '0' && name[3] <= '9'
}
