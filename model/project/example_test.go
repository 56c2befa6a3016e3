package project_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/project"
)

// bursts are rows of quiet traffic and of a scan: packets, bytes and ports.
func bursts() *learn.Matrix {
	rng := rand.New(rand.NewPCG(1, 1))
	x := learn.NewMatrix([]learn.Column{{Name: "packets"}, {Name: "bytes"}, {Name: "ports"}}, 90)
	for i := range x.Rows {
		x.Numbers[0][i], x.Numbers[1][i], x.Numbers[2][i] = rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		if i >= 60 {
			x.Numbers[0][i] += 8
			x.Numbers[2][i] += 12
		}
	}
	return x
}

func ExamplePCA() {
	x := bursts()
	c, err := project.PCA{}.Fit(context.Background(), x, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f %% of the variance is on the first axis, worth keeping: %d\n", 100*c.Share[0], *c.Hints.Parallel)
	// Output: 69 % of the variance is on the first axis, worth keeping: 1
}

func ExampleTSNE() {
	x := bursts()
	m, err := project.TSNE{}.Map(context.Background(), x, nil, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	trust, err := m.Trustworthiness(context.Background(), x, 5, 0)
	fmt.Println(len(m.Rows), "rows,", trust > 0.9, err)
	fmt.Println(m.Notes)
	// Output:
	// 90 rows, true <nil>
	// [The perplexity is 29.7 instead of 30, because there are 90 different rows.]
}

func ExampleUMAP() {
	x := bursts()
	m, err := project.UMAP{Epochs: 200}.Map(context.Background(), x, nil, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	trust, err := m.Trustworthiness(context.Background(), x, 5, 0)
	fmt.Println(len(m.Rows), "rows,", trust > 0.85, err)
	// Output: 90 rows, true <nil>
}

func ExampleCaption() {
	x := bursts()
	c, err := project.PCA{Components: 1}.Fit(context.Background(), x, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	scores, err := c.Project(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := project.Correlates(context.Background(), x, scores, 2, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(project.Caption(found))
	// Output: Axis 1 rises with packets (0.82), ports (0.72).
}
