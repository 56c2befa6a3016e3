package sql

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// schemes are what an address may begin with, and what is meant.
var schemes = map[string]struct {
	name   string
	secure bool
}{
	"clickhouse":  {"clickhouse", false},
	"clickhouses": {"clickhouse", true},
	"postgres":    {"postgres", false},
	"postgresql":  {"postgres", false},
}

// forms say how addresses look, by the name of the scheme.
var forms = map[string]string{
	"clickhouse": "clickhouse://host/database/table",
	"postgres":   "postgres://user@host/database/table or postgres://user@host/database/schema/table",
}

// errPassword is what becomes of an address with a password, which would be seen in
// lists of processes, histories and reports.
var errPassword = errors.New("the address holds a password, which others could read there; leave it out, and " +
	"put it into the environment variable NETANOM_PASSWORD or into a file that --password-file names")

// IsAddress reports whether a text is meant as the address of a table in a database,
// not as the name of a file.
func IsAddress(text string) bool {
	scheme, _, found := strings.Cut(text, "://")
	_, known := schemes[strings.ToLower(scheme)]
	return found && known
}

// ParseAddress reads an address: of clickhouse, or clickhouses for an encrypted
// connection, scheme://[user@]host[:port]/database/table; of postgres or postgresql the
// same, with /schema before the table if it is not to be searched for. Characters in
// names that mean something in addresses are written as percent and two digits: %2F for
// a slash, %40 for @.
//
// The option secure=true or false says whether the connection is encrypted, for
// postgres also sslmode=disable, require or verify-full. With encryption the certificate is always
// checked: require is no less than verify-full.
//
// Errors do not repeat the address, for there may be a password in it.
func ParseAddress(text string) (Address, error) {
	if !IsAddress(text) {
		return Address{}, errors.New("an address of a table begins with clickhouse://, clickhouses:// or postgres://")
	}
	u, err := url.Parse(text)
	if err != nil { // which repeats the text
		return Address{}, fmt.Errorf("the address cannot be read; write it as %s, with %%2F, %%3A and the like for special characters in names",
			forms[schemeOf(text)])
	}
	scheme := schemes[u.Scheme]
	a := Address{Scheme: scheme.name, Secure: scheme.secure}
	if _, secret := u.User.Password(); secret {
		return Address{}, errPassword
	}
	for _, read := range []func(*url.URL) error{a.readHost, a.readPath, a.readOptions} {
		if err := read(u); err != nil {
			return Address{}, err
		}
	}
	return a, nil
}

func schemeOf(text string) string {
	scheme, _, _ := strings.Cut(text, "://")
	return schemes[strings.ToLower(scheme)].name
}

// readHost takes over the user, the host and the port.
func (a *Address) readHost(u *url.URL) error {
	a.User, a.Host = u.User.Username(), u.Hostname()
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r)
	}
	if ip, err := netip.ParseAddr(a.Host); err == nil {
		a.Host = ip.String()
		if strings.ContainsFunc(ip.Zone(), odd) {
			return errors.New("the address names no host that there could be")
		}
	} else if a.Host == "" || !utf8.ValidString(a.Host) || strings.ContainsFunc(a.Host, odd) {
		return fmt.Errorf("the address names no host; write it as %s", forms[a.Scheme])
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return errors.New("the port of the address is no number from 1 to 65535")
		}
		a.Port = n
	}
	if !utf8.ValidString(a.User) || strings.ContainsFunc(a.User, unicode.IsControl) {
		return errors.New("the user's name in the address is no text")
	}
	return nil
}

// readPath takes over the database, the schema and the table.
func (a *Address) readPath(u *url.URL) error {
	if strings.Contains(u.EscapedPath(), "@") {
		return errors.New("there is an @ behind the host of the address; if it is part of a name, write %40, " +
			"and if it stands behind a password, see to it that the address has none: it belongs into NETANOM_PASSWORD or into a file that --password-file names")
	}
	var names []string
	for part := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		name, err := url.PathUnescape(part)
		if err != nil || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
			return errors.New("a name in the address is no text; write special characters as %2F and the like, in UTF-8")
		}
		if name != "" {
			names = append(names, name)
		}
	}
	switch {
	case u.Fragment != "":
		return errors.New("there is a # in the address; in a name write it as %23")
	case len(names) < 2:
		return fmt.Errorf("the address names no table; write it as %s", forms[a.Scheme])
	case len(names) == 2 && a.Scheme == "clickhouse":
		a.Database, a.Table = names[0], Name{names[0], names[1]}
	case len(names) == 2:
		a.Database, a.Table = names[0], Name{"", names[1]}
	case len(names) == 3 && a.Scheme == "postgres":
		a.Database, a.Table = names[0], Name{names[1], names[2]}
	default:
		return fmt.Errorf("the address has too many parts; write it as %s, with %%2F for a slash in a name", forms[a.Scheme])
	}
	return nil
}

// secure are the options of an address, with what their values say of encryption.
var secure = map[string]map[string]bool{
	"secure":  {"true": true, "false": false},
	"sslmode": {"disable": false, "require": true, "verify-full": true},
}

// readOptions takes over what stands behind the question mark.
func (a *Address) readOptions(u *url.URL) error {
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("the options of the address cannot be read; write them as ?secure=true")
	}
	said := 0
	for name, values := range options {
		choices, known := secure[name]
		switch {
		case strings.Contains(strings.ToLower(name), "passw"):
			return errPassword
		case !known || name == "sslmode" && a.Scheme != "postgres":
			return fmt.Errorf("the address has an option that there is not; there is %s", a.optionNames())
		}
		for _, v := range values {
			on, ok := choices[v]
			if !ok {
				return fmt.Errorf("the option %s of the address must be %s", name, choiceNames[name])
			}
			if said++; said > 1 && on != a.Secure || a.Secure && !on {
				return errors.New("the address says both that the connection is to be encrypted and that it is not")
			}
			a.Secure = on
		}
	}
	return nil
}

var choiceNames = map[string]string{"secure": "true or false", "sslmode": "disable, require or verify-full"}

func (a *Address) optionNames() string {
	if a.Scheme == "postgres" {
		return "sslmode=disable, require or verify-full, and secure=true or false"
	}
	return "secure=true or false"
}

// String returns the address as ParseAddress reads it. There are no secrets in it.
func (a Address) String() string {
	host := a.Host
	if strings.Contains(host, ":") {
		host = "[" + strings.ReplaceAll(host, "%", "%25") + "]"
	}
	out := a.Scheme + "://"
	if a.User != "" {
		out += url.User(a.User).String() + "@"
	}
	out += host
	if a.Port != 0 {
		out += ":" + strconv.Itoa(a.Port)
	}
	for _, name := range []string{cmp.Or(a.Database, a.Table.Database), a.schema(), a.Table.Table} {
		if name != "" {
			out += "/" + strings.ReplaceAll(url.PathEscape(name), "@", "%40")
		}
	}
	if a.Secure {
		out += "?secure=true"
	}
	return out
}

// schema is the schema that a postgres address names.
func (a Address) schema() string {
	if a.Scheme == "postgres" {
		return a.Table.Database
	}
	return ""
}
