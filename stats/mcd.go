package stats

import (
	"context"
	"fmt"
	"math"
)

// MCDOptions steers FastMCD. The zero value is what most software does.
type MCDOptions struct {
	// Trust is the share of the rows, from one half to one, whose scatter decides.
	// The estimate stands as many outliers as are left over. 0 stands for ½, the
	// safest choice; 0.75 is more precise where outliers are few.
	Trust   float64
	Starts  int     // random starts; 0 stands for 500
	Level   float64 // of the normal rows, the share that lies within the cutoff; 0 stands for 0.975
	Seed    uint64  // chooses the random starts
	Workers int     // goroutines; the result does not depend on it
}

// MCD is a robust estimate of the centre and the covariance of several columns, and
// the distances of the rows by it.
type MCD struct {
	MahalanobisDistances             // of all rows, by Center and Covariance
	Center               []float64   // mean of the rows within the cutoff of the raw estimate
	Covariance           [][]float64 // of these rows, corrected
	RawCenter            []float64   // mean of the most concentrated Subset rows
	RawCovariance        [][]float64 // of these, corrected
	LogDet               float64     // log determinant of the covariance of the Subset rows (divisor Subset−1), which is minimised
	Subset               int64       // h, the number of rows that decide the raw estimate
	Kept                 int64       // rows within the cutoff of the raw estimate, which decide the final one
}

// FastMCD measures how far each row lies from the bulk of the rows, as Mahalanobis
// does, but with a centre and a covariance that outliers do not shift: the minimum
// covariance determinant estimate [1]. It looks for the h rows, h being Trust of
// them or a little more than half, whose covariance has the smallest determinant:
// from random starts, each row set is replaced by the h rows nearest to its mean by
// its covariance, which can only shrink the determinant, until nothing changes [2].
// More than 600 rows are searched by way of subsets of 300. The estimate is then
// repeated, with a higher precision, on all rows within the cutoff.
//
// Both covariances are multiplied by the factor that makes them consistent for
// normal rows, of which a share of h/n or of Level is left [3], and by the
// small-sample correction of [4]. (The covMcd of R's robustbase goes by the share of
// rows kept instead of Level, which outliers lower.) Cutoff is the chi-square
// quantile at Level.
//
// NaN marks a missing value; rows with one are left out and their distance is NaN.
// It returns ErrLengths, ErrNotFinite for infinities, ErrTooFew unless there are five
// times as many complete rows as columns, as [2] advises, a *ColumnError with
// ErrConstant or ErrSingular, also where h rows agree in a column or in a linear
// combination of several, and the cause when ctx ends first.
//
// [1] P. J. Rousseeuw (1985), "Multivariate estimation with high breakdown point",
// Mathematical Statistics and Applications B, 283–297.
//
// [2] P. J. Rousseeuw and K. Van Driessen (1999), "A fast algorithm for the minimum
// covariance determinant estimator", Technometrics 41, 212–223.
//
// [3] C. Croux and G. Haesbroeck (1999), "Influence function and efficiency of the
// minimum covariance determinant scatter matrix estimator", Journal of Multivariate
// Analysis 71, 161–190.
//
// [4] G. Pison, S. Van Aelst and G. Willems (2002), "Small sample corrections for LTS
// and MCD", Metrika 55, 111–123.
func FastMCD(ctx context.Context, cols [][]float64, o MCDOptions) (MCD, error) {
	o, err := o.withDefaults()
	if err != nil {
		return MCD{}, err
	}
	if _, err := commonLength(cols); err != nil {
		return MCD{}, err
	}
	complete := completeRows(cols)
	all, err := ComomentsOf(ctx, complete, o.Workers)
	if err != nil {
		return MCD{}, err
	}
	n, k := int(all.N()), len(cols)
	if n < mcdRows*k || k == 0 {
		return MCD{}, fmt.Errorf("minimum covariance determinant of %d rows and %d columns: %w", n, k, ErrTooFew)
	}
	if _, err := newWhitening(&all); err != nil {
		return MCD{}, fmt.Errorf("minimum covariance determinant: %w", err)
	}
	h := mcdSubset(o.Trust, n, k)
	best, err := searchMCD(ctx, complete, h, o)
	if err != nil {
		return MCD{}, fmt.Errorf("minimum covariance determinant of %d out of %d rows: %w", h, n, err)
	}
	return best.reweighted(cols, complete, h, o)
}

// mcdRows is the least number of rows for each column. With fewer, the small-sample
// corrections are far outside of what they were fitted to.
const mcdRows = 5

// withDefaults fills in the options that are 0 and checks all.
func (o MCDOptions) withDefaults() (MCDOptions, error) {
	if o.Trust == 0 {
		o.Trust = 0.5
	}
	if o.Starts == 0 {
		o.Starts = 500
	}
	if o.Level == 0 {
		o.Level = 0.975
	}
	if !(o.Trust >= 0.5 && o.Trust <= 1) {
		return o, fmt.Errorf("minimum covariance determinant of a share of %v: want at least one half", o.Trust)
	}
	if o.Starts < 0 {
		return o, fmt.Errorf("minimum covariance determinant from %d starts: want at least 1", o.Starts)
	}
	return o, checkLevel(o.Level)
}

// mcdSubset returns the number of rows that decide: ⌊(n+k+1)/2⌋, with which the
// breakdown point is highest, at a share of one half, and n at one.
func mcdSubset(share float64, n, k int) int {
	least := (n + k + 1) / 2
	return min(n, int(math.Floor(float64(2*least-n)+2*float64(n-least)*share)))
}

// reweighted makes the final estimate from the raw one.
func (f *mcdFit) reweighted(cols, complete [][]float64, h int, o MCDOptions) (MCD, error) {
	n, k := len(complete[0]), len(cols)
	cutoff := ChiSquaredQuantile(o.Level, float64(k))
	raw := mcdConsistency(k, float64(h)/float64(n)) * rawCorrection(k, n, o.Trust)
	distances := f.distances(complete)
	var near []int
	for row, d2 := range distances {
		if d2 < raw*cutoff {
			near = append(near, row)
		}
	}
	kept, err := newGatherer(complete).fit(near)
	if err != nil {
		return MCD{}, fmt.Errorf("minimum covariance determinant, %d rows within the cutoff: %w", len(near), err)
	}
	final := mcdConsistency(k, o.Level) * finalCorrection(k, n, o.Trust)
	m := MCD{
		MahalanobisDistances: MahalanobisDistances{
			Squared: kept.distances(cols),
			N:       int64(n),
			Columns: k,
			Cutoff:  cutoff,
		},
		Center:        kept.mean,
		Covariance:    kept.covariance(final),
		RawCenter:     f.mean,
		RawCovariance: f.covariance(raw),
		LogDet:        f.logDet,
		Subset:        int64(h),
		Kept:          int64(len(near)),
	}
	for row := range m.Squared {
		m.Squared[row] /= final
	}
	return m, nil
}

// mcdConsistency returns the factor that makes the covariance of the innermost share
// of normal rows that of all.
func mcdConsistency(k int, share float64) float64 {
	if share >= 1 {
		return 1
	}
	q := ChiSquaredQuantile(share, float64(k))
	return share / math.Exp(LogChiSquaredCDF(q, float64(k)+2))
}

// correctionCurve holds what Pison, Van Aelst and Willems fitted to simulations of
// the determinants of n normal rows of k columns: the factor for one and two columns
// is 1 − exp(a)/n^b, and for more than that a curve through the factors at n = 2k²
// and n = 3k², which are −c/k^d below 1.
type correctionCurve struct {
	one, two      [2]float64 // a, b
	twice, thrice [2]float64 // c, d
}

// The coefficients for a share of 0.5 and of 0.875 are those of robustbase.
var (
	rawCurves = [2]correctionCurve{{
		one: [2]float64{0.262024211897096, 0.604756680630497}, two: [2]float64{0.673292623522027, 0.691365864961895},
		twice: [2]float64{-1.42764571687802, 1.26263336932151}, thrice: [2]float64{-1.06141115981725, 1.28907991440387},
	}, {
		one: [2]float64{-0.351584646688712, 1.01646567502486}, two: [2]float64{0.446537815635445, 1.06690782995919},
		twice: [2]float64{-0.455179464070565, 1.11192541278794}, thrice: [2]float64{-0.294241208320834, 1.09649329149811},
	}}
	finalCurves = [2]correctionCurve{{
		one: [2]float64{1.11098143415027, 1.5182890270453}, two: [2]float64{3.11101712909049, 1.91401056721863},
		twice: [2]float64{-1.02842572724793, 1.67659883081926}, thrice: [2]float64{-0.26800273450853, 1.35968562893582},
	}, {
		one: [2]float64{-0.66046776772861, 0.88939595831888}, two: [2]float64{0.79473550581058, 1.10081930350091},
		twice: [2]float64{-0.544482443573914, 1.25994483222292}, thrice: [2]float64{-0.343791072183285, 1.25159004257133},
	}}
)

// rawCorrection returns the small-sample factor of the raw covariance.
func rawCorrection(k, n int, share float64) float64 { return smallSample(rawCurves, k, n, share) }

// finalCorrection returns the small-sample factor of the final covariance.
func finalCorrection(k, n int, share float64) float64 { return smallSample(finalCurves, k, n, share) }

// smallSample interpolates between the curves in the share, and on to 1.
func smallSample(curves [2]correctionCurve, k, n int, share float64) float64 {
	half, most := curves[0].at(float64(k), float64(n)), curves[1].at(float64(k), float64(n))
	if share <= 0.875 {
		return 1 / (half + (most-half)*(share-0.5)/0.375)
	}
	return 1 / (most + (1-most)*(share-0.875)/0.125)
}

// at returns the determinant of n rows of k columns, to the power 1/k, that the
// uncorrected estimate has in the mean.
func (c correctionCurve) at(k, n float64) float64 {
	a, b := c.one[0], c.one[1]
	switch {
	case k == 2:
		a, b = c.two[0], c.two[1]
	case k > 2:
		y2 := math.Log(-c.twice[0]) - c.twice[1]*math.Log(k)
		y3 := math.Log(-c.thrice[0]) - c.thrice[1]*math.Log(k)
		b = (y2 - y3) / math.Log(1.5)
		a = y2 + b*math.Log(2*k*k)
	}
	return 1 - math.Exp(a)/math.Pow(n, b)
}
