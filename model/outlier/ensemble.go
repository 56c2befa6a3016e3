package outlier

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/netanom/netanom/model/learn"
)

// Ensemble is the settings of several detectors that are asked together. The scores
// of each become conformal p-values [1]: the share of training rows with a score as
// high or higher, a row of LOF or KNNDistance being scored without itself. The score
// is what Combine makes of −log p of all members; of Fisher's kind [2] it is their
// sum, so that one member that is sure outweighs some that are not. Beyond the
// highest training score of a member −log p grows by up to 1 more.
//
// p counts training rows by weight. Numbers should be on like scales, for members
// that measure distances, and must not be missing, for those that refuse it.
//
// [1] R. Laxhammar and G. Falkman (2014), "Online learning and sequential anomaly
// detection in trajectories", IEEE Transactions on Pattern Analysis and Machine
// Intelligence 36(6), 1158–1173.
//
// [2] R. A. Fisher (1932), Statistical methods for research workers, 4th ed., §21.1.
type Ensemble struct {
	Members []Member `json:"members,omitempty"` // default: iforest, mahalanobis {robust}, hbos, and knndist {max_samples 10000}
	Combine string   `json:"combine,omitempty"` // "fisher" (default), the sum of −log p, "max", the largest −log p, or "mean", the mean of 1 − p

	// Others, if not nil, returns detectors that are not of this package, with default
	// settings, and empty models of theirs; nil for names that it does not know.
	Others func(kind string) (learn.Spec, learn.Model) `json:"-"`
}

// A Member is a detector among several.
type Member struct {
	Algo     string          `json:"algo"`
	Settings json.RawMessage `json:"settings,omitempty"`
}

// Choices of Ensemble.Combine.
const (
	Fisher     = "fisher"
	Largest    = "max"
	MeanShares = "mean"
)

const (
	kindEnsemble = "ensemble"
	maxMembers   = 50
)

// usualMembers look at rows in different ways: by splits, by correlations, column by
// column, and by what is near. Of a dozen combinations of three to six detectors they
// were chosen for their mean area under the ROC curve on eight data sets of ADBench [1],
// with all rows to learn from, and on NSL-KDD, with normal rows only. Without the last
// they do as well on the former, and worse on the latter.
//
// [1] S. Han, X. Hu, H. Huang, M. Jiang and Y. Zhao (2022), "ADBench: anomaly detection
// benchmark", NeurIPS 35, 32142–32159.
var usualMembers = []Member{
	{Algo: kindIsolation},
	{kindMahalanobis, json.RawMessage(`{"robust":true}`)},
	{Algo: kindHBOS},
	{kindKNN, json.RawMessage(`{"max_samples":10000}`)},
}

// Kind is "ensemble".
func (Ensemble) Kind() string { return kindEnsemble }

// EnsembleModel is a fitted Ensemble. Others must be set before a model with members
// of other packages is read.
type EnsembleModel struct {
	Others func(kind string) (learn.Spec, learn.Model)

	columns []learn.Column
	combine string
	members []fitted
}

// A fitted is a member after training.
type fitted struct {
	model     learn.Model
	reference reference
}

// open returns the detector of a member.
func (m *Member) open(others func(string) (learn.Spec, learn.Model)) (learn.Spec, error) {
	spec, err := NewSpec(m.Algo)
	if m.Algo == kindEnsemble {
		return nil, fmt.Errorf("an ensemble cannot be a member of one: %w", learn.ErrSetting)
	}
	if err != nil && others != nil {
		if other, _ := others(m.Algo); other != nil {
			spec, err = other, nil
		}
	}
	if err != nil || len(m.Settings) == 0 {
		return spec, err
	}
	dec := json.NewDecoder(bytes.NewReader(m.Settings))
	dec.DisallowUnknownFields()
	if err := dec.Decode(spec); err != nil {
		return nil, fmt.Errorf("settings of %s: %w: %w", m.Algo, err, learn.ErrSetting)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("settings of %s: more than one: %w", m.Algo, learn.ErrSetting)
	}
	return spec, nil
}

// specs returns the detectors of all members.
func (s *Ensemble) specs() ([]learn.Spec, error) {
	members := s.Members
	if len(members) == 0 {
		members = usualMembers
	}
	if len(members) > maxMembers {
		return nil, wrong("members", len(members), fmt.Sprintf("up to %d", maxMembers))
	}
	if c := s.Combine; c != "" && c != Fisher && c != Largest && c != MeanShares {
		return nil, wrong("combine", fmt.Sprintf("%q", c), `"fisher", "max" or "mean"`)
	}
	specs := make([]learn.Spec, len(members))
	for i := range members {
		var err error
		if specs[i], err = members[i].open(s.Others); err != nil {
			return nil, err
		}
	}
	return specs, nil
}

// Fit fits the members one after the other. Beside the errors of learn.CheckFit it
// returns theirs, and ErrSetting.
func (s Ensemble) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, _, err := s.fitScores(ctx, x, &y, &r)
	return m, err
}

func (s Ensemble) fitScores(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (learn.Model, []float64, error) {
	m, scores, err := s.fit(ctx, x, y, r)
	if err != nil {
		return nil, nil, fmt.Errorf("ensemble: %w", err)
	}
	return m, scores, nil
}

func (s Ensemble) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*EnsembleModel, []float64, error) {
	specs, err := s.specs()
	if err != nil {
		return nil, nil, err
	}
	if err := learn.CheckFit(x, y, false); err != nil {
		return nil, nil, err
	}
	m := &EnsembleModel{Others: s.Others, columns: x.Columns, combine: or(s.Combine, Fisher)}
	joined := make([]float64, x.Rows)
	join := m.joining(len(specs))
	quiet := learn.Run{Seed: r.Seed, Workers: r.Workers}
	for i, spec := range specs {
		r.Report(i, len(specs))
		model, scores, err := FitScores(ctx, spec, x, *y, quiet)
		if err != nil {
			return nil, nil, err
		}
		f := fitted{model, referenceOf(scores, y.Weights)}
		m.members = append(m.members, f)
		for i, s := range scores {
			join(&joined[i], f.reference.surprise(s))
		}
	}
	r.Report(len(specs), len(specs))
	return m, joined, nil
}

// joining returns a function that takes −log p of one more of so many members into a
// score.
func (m *EnsembleModel) joining(members int) func(sum *float64, surprise float64) {
	switch m.combine {
	case Largest:
		return func(sum *float64, s float64) { *sum = max(*sum, s) }
	case MeanShares:
		return func(sum *float64, s float64) { *sum += share(s) / float64(members) }
	}
	return func(sum *float64, s float64) { *sum += s }
}

// Kind is "ensemble".
func (*EnsembleModel) Kind() string { return kindEnsemble }

// Inputs are the columns it was fitted to.
func (m *EnsembleModel) Inputs() []learn.Column { return m.columns }

// Members are the names of its detectors.
func (m *EnsembleModel) Members() []string {
	var names []string
	for i := range m.members {
		names = append(names, m.members[i].model.Kind())
	}
	return names
}

// Score writes what Combine makes of −log p of all members.
func (m *EnsembleModel) Score(dst []float64, x *learn.Matrix) error {
	x, err := bind(x, m.columns, true)
	if err != nil {
		return fmt.Errorf("ensemble: %w", err)
	}
	clear(dst)
	join := m.joining(len(m.members))
	return m.each(x, func(_, row int, surprise float64) { join(&dst[row], surprise) })
}

// Surprises returns −log p of each row, by member.
func (m *EnsembleModel) Surprises(x *learn.Matrix) ([][]float64, error) {
	x, err := bind(x, m.columns, true)
	if err != nil {
		return nil, fmt.Errorf("ensemble: %w", err)
	}
	out := make([][]float64, len(m.members))
	for i := range out {
		out[i] = make([]float64, x.Rows)
	}
	return out, m.each(x, func(member, row int, surprise float64) { out[member][row] = surprise })
}

func (m *EnsembleModel) each(x *learn.Matrix, visit func(member, row int, surprise float64)) error {
	scores := make([]float64, x.Rows)
	for i := range m.members {
		if err := m.members[i].model.Score(scores, x); err != nil {
			return fmt.Errorf("ensemble: %w", err)
		}
		for row, s := range scores {
			visit(i, row, m.members[i].reference.surprise(s))
		}
	}
	return nil
}

// Check returns an error unless the model is whole.
func (m *EnsembleModel) Check() error {
	if err := checkColumns(kindEnsemble, m.columns); err != nil {
		return err
	}
	if n := len(m.members); n == 0 || n > maxMembers || m.combine != Fisher && m.combine != Largest && m.combine != MeanShares {
		return learn.Broken(kindEnsemble, "%d members, combined by %q", n, m.combine)
	}
	for i := range m.members {
		f := &m.members[i]
		if err := f.model.Check(); err != nil {
			return err
		}
		if err := f.reference.check(); err != nil {
			return err
		}
		if _, err := learn.NewMatrix(m.columns, 0).Bind(f.model.Inputs()); err != nil {
			return learn.Broken(kindEnsemble, "a member has other columns: %v", err)
		}
	}
	return nil
}

// storedEnsemble is how the model is written.
type storedEnsemble struct {
	Columns []learn.Column `json:"columns"`
	Combine string         `json:"combine"`
	Members []storedMember `json:"members"`
}

type storedMember struct {
	Algo      string          `json:"algo"`
	Model     json.RawMessage `json:"model"`
	Reference reference       `json:"reference"`
}

// MarshalJSON writes the model.
func (m *EnsembleModel) MarshalJSON() ([]byte, error) {
	s := storedEnsemble{Columns: m.columns, Combine: m.combine}
	for i := range m.members {
		text, err := json.Marshal(m.members[i].model)
		if err != nil {
			return nil, err
		}
		s.Members = append(s.Members, storedMember{m.members[i].model.Kind(), text, m.members[i].reference})
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads a model. Check tells whether it is whole.
func (m *EnsembleModel) UnmarshalJSON(text []byte) error {
	var s storedEnsemble
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*m = EnsembleModel{Others: m.Others, columns: s.Columns, combine: s.Combine}
	for i := range s.Members {
		model := NewModel(s.Members[i].Algo)
		if s.Members[i].Algo == kindEnsemble {
			model = nil
		}
		if model == nil && m.Others != nil {
			_, model = m.Others(s.Members[i].Algo)
		}
		if model == nil {
			return learn.Broken(kindEnsemble, "there is no detector %q", s.Members[i].Algo)
		}
		if err := json.Unmarshal(s.Members[i].Model, model); err != nil {
			return err
		}
		m.members = append(m.members, fitted{model, s.Members[i].Reference})
	}
	return nil
}
