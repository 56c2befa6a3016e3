package project

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func connections(b *testing.B) *learn.Matrix {
	all, _ := modeltest.NSL(b, modeltest.NSLPart)
	return prepared(modeltest.Numbers(all))
}

func BenchmarkPCA(b *testing.B) {
	x := connections(b)
	for b.Loop() {
		if _, err := (PCA{}).Fit(context.Background(), x, learn.Run{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMap(b *testing.B) {
	x := connections(b)
	for _, name := range []string{"t-SNE", "UMAP"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := mappers[name].Map(context.Background(), x, nil, learn.Run{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTrustworthiness(b *testing.B) {
	x := connections(b).Slice(0, 5000)
	for b.Loop() {
		if _, err := Trustworthiness(context.Background(), x, x.Numbers[:2], 5, 0); err != nil {
			b.Fatal(err)
		}
	}
}
