package boost

import (
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/model/learn"
)

// The area under the ROC curve of rows held back, and their loss, are those of
// scikit-learn 1.2.1: HistGradientBoostingClassifier(max_iter=100,
// early_stopping=False) on rows of KDDTrain+_20Percent.txt whose number is no multiple
// of 5, levels being numbers in their order; roc_auc_score and log_loss of the others.
func TestNSL(t *testing.T) {
	x, y := loadNSL(t, "KDDTrain+_20Percent.txt", false)
	xTrain, yTrain, xTest, yTest := halves(x, y)
	m := fitModel(t, &GradientBoosting{EarlyStopping: "off", L2Regularization: pointer(0)}, xTrain, yTrain, learn.Run{})
	p := make([]float64, xTest.Rows)
	if err := m.Score(p, xTest); err != nil {
		t.Fatal(err)
	}
	const wantArea, wantLoss = 0.99986729, 0.01050805
	area, loss := areaAndLoss(p, yTest.Y)
	if math.Abs(area-wantArea) > 1e-6 || math.Abs(loss-wantLoss) > 1e-3*wantLoss {
		t.Errorf("area %.6f and loss %.6f, want %v and %v", area, loss, wantArea, wantLoss)
	}
}

func areaAndLoss(p []float64, y []int32) (area, loss float64) {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if p[a] < p[b] {
			return -1
		}
		if p[a] > p[b] {
			return 1
		}
		return 0
	})
	var ranks, attacks float64
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && p[order[j]] == p[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			q := p[k]
			if y[k] == 1 {
				ranks += float64(i+j+1) / 2
				attacks++
			} else {
				q = 1 - q
			}
			loss -= math.Log(max(q, 1e-15)) / float64(len(p))
		}
		i = j
	}
	normals := float64(len(p)) - attacks
	return (ranks - attacks*(attacks+1)/2) / (attacks * normals), loss
}
