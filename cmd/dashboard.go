package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/dashboard"
)

type dashboardOptions struct {
	world     *world
	input     inputOptions
	models    modelOptions
	threshold number
	rows      number // at most, in the page
	geoip     string
	sites     string
	views     string
	against   string
	out       string
	addr      string
	noOpen    bool
	quiet     bool
}

func newDashboard(w *world) *cobra.Command {
	o := &dashboardOptions{world: w, threshold: number{value: math.NaN(), low: -math.MaxFloat64, high: math.MaxFloat64}, rows: number{value: 1 << 20, low: 1000, high: 1e8, kind: whole}}
	c := &cobra.Command{
		Use:        "dashboard [FILE]",
		SuggestFor: []string{"dash", "html", "visualize", "visualise", "explore", "tableau", "browse"},
		Short:      "Make one offline page in which to look for attacks",
		GroupID:    lookGroup,
		Long: `Dashboard makes a page of a table that is opened by a double click and works
without any network: a click on a mark filters all charts, a span of time is
selected by dragging, and every selection is compared with the rest.

With --out the page is one file. Without it, it is served on this machine alone
and opened in the browser; Ctrl-C ends that.`,
		Example: `  netanom dashboard --out dashboard.html
  netanom simulate --connections 3000 --out traffic.csv
  netanom dashboard traffic.csv --out traffic.html
  netanom dashboard traffic.csv`,
		Args:              atMostOneFile,
		ValidArgsFunction: oneFileName,
		RunE:              func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	o.input.flags(w, c)
	o.input.labelFlags(w, c)
	o.input.second = &o.against
	f := c.Flags()
	f.StringVar(&o.models.path, "model", "", "model `file` that netanom train has written: its alerts, and why")
	f.Var(&o.threshold, "threshold", "score from which on a row is an alert (default: the model's)")
	f.Lookup("threshold").DefValue = ""
	f.StringVar(&o.geoip, "geoip", "", "`file` with the countries of addresses, in MaxMind's format (.mmdb)")
	f.StringVar(&o.sites, "sites", "", "`file` with own networks, as CSV: network,site[,latitude,longitude]")
	f.StringVar(&o.views, "views", "", "`file` of named views to come with the page, as YAML: name: what stands behind # in its address")
	f.StringVar(&o.against, "against", "", "second `file`, to compare with: its rows stand beside those of the first, with a column file")
	f.Var(&o.rows, "max-rows", "`rows` that the page holds at most; of a larger table it has exact counts, all alerts and a sample, of one of a database no more than --fetch-rows")
	f.StringVar(&o.out, "out", "", "`file` to write the page to; - is standard output (default: serve it)")
	f.StringVar(&o.addr, "addr", "127.0.0.1:0", "loopback `address` to serve the page on where there is no --out")
	f.BoolVar(&o.noOpen, "no-open", false, "serve the page without opening a browser")
	f.BoolVar(&o.quiet, "quiet", false, "write no notices or progress to standard error")
	return c
}

func (o *dashboardOptions) run(ctx context.Context, args []string) error {
	w := o.world
	w.showProgress(o.quiet, o.out == "-")
	in, err := o.input.open(ctx, w, args)
	if err != nil {
		return err
	}
	defer in.close()
	page, err := o.page(ctx, in)
	if err != nil {
		return err
	}
	in.progress.stageIs("writing the page")
	if o.out == "" {
		return o.host(ctx, in, page)
	}
	var counted counter
	err = writeOut(w, o.out, func(out io.Writer) error { return page.Write(io.MultiWriter(out, &counted)) })
	if err != nil || o.quiet {
		return err
	}
	o.notices(in, page)
	if o.out != "-" {
		fmt.Fprintf(w.stderr, "netanom: %s with %s, %.2f MB\n", o.out, countedOf(page.Data.Rows, "connection"), float64(counted)/1e6)
	}
	return nil
}

// counter counts bytes.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func countedOf(n int, thing string) string { return counted(int64(n), thing) }

// warn says what was wrong with a table. Of which rows the page has, it says itself.
func (o *dashboardOptions) warn(in *input) {
	if o.quiet {
		return
	}
	o.world.progress.clear()
	in.notice(o.world)
	for _, warning := range slices.Concat(in.mistakes(), in.broken()) {
		fmt.Fprintf(o.world.stderr, "netanom: %s: %s\n", in.path, warning)
	}
}

// notices say what the user has to know beside the page.
func (o *dashboardOptions) notices(in *input, page *dashboard.Page) {
	if o.quiet {
		return
	}
	o.warn(in)
	if name := page.Data.Unknown; name != "" {
		fmt.Fprintf(o.world.stderr, "netanom: nothing says which level of %q means normal, so no row counts as an attack; name it with --normal\n", name)
	}
	if s := page.Data.Sample; s != nil {
		for _, sentence := range s.Sentences(page.Data) {
			fmt.Fprintf(o.world.stderr, "netanom: %s\n", sentence)
		}
	}
}

// host serves the page on this machine and opens it.
func (o *dashboardOptions) host(ctx context.Context, in *input, page *dashboard.Page) error {
	var b bytes.Buffer
	if err := page.Write(&b); err != nil {
		return err
	}
	o.notices(in, page)
	err := dashboard.Host(ctx, b.Bytes(), o.addr, func(url string) {
		if !o.quiet {
			fmt.Fprintf(o.world.stderr, "netanom: the dashboard is at %s; Ctrl-C ends it\n", url)
		}
		if o.world.listening != nil {
			o.world.listening(map[string]string{"page": url})
			return
		}
		if !o.noOpen {
			openBrowser(ctx, url)
		}
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// openBrowser asks the system to show an address. Where it cannot, the notice has it.
func openBrowser(ctx context.Context, url string) {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	if path, err := exec.LookPath(name); err == nil {
		_ = exec.CommandContext(ctx, path, args...).Run()
	}
}
