package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/bayes"
	"github.com/netanom/netanom/model/boost"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/linear"
	"github.com/netanom/netanom/model/neighbor"
	"github.com/netanom/netanom/model/neural"
	"github.com/netanom/netanom/model/outlier"
	"github.com/netanom/netanom/model/prep"
	"github.com/netanom/netanom/model/tree"
)

// A Kind is a learner that can be asked for by name.
type Kind struct {
	Name     string
	Title    string // its name in a sentence
	Steps    string // the steps that suit it, as prep.ParseChain reads them
	Detector bool   // learns what is usual, and needs no label
}

// The steps that suit families of learners. Ranks suit those that add up weighted
// columns, because they tame the heavy tails of byte counts; logarithms suit those that
// measure distances; trees need neither, and split the frequencies of levels better
// than their names.
const (
	treeSteps     = "drop_constant,frequency"
	linearSteps   = "drop_constant,impute,quantile(normal)"
	distanceSteps = "drop_constant,impute,log1p,standard"
	filledSteps   = "drop_constant,impute"
	logSteps      = "drop_constant,log1p"
	plainSteps    = "drop_constant"
)

var kinds = []Kind{
	{Name: "baseline", Title: "class shares only"},
	{Name: "logreg", Title: "logistic regression", Steps: linearSteps},
	{Name: "nb", Title: "naive Bayes", Steps: plainSteps},
	{Name: "knn", Title: "k-nearest neighbours", Steps: distanceSteps},
	{Name: "tree", Title: "decision tree", Steps: plainSteps},
	{Name: "rf", Title: "random forest", Steps: treeSteps},
	{Name: "et", Title: "extremely randomised trees", Steps: treeSteps},
	{Name: "gbt", Title: "gradient boosting", Steps: plainSteps},
	{Name: "ada", Title: "AdaBoost", Steps: treeSteps},
	{Name: "bag", Title: "bagged trees", Steps: treeSteps},
	{Name: "svm", Title: "linear support vector machine", Steps: linearSteps},
	{Name: "rbfsvm", Title: "support vector machine with a Gaussian kernel", Steps: linearSteps},
	{Name: "mlp", Title: "multi-layer perceptron", Steps: linearSteps},
	{Name: "vote", Title: "vote of several learners"},
	{Name: "stack", Title: "stack of several learners"},
	{Name: "hybrid", Title: "hybrid of learners and detectors"},
	{Name: "iforest", Title: "isolation forest", Steps: filledSteps, Detector: true},
	{Name: "eif", Title: "extended isolation forest", Steps: distanceSteps, Detector: true},
	{Name: "lof", Title: "local outlier factor", Steps: distanceSteps, Detector: true},
	{Name: "knndist", Title: "distance to the nearest neighbours", Steps: distanceSteps, Detector: true},
	{Name: "ocsvm", Title: "one-class support vector machine", Steps: distanceSteps, Detector: true},
	{Name: "mahalanobis", Title: "Mahalanobis distance", Steps: distanceSteps, Detector: true},
	{Name: "pca", Title: "reconstruction error of principal components", Steps: distanceSteps, Detector: true},
	{Name: "autoencoder", Title: "reconstruction error of an autoencoder", Steps: linearSteps, Detector: true},
	{Name: "kmeans", Title: "distance to the nearest centre", Steps: distanceSteps, Detector: true},
	{Name: "gmm", Title: "density of a Gaussian mixture", Steps: distanceSteps, Detector: true},
	{Name: "ecod", Title: "empirical tail probabilities (ECOD)", Steps: plainSteps, Detector: true},
	{Name: "copod", Title: "copula-based tail probabilities (COPOD)", Steps: plainSteps, Detector: true},
	{Name: "hbos", Title: "histogram-based outlier score", Steps: logSteps, Detector: true},
	{Name: "ensemble", Title: "ensemble of detectors", Steps: distanceSteps, Detector: true},
}

// Kinds lists the names of the learners, the simplest first.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return names
}

// IsDetector reports whether the learner of a kind learns what is usual, without labels.
func IsDetector(kind string) bool {
	k, err := KindNamed(kind)
	return err == nil && k.Detector
}

// referenced reports whether models of a kind implement learn.Referenced.
func referenced(kind string) bool { return kind == "hybrid" }

// scoresOnly reports whether models of a kind give no probabilities.
func scoresOnly(kind string) bool { return IsDetector(kind) || referenced(kind) }

// UsualRule is how the threshold of a kind is found if nothing else is asked for: the most
// probable class, or 5 % false alarms where there are only scores.
func UsualRule(kind string) Rule {
	if scoresOnly(kind) {
		return Rule{By: FPR, Value: 0.05}
	}
	return Rule{}
}

// KindNamed returns the learner of that name. The error of any other name lists them,
// the nearest first.
func KindNamed(name string) (Kind, error) {
	for _, k := range kinds {
		if k.Name == name {
			return k, nil
		}
	}
	if near := dataset.Nearest(name, Kinds()); len(near) > 0 {
		return Kind{}, fmt.Errorf("there is no learner %q; did you mean %s?", name, strings.Join(near, " or "))
	}
	return Kind{}, fmt.Errorf("there is no learner %q; choose one of %s", name, strings.Join(Kinds(), ", "))
}

// UsualSteps returns the steps that suit the learner of a kind.
func UsualSteps(kind string) (prep.Chain, error) {
	k, err := KindNamed(kind)
	if err != nil || k.Steps == "" {
		return nil, err
	}
	return prep.ParseChain(k.Steps)
}

// ParseSteps reads steps as a user writes them: impute,quantile(normal). "none" is no
// step.
func ParseSteps(text string) (prep.Chain, error) { return prep.ParseChain(text) }

// NewSpec returns the learner of a kind with its default settings.
func NewSpec(kind string) (learn.Spec, error) {
	switch kind {
	case "baseline":
		return &bayes.Baseline{}, nil
	case "logreg":
		return &linear.Logistic{}, nil
	case "nb":
		return &bayes.NaiveBayes{}, nil
	case "knn":
		return &neighbor.KNN{}, nil
	case "tree":
		return &tree.Tree{}, nil
	case "rf":
		return &tree.Forest{}, nil
	case "et":
		return &tree.ExtraTrees{}, nil
	case "gbt":
		return &boost.GradientBoosting{}, nil
	case "ada":
		return &tree.AdaBoost{}, nil
	case "bag":
		return &tree.Bagging{}, nil
	case "svm":
		return &linear.SVM{}, nil
	case "rbfsvm":
		return &linear.KernelSVM{}, nil
	case "mlp":
		return &neural.MLP{}, nil
	case "vote":
		return &Vote{}, nil
	case "stack":
		return &Stack{}, nil
	case "hybrid":
		return &Hybrid{}, nil
	case "autoencoder":
		return &neural.Autoencoder{}, nil
	}
	if IsDetector(kind) {
		return outlier.NewSpec(kind)
	}
	_, err := KindNamed(kind)
	return nil, err
}

// newModel returns an empty model of a kind, to be read from a file.
func newModel(kind string) (learn.Model, error) {
	switch kind {
	case "baseline":
		return &bayes.BaselineModel{}, nil
	case "logreg":
		return &linear.LogisticModel{}, nil
	case "nb":
		return &bayes.Model{}, nil
	case "knn":
		return &neighbor.Model{}, nil
	case "tree":
		return &tree.TreeModel{}, nil
	case "rf":
		return &tree.ForestModel{}, nil
	case "et":
		return &tree.ExtraTreesModel{}, nil
	case "gbt":
		return &boost.Model{}, nil
	case "ada":
		return &tree.AdaBoostModel{}, nil
	case "bag":
		return &tree.BaggingModel{}, nil
	case "svm":
		return &linear.SVMModel{}, nil
	case "rbfsvm":
		return &linear.KernelSVMModel{}, nil
	case "mlp":
		return &neural.Model{}, nil
	case "vote":
		return &VoteModel{}, nil
	case "stack":
		return &StackModel{}, nil
	case "hybrid":
		return &HybridModel{}, nil
	case "autoencoder":
		return &neural.AutoencoderModel{}, nil
	}
	if m := outlier.NewModel(kind); m != nil {
		return m, nil
	}
	_, err := KindNamed(kind)
	return nil, err
}

// Set changes settings of a spec by a JSON object of them. Settings that the spec
// does not have are an error that lists those it has.
func Set(spec learn.Spec, settings []byte) error {
	err := strictly(settings, spec)
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		known := Settings(spec)
		if len(known) == 0 {
			return fmt.Errorf("%s has no settings: %w", spec.Kind(), learn.ErrSetting)
		}
		return fmt.Errorf("%s has no setting %s; it has %s: %w", spec.Kind(), name, strings.Join(known, ", "), learn.ErrSetting)
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s: setting %q cannot be a %s: %w", spec.Kind(), wrong.Field, wrong.Value, learn.ErrSetting)
	}
	return fmt.Errorf("%s: the settings cannot be read: %w", spec.Kind(), err)
}

// A stored is a learned part of a file, under the name of its kind.
type stored struct {
	Kind  string          `json:"kind"`
	Model json.RawMessage `json:"model"`
}

// storeModel writes a model under the name of its kind.
func storeModel(m learn.Model) (stored, error) {
	text, err := json.Marshal(m)
	return stored{m.Kind(), text}, err
}

// read reads a model and checks it.
func (s stored) read() (learn.Model, error) {
	m, err := newModel(s.Kind)
	if err != nil {
		return nil, err
	}
	if err := learn.Decode(s.Model, m); err != nil {
		return nil, learn.Broken(s.Kind, "%v", err)
	}
	return m, m.Check()
}

// SortedKinds returns the given names in the order of Kinds, each once.
func SortedKinds(names []string) []string {
	var out []string
	for _, k := range kinds {
		if slices.Contains(names, k.Name) {
			out = append(out, k.Name)
		}
	}
	return out
}
