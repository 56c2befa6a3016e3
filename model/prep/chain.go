package prep

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
)

// A Chain is steps that follow one another, each fitted to what the one before makes
// of the training rows. As JSON it is a list of settings with their kinds.
type Chain []learn.Step

// Fit fits the steps and returns beside them what they make of the training rows. The
// error says which step it is of. Progress counts steps.
func (c Chain) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (Fitted, *learn.Matrix, error) {
	fitted := make(Fitted, 0, len(c))
	for i, step := range c {
		if step == nil {
			return nil, nil, fmt.Errorf("step %d: %w: it is nil", i+1, learn.ErrSetting)
		}
		t, out, err := step.Fit(ctx, x, y, learn.Run{Seed: r.Seed, Workers: r.Workers})
		if err != nil {
			if context.Cause(ctx) != nil {
				return nil, nil, context.Cause(ctx)
			}
			return nil, nil, fmt.Errorf("step %d, %s: %w", i+1, step.Kind(), err)
		}
		fitted, x = append(fitted, t), out
		r.Report(i+1, len(c))
	}
	return fitted, x, nil
}

// Fitted is the transforms that Chain.Fit makes, which are applied one after the
// other. As JSON it is a list of transforms with their kinds. It must be checked
// after it was read. Without any it changes nothing.
type Fitted []learn.Transform

// Inputs are the columns that the chain was fitted to; nil for no transforms.
func (f Fitted) Inputs() []learn.Column {
	if len(f) == 0 {
		return nil
	}
	return f[0].Inputs()
}

// Outputs are the columns of what Apply returns; nil for no transforms.
func (f Fitted) Outputs() []learn.Column {
	if len(f) == 0 {
		return nil
	}
	return f[len(f)-1].Outputs()
}

// Apply returns what the transforms make of x. The error says of which step it is.
func (f Fitted) Apply(x *learn.Matrix) (*learn.Matrix, error) {
	for i, t := range f {
		out, err := t.Apply(x)
		if err != nil {
			return nil, fmt.Errorf("step %d, %s: %w", i+1, t.Kind(), err)
		}
		x = out
	}
	return x, nil
}

// Check returns an error that wraps learn.ErrBroken unless all transforms are whole
// and each takes what the one before it gives.
func (f Fitted) Check() error {
	for i, t := range f {
		if t == nil {
			return learn.Broken("steps", "step %d is missing", i+1)
		}
		if err := t.Check(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		if i > 0 && !equalColumns(f[i-1].Outputs(), t.Inputs()) {
			return learn.Broken(t.Kind(), "step %d does not take the columns that the step before it gives", i+1)
		}
	}
	return nil
}
