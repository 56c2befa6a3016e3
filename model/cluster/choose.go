package cluster

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Choose is the settings of a search for the number of clusters: each in a range is
// tried, and one is chosen by a rule.
type Choose struct {
	// Min and Max are the range; 0 stands for 2 and 10.
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
	// By is the criterion: "silhouette", "davies_bouldin", "calinski_harabasz", "gap",
	// for which Of must be KMeans, or "bic", for which it must be Mixture. "" stands for
	// "silhouette", and for "bic" of a Mixture.
	By string `json:"by,omitempty"`
	// Gap lets the gap statistic of KMeans be found even if it does not decide.
	Gap bool `json:"gap,omitempty"`
	// SilhouetteRows is the limit of rows of Silhouette; 0 stands for 5,000.
	SilhouetteRows int `json:"silhouette_rows,omitempty"`
	// References and GapRows are the samples and rows of Gaps.
	References int `json:"references,omitempty"`
	GapRows    int `json:"gap_rows,omitempty"`
}

// Choices of Choose.By.
const (
	BySilhouette       = "silhouette"
	ByDaviesBouldin    = "davies_bouldin"
	ByCalinskiHarabasz = "calinski_harabasz"
	ByGap              = "gap"
	ByBIC              = "bic"
)

// rules says in words how each criterion chooses.
var rules = map[string]string{
	BySilhouette:       "largest mean silhouette",
	ByDaviesBouldin:    "least Davies–Bouldin index",
	ByCalinskiHarabasz: "largest Caliński–Harabasz index",
	ByGap:              "least k with gap(k) ≥ gap(k+1) − s(k+1)",
	ByBIC:              "least BIC",
}

// A Trial is a number of clusters that was tried. What was not found is NaN.
type Trial struct {
	K                int
	Inertia          float64 // of KMeans
	Silhouette       float64
	DaviesBouldin    float64
	CalinskiHarabasz float64
	Gap, GapError    float64 // of KMeans
	BIC, AIC         float64 // of Mixture
}

// A Choice is what a search found.
type Choice struct {
	Trials     []Trial // by rising K
	K          int
	By         string // the criterion
	Rule       string // in words, how it chose
	Clustering *Clustering
	Sampled    bool // silhouettes are of a sample
}

// Run tries numbers of clusters with the settings of KMeans, Mixture or Hierarchical.
// Errors are those of these, and wrap learn.ErrSetting for another Spec.
func (s Choose) Run(ctx context.Context, of Spec, x *learn.Matrix, r learn.Run) (*Choice, error) {
	s, err := s.filled(of)
	if err != nil {
		return nil, fmt.Errorf("number of clusters: %w", err)
	}
	if s.SilhouetteRows < 2 {
		return nil, fmt.Errorf("number of clusters: silhouettes of %d rows: %w", s.SilhouetteRows, learn.ErrSetting)
	}
	out := &Choice{By: s.By, Rule: rules[s.By]}
	var found []*Clustering
	for k := s.Min; k <= s.Max; k++ {
		spec, err := withClusters(of, k)
		if err != nil {
			return nil, fmt.Errorf("number of clusters: %w", err)
		}
		c, err := spec.Cluster(ctx, x, nil, learn.Run{Seed: r.Seed, Workers: r.Workers})
		if err != nil {
			return nil, err
		}
		t, err := s.try(ctx, k, c, x, r, out)
		if err != nil {
			return nil, err
		}
		out.Trials, found = append(out.Trials, t), append(found, c)
		r.Report(k-s.Min+1, s.Max-s.Min+1)
	}
	if km, ok := of.(KMeans); ok && (s.Gap || s.By == ByGap) {
		gaps, err := Gaps(ctx, km, x, s.Min, s.Max, s.References, s.GapRows, r)
		if err != nil {
			return nil, err
		}
		for i, g := range gaps {
			out.Trials[i].Gap, out.Trials[i].GapError = g.Gap, g.Error
		}
		out.K = GapK(gaps)
	}
	if s.By != ByGap {
		out.K = s.best(out.Trials)
	}
	out.Clustering = found[out.K-s.Min]
	return out, nil
}

func (s Choose) filled(of Spec) (Choose, error) {
	setDefault(&s.Min, 2)
	setDefault(&s.Max, 10)
	setDefault(&s.SilhouetteRows, 5000)
	_, mixture := of.(Mixture)
	_, means := of.(KMeans)
	if s.By == "" {
		s.By = BySilhouette
		if mixture {
			s.By = ByBIC
		}
	}
	least := 2
	if s.By == ByGap || s.By == ByBIC {
		least = 1
	}
	switch {
	case rules[s.By] == "":
		return s, fmt.Errorf("by %q: %w", s.By, learn.ErrSetting)
	case s.By == ByBIC && !mixture, s.By == ByGap && !means:
		return s, fmt.Errorf("by %q of %q: %w", s.By, of.Kind(), learn.ErrSetting)
	case s.Min < least || s.Max < s.Min:
		return s, fmt.Errorf("from %d to %d clusters: %w; start from %d or more", s.Min, s.Max, learn.ErrSetting, least)
	}
	return s, nil
}

// withClusters returns the settings with another number of clusters.
func withClusters(of Spec, k int) (Spec, error) {
	switch s := of.(type) {
	case KMeans:
		s.Clusters = k
		return s, nil
	case Mixture:
		s.Components = k
		return s, nil
	case Hierarchical:
		s.Clusters, s.Height = k, nil
		return s, nil
	}
	return nil, fmt.Errorf("%q has no number of clusters to choose: %w", of.Kind(), learn.ErrSetting)
}

// try measures a clustering.
func (s *Choose) try(ctx context.Context, k int, c *Clustering, x *learn.Matrix, r learn.Run, out *Choice) (Trial, error) {
	nan := math.NaN()
	t := Trial{k, nan, nan, nan, nan, nan, nan, nan, nan}
	switch m := c.Model.(type) {
	case *Centers:
		t.Inertia = m.Inertia
	case *Gaussians:
		t.BIC, t.AIC = m.BIC(), m.AIC()
	}
	silhouettes, err := Silhouette(ctx, x, c.Labels, s.SilhouetteRows, r)
	if errors.Is(err, learn.ErrTooFew) { // all rows are in one cluster
		return t, nil
	}
	if err != nil {
		return t, err
	}
	t.Silhouette, out.Sampled = silhouettes.Mean, silhouettes.Sampled
	if t.DaviesBouldin, err = DaviesBouldin(x, c.Labels); err != nil {
		return t, err
	}
	t.CalinskiHarabasz, err = CalinskiHarabasz(x, c.Labels)
	if errors.Is(err, learn.ErrTooFew) {
		err = nil
	}
	return t, err
}

// best returns the number of clusters of the best trial, the least of equally good
// ones.
func (s *Choose) best(trials []Trial) int {
	best, k := math.Inf(-1), s.Min
	for _, t := range trials {
		v := t.Silhouette
		switch s.By {
		case ByDaviesBouldin:
			v = -t.DaviesBouldin
		case ByCalinskiHarabasz:
			v = t.CalinskiHarabasz
		case ByBIC:
			v = -t.BIC
		}
		if v > best {
			best, k = v, t.K
		}
	}
	return k
}
