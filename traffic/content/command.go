package content

import (
	"strings"

	"github.com/netanom/netanom/traffic"
)

var (
	shells = set("sh bash csh tcsh ksh zsh ash dash rbash")
	// creators make the file that an argument names.
	creators = set("touch mkdir mknod mkfifo cp mv ln tee install dd uudecode wget ld " +
		"vi vim ex ed emacs pico nano cc gcc g++ c++")
	compilers = set("cc gcc g++ c++ as ld make")
	// carriers run the command that follows them.
	carriers = set("exec nohup time nice sudo command builtin env")
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// merges are redirections whose & is not the end of a command.
var merges = strings.NewReplacer("2>&1", "", ">&", ">", "&>", ">")

func ends(r rune) bool { return r == ';' || r == '|' || r == '&' }

// command counts what a line typed at the prompt of a shell does. Each of the commands
// in it counts at most once in each feature.
func command(found *traffic.Content, line string, asRoot bool) {
	for _, simple := range strings.FieldsFunc(merges.Replace(line), ends) {
		words := strings.Fields(simple)
		for len(words) > 1 && (carriers[words[0]] || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		if asRoot {
			add(&found.NumRoot, 1)
		}
		run(found, words)
	}
}

// run counts one command.
func run(found *traffic.Content, words []string) {
	program, arguments := base(words[0]), words[1:]
	hot := systemPath(words[0]) || strings.HasPrefix(words[0], "./") || compilers[program] ||
		program == "chmod" && len(arguments) > 0 && executable(arguments[0])
	creates := creators[program] && len(arguments) > 0
	access := false
	for i, w := range arguments {
		target, redirected := redirection(w, arguments[i+1:])
		creates = creates || redirected && target != "/dev/null" && target != "/dev/tty"
		path := strings.TrimLeft(w, "<>0123456789")
		hot = hot || systemPath(path)
		access = access || accessFile(path)
	}
	if program == "su" && becomesRoot(arguments) {
		found.SuAttempted = max(found.SuAttempted, 1)
	}
	for _, f := range []struct {
		is    bool
		count *uint16
	}{
		{hot || access, &found.Hot}, {shells[program], &found.NumShells},
		{creates, &found.NumFileCreations}, {access, &found.NumAccessFiles},
	} {
		if f.is {
			add(f.count, 1)
		}
	}
}

// redirection returns the file that a word, or the one behind it, has the output of the
// command written to.
func redirection(word string, following []string) (target string, ok bool) {
	at := strings.IndexByte(word, '>')
	if at < 0 {
		return "", false
	}
	target = strings.TrimLeft(word[at:], ">|")
	if target == "" && len(following) > 0 {
		target = following[0]
	}
	return target, target != ""
}

// executable reports whether a mode of chmod lets the file be run, or run as its owner.
func executable(mode string) bool {
	if strings.ContainsRune("01234567", rune(mode[0])) {
		return strings.ContainsAny(mode, "1357") || len(mode) == 4 && mode[0] >= '2'
	}
	return strings.ContainsAny(mode, "+=") && strings.ContainsAny(mode, "xs")
}

// becomesRoot reports whether the arguments of su name root, or nobody, which means
// root.
func becomesRoot(arguments []string) bool {
	for i := 0; i < len(arguments); i++ {
		switch a := arguments[i]; {
		case a == "-c":
			i++ // the command to run
		case !strings.HasPrefix(a, "-"):
			return a == "root"
		}
	}
	return true
}
