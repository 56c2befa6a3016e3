package plots_test

import (
	"bytes"
	"fmt"
	"math"

	"github.com/netanom/netanom/plots"
)

func ExampleHistogram() {
	figure, bins, err := plots.Histogram(plots.HistogramData{
		Title:   "Attacks send nothing, or far too much",
		Label:   "src_bytes (bytes)",
		Counted: "connections",
		Values:  []float64{0, 44, 105, 276, 1032, 54540, 381709090},
		Groups: []plots.Group{
			{Name: "normal", Counts: []int64{2, 310, 870, 400, 20, 0, 0}},
			{Name: "attack", Counts: []int64{900, 0, 0, 3, 210, 90, 1}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var image bytes.Buffer
	if err := figure.WritePNG(&image, plots.Size{}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bins.X, "values,", bins.Y, "counts, zeros apart:", bins.Zeros)
	fmt.Println(image.Len() < 60_000)
	// Output:
	// log values, linear counts, zeros apart: [2 900]
	// true
}

func ExampleBars() {
	figure, err := plots.Bars(plots.BarsData{
		Title:   "Connections that nobody answered (S0) are attacks",
		Label:   "flag",
		Counted: "connections",
		Names:   []string{"SF", "S0", "REJ", "RSTR", "OTH"},
		Groups: []plots.Group{
			{Name: "normal", Counts: []int64{12744, 57, 530, 34, 1}},
			{Name: "attack", Counts: []int64{2229, 6952, 1686, 463, 4}},
		},
		Limit: 3,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Bar chart of connections by flag: SF 14,973 (60.6%), S0 7,009 (28.4%), REJ 2,216 (9.0%), other (2 levels) 502 (2.0%).
}

func ExampleHeatmap() {
	columns := []string{"serror_rate", "srv_serror_rate", "num_outbound_cmds"}
	undefined := math.NaN() // a column that never changes
	figure, err := plots.Heatmap(plots.HeatmapData{
		Title: "Both error rates say the same",
		Rows:  columns, Columns: columns,
		Values:      [][]float64{{1, 0.99, undefined}, {0.99, 1, undefined}, {undefined, undefined, undefined}},
		Label:       "Pearson's r",
		Correlation: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Heat map of Pearson's r: 3 rows by 3 columns, values from 0.99 to 1.00.
}

func ExampleMissingMatrix() {
	figure, err := plots.MissingMatrix(plots.MissingData{
		Title:   "The service was not logged in the second half",
		Columns: []string{"duration", "service"},
		Blocks:  [][]float64{{0, 0, 0, 0}, {0, 0, 0.9, 1}},
		Shares:  []float64{0, 0.475},
		Rows:    4000,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: Missing values by column and row order over 4,000 rows: 1 of 2 columns have some, most of them service (47.5%).
}

func ExampleBoxes() {
	_, scale, err := plots.Boxes(plots.BoxData{
		Title: "Attacks either send little or very much",
		Label: "src_bytes (bytes)",
		Names: []string{"tcp", "icmp"},
		Groups: []plots.BoxGroup{
			{Name: "normal", Boxes: []plots.Box{
				{N: 10681, Low: 15, Q1: 214, Median: 276, Q3: 346, High: 538},
				{N: 261, Low: 20, Q1: 30, Median: 64, Q3: 92, High: 184},
			}},
			{Name: "attack", Boxes: []plots.Box{
				{N: 9845}, // all zero
				{N: 1394, Low: 8, Q1: 8, Median: 8, Q3: 1032, High: 1480},
			}},
		},
	})
	fmt.Println(scale, err)
	// Output: linear <nil>
}

func ExampleFigure_WriteSVG() {
	figure, err := plots.Bars(plots.BarsData{
		Title:  "Two thirds are TCP",
		Names:  []string{"tcp", "udp"},
		Groups: []plots.Group{{Name: "all", Counts: []int64{200, 100}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var svg bytes.Buffer
	if err := figure.WriteSVG(&svg, plots.Size{Width: 480}); err != nil {
		fmt.Println(err)
		return
	}
	head, _, _ := bytes.Cut(svg.Bytes(), []byte("\n<desc>"))
	fmt.Println(string(head))
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" role="img" shape-rendering="crispEdges" width="480" height="126" viewBox="0 0 360 94.5">
	// <title>Two thirds are TCP</title>
}
