package content

import "strings"

// systemDirectories hold the system of a Unix or Windows host.
var systemDirectories = map[string]bool{
	"bin": true, "boot": true, "dev": true, "etc": true, "lib": true, "proc": true,
	"root": true, "sbin": true, "sys": true, "usr": true, "var": true,
	"winnt": true, "windows": true,
}

// accessFiles say who may enter a Unix host, and how.
var accessFiles = map[string]bool{
	"passwd": true, "shadow": true, "gshadow": true, "master.passwd": true, "sudoers": true,
	".rhosts": true, ".shosts": true, "hosts.equiv": true, "shosts.equiv": true,
	"hosts.allow": true, "hosts.deny": true, "securetty": true, "ftpusers": true,
	".netrc": true, ".forward": true, ".k5login": true, "authorized_keys": true,
	".htaccess": true, ".htpasswd": true,
}

// clean drops quotes, turns the separators of Windows, and makes absolute what climbs.
func clean(path string) string {
	path = strings.ReplaceAll(strings.Trim(path, `"'`), `\`, "/")
	if len(path) > 2 && path[1] == ':' && path[2] == '/' { // a drive
		path = path[2:]
	}
	if up := strings.LastIndex(path, "../"); up >= 0 {
		path = path[up+len(".."):]
	}
	return path
}

// systemPath reports whether the path lies in a directory of the system. Paths that
// climb by ".." are taken to reach the root.
func systemPath(path string) bool {
	top := topDirectory(path)
	return systemDirectories[top] && !(top == "dev" && (base(path) == "null" || base(path) == "tty"))
}

// topDirectory returns the first part of an absolute path, in lower case; "" of others.
func topDirectory(path string) string {
	path = clean(path)
	if !strings.HasPrefix(path, "/") {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	return strings.ToLower(first)
}

// accessFile reports whether the path names a file of access control.
func accessFile(path string) bool { return accessFiles[strings.ToLower(base(path))] }

// base returns what follows the last separator.
func base(path string) string {
	path = clean(path)
	return path[strings.LastIndexByte(path, '/')+1:]
}
