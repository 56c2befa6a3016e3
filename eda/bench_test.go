package eda

import (
	"context"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// loaded returns a file of the reference data as a table in memory.
func loaded(b *testing.B, elem ...string) *dataset.Table {
	b.Helper()
	f, err := dataset.Open(context.Background(), check.Shared(b, elem...), dataset.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	t, err := dataset.Load(context.Background(), f)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

// BenchmarkDescribeFile reads and describes a compressed file anew each time.
func BenchmarkDescribeFile(b *testing.B) {
	ctx := context.Background()
	f, err := dataset.Open(ctx, check.Shared(b, "data", "kdd99", "kddcup.data_10_percent.gz"), dataset.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for b.Loop() {
		if _, err := Describe(ctx, f, DescribeOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplore(b *testing.B) {
	t := loaded(b, "data", "nsl-kdd", "KDDTrain+.txt.gz")
	for b.Loop() {
		if _, err := Explore(context.Background(), t, ExploreOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFindOutliers applies every rule and score.
func BenchmarkFindOutliers(b *testing.B) {
	t := loaded(b, "data", "nsl-kdd", "KDDTrain+.txt.gz")
	for _, within := range []string{"", "protocol_type"} {
		b.Run("within="+within, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := FindOutliers(context.Background(), t, OutlierOptions{Scores: true, ESD: 10, Rows: 5, Top: 10, Within: within}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkQuestions(b *testing.B) {
	ctx := context.Background()
	for _, file := range []struct {
		name string
		path []string
	}{
		{"nsl-kdd", []string{"data", "nsl-kdd", "KDDTrain+.txt.gz"}},
		{"kdd99", []string{"data", "kdd99", "kddcup.data_10_percent.gz"}},
	} {
		t := loaded(b, file.path...)
		p, err := Describe(ctx, t, DescribeOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for _, q := range []struct {
			name string
			ask  func() error
		}{
			{"Describe", func() error { _, err := Describe(ctx, t, DescribeOptions{}); return err }},
			{"Missing", func() error { _, err := Missing(ctx, t, MissingOptions{}); return err }},
			{"Pearson", func() error { _, err := Correlate(ctx, t, CorrelateOptions{}); return err }},
			{"Spearman", func() error { _, err := Correlate(ctx, t, CorrelateOptions{Method: stats.Spearman}); return err }},
			{"Kendall", func() error { _, err := Correlate(ctx, t, CorrelateOptions{Method: stats.Kendall}); return err }},
			{"PointBiserial", func() error { _, err := RelateGroups(ctx, t, GroupOptions{}); return err }},
			{"Eta", func() error { _, err := RelateGroups(ctx, t, GroupOptions{Method: CorrelationRatio}); return err }},
			{"Inform", func() error { _, err := Inform(ctx, t, InformOptions{}); return err }},
			{"Associate", func() error { _, err := Associate(ctx, t, AssociateOptions{}); return err }},
			{"FindOutliers", func() error { _, err := FindOutliers(ctx, t, OutlierOptions{Rows: 5}); return err }},
			{"Extremes", func() error { _, err := Extremes(ctx, t, p, 3); return err }},
			{"Duplicates", func() error { _, err := Duplicates(ctx, t, Classes{Column: -1}); return err }},
			{"Contract", func() error { _, err := Contract(ctx, t); return err }},
		} {
			b.Run(file.name+"/"+q.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := q.ask(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
