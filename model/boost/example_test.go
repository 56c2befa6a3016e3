package boost_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/boost"
	"github.com/netanom/netanom/model/learn"
)

func ExampleGradientBoosting() {
	// Connections with many bytes are attacks, but over FTP.
	n := 400
	x := learn.NewMatrix([]learn.Column{{Name: "bytes"}, {Name: "service", Levels: []string{"dns", "ftp", "http"}}}, n)
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: make([]int32, n)}
	for i := range n {
		x.Numbers[0][i] = float64(i * 37 % n)
		x.Codes[1][i] = int32(i % 3)
		if x.Numbers[0][i] > 250 && i%3 != 1 {
			y.Y[i] = 1
		}
	}
	spec := &boost.GradientBoosting{Trees: 50, EarlyStopping: "off"}
	model, err := spec.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := learn.NewMatrix(x.Columns, 3)
	copy(rows.Numbers[0], []float64{390, 390, 10})
	copy(rows.Codes[1], []int32{0, 1, 0})
	scores := make([]float64, 3)
	if err := model.Score(scores, rows); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", scores)
	measure, shares := model.(*boost.Model).Importance()
	fmt.Printf("%s %.1f\n", measure, shares)
	// Output:
	// [0.99 0.01 0.00]
	// gain [0.6 0.4]
}
