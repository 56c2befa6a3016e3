package alert

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Options say where alerts go. A field of zero means the default.
type Options struct {
	Path       string        // of the active file; older ones lie beside it
	MaxBytes   int64         // of a file, from which the next is begun; 64 MiB. A batch is never divided.
	Keep       int           // how many older files are kept; 8
	Sync       bool          // Append waits for fsync(2), too
	Patience   time.Duration // how long Append waits; 250 ms
	QueueBytes int           // how much may wait to be written; 16 MiB
	Deliverers []Deliverer
	Logger     *slog.Logger // slog.Default()

	open   func(name string, flag int) (file, error)
	routes []route
}

// A Deliverer is a *Webhook or a *Syslog.
type Deliverer interface {
	route() (route, error)
}

// A route is what is known of a deliverer whose settings are in order.
type route struct {
	name    string
	dead    string // "": the default
	most    int    // lines at a time
	giveUp  time.Duration
	first   time.Duration // between the first two attempts
	longest time.Duration // between attempts
	sender  sender
}

// checked returns options without zeros, or what is wrong with them.
func (o Options) checked() (Options, error) {
	if o.MaxBytes < 0 || o.Keep < 0 || o.Patience < 0 || o.QueueBytes < 0 {
		return o, errors.New("the alert log's sizes, numbers and times must not be below 0; 0 means the default")
	}
	o.MaxBytes = orElse(o.MaxBytes, 64<<20)
	o.Keep = orElse(o.Keep, 8)
	o.Patience = orElse(o.Patience, 250*time.Millisecond)
	o.QueueBytes = orElse(o.QueueBytes, 16<<20)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.open == nil {
		o.open = openFile
	}
	var err error
	if o.Path, err = checkPath(o.Path); err != nil {
		return o, err
	}
	return o, o.checkDeliverers()
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// checkPath returns the path without links, as a rotation would rename the link.
func checkPath(path string) (string, error) {
	if path == "" {
		return "", errors.New("the alert log has no path; name a file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("the alert log's path: %w", err)
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", fmt.Errorf("%s: the alert log's directory cannot be found; make it first: %w", path, err)
		}
		return filepath.Join(dir, filepath.Base(path)), nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: the alert log's path cannot be followed: %w", path, err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", fmt.Errorf("%s: the alert log cannot be looked at: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no plain file; alerts need one that can be renamed", path)
	}
	return real, nil
}

// checkDeliverers fills the routes. No two may share a file.
func (o *Options) checkDeliverers() error {
	o.routes = nil
	taken := map[string]string{o.Path: "the alert log itself"}
	for i, d := range o.Deliverers {
		r, err := d.route()
		if err != nil {
			return fmt.Errorf("deliverer %d of alerts: %w", i+1, err)
		}
		if r.dead == "" {
			r.dead = o.Path + "." + r.name + ".dead"
		}
		if r.dead, err = filepath.Abs(r.dead); err != nil {
			return fmt.Errorf("deliverer %d of alerts, its dead-letter file: %w", i+1, err)
		}
		for _, file := range []string{r.dead, o.Path + "." + r.name + cursorSuffix} {
			if by := taken[file]; by != "" {
				return fmt.Errorf("deliverer %d of alerts: %s belongs to %s; give each deliverer a name and a dead-letter file of its own", i+1, file, by)
			}
			taken[file] = fmt.Sprintf("deliverer %d, %q", i+1, r.name)
		}
		o.routes = append(o.routes, r)
	}
	return nil
}

// checkName returns an error for a name that is not good for a part of a file name.
func checkName(name string) error {
	good := len(name) <= 64
	for _, c := range name {
		good = good && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}
	if !good {
		return fmt.Errorf("its name %q is also part of a file name; take up to 64 of a-z, 0-9, - and _", name)
	}
	return nil
}

// newRoute checks what all deliverers have in common.
func newRoute(name, dead string, most int, giveUp time.Duration) (route, error) {
	r := route{name: name, dead: dead, most: orElse(most, 100), giveUp: orElse(giveUp, time.Hour), first: time.Second, longest: time.Minute}
	if r.most < 0 || r.giveUp < 0 {
		return r, errors.New("its numbers and times must not be below 0; 0 means the default")
	}
	return r, checkName(name)
}
