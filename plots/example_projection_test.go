package plots_test

import (
	"fmt"

	"github.com/netanom/netanom/plots"
)

func ExampleProjection() {
	figure, err := plots.Projection(plots.ProjectionData{
		Title:    "Scans stand apart",
		Unitless: true,
		Groups: []plots.PointGroup{
			{Name: "normal", X: []float64{1, 2, 3}, Y: []float64{1, 3, 2}},
			{Name: "scan", X: []float64{11, 12}, Y: []float64{10, 9}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(figure.Alt)
	// Output: 5 records as points; normal: 3; scan: 2.
}
