package dataset_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/netanom/netanom/dataset"
)

const flows = `protocol,bytes,label
tcp,181,normal
udp,146,normal
tcp,0,neptune
tcp,,neptune
`

func openFlows() *dataset.File {
	f, err := dataset.OpenReader(context.Background(), "flows.csv", strings.NewReader(flows), dataset.Options{})
	if err != nil {
		log.Fatal(err)
	}
	return f
}

func ExampleOpenReader() {
	f := openFlows()
	defer f.Close()
	if err := f.Scan(context.Background()); err != nil {
		log.Fatal(err)
	}
	for _, c := range f.Schema().Columns {
		fmt.Println(c.Name, c.Kind, c.Role)
	}
	fmt.Println(f.Rows(), "rows,", f.Problems().Columns[1].Missing, "missing number of bytes")
	// Output:
	// protocol category feature
	// bytes number feature
	// label category label
	// 4 rows, 1 missing number of bytes
}

func ExampleCounts() {
	f := openFlows()
	defer f.Close()
	counts := dataset.Counts{By: -1}
	if err := f.Scan(context.Background(), &counts); err != nil {
		log.Fatal(err)
	}
	fmt.Println(counts.Levels(0, 0))
	tally, err := counts.Tally(1, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tally.Values, tally.Quantile(0, 0.5))
	// Output:
	// [{tcp 3} {udp 1}]
	// [0 146 181] 146
}

func ExampleLoad() {
	f := openFlows()
	defer f.Close()
	table, err := dataset.Load(context.Background(), f)
	if err != nil {
		log.Fatal(err)
	}
	bytes, err := table.Floats(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(bytes, "line", table.Line(3))
	// Output: [181 146 0 NaN] line 5
}

func ExampleExactQuantiles() {
	f := openFlows()
	defer f.Close()
	quantiles, err := dataset.ExactQuantiles(context.Background(), f, []int{1}, []float64{0.25, 0.5, 0.75})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(quantiles[0])
	// Output: [73 146 163.5]
}
