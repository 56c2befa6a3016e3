package eda_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// connections are a few records under the names of NSL-KDD.
const connections = `duration,protocol_type,service,src_bytes,logged_in,su_attempted,num_root,serror_rate,attack
0,tcp,http,215,1,0,0,0.00,normal
0,tcp,http,162,1,0,0,0.00,normal
2,tcp,ftp,236,1,2,0,0.00,normal
0,udp,domain_u,44,0,0,0,,normal
0,udp,domain_u,44,0,0,0,0.00,normal
0,tcp,private,0,0,0,0,1.00,neptune
0,tcp,private,0,0,0,0,1.00,neptune
0,tcp,http,215,1,0,0,0.00,back
0,tcp,http,54540,1,0,0,,back
`

// records reads the connections into memory.
func records(ctx context.Context) *dataset.Table {
	f, err := dataset.OpenReader(ctx, "connections.csv", strings.NewReader(connections), dataset.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	t, err := dataset.Load(ctx, f)
	if err != nil {
		log.Fatal(err)
	}
	return t
}

func ExampleDescribe() {
	ctx := context.Background()
	p, err := eda.Describe(ctx, records(ctx), eda.DescribeOptions{Features: []string{"src_bytes"}, By: "protocol_type"})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range p.Columns {
		fmt.Printf("%s of %s: %d values, median %g, maximum %g\n", c.Column.Name, c.Group, c.Number.N, c.Number.Q50, c.Number.Max)
	}
	// Output:
	// src_bytes of tcp: 7 values, median 215, maximum 54540
	// src_bytes of udp: 2 values, median 44, maximum 44
}

func ExampleMissing() {
	ctx := context.Background()
	g, err := eda.Missing(ctx, records(ctx), eda.MissingOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d rows are complete\n", g.Complete, g.Rows)
	for _, c := range g.Columns {
		if c.Missing > 0 {
			fmt.Printf("%s: %d missing, first in line %d\n", c.Column.Name, c.Missing, c.FirstLine)
		}
	}
	// Output:
	// 7 of 9 rows are complete
	// serror_rate: 2 missing, first in line 5
}

func ExampleCorrelate() {
	ctx := context.Background()
	c, err := eda.Correlate(ctx, records(ctx), eda.CorrelateOptions{
		Features: []string{"src_bytes", "logged_in", "serror_rate"},
		Method:   stats.Spearman,
		Adjust:   stats.Holm,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range c.Pairs {
		fmt.Printf("%s and %s: %.2f in %d rows\n", p.A, p.B, p.Estimate.Value, p.N[0])
	}
	// Output:
	// src_bytes and logged_in: 0.88 in 9 rows
	// src_bytes and serror_rate: -0.81 in 7 rows
	// logged_in and serror_rate: -0.73 in 7 rows
}

func ExampleAssociate() {
	ctx := context.Background()
	a, err := eda.Associate(ctx, records(ctx), eda.AssociateOptions{Features: []string{"protocol_type", "service"}})
	if err != nil {
		log.Fatal(err)
	}
	p := a.Pairs[0]
	fmt.Printf("%s and %s: V = %.0f; the service tells %.0f %% of the protocol, the protocol %.0f %% of the service\n",
		p.A, p.B, p.V.Value, 100*p.Measures.UncertaintyRow, 100*p.Measures.UncertaintyCol)
	// Output:
	// protocol_type and service: V = 1; the service tells 100 % of the protocol, the protocol 42 % of the service
}

func ExampleRelateGroups() {
	ctx := context.Background()
	g, err := eda.RelateGroups(ctx, records(ctx), eda.GroupOptions{Features: []string{"serror_rate", "attack"}, Method: eda.CorrelationRatio})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range g.Pairs {
		fmt.Printf("%s within %s: eta = %.2f in groups of %v\n", p.Number, p.Group, p.Estimate.Value, p.N)
	}
	// Output:
	// serror_rate within attack: eta = 1.00 in groups of [1 2 4]
	// serror_rate within attack (class): eta = 0.73 in groups of [4 3]
}

func ExampleInform() {
	ctx := context.Background()
	n, err := eda.Inform(ctx, records(ctx), eda.InformOptions{Features: []string{"protocol_type", "service"}})
	if err != nil {
		log.Fatal(err)
	}
	p := n.Pairs[0]
	fmt.Printf("%s and %s share %.3f of %.3f and %.3f bits\n", p.A, p.B, p.Bits, p.RowEntropy, p.ColEntropy)
	// Output:
	// protocol_type and service share 0.764 of 0.764 and 1.837 bits
}

func ExampleRedundancy() {
	ctx := context.Background()
	c, err := eda.Correlate(ctx, records(ctx), eda.CorrelateOptions{Features: []string{"duration", "su_attempted", "src_bytes"}, Redundant: 0.95})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range c.Redundant {
		fmt.Println(r.Proposal())
	}
	// Output:
	// Keep duration: it comes first. Drop su_attempted.
}

func ExampleFindOutliers() {
	ctx := context.Background()
	o, err := eda.FindOutliers(ctx, records(ctx), eda.OutlierOptions{Features: []string{"src_bytes"}, Rows: 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range o.Rules {
		fmt.Printf("%s: %d outside %.1f to %.1f\n", r.Method, r.Total(), r.Lower, r.Upper)
	}
	fmt.Printf("farthest out: %g in line %d, %s\n", o.Rows[0].Value, o.Rows[0].Line, o.Rows[0].Label)
	// Output:
	// tukey: 1 outside -212.5 to 471.5
	// modified_z: 1 outside -450.3 to 774.3
	// farthest out: 54540 in line 10, back
}

func ExampleOutliers_WriteRows() {
	ctx := context.Background()
	src := records(ctx)
	o, err := eda.FindOutliers(ctx, src, eda.OutlierOptions{Features: []string{"src_bytes", "duration"}})
	if err != nil {
		log.Fatal(err)
	}
	for _, q := range o.Quality[:1] {
		fmt.Printf("%s finds %.0f %% of the attacks at %.0f %% false alarms\n", q.Name(), 100*q.Recall(), 100*q.FPR())
	}
	if _, err := o.WriteRows(ctx, src, os.Stdout, eda.RowOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Tukey's rule for src_bytes finds 25 % of the attacks at 0 % false alarms
	// row,line,outlier_rules,isolation_score,duration,protocol_type,service,src_bytes,logged_in,su_attempted,num_root,serror_rate,attack
	// 3,4,tukey:duration,,2,tcp,ftp,236,1,2,0,0,normal
	// 9,10,tukey:src_bytes;modified_z:src_bytes,,0,tcp,http,54540,1,0,0,,back
}

func ExampleDuplicates() {
	ctx := context.Background()
	src := records(ctx)
	classes, err := eda.FindClasses(src.Schema(), nil)
	if err != nil {
		log.Fatal(err)
	}
	r, err := eda.Duplicates(ctx, src, classes)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Exact, "row repeats another,", r.Features, "do in all features")
	for _, e := range r.Examples {
		fmt.Println("lines", e.Lines, "have equal features and the labels", e.Labels)
	}
	// Output:
	// 1 row repeats another, 2 do in all features
	// lines [2 9] have equal features and the labels [normal back]
}

func ExampleContract() {
	ctx := context.Background()
	breaches, err := eda.Contract(ctx, records(ctx))
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range breaches {
		fmt.Printf("%s should be %s, but is %s in line %d\n", b.Column, b.Rule, b.Values[0], b.Lines[0])
	}
	// Output:
	// su_attempted should be 0 or 1, but is 2 in line 4
}

func ExampleExplore() {
	ctx := context.Background()
	e, err := eda.Explore(ctx, records(ctx), eda.ExploreOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range e.Findings {
		if f.Severity >= eda.Warning {
			fmt.Printf("%s: %s\n", f.About, f.Text)
		}
	}
	// Output:
	// su_attempted: 1 cell holds another value (2) where the layout allows 0 or 1, first in line 4.
	// table: 1 set of equal features is both normal and an attack.
	// table: 2 rows repeat another row in all features (22.2 %).
}
