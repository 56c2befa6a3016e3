package traffic

import "strings"

// Texts makes strings of short texts such as names of connections, dozens with one
// allocation. Who keeps one of them keeps up to 1 KiB of others from being freed. The
// zero value is ready for use. It must not be copied once used.
type Texts struct{ block strings.Builder }

const (
	textBlock = 1 << 10
	shortText = 64 // bytes; a longer text gets an allocation of its own
)

// Make returns a string of a copy of b.
func (t *Texts) Make(b []byte) string {
	if len(b) > shortText {
		return string(b)
	}
	if t.block.Cap()-t.block.Len() < len(b) {
		t.block.Reset() // the strings of the full block keep it
		t.block.Grow(textBlock)
	}
	from := t.block.Len()
	t.block.Write(b)
	return t.block.String()[from:]
}
