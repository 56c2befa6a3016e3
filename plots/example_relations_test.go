package plots_test

import (
	"fmt"

	"github.com/netanom/netanom/plots"
)

func ExampleSeries() {
	figure, err := plots.Series(plots.SeriesData{
		Title: "One minute brings twenty times the usual connections",
		Label: "connections a minute",
		Times: []float64{1545403800, 1545403860, 1545403920, 1545403980, 1545404040},
		Lines: []plots.Line{{Name: "connections", Values: []float64{41, 38, 44, 870, 40}, Spikes: []int{3}}},
		Band: &plots.Band{
			Name:   "rolling median ± 3 MAD",
			Low:    []float64{32, 32, 32, 32, 32},
			Middle: []float64{41, 41, 41, 41, 41},
			High:   []float64{50, 50, 50, 50, 50},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Series of connections a minute: 5 points from 21 Dec 2018 14:50 to 21 Dec 2018 14:54 UTC, values from 38 to 870; 1 spike, the largest 870 (14:53).
}

// Without times the axis says that it shows the order of rows.
func ExampleSeries_rowOrder() {
	figure, err := plots.Series(plots.SeriesData{
		Label:        "share of attacks",
		RowsPerPoint: 1000,
		Lines:        []plots.Line{{Values: []float64{0.46, 0.47, 0.45}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Series of share of attacks: 3 points in row order, values from 0.45 to 0.47.
}

func ExampleCorrelogram() {
	figure, err := plots.Correlogram(plots.CorrelogramData{
		Title:        "A minute knows the next two",
		Label:        "connections a minute",
		Step:         "minutes",
		Coefficients: []float64{0.71, 0.48, 0.17, -0.05},
		Bound:        0.2, // 1.96/√96
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Correlogram of connections a minute: autocorrelation at 4 lags, 2 of them beyond the band of ±0.2, the largest 0.71 at lag 1.
}

func ExampleQQ() {
	figure, err := plots.QQ(plots.QQData{
		Title:  "The largest transfers are far larger than log-normal ones",
		Label:  "src_bytes (bytes)",
		Normal: []float64{-2.326, -0.6745, 0, 0.6745, 2.326},
		Sample: []float64{1, 45, 231, 324, 2194619},
		Q1:     45, Q3: 324,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Quantiles of src_bytes (bytes) from 1 to 2.19M against those of the normal distribution from −2.33 to 2.33, on a logarithmic axis; at the upper end the log-normal line through the quartiles lies at 3.63k.
}

func ExampleDensity() {
	figure, err := plots.Density(plots.DensityData{
		Title:   "Attacks ask for much and get nothing",
		XLabel:  "src_bytes (bytes)",
		YLabel:  "dst_bytes (bytes)",
		Counted: "connections",
		Groups: []plots.PointGroup{
			{Name: "normal", X: []float64{215, 162, 236}, Y: []float64{45076, 4528, 1228}},
			{Name: "attack", X: []float64{54540, 0}, Y: []float64{8314, 0}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Scatter plot of dst_bytes (bytes) by src_bytes (bytes): 5 connections; normal 3, attack 2; x axis logarithmic.
}

func ExampleRanking() {
	figure, err := plots.Ranking(plots.RankingData{
		Title:    "Two columns tell attacks from normal traffic",
		Label:    "Cliff's δ",
		Interval: "95% interval",
		Below:    "larger in normal", Above: "larger in attack",
		Rows: []plots.Effect{
			{Name: "same_srv_rate", Estimate: -0.742, Low: -0.756, High: -0.728},
			{Name: "count", Estimate: 0.641, Low: 0.625, High: 0.657},
			{Name: "urgent", Estimate: 0.0001, Low: -0.019, High: 0.019},
		},
		Small: 0.147, Medium: 0.33, Large: 0.474, // Romano et al. (2006)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Ranking of 3 features by Cliff's δ: same_srv_rate −0.74 (−0.76 to −0.73); count 0.64 (0.62 to 0.66); urgent 0.00 (−0.02 to 0.02).
}
