package cluster_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
)

// read reads a file of testdata.
func read(t testing.TB, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// matrix makes a matrix of numbers of rows.
func matrix(rows [][]float64) *learn.Matrix {
	columns := make([]learn.Column, len(rows[0]))
	for j := range columns {
		columns[j].Name = fmt.Sprintf("c%d", j+1)
	}
	x := learn.NewMatrix(columns, len(rows))
	for i, row := range rows {
		for j, v := range row {
			x.Numbers[j][i] = v
		}
	}
	return x
}

// run clusters, and stops the test at an error.
func run(t testing.TB, s cluster.Spec, x *learn.Matrix, weights []float64) *cluster.Clustering {
	t.Helper()
	c, err := s.Cluster(context.Background(), x, weights, learn.Run{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Labels, probabilities and outlier scores are those that the definitions give when
// they are followed with a matrix of all distances. See made_by in the file.
func TestHDBSCANByDefinition(t *testing.T) {
	var file struct {
		Cases []struct {
			MinClusterSize int         `json:"min_cluster_size"`
			MinSamples     int         `json:"min_samples"`
			X              [][]float64 `json:"x"`
			Labels         []int32     `json:"labels"`
			Probabilities  []float64   `json:"probabilities"`
			Outliers       []float64   `json:"outliers"`
		} `json:"cases"`
	}
	read(t, "hdbscan.json", &file)
	for k, want := range file.Cases {
		got := run(t, cluster.HDBSCAN{MinClusterSize: want.MinClusterSize, MinSamples: want.MinSamples}, matrix(want.X), nil)
		for i, l := range want.Labels {
			if got.Labels[i] != l {
				t.Fatalf("case %d, row %d has label %d, want %d", k, i, got.Labels[i], l)
			}
			if p := got.Memberships[i]; math.Abs(p-want.Probabilities[i]) > 1e-9 {
				t.Fatalf("case %d, row %d has membership %v, want %v", k, i, p, want.Probabilities[i])
			}
			if p := got.Outliers[i]; math.Abs(p-want.Outliers[i]) > 1e-9 {
				t.Fatalf("case %d, row %d has outlier score %v, want %v", k, i, p, want.Outliers[i])
			}
		}
	}
}
