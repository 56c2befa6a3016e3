package prep

import (
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// kind is what is known of a step by its name.
type kind struct {
	name, help string
	main       string // the setting that the short spelling takes without its name; "": none
	step       func() learn.Step
	transform  func() learn.Transform
}

// kinds are the steps in the order in which they are usually taken.
var kinds = []kind{
	{"impute", "fills missing numbers with the median, the mean or a constant, and adds indicators", "strategy",
		func() learn.Step { return &Impute{} }, func() learn.Transform { return &Imputation{} }},
	{"drop_constant", "leaves out columns that do not vary", "",
		func() learn.Step { return &DropConstant{} }, func() learn.Transform { return &Subset{} }},
	{"clip", "cuts numbers at quantiles", "",
		func() learn.Step { return &Clip{} }, func() learn.Transform { return &Limits{} }},
	{"log1p", "takes sign(x)·ln(1+|x|) of heavy-tailed numbers", "apply",
		func() learn.Step { return &Log1p{} }, func() learn.Transform { return &Logarithm{} }},
	{"standard", "takes the mean off and divides by the standard deviation", "",
		func() learn.Step { return &Standard{} }, func() learn.Transform { return &Scaling{Method: "standard"} }},
	{"robust", "takes the median off and divides by the interquartile range", "",
		func() learn.Step { return &Robust{} }, func() learn.Transform { return &Scaling{Method: "robust"} }},
	{"minmax", "maps the range of numbers to 0 to 1", "",
		func() learn.Step { return &MinMax{} }, func() learn.Transform { return &Scaling{Method: "minmax"} }},
	{"quantile", "maps numbers to their ranks: shares of 1 or normal scores", "output_distribution",
		func() learn.Step { return &Quantile{} }, func() learn.Transform { return &Ranks{} }},
	{"yeo_johnson", "makes numbers most like normal ones by a power, and standardises them", "",
		func() learn.Step { return &YeoJohnson{} }, func() learn.Transform { return &Powers{} }},
	{"onehot", "spreads levels over columns of 0 and 1", "unknown",
		func() learn.Step { return &OneHot{} }, func() learn.Transform { return &Indicators{} }},
	{"frequency", "turns levels into −ln of how frequent they are", "",
		func() learn.Step { return &Frequency{} }, func() learn.Transform { return &LevelNumbers{Method: "frequency"} }},
	{"target", "turns levels into the share of the classes among their rows", "",
		func() learn.Step { return &Target{} }, func() learn.Transform { return &LevelNumbers{Method: "target"} }},
	{"select", "keeps the columns that tell most about the class, by themselves or (l1) together", "by",
		func() learn.Step { return &Select{} }, func() learn.Transform { return &Selection{} }},
	{"pca", "puts principal components in the place of numbers", "variance",
		func() learn.Step { return &PCA{} }, func() learn.Transform { return &Components{} }},
}

func kindOf(name string) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// Kinds are the names of all steps, in the order in which they are usually taken.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i := range kinds {
		names[i] = kinds[i].name
	}
	return names
}

// Help says in half a line what a step does; "" for a kind that is none.
func Help(kind string) string {
	k, _ := kindOf(kind)
	return k.help
}

// NewStep returns a pointer to default settings of a kind, false if it is none.
func NewStep(kind string) (learn.Step, bool) {
	k, ok := kindOf(kind)
	if !ok {
		return nil, false
	}
	return k.step(), true
}

// NewTransform returns an empty transform of a kind to read a stored one into, false
// if it is none.
func NewTransform(kind string) (learn.Transform, bool) {
	k, ok := kindOf(kind)
	if !ok {
		return nil, false
	}
	return k.transform(), true
}
