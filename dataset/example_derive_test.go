package dataset_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// A recipe adds columns to whatever is scanned afterwards, here to what is written.
func ExampleDerive() {
	f := openFlows()
	defer f.Close()
	src, err := dataset.Derive(f, dataset.Recipe{Derivations: []dataset.Derivation{
		{Name: "no_bytes", Op: dataset.OpIsZero, Inputs: []string{"bytes"}},
		{Name: "protocol_frequency", Op: dataset.OpFrequency, Inputs: []string{"protocol"}, Levels: []string{"tcp", "udp"}, Shares: []float64{0.75, 0.25}},
		{Name: "same_protocol_last_2_rows", Op: dataset.OpWindowCount, By: "protocol", Rows: 2},
	}})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := dataset.WriteCSV(context.Background(), src, os.Stdout, dataset.CSVOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// protocol,bytes,label,no_bytes,protocol_frequency,same_protocol_last_2_rows
	// tcp,181,normal,0,0.75,1
	// udp,146,normal,0,0.25,1
	// tcp,0,neptune,1,0.75,1
	// tcp,,neptune,,0.75,2
}

// A saved recipe is data; what is no recipe is refused.
func ExampleParseRecipe() {
	_, err := dataset.ParseRecipe(strings.NewReader(`{"format": "netanom recipe", "version": 1, "learned_rows": 0,
		"derivations": [{"name": "x", "op": "shell", "inputs": ["bytes"]}]}`))
	fmt.Println(strings.SplitAfter(err.Error(), ";")[0])
	// Output: column "x": there is no operation "shell";
}
