package stats

import (
	"context"
	"encoding/binary"
	"math"
	"testing"
)

// floats reads numbers from bytes: small whole ones, so that values repeat, and
// whatever eight bytes after a 255 make.
func floats(data []byte) []float64 {
	var x []float64
	for len(data) > 0 {
		b := data[0]
		data = data[1:]
		if b == 255 && len(data) >= 8 {
			x = append(x, math.Float64frombits(binary.LittleEndian.Uint64(data)))
			data = data[8:]
			continue
		}
		x = append(x, float64(b%16))
	}
	return x
}

// addSeeds adds series that are empty, constant, periodic and full of holes.
func addSeeds(f *testing.F) {
	huge := binary.LittleEndian.AppendUint64([]byte{255}, math.Float64bits(-1.7e308))
	gap := binary.LittleEndian.AppendUint64([]byte{255}, math.Float64bits(math.NaN()))
	tiny := binary.LittleEndian.AppendUint64([]byte{255}, math.Float64bits(5e-324))
	for _, seed := range [][]byte{
		{}, {1}, {1, 2}, {3, 3, 3, 3}, {1, 2, 3, 1, 2, 3, 1, 2, 3}, {0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 1, 0},
		append(append([]byte{1, 2, 3, 4, 5, 9, 1, 3}, huge...), 7, 1, 12, 3), append([]byte{4, 1, 7, 2}, gap...),
		append(tiny, tiny...), append(append([]byte{}, tiny...), huge...),
	} {
		f.Add(seed, uint8(3))
	}
}

// No series may make a function of time series panic, and no result may hold a p
// outside 0 to 1.
func FuzzTimeSeries(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte, parameter uint8) {
		x, k := floats(data), int(parameter)
		tests := map[string]func() (Result, error){
			"Mann-Kendall": func() (Result, error) { return MannKendall(x, Alternative(k%3), 0.95) },
			"Ljung-Box":    func() (Result, error) { return LjungBox(x, k, 0) },
			"ADF":          func() (Result, error) { return ADF(x, Stationarity(k%3), k%7-1) },
			"KPSS":         func() (Result, error) { return KPSS(x, Stationarity(k%2), k%7-1) },
		}
		for name, test := range tests {
			if r, err := test(); err == nil && !(r.P >= 0 && r.P <= 1) {
				t.Errorf("%s of %v: p = %v", name, x, r.P)
			}
		}
		if s, err := ChangePoints(x, ChangePointOptions{}); err == nil {
			n := int64(0)
			for _, segment := range s.Segments {
				n += segment.N
			}
			if _, values, _ := knownValues(x); n != int64(len(values)) {
				t.Errorf("segments of %v hold %d values", x, n)
			}
		}
		_, _, _ = RollingMAD(x, k)
		_, _ = Spikes(x, SpikeOptions{Window: k})
		_, _ = Decompose(x, k)
		_, _ = RankPeriods(x, nil)
		_, _ = NewCorrelogram(x, k, 0.95)
		_, _ = DurbinWatson(x)
	})
}

// No two samples may make a comparison panic, and all that is a chance must lie
// between 0 and 1.
func FuzzGroupComparison(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte, parameter uint8) {
		x := floats(data)
		groups := make([]int, len(x))
		for i := range groups {
			groups[i] = (i + i/3*int(parameter)) % 2
		}
		tally, err := TallyOfGroups(x, groups, []string{"a", "b"})
		if err != nil {
			return
		}
		for name, test := range map[string]func() (Result, error){
			"Mann-Whitney":       func() (Result, error) { return MannWhitney(tally, Alternative(parameter%3), 0.9) },
			"Kruskal-Wallis":     func() (Result, error) { return KruskalWallis(tally) },
			"Kolmogorov-Smirnov": func() (Result, error) { return KolmogorovSmirnov(tally) },
		} {
			if r, err := test(); err == nil && !(r.P >= 0 && r.P <= 1) {
				t.Errorf("%s of %v: p = %v", name, x, r.P)
			}
		}
		if r, err := MannWhitney(tally, TwoSided, 0.9); err == nil {
			if !(0 <= r.CI.Low && r.CI.Low <= r.Estimate.Value && r.Estimate.Value <= r.CI.High && r.CI.High <= 1) {
				t.Errorf("AUC of %v: %v in %+v", x, r.Estimate.Value, r.CI)
			}
		}
		if d, err := CohensD(tally.Moments(0), tally.Moments(1), NoncentralT, 0.9); err == nil {
			if !(d.CI.Low <= d.Value && d.Value <= d.CI.High) {
				t.Errorf("d of %v: %v in %+v", x, d.Value, d.CI)
			}
		}
		_, _ = tally.Map(math.Log1p)
		if len(x) < 80 {
			half := len(x) / 2
			_, _ = FastMCD(context.Background(), [][]float64{x[:half], x[half : 2*half]}, MCDOptions{Starts: 3})
		}
	})
}
