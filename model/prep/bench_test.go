package prep_test

import (
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

func BenchmarkFit(b *testing.B) {
	x, y := kdd20(b)
	for _, k := range prep.Kinds() {
		s, _ := prep.NewStep(k)
		b.Run(k, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.Fit(ctx, x, y, learn.Run{Workers: 2}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkApplyRow(b *testing.B) {
	x, y := kdd20(b)
	for _, text := range []string{"impute,log1p,standard", "impute,quantile(normal)", "impute,log1p,standard,onehot", "impute,frequency", "impute,yeo_johnson", "impute,pca"} {
		chain, err := prep.ParseChain(text)
		if err != nil {
			b.Fatal(err)
		}
		f, _, err := chain.Fit(ctx, x, y, learn.Run{})
		if err != nil {
			b.Fatal(err)
		}
		row := x.Slice(100, 101)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Apply(row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
