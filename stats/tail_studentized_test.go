package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// TestStudentizedRangeTable compares with the table of H. L. Harter (1960), "Tables
// of range and studentized range", Annals of Mathematical Statistics 31, 1122–1147.
func TestStudentizedRangeTable(t *testing.T) {
	for _, c := range []struct {
		k    int
		df   float64
		p, q float64
	}{
		{2, 10, 0.95, 3.151}, {3, 10, 0.95, 3.877}, {5, 10, 0.95, 4.654}, {10, 10, 0.95, 5.598},
		{3, 5, 0.99, 6.976}, {4, 20, 0.95, 3.958}, {4, 20, 0.99, 5.018}, {20, 60, 0.95, 5.241},
		{3, math.Inf(1), 0.95, 3.314}, {10, math.Inf(1), 0.99, 5.157}, {2, 1, 0.95, 17.969},
	} {
		if q := StudentizedRangeQuantile(c.p, c.k, c.df); math.Abs(q-c.q) > 6e-4 {
			t.Errorf("quantile %v of k = %d, df = %v is %v, want %v", c.p, c.k, c.df, q, c.q)
		}
	}
}

// TestStudentizedRangePair holds the range of two to what it is, √2·|t|, far into the
// tail.
func TestStudentizedRangePair(t *testing.T) {
	check.Long(t)
	for _, df := range []float64{1, 2.5, 10, 300, 25000, 1e7, math.Inf(1)} {
		for _, q := range []float64{1e-6, 0.3, 1, 3, 7, 15.9, 16, 40, 63.9, 64, 500, 1e4, 1e7} {
			want := math.Ln2 + LogTSF(q/math.Sqrt2, df)
			got := LogStudentizedRangeSF(q, 2, df)
			if !check.Near(got, want, 1e-11, 1e-12) {
				t.Errorf("log SF(%v; 2, %v) = %.15g, want %.15g", q, df, got, want)
			}
		}
	}
}

// TestStudentizedRangeReference compares with mpmath.
func TestStudentizedRangeReference(t *testing.T) {
	text, err := os.ReadFile(check.Shared(t, "data", "vectors", "studentized_range_mpmath_ref.json"))
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		CDF []struct {
			Case struct {
				Q, V float64
				K    int
				Atol float64 `json:"expected_atol"`
				Rtol float64 `json:"expected_rtol"`
			} `json:"src_case"`
			Result float64 `json:"mp_result"`
		} `json:"cdf_data"`
	}
	if err := json.Unmarshal(text, &reference); err != nil {
		t.Fatal(err)
	}
	if len(reference.CDF) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range reference.CDF {
		got := -math.Expm1(LogStudentizedRangeSF(c.Case.Q, c.Case.K, c.Case.V))
		if !agreement.near(rangeVectors, fmt.Sprint(c.Case), got, c.Result, c.Case.Rtol, c.Case.Atol) {
			t.Errorf("CDF(%v; %d, %v) = %.15g, want %.15g", c.Case.Q, c.Case.K, c.Case.V, got, c.Result)
		}
	}
}

// TestStudentizedRangeBounds: the range exceeds q if any pair does, which is at least as
// likely as for one pair and at most the sum over all.
func TestStudentizedRangeBounds(t *testing.T) {
	check.Long(t)
	for _, k := range []int{3, 10, 60} {
		for _, df := range []float64{2, 30, 1e5, math.Inf(1)} {
			for _, q := range []float64{0.5, 3, 9, 15.5, 17, 33, 63, 65, 400, 1e5} {
				one, got := LogStudentizedRangeSF(q, 2, df), LogStudentizedRangeSF(q, k, df)
				all := math.Log(float64(k*(k-1)/2)) + one
				if slack := 1e-10 * (1 + math.Abs(one)); got < one-slack || got > all+slack {
					t.Errorf("log SF(%v; %d, %v) = %v, want between %v and %v", q, k, df, got, one, all)
				}
			}
		}
	}
}

func TestStudentizedRangeInverse(t *testing.T) {
	check.Long(t)
	for _, k := range []int{2, 5, 40} {
		for _, df := range []float64{1, 4.7, 60, 1e5, math.Inf(1)} {
			for _, p := range []float64{0.01, 0.5, 0.95, 0.999999} {
				q := StudentizedRangeQuantile(p, k, df)
				if got := -math.Expm1(LogStudentizedRangeSF(q, k, df)); !check.Near(got, p, 1e-10, 0) {
					t.Errorf("CDF of the %v quantile, k = %d, df = %v: %v", p, k, df, got)
				}
			}
		}
	}
}

func BenchmarkStudentizedRangeQuantile(b *testing.B) {
	for b.Loop() {
		StudentizedRangeQuantile(0.95, 10, 24.5)
	}
}
