package content

import "strings"

// webSystem are directories of the system that no web site has in its parameters.
var webSystem = set("bin etc proc sbin windows winnt")

// manySlashes in a row were an attack on early servers, called back in the KDD data.
const manySlashes = 64

var slashes = strings.Repeat("/", manySlashes)

// abusedPrograms are those that requests of break-ins have named.
var abusedPrograms = map[string]bool{
	"phf": true, "test-cgi": true, "nph-test-cgi": true, "cmd.exe": true, "root.exe": true,
}

// target counts what a request asks for: programs that are known to be abused, and
// files of the system, which a web server has no reason to give away. The path of the
// request is one of the site, so that /bin is not suspicious at its beginning; in its
// parameters and behind ".." it is.
func (h *http) target(text string) {
	if strings.Contains(text, slashes) {
		add(&h.found.Hot, 2)
		add(&h.found.NumCompromised, 1)
	}
	text = strings.ToLower(text)
	if !suspicious(text) {
		return
	}
	text = strings.ToLower(unescape(unescape(text)))
	program, system, access := false, false, false
	for i, part := range strings.FieldsFunc(text, separates) {
		top := topDirectory(part)
		inSystem := webSystem[top] && (i > 0 || top == "etc") || climbs(part) && systemPath(part)
		program = program || abusedPrograms[base(part)]
		system = system || inSystem
		access = access || accessFile(part) && (inSystem || strings.HasPrefix(base(part), "."))
	}
	if program {
		add(&h.found.Hot, 1)
	}
	if system || access {
		add(&h.found.Hot, 1)
	}
	if access {
		add(&h.found.NumAccessFiles, 1)
	}
}

// suspicious reports whether a closer look is worth while. Most targets hold nothing
// of this.
func suspicious(text string) bool {
	for _, mark := range [...]string{"%", "..", "/.", ".exe", "phf", "-cgi", "/etc", "bin/", "/proc", "/win"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

func climbs(path string) bool {
	return strings.Contains(path, "../") || strings.Contains(path, `..\`)
}

func separates(r rune) bool { return strings.ContainsRune("?&=;|+ \t\r\n'\"<>`", r) }

// unescape decodes %xx and leaves alone what is none (RFC 3986, section 2.1).
func unescape(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			high, low := hexDigit(text[i+1]), hexDigit(text[i+2])
			if high >= 0 && low >= 0 {
				out = append(out, byte(high<<4|low))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return string(out)
}

func hexDigit(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	}
	return -1
}
