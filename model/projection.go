package model

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
	"github.com/netanom/netanom/model/project"
)

// What projections tell, under the names by which other packages may know it.
type (
	Components    = project.Components
	Map           = project.Map
	Biplot        = project.Biplot
	AxisCorrelate = project.Correlate
)

// ProjectOptions say how to lay rows out in a plane. Only Method must be set.
type ProjectOptions struct {
	Method   string          // one of ProjectMethods
	Settings json.RawMessage // an object of settings of the method; nil: none
	Steps    prep.Chain      // before; nil: those that prepare distances
	Rows     int             // shown at most; 0: 3,000
	Seed     uint64
	Work     Work
}

// A Projection is rows in a plane. Labels have no part in where they stand; where there
// are any, a sample keeps some rows of each.
type Projection struct {
	Method, Title string
	Steps         string
	Of            int         // rows of the data that were looked at
	Rows          []int       // those of the data that have a place, rising
	Axes          [][]float64 // by axis, by row
	Names         []string    // of the axes
	Shown         []int       // places among Rows of those in the picture

	Components *Components // of PCA
	Biplot     *Biplot     // of PCA: arrows, X and Y of the rows shown; nil for one component alone
	Map        *Map        // of t-SNE and UMAP
	Trust      float64     // trustworthiness of a map, NaN if there are too few rows
	TrustOf    int         // the neighbours it looks at

	Correlates [][]AxisCorrelate // by axis
	Caption    string            // what goes along with the axes, in sentences

	data *Data
}

// The methods.
const (
	projectPCA  = "pca"
	projectTSNE = "tsne"
	projectUMAP = "umap"
)

const (
	usualShown     = 3000
	mostCorrelates = 8 // listed of an axis
	biplotArrows   = 8 // drawn
	trustNeighbors = 10
)

// ProjectMethods lists the names of the methods.
func ProjectMethods() []string { return []string{projectPCA, projectTSNE, projectUMAP} }

// ProjectSettings lists the settings of a method, as JSON and --set know them.
func ProjectSettings(method string) []string {
	switch method {
	case projectPCA:
		return settingsOf(reflect.TypeFor[project.PCA]())
	case projectTSNE:
		return settingsOf(reflect.TypeFor[project.TSNE]())
	case projectUMAP:
		return settingsOf(reflect.TypeFor[project.UMAP]())
	}
	return nil
}

// Project lays some rows of d out in a plane: all of them by their principal components,
// or a sample by t-SNE or UMAP.
//
// Errors wrap learn.ErrSetting for what cannot be asked for, and are those of the methods.
func Project(ctx context.Context, d *Data, rows []int, o ProjectOptions) (*Projection, error) {
	if _, err := placeOf(ProjectMethods(), "method", o.Method); err != nil {
		return nil, err
	}
	if o.Rows == 0 {
		o.Rows = usualShown
	}
	run := learn.Run{Seed: o.Seed, Workers: o.Work.Workers, Progress: o.Work.Progress}
	o.Work.stage("preparing %d rows", len(rows))
	p, err := d.prepare(ctx, rows, o.Steps, run)
	if err != nil {
		return nil, err
	}
	out := &Projection{Method: o.Method, Steps: p.chain.String(), Of: len(rows), Trust: nan, data: d}
	var strata []int32
	if d.Label != nil {
		strata = learn.Take(d.Label, rows)
	}
	w := &projectWork{options: o, prepared: p, rows: rows, strata: strata, run: run, out: out}
	switch o.Method {
	case projectPCA:
		err = w.components(ctx)
	case projectTSNE:
		s := project.TSNE{MaxRows: o.Rows}
		out.Title = "t-SNE"
		err = w.lay(ctx, &s, func() (*Map, error) { return s.Map(ctx, p.z, strata, run) })
	default:
		s := project.UMAP{MaxRows: o.Rows}
		out.Title = "UMAP"
		err = w.lay(ctx, &s, func() (*Map, error) { return s.Map(ctx, p.z, strata, run) })
	}
	return out, err
}

// projectWork is the work on one projection.
type projectWork struct {
	options  ProjectOptions
	prepared *prepared
	rows     []int
	strata   []int32
	run      learn.Run
	out      *Projection
}

// set changes settings of a method.
func (w *projectWork) set(spec any) error {
	if len(w.options.Settings) == 0 {
		return nil
	}
	err := strictly(w.options.Settings, spec)
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("%s has no setting %s; it has %s: %w", w.options.Method, name, strings.Join(ProjectSettings(w.options.Method), ", "), learn.ErrSetting)
	}
	return fmt.Errorf("%s: a setting cannot be read: %w: %w", w.options.Method, err, learn.ErrSetting)
}

// components finds principal components, and the scores of all rows on the first ones.
func (w *projectWork) components(ctx context.Context) error {
	s := project.PCA{}
	if err := w.set(&s); err != nil {
		return err
	}
	w.options.Work.stage("principal components")
	c, err := s.Fit(ctx, w.prepared.z, w.run)
	if err != nil {
		return err
	}
	out := w.out
	out.Title, out.Components, out.Rows = "principal components", c, w.rows
	written := *c // the first components are enough for the file and the picture
	keep := len(c.Loadings)
	if s.Components == 0 {
		keep = min(keep, max(2, suggestedComponents(c)))
	}
	written.Loadings = c.Loadings[:keep]
	if out.Axes, err = written.Project(w.prepared.z); err != nil {
		return err
	}
	for k := range out.Axes {
		out.Names = append(out.Names, "pc"+strconv.Itoa(k+1))
	}
	out.Shown = project.Sample(w.strata, len(w.rows), w.options.Rows, w.options.Seed)
	shown := w.prepared.z
	if len(out.Shown) < shown.Rows {
		shown = shown.Take(out.Shown)
	}
	if len(c.Loadings) > 1 {
		if out.Biplot, err = c.Biplot(shown, 0, 1, biplotArrows); err != nil {
			out.Biplot = nil // the second component does not vary
		}
	}
	return w.correlate(ctx, out.Shown)
}

// suggestedComponents is how many components to keep: by parallel analysis, where there is
// one.
func suggestedComponents(c *Components) int {
	if c.Hints.Parallel != nil {
		return *c.Hints.Parallel
	}
	return c.Hints.BrokenStick
}

// lay makes a map; settings go into spec first, which mapped goes by.
func (w *projectWork) lay(ctx context.Context, spec any, mapped func() (*Map, error)) error {
	if err := w.set(spec); err != nil {
		return err
	}
	w.options.Work.stage("laying rows out by %s", w.out.Title)
	m, err := mapped()
	if err != nil {
		return err
	}
	out := w.out
	out.Map = m
	for i, at := range m.Rows {
		out.Rows, out.Shown = append(out.Rows, w.rows[at]), append(out.Shown, i)
	}
	for a, axis := range m.Axes {
		out.Axes = append(out.Axes, axis)
		out.Names = append(out.Names, w.options.Method+strconv.Itoa(a+1))
	}
	if out.TrustOf = min(trustNeighbors, (len(m.Rows)-1)/2); out.TrustOf > 0 {
		w.options.Work.stage("measuring neighbourhoods")
		if out.Trust, err = m.Trustworthiness(ctx, w.prepared.z, out.TrustOf, w.run.Workers); err != nil {
			return err
		}
	}
	return w.correlate(ctx, asInts(m.Rows))
}

// correlate finds what goes along with the first two axes, in the columns of the table.
func (w *projectWork) correlate(ctx context.Context, places []int) error {
	axes := w.out.Axes[:min(3, len(w.out.Axes))]
	if w.out.Components != nil {
		axes = w.out.Axes[:min(2, len(w.out.Axes))]
	}
	x := w.prepared.x
	if len(places) < x.Rows {
		x = x.Take(places)
	}
	shown := slices.Clone(axes)
	for a := range shown {
		if len(shown[a]) != len(places) {
			shown[a] = learn.Take(shown[a], places)
		}
	}
	var err error
	if w.out.Correlates, err = project.Correlates(ctx, x, shown, mostCorrelates, w.run.Workers); err != nil {
		return err
	}
	w.out.Caption = project.Caption(w.out.Correlates)
	return nil
}

// WriteRows writes the rows that have a place, in the order of the source, behind their
// coordinates. src has the rows that the data were loaded from.
func (p *Projection) WriteRows(ctx context.Context, src dataset.Source, w io.Writer, o dataset.CSVOptions) (int64, error) {
	place := placesOfRows(p.Rows, p.data.Rows)
	pick := &numberedRows{names: p.Names, cells: func(row int) []string {
		if row >= len(place) || place[row] < 0 {
			return nil
		}
		cells := make([]string, len(p.Axes))
		for a := range cells {
			cells[a] = cellNumber(p.Axes[a][place[row]])
		}
		return cells
	}}
	return dataset.WriteRows(ctx, src, w, pick, o)
}

// A Coloring is what rows of the data are coloured by: groups, or numbers.
type Coloring struct {
	By      string    // the name of it
	Groups  []string  // names; nil for numbers
	Of      []int32   // by row of the data: the group, learn.NoLevel where it is not known
	Numbers []float64 // by row of the data: NaN where it is not known
	Order   bool      // the groups stand in an order that should be kept
}

// ColorByLabel colours by the levels of the label, or by normal and attack. It is an error
// that wraps ErrNoLabel if the data do not tell them.
func (d *Data) ColorByLabel(classes bool) (*Coloring, error) {
	if d.Label == nil {
		return nil, fmt.Errorf("%w; name its column with --label", ErrNoLabel)
	}
	if !classes {
		return &Coloring{By: d.LabelName, Groups: d.Levels, Of: d.Label}, nil
	}
	if _, err := d.Labelled(); err != nil {
		return nil, err
	}
	names, of := Binary.classesOf(d.Classes, d.Levels)
	c := &Coloring{By: "class", Groups: names, Of: make([]int32, d.Rows), Order: true}
	for i, l := range d.Label {
		if c.Of[i] = learn.NoLevel; l != learn.NoLevel {
			c.Of[i] = of[l]
		}
	}
	return c, nil
}

// ColorByColumn colours by a column of the table that d was loaded from.
func ColorByColumn(t *dataset.Table, name string) (*Coloring, error) {
	s := t.Schema()
	j, err := s.Resolve(name)
	if err != nil {
		return nil, err
	}
	c := &s.Columns[j]
	if c.Dict == nil {
		numbers, err := t.Floats(j)
		return &Coloring{By: c.Name, Numbers: numbers}, err
	}
	codes, err := codesOf(t, j)
	return &Coloring{By: c.Name, Groups: c.Dict.Levels(), Of: codes}, err
}

// Color colours by the clusters.
func (c *Clusters) Color(d *Data) *Coloring {
	out := &Coloring{By: "cluster", Of: make([]int32, d.Rows), Order: true}
	for k := range c.Groups {
		out.Groups = append(out.Groups, "cluster "+ClusterName(int32(k)))
	}
	if c.Noise.Rows > 0 {
		out.Groups = append(out.Groups, ClusterName(NoCluster))
	}
	for i := range out.Of {
		out.Of[i] = learn.NoLevel
	}
	for i, row := range c.Rows {
		if out.Of[row] = c.Labels[i]; c.Labels[i] == NoCluster {
			out.Of[row] = int32(len(c.Groups))
		}
	}
	return out
}

// ColorByScore colours by the scores of a pipeline, whose columns d must have.
func (p *Pipeline) ColorByScore(ctx context.Context, d *Data, workers int) (*Coloring, error) {
	s, err := p.ScoreData(ctx, d, allOf(d.Rows), workers)
	if err != nil {
		return nil, err
	}
	return &Coloring{By: "score of " + p.Kind(), Numbers: s.Score}, nil
}

// Missing reports whether nothing is known of a row.
func (c *Coloring) Missing(row int) bool {
	if c.Groups != nil {
		return c.Of[row] == learn.NoLevel
	}
	return math.IsNaN(c.Numbers[row])
}
