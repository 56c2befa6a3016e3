package neural

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
)

// Streams of random numbers, of one seed, by what they are for.
const (
	streamWeights uint64 = iota + 1
	streamSplit
	streamShuffle
	streamDropout uint64 = 1 << 63 // and the layer, the step and the row of the batch
)

// A Curve tells how a network learned, epoch by epoch. Both losses are means over
// rows; the loss of training also holds the penalty, and is that of each batch before
// its step, as in scikit-learn's loss_curve_.
type Curve struct {
	Training   []float64 `json:"training"`
	Validation []float64 `json:"validation,omitempty"` // nil where no rows were held back
	// Best is the epoch, from 1 on, whose weights were kept: that of the lowest
	// validation loss, or the last.
	Best int `json:"best"`
}

// check returns an error unless the curve is one that training could leave.
func (c *Curve) check() error {
	if len(c.Training) == 0 || c.Best < 1 || c.Best > len(c.Training) || c.Validation != nil && len(c.Validation) != len(c.Training) {
		return fmt.Errorf("a curve of %d and %d epochs, of which %d is the best", len(c.Training), len(c.Validation), c.Best)
	}
	if !learn.Floats(c.Training).Finite() || !learn.Floats(c.Validation).Finite() {
		return fmt.Errorf("a loss is no finite number")
	}
	return nil
}

// A schedule says in what portions and for how long a network learns.
type schedule struct {
	batchSize int
	maxIter   int
	patience  int     // epochs without improvement that are let pass
	tol       float64 // what counts as improvement
	shuffle   bool
	training  []int32 // places of the rows that are learned from
	held      []int32 // of those the validation loss is taken from; may be empty
}

// train takes epochs until the loss, that of the held-back rows if there are any,
// stays away from improving on the best by tol for more than patience epochs. The
// network then has the weights of the epoch with the lowest validation loss; without
// held-back rows, the last.
func (b *batch) train(ctx context.Context, s *schedule, r *learn.Run) (*Curve, error) {
	c := &Curve{}
	rng := rand.New(rand.NewPCG(r.Seed, streamShuffle))
	order := append([]int32(nil), s.training...)
	best, waited := math.Inf(1), 0
	var kept *network
	if len(s.held) > 0 {
		kept = b.net.empty()
	}
	for epoch := 1; epoch <= s.maxIter; epoch++ {
		if s.shuffle {
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		loss, err := b.epoch(ctx, order, s, c)
		if err != nil {
			return nil, err
		}
		if loss-loss != 0 {
			return nil, fmt.Errorf("the loss is %v in epoch %d: with these numbers, %w; lower learning_rate or alpha, or standardise the columns before", loss, epoch, learn.ErrSetting)
		}
		waited++
		if loss <= best-s.tol {
			waited = 0
		}
		if loss < best {
			best = loss
			if kept != nil {
				kept.copyFrom(b.net)
				c.Best = epoch
			}
		}
		r.Report(epoch, s.maxIter)
		if waited > s.patience {
			break
		}
	}
	if kept == nil {
		c.Best = len(c.Training)
	} else {
		b.net.copyFrom(kept)
	}
	return c, nil
}

// epoch learns from all rows once, adds the losses to the curve, and returns that by
// which training is judged.
func (b *batch) epoch(ctx context.Context, order []int32, s *schedule, c *Curve) (float64, error) {
	var sum float64
	for from := 0; from < len(order); from += s.batchSize {
		loss, err := b.learn(ctx, order[from:min(from+s.batchSize, len(order))])
		if err != nil {
			return 0, err
		}
		sum += loss
	}
	loss := sum / float64(len(order))
	c.Training = append(c.Training, loss)
	if loss-loss != 0 || !b.net.finite() {
		return math.NaN(), nil
	}
	if len(s.held) == 0 {
		return loss, nil
	}
	loss, err := b.mean(ctx, s.held)
	c.Validation = append(c.Validation, loss)
	return loss, err
}

// split holds back the given share of the rows of each class, at least one of a class
// being left to learn from. Rows that weigh nothing are in neither part.
func split(y *learn.Target, share float64, seed uint64) (training, held []int32) {
	byClass := make([][]int32, len(y.Classes))
	for i, c := range y.Y {
		if y.Weight(i) > 0 {
			byClass[c] = append(byClass[c], int32(i))
		}
	}
	rng := rand.New(rand.NewPCG(seed, streamSplit))
	back := make([]bool, len(y.Y))
	for _, rows := range byClass {
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		n := int(math.Round(share * float64(len(rows))))
		for _, r := range rows[:max(0, min(n, len(rows)-1))] {
			back[r] = true
		}
	}
	for i := range y.Y {
		switch {
		case !(y.Weight(i) > 0):
		case back[i]:
			held = append(held, int32(i))
		default:
			training = append(training, int32(i))
		}
	}
	return training, held
}
