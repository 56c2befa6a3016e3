package triage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits on allow lists.
const (
	maxAllowBytes = 8 << 20
	maxAllowLine  = 4096
	maxAllowRules = 100_000
	maxMistakes   = 20 // reported at once
)

// ParseAllow reads an allow list, of which errors speak by the name. It has a rule a
// line; empty lines, and what follows a # at the begin of a line or word, mean nothing.
//
//	10.0.0.5                          alerts with this source
//	10.0.0.0/8 -> 10.0.1.53:53/udp    source, and target with port and protocol
//	* -> [2001:db8::53]:53            any source; brackets part an IPv6 address from a port
//	src=10.0.0.0/8 service=domain_u   all conditions by name: src dst sport port proto
//	class=portsweep until=2026-12-31  service class uid until
//
// A rule matches if all of its conditions hold. Conditions by name may follow the short
// form. sport and port (that of the destination), proto, service, class and uid take
// several values with commas between, ports also ranges as in 6000-6063; case only
// matters for uid. until is the last day, in UTC, or a moment as in RFC 3339, at which
// the rule is in force. A rule that would match everything is refused.
//
// An error lists the first 20 wrong lines, each with its number and the right form.
func ParseAllow(r io.Reader, name string) (*Allow, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxAllowBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(text) > maxAllowBytes:
		return nil, fmt.Errorf("%s: an allow list of more than %d MiB; networks such as 10.0.0.0/8 take fewer rules than addresses", name, maxAllowBytes>>20)
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return nil, fmt.Errorf("%s: not a text file in UTF-8; save the allow list as plain text", name)
	}
	list := &Allow{}
	var mistakes []error
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\uFEFF")) {
		number++
		if err := list.addLine(line, number); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s:%d: %w", name, number, err))
		}
		if len(mistakes) == maxMistakes {
			break
		}
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	list.index = newIndex(list.rules)
	return list, nil
}

func (a *Allow) addLine(line string, number int) error {
	if len(line) > maxAllowLine {
		return fmt.Errorf("a line of more than %d bytes; write several rules", maxAllowLine)
	}
	line = strings.TrimSpace(withoutComment(line))
	if line == "" {
		return nil
	}
	if len(a.rules) == maxAllowRules {
		return fmt.Errorf("more than %d rules; networks such as 10.0.0.0/8 take fewer than addresses", maxAllowRules)
	}
	r, err := parseRule(line)
	if err != nil {
		return err
	}
	r.line, r.text = number, line
	a.rules = append(a.rules, r)
	return nil
}

func withoutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// parseRule reads a line without its comment.
func parseRule(line string) (*rule, error) {
	words := strings.Fields(line)
	r := &rule{}
	named, err := r.parseShort(words)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{"src": r.source.IsValid(), "dst": r.target.IsValid(), "port": r.port != nil, "proto": r.protocols != nil}
	for _, word := range named {
		key, value, ok := strings.Cut(word, "=")
		switch {
		case !ok:
			return nil, fmt.Errorf("%q is no condition; conditions look like port=53, with no space around the =", word)
		case seen[key]:
			return nil, fmt.Errorf("%s stands twice; write several values as %s=A,B or several rules", key, key)
		case value == "":
			return nil, fmt.Errorf("%s has no value; leave it out, or write one as in %s", key, exampleOf(key))
		}
		seen[key] = true
		if err := r.set(key, value); err != nil {
			return nil, err
		}
	}
	if !r.narrows() {
		return nil, errors.New("this rule would allow every alert; give it an address, a port or a class, as in src=10.0.0.0/8")
	}
	return r, nil
}

// narrows reports whether there are alerts that the rule does not match.
func (r *rule) narrows() bool {
	return r.source.IsValid() || r.target.IsValid() || len(r.sourcePort)+len(r.port) > 0 ||
		len(r.protocols)+len(r.service)+len(r.class)+len(r.uid) > 0
}

// parseShort reads "A", "A -> B" or "A -> B:53/udp" at the begin of a rule, and returns
// the words after it.
func (r *rule) parseShort(words []string) ([]string, error) {
	if strings.Contains(words[0], "=") {
		return words, nil
	}
	var left, right string
	left, words = words[0], words[1:]
	if a, b, ok := strings.Cut(left, "->"); ok { // without spaces
		left, right = a, b
	} else if len(words) > 0 && words[0] == "->" {
		if len(words) == 1 {
			return nil, fmt.Errorf("no target after ->; write %s -> 10.0.1.53, or %s -> 10.0.1.53:53/udp", left, left)
		}
		right, words = words[1], words[2:]
	} else {
		return words, r.setSource(left)
	}
	if err := r.setSource(left); err != nil {
		return nil, err
	}
	return words, r.setTarget(right)
}

func (r *rule) setSource(text string) error {
	if text == "*" {
		return nil
	}
	network, err := parseNetwork(text)
	if err != nil {
		if host, _, ok := cutPort(text); ok {
			return fmt.Errorf("%s has a port, which only a target may have; write %s, and sport=… for the port of a source", text, host)
		}
	}
	r.source = network
	return err
}

func (r *rule) setTarget(text string) error {
	host, port, hasPort := cutPort(text)
	if hasPort {
		port, protocol, hasProtocol := strings.Cut(port, "/")
		if err := r.set("port", port); err != nil {
			return err
		}
		if hasProtocol {
			if err := r.set("proto", protocol); err != nil {
				return err
			}
		}
	}
	if host == "*" {
		return nil
	}
	network, err := parseNetwork(host)
	r.target = network
	return err
}

// cutPort parts "10.0.1.53:53/udp" or "[2001:db8::53]:53/udp" at the port.
func cutPort(text string) (host, port string, ok bool) {
	if inner, found := strings.CutPrefix(text, "["); found {
		if host, port, ok = strings.Cut(inner, "]:"); ok {
			return host, port, true
		}
		return strings.TrimSuffix(inner, "]"), "", false
	}
	if strings.Count(text, ":") != 1 { // several are of an IPv6 address
		return text, "", false
	}
	return strings.Cut(text, ":")
}
