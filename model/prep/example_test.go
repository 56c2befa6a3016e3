package prep_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
)

// flows are four connections.
func flows() (*learn.Matrix, learn.Target) {
	x := learn.NewMatrix([]learn.Column{{Name: "bytes"}, {Name: "flag", Levels: []string{"S0", "SF"}}}, 4)
	copy(x.Numbers[0], []float64{0, 200, 300, 9000})
	copy(x.Codes[1], []int32{0, 1, 1, 1})
	return x, learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{1, 0, 0, 1}}
}

// show fits a chain and prints what it makes of the flows.
func show(spelling string) {
	chain, err := prep.ParseChain(spelling)
	if err != nil {
		log.Fatal(err)
	}
	x, y := flows()
	_, out, err := chain.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		log.Fatal(err)
	}
	for j, c := range out.Columns {
		if !c.Coded() {
			fmt.Printf("%s %.2f\n", c.Name, out.Numbers[j])
		}
	}
}

func ExampleParseChain() {
	chain, err := prep.ParseChain("impute,log1p(columns=bytes),standard,frequency")
	if err != nil {
		log.Fatal(err)
	}
	text, err := json.Marshal(chain)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	show(chain.String())
	// Output:
	// [{"kind":"impute"},{"kind":"log1p","columns":["bytes"]},{"kind":"standard"},{"kind":"frequency"}]
	// bytes [-1.54 0.08 0.21 1.25]
	// flag [1.39 0.29 0.29 0.29]
}

func ExampleImpute() {
	x := learn.NewMatrix([]learn.Column{{Name: "bytes"}}, 4)
	copy(x.Numbers[0], []float64{10, math.NaN(), 40, 30})
	_, out, err := prep.Impute{}.Fit(context.Background(), x, learn.Target{}, learn.Run{})
	if err != nil {
		log.Fatal(err)
	}
	for j, c := range out.Columns {
		fmt.Println(c.Name, out.Numbers[j])
	}
	// Output:
	// bytes [10 30 40 30]
	// bytes_missing [0 1 0 0]
}

func ExampleDropConstant() {
	show("drop_constant")
	// Output: bytes [0.00 200.00 300.00 9000.00]
}

func ExampleStandard() {
	show("standard")
	// Output: bytes [-0.62 -0.57 -0.54 1.73]
}

func ExampleRobust() {
	show("robust")
	// Output: bytes [-0.11 -0.02 0.02 3.76]
}

func ExampleMinMax() {
	show("minmax")
	// Output: bytes [0.00 0.02 0.03 1.00]
}

func ExampleLog1p() {
	show("log1p(all)")
	// Output: bytes [0.00 5.30 5.71 9.11]
}

func ExampleQuantile() {
	show("quantile")
	// Output: bytes [0.00 0.33 0.67 1.00]
}

func ExampleYeoJohnson() {
	show("yeo_johnson")
	// Output: bytes [-1.44 -0.04 0.10 1.38]
}

func ExampleClip() {
	show("clip(upper=0.9)")
	// Output: bytes [0.60 200.00 300.00 6390.00]
}

func ExampleOneHot() {
	show("onehot")
	// Output:
	// bytes [0.00 200.00 300.00 9000.00]
	// flag=S0 [1.00 0.00 0.00 0.00]
	// flag=SF [0.00 1.00 1.00 1.00]
}

func ExampleFrequency() {
	show("frequency")
	// Output:
	// bytes [0.00 200.00 300.00 9000.00]
	// flag [1.39 0.29 0.29 0.29]
}

func ExampleTarget() {
	show("target(cv=2)")
	// Output:
	// bytes [0.00 200.00 300.00 9000.00]
	// flag:attack [0.50 0.50 0.00 0.00]
}

func ExampleSelect() {
	x := learn.NewMatrix([]learn.Column{{Name: "hour"}, {Name: "count"}}, 6)
	copy(x.Numbers[0], []float64{1, 5, 9, 2, 6, 7})
	copy(x.Numbers[1], []float64{3, 1, 2, 200, 511, 90})
	y := learn.Target{Classes: []string{"normal", "attack"}, Y: []int32{0, 0, 0, 1, 1, 1}}
	t, _, err := prep.Select{Top: 1}.Fit(context.Background(), x, y, learn.Run{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range t.(*prep.Selection).Ranking {
		fmt.Printf("%s %.2f %v\n", c.Name, c.Value, c.Kept)
	}
	// Output:
	// count 1.00 true
	// hour 0.11 false
}

func ExamplePCA() {
	show("pca")
	// Output: PC1 [-0.54 -0.49 -0.47 1.50]
}
