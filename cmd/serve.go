package cmd

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve"
)

type serveOptions struct {
	world  *world
	serve  serve.Options
	alerts alertOptions
	limits limitOptions
	models []string
	access bool
	rows   number
	shown  number
	quiet  bool
}

func newServe(w *world) *cobra.Command {
	o := &serveOptions{world: w, rows: number{high: 1}, shown: number{value: 20000, high: 200000, kind: whole}}
	c := &cobra.Command{
		Use:        "serve",
		SuggestFor: []string{"server", "http", "api", "listen"},
		Short:      "Score records over HTTP, with alerts, metrics and feedback",
		GroupID:    modelGroup,
		Long: `Serve answers requests with a model file: records as JSON, CSV, JSON lines or
Zeek logs at /v1/predict, tensors of the Open Inference Protocol at
/v2/models/NAME/infer, and MLflow's bodies at /invocations. A row gets the same
score as from netanom predict, whatever road it comes by. GET / is a page to try
a record, and /dashboard one that shows the latest records as they come;
/openapi.json, /metrics, /livez and /readyz are what they are named.

Several models are served by repeating --model as NAME=FILE or
NAME@VERSION=FILE; the first is the default. A file that changes is loaded while
requests run, and only if it scores its own test records as when it was trained.

The service listens on loopback unless --addr says otherwise, and then needs
--keys and --tls-cert, or --insecure. SIGTERM ends it in order: it is not ready
for --drain, and then finishes what has begun. SIGHUP reads files again.`,
		Example: `  netanom simulate --connections 3000 --out traffic.csv
  netanom train traffic.csv --algo gbt --out gbt.netanom
  netanom serve --model gbt.netanom
  netanom serve --model gbt.netanom --alerts alerts.jsonl
  netanom serve --model a@1=gbt.netanom --model b=gbt.netanom --shadow b
  netanom serve --model gbt.netanom --feedback labels.jsonl`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	o.flags(w, c)
	o.alerts.flags(c)
	o.limits.flags(c)
	c.AddCommand(newServeKey(w))
	return c
}

func (o *serveOptions) flags(w *world, c *cobra.Command) {
	f, s := c.Flags(), &o.serve
	f.StringArrayVar(&o.models, "model", nil, "model `file`, or NAME=FILE or NAME@VERSION=FILE; repeatable (needed)")
	f.StringVar(&s.Shadow, "shadow", "", "`model` that scores what others answer, and is only counted and logged")
	f.StringSliceVar(&s.Policy, "policy", nil, policyUsage("instead of the model's"))
	f.StringVar(&s.Addr, "addr", "127.0.0.1:8080", "`address` to listen on")
	f.StringVar(&s.Admin, "admin", "", "loopback `address` for reload, rollback and activation (default: none)")
	f.StringVar(&s.Profile, "pprof", "", "loopback `address` for profiles of the process (default: none)")
	f.StringVar(&s.Keys, "keys", "", "`file` of keys, made by netanom serve key; read again when it changes")
	f.StringVar(&s.TLS.Cert, "tls-cert", "", "`file` with a certificate in PEM; read again when it changes")
	f.StringVar(&s.TLS.Key, "tls-key", "", "`file` with its key in PEM")
	f.StringVar(&s.TLS.ClientCA, "tls-client-ca", "", "`file` with authorities in PEM that clients' certificates must be signed by")
	f.BoolVar(&s.TLS.Old, "tls-1.2", false, "allow TLS 1.2 as well")
	f.BoolVar(&s.Insecure, "insecure", false, "allow other addresses than loopback without keys or TLS")
	f.StringSliceVar(&s.Origins, "cors", nil, "`origin` of web pages that may ask, as in https://soc.example; repeatable (default: none)")
	f.StringVar(&s.Feedback, "feedback", "", "`file` to append true labels to, as JSON lines that netanom train reads")
	f.StringSliceVar(&s.Redact, "redact", nil, "`field` whose values are left out of alerts, logged rows and the dashboard; repeatable")
	f.Var(&o.shown, "dashboard-rows", "latest rows of the default model that the page at /dashboard shows; 0: no such page")
	f.Var(&o.rows, "log-rows", "share of scored rows that are logged with their fields")
	f.BoolVar(&o.access, "access-log", true, "log a line a request, as JSON, to standard error")
	f.StringVar(&s.Trace, "trace", "", "`address` of an OpenTelemetry collector, as in http://127.0.0.1:4318")
	f.DurationVar(&s.Watch, "watch", s.Watch, "`time` between looks at files that may change; negative: never (default 2s)")
	f.Lookup("watch").DefValue = ""
	f.BoolVar(&o.quiet, "quiet", false, "no notices on standard error")
	w.complete(c, "policy", words(policyWords()...))
}

// policyUsage says what --policy takes.
func policyUsage(about string) string {
	return "`trouble=action` for fields unlike those of training, " + about + ": " + strings.Join(model.Troubles(), ", ") + "; other, warn, reject; repeatable"
}

func policyWords() (out []string) {
	for _, t := range model.Troubles() {
		for _, a := range []string{"other", "warn", "reject"} {
			out = append(out, t+"="+a)
		}
	}
	return out
}

// run serves until the context ends.
func (o *serveOptions) run(ctx context.Context) error {
	if err := o.settle(); err != nil {
		return err
	}
	lines := serve.NewLines(o.world.stderr)
	defer lines.Flush()
	o.serve.Log = slog.New(slog.NewJSONHandler(lines, nil))
	if o.access {
		o.serve.Access = o.serve.Log
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP) // before models are loaded, lest it ends the process
	defer signal.Stop(hup)
	s, err := load(ctx, o.serve)
	if err != nil {
		return err
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for {
			select {
			case <-work.Done():
				return
			case <-hup:
				s.Reload() // what failed is logged
			}
		}
	}()
	return s.Run(ctx, o.listening)
}

// load makes the service. What reading models leaves behind is collected afterwards, so
// that the service is there sooner, and is given back.
func load(ctx context.Context, o serve.Options) (*serve.Server, error) {
	usual := debug.SetGCPercent(400)
	defer debug.FreeOSMemory()
	defer debug.SetGCPercent(usual)
	return serve.New(ctx, o)
}

// listening says where the service is.
func (o *serveOptions) listening(addresses map[string]string) {
	if o.world.listening != nil {
		o.world.listening(addresses)
	}
	if o.quiet {
		return
	}
	scheme := "http"
	if o.serve.TLS.Cert != "" {
		scheme = "https"
	}
	var names []string
	for _, m := range o.serve.Models {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	fmt.Fprintf(o.world.stderr, "netanom: %s served at %s://%s (end with Ctrl-C)\n", strings.Join(names, ", "), scheme, addresses["clients"])
	for _, name := range []string{"admin", "pprof"} {
		if addresses[name] != "" {
			fmt.Fprintf(o.world.stderr, "netanom: %s at http://%s\n", name, addresses[name])
		}
	}
}

// settle makes options of the flags.
func (o *serveOptions) settle() error {
	if len(o.models) == 0 {
		return usagef("--model is needed: the file that netanom train --out has written")
	}
	for _, text := range o.models {
		o.serve.Models = append(o.serve.Models, modelFile(text))
	}
	if _, err := model.ParsePolicy(model.Policy{}, o.serve.Policy); err != nil {
		return usageError{fmt.Errorf("--policy: %w", err)}
	}
	o.serve.Version, o.serve.Now, o.serve.LogRows = version(), o.world.now, o.rows.value
	o.serve.Dashboard = int(o.shown.value)
	o.serve.Limits = o.limits.limits()
	if !math.IsNaN(o.limits.rate.value) {
		o.serve.Limits.Rate = o.limits.rate.value
	}
	var err error
	o.serve.Alerts, err = o.alerts.options(o.world)
	return err
}

// modelFile understands FILE, NAME=FILE and NAME@VERSION=FILE. A file without a name has
// that of the file.
func modelFile(text string) serve.ModelFile {
	name, path, named := strings.Cut(text, "=")
	if !named || strings.ContainsRune(name, filepath.Separator) {
		path = text
		return serve.ModelFile{Name: baseName(path), Path: path}
	}
	name, v, _ := strings.Cut(name, "@")
	return serve.ModelFile{Name: name, Version: v, Path: path}
}
