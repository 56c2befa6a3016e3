package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/netanom/netanom/dashboard"
	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/eda"
)

// page packs what the files hold and what is found out of it.
func (o *dashboardOptions) page(ctx context.Context, in *input) (*dashboard.Page, error) {
	p := &dashboard.Page{Version: version()}
	var err error
	if sql.IsAddress(o.against) {
		return nil, errDrawnAgainst
	}
	if p.Views, err = readViews(o.views); err != nil {
		return nil, err
	}
	g, err := dashboard.OpenGazetteer(o.geoip, o.sites)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	if e, ok := dataset.EngineOf(in.filtered); ok {
		return p, o.pageOf(ctx, in, e, p, g)
	}
	table, err := o.pack(ctx, in, nil, p, g)
	if err != nil {
		return nil, err
	}
	switch {
	case o.against != "":
		table, err = nil, o.join(ctx, p, g)
	case p.Data.Clock != nil:
		err = o.follow(ctx, in, p, table)
	}
	if err != nil {
		return nil, err
	}
	if p.Data.Rows > int(o.rows.value) {
		in.progress.stageIs("sampling")
	}
	return p, p.Reduce(ctx, table, int(o.rows.value), sampleSeed)
}

// sampleSeed makes the sample of a table the same every time.
const sampleSeed = 1

// pageOf makes the page of a table of a database: its rows are drawn, and what is exact is
// counted by the server.
func (o *dashboardOptions) pageOf(ctx context.Context, in *input, e dataset.Engine, p *dashboard.Page, g *dashboard.Gazetteer) error {
	if o.against != "" {
		return errDrawnAgainst
	}
	in.progress.stageIs("fetching rows")
	by := e.Schema().Label()
	if by >= 0 && e.Schema().Columns[by].Dict == nil {
		by = -1
	}
	rows, seed := min(o.rows.value, o.input.database.rows.value), uint64(o.input.database.seed.value)
	s, err := e.Sample(ctx, dataset.SampleOptions{Rows: int64(rows), Seed: seed, By: by})
	if err != nil {
		return err
	}
	in.fetched, in.filtered, in.source = s, s.Table, s.Table
	if _, err := o.pack(ctx, in, e, p, g); err != nil {
		return err
	}
	if p.Data.Clock != nil {
		if err := o.follow(ctx, in, p, e); err != nil {
			return err
		}
	}
	in.progress.stageIs("counting")
	return p.Count(ctx, e, s)
}

// errDrawnAgainst refuses --against where rows are only drawn.
var errDrawnAgainst = usagef("--against puts the rows of two files beside each other, and of a table of a database the page has a sample; netanom compare holds two tables against each other")

// pack packs one table, with scores and places. e is the engine that has drawn its rows, nil for a file.
func (o *dashboardOptions) pack(ctx context.Context, in *input, e dataset.Engine, p *dashboard.Page, g *dashboard.Gazetteer) (*dataset.Table, error) {
	judge, err := o.judge(ctx, in)
	if err != nil {
		return nil, err
	}
	in.progress.stageIs("packing")
	if e != nil {
		p.Data, err = dashboard.PackSample(ctx, judge.Table, e, in.name(), o.input.normal)
	} else {
		p.Data, err = dashboard.Pack(ctx, judge.Table, in.name(), o.input.normal)
	}
	if err != nil {
		return nil, asked(err)
	}
	if judge.Pipeline != nil {
		in.progress.stageIs("scoring")
		if err := p.Data.Score(ctx, judge); err != nil {
			return nil, err
		}
	}
	in.progress.stageIs("looking up addresses")
	return judge.Table, p.Data.Locate(ctx, judge.Table, g)
}

// join puts the rows of the second file beside those of the first.
func (o *dashboardOptions) join(ctx context.Context, p *dashboard.Page, g *dashboard.Gazetteer) error {
	in, err := o.input.open(ctx, o.world, []string{o.against})
	if err != nil {
		return err
	}
	defer in.close()
	second := &dashboard.Page{}
	if _, err := o.pack(ctx, in, nil, second, g); err != nil {
		return fmt.Errorf("%s: %w", o.against, err)
	}
	o.warn(in)
	p.Data = dashboard.Join(p.Data, second.Data)
	p.Why = "The rows of two files are shown; a forecast is made of one."
	return nil
}

// judge loads the table, and the detector with what it scores if there is one.
func (o *dashboardOptions) judge(ctx context.Context, in *input) (j dashboard.Judge, err error) {
	if o.models.path == "" {
		if !math.IsNaN(o.threshold.value) {
			return j, usagef("--threshold is a score of a model; give --model too")
		}
		j.Table, err = in.table(ctx)
		return j, err
	}
	if j.Pipeline, err = o.models.open(); err != nil {
		return j, err
	}
	if !math.IsNaN(o.threshold.value) {
		j.Pipeline = j.Pipeline.WithThreshold(o.threshold.value)
	}
	j.Name = filepath.Base(o.models.path)
	a := &analysis{input: o.input}
	if j.Data, err = a.loadFor(ctx, in, j.Pipeline); err != nil {
		return j, err
	}
	j.Table, err = in.table(ctx)
	return j, err
}

// readViews reads named views.
func readViews(path string) ([]dashboard.NamedView, error) {
	if path == "" {
		return nil, nil
	}
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all yaml.Node
	if err := yaml.NewDecoder(io.LimitReader(f, 1<<20)).Decode(&all); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []dashboard.NamedView
	for _, node := range all.Content {
		if node.Kind != yaml.MappingNode {
			return nil, fmt.Errorf("%s:%d: a view is a line like  mail: service=smtp&t=0~500", path, node.Line)
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			name, hash := node.Content[i], node.Content[i+1]
			if name.Kind != yaml.ScalarNode || hash.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("%s:%d: a view is a name and a text: what stands behind # in the address of the page", path, name.Line)
			}
			out = append(out, dashboard.NamedView{Name: name.Value, Hash: strings.TrimPrefix(hash.Value, "#")})
		}
	}
	return out, nil
}

// follow counts in steps of time and looks ahead, as netanom timeseries does.
func (o *dashboardOptions) follow(ctx context.Context, in *input, p *dashboard.Page, src dataset.Source) error {
	series, err := eda.TimeSeriesOf(ctx, src, eda.TimeSeriesOptions{Normal: o.input.normal, Stage: in.progress.stageIs})
	if err != nil {
		p.Why = sentence(err)
		return context.Cause(ctx) // times that make no steps, as of one moment, are no axis
	}
	p.Series = series
	in.progress.stageIs("looking ahead")
	if p.Ahead, err = eda.ForecastOf(series, eda.ForecastOptions{}); err != nil {
		p.Why = sentence(err)
	}
	return context.Cause(ctx)
}

// sentence writes an error as one.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
