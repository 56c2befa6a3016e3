package dataset

import (
	"strings"
	"unicode"
)

// The categories of records in KDD'99 and NSL-KDD. R. Lippmann et al. (2000),
// Evaluating intrusion detection systems: the 1998 DARPA off-line intrusion
// detection evaluation, DISCEX.
const (
	CategoryNormal = "normal"
	CategoryDoS    = "dos"   // denial of service
	CategoryProbe  = "probe" // looking for open doors
	CategoryR2L    = "r2l"   // remote to local: entering from outside without leave
	CategoryU2R    = "u2r"   // user to root: gaining rights once inside
)

// attackNames lists the attack types of each category but normal by attackKey.
// The first line of each is KDD's training file, the second what only its test
// files have, the rest the nearest category for the types of later data.
var attackNames = []struct{ category, names string }{
	{CategoryDoS, "back land neptune pod smurf teardrop " +
		"apache2 mailbomb processtable udpstorm worm " +
		"dos ddos"},
	{CategoryProbe, "ipsweep nmap portsweep satan " +
		"mscan saint " +
		"probe probing scan scanning reconnaissance analysis portscan infiltrationportscan partofahorizontalportscan partofahorizontalportscanattack"},
	{CategoryR2L, "ftpwrite guesspasswd imap multihop phf spy warezclient warezmaster " +
		"httptunnel named sendmail snmpgetattack snmpguess xlock xsnoop " +
		"r2l exfiltration guesspassword exploits backdoor backdoors worms ftppatator sshpatator ftpbruteforce sshbruteforce " +
		"bruteforceweb bruteforcexss bruteforce xss sqlinjection heartbleed infiltration infilteration"},
	{CategoryU2R, "bufferoverflow loadmodule perl rootkit " +
		"ps sqlattack xterm " +
		"u2r shellcode"},
}

// attackFamilies are beginnings that many attack types of CIC share, such as
// DoS Hulk, DDoS attack-LOIC-UDP, DrDoS_DNS and Web Attack – XSS.
var attackFamilies = []struct{ category, prefix string }{
	{CategoryDoS, "dos"}, {CategoryDoS, "ddos"}, {CategoryDoS, "drdos"},
	{CategoryR2L, "webattack"},
}

var categories = func() map[string]string {
	m := map[string]string{}
	for _, a := range attackNames {
		for _, name := range strings.Fields(a.names) {
			m[name] = a.category
		}
	}
	return m
}()

// AttackCategory returns the category of an attack type: dos, probe, r2l, u2r or
// normal. It knows the 22 types of the KDD'99 training file, the 17 that only
// the test files have, exfiltration, and those of UNSW-NB15, CIC-IDS2017,
// CSE-CIC-IDS2018 and IoT-23 that fit one of the five; "- Attempted" behind a
// type changes nothing. Case, blanks and punctuation do not count, so that
// "smurf." and "Buffer Overflow" are known.
//
// Types that fit none of the five, such as UNSW-NB15's Generic and Fuzzers,
// botnets and plain "malicious", give "" and false.
func AttackCategory(attack string) (category string, known bool) {
	if IsNormal(attack) {
		return CategoryNormal, true
	}
	key := strings.TrimSuffix(attackKey(attack), "attempted")
	if c, ok := categories[key]; ok {
		return c, true
	}
	for _, f := range attackFamilies {
		if strings.HasPrefix(key, f.prefix) {
			return f.category, true
		}
	}
	return "", false
}

// attackKey reduces an attack type to its letters and digits in lower case.
func attackKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// IsNormal reports whether a value of a label column says in words that the
// record is no attack: normal or benign, in any case and with a point behind.
// What 0, false or background mean depends on the other levels: see
// NormalValues.
func IsNormal(value string) bool {
	switch attackKey(value) {
	case "normal", "benign", "normaltraffic", "benigntraffic", "legitimate", "legit":
		return true
	}
	return false
}

// NormalValues returns those levels of a label column that mean normal, as they
// are spelt and in their order. If none says so in words, the negative side of
// a pair does: 0 beside 1, false beside true, no beside yes; and failing that,
// background, as unlabelled traffic is called. Labels of which nothing can be
// told, such as the classes 1, 2 and 3, give nil.
func NormalValues(levels []string) []string {
	normal := levelsThat(levels, IsNormal)
	for _, p := range labelPairs {
		if normal == nil && len(levelsThat(levels, p.has)) == len(levels) {
			normal = levelsThat(levels, p.isNegative)
		}
	}
	if normal == nil {
		normal = levelsThat(levels, func(l string) bool { return attackKey(l) == "background" })
	}
	return normal
}

// labelPairs are the ways to write a label that only says whether.
var labelPairs = []labelPair{{"0", "1"}, {"false", "true"}, {"no", "yes"}, {"f", "t"}, {"n", "y"}}

type labelPair struct{ negative, positive string }

func (p labelPair) isNegative(level string) bool { return sameLevel(level, p.negative) }

func (p labelPair) has(level string) bool {
	return sameLevel(level, p.negative) || sameLevel(level, p.positive)
}

// sameLevel compares without case, and numbers by value: 0.0 is 0.
func sameLevel(level, want string) bool {
	x, ok := ParseNumber([]byte(level))
	y, number := ParseNumber([]byte(want))
	if ok && number {
		return x == y
	}
	return strings.EqualFold(strings.TrimSpace(level), want)
}

func levelsThat(levels []string, holds func(string) bool) []string {
	var kept []string
	for _, l := range levels {
		if holds(l) {
			kept = append(kept, l)
		}
	}
	return kept
}
