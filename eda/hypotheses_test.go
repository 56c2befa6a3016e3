package eda_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// attacked is a table with every column that the hypotheses are about. Attacks send
// less, and one of them much more; all that have flag S0 are attacks.
func attacked() string {
	var b strings.Builder
	b.WriteString("src_bytes,dst_bytes,protocol_type,service,flag,urgent,attack\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%d,%s,http,SF,%d,normal\n", 200+i, 1000+7*i, []string{"tcp", "tcp", "tcp", "udp"}[i%4], i/38)
		fmt.Fprintf(&b, "%d,%d,%s,%s,%s,%d,%s\n", i%9+i/39*9000000, i%5, []string{"tcp", "udp"}[i%2], []string{"http", "private"}[i%2],
			[]string{"SF", "S0", "SF"}[i%3], i/39, []string{"neptune", "satan"}[i%2])
	}
	return b.String()
}

func hypotheses(t *testing.T, src dataset.Source) *eda.Hypotheses {
	t.Helper()
	h, err := eda.TestHypotheses(t.Context(), src, eda.HypothesesOptions{Adjust: stats.BenjaminiHochberg})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Each) != 5 {
		t.Fatalf("%d hypotheses", len(h.Each))
	}
	for _, x := range h.Each {
		for _, r := range x.Tests {
			if !(r.PAdjusted >= r.P) || !(r.Log10PAdjusted >= r.Log10P) {
				t.Errorf("%d, %s by %s: adjusted p %v below p %v", x.Number, r.Feature, r.Name, r.PAdjusted, r.P)
			}
		}
	}
	return h
}

// effect returns the effect of a test of the hypothesis with that number.
func effect(t *testing.T, h *eda.Hypotheses, number int, feature, name string) stats.Effect {
	t.Helper()
	for _, r := range h.Each[number-1].Tests {
		if r.Feature == feature && r.Name == name {
			return r.Effect
		}
	}
	t.Fatalf("hypothesis %d has no test of %s by %s", number, feature, name)
	return stats.Effect{}
}

func TestTestHypotheses(t *testing.T) {
	h := hypotheses(t, tableOf(t, attacked(), dataset.Options{}))
	if d := effect(t, h, 1, "src_bytes", "Welch's t"); d.Value > 0 {
		t.Errorf("d = %v, though one attack sends most", d.Value)
	}
	// 39 of 40 attacks send less than every normal row: 2·39/40 − 1.
	check.Close(t, "rank-biserial", effect(t, h, 1, "src_bytes", "Mann-Whitney").Value, 0.95, 1e-12)
	effect(t, h, 1, "dst_bytes", "Kruskal-Wallis") // normal, dos, probe
	// A third of the attacks, 13 of 40, have S0; the others tie: (13 + 27/2)/40 = 0.6625.
	check.Close(t, "Somers' D", effect(t, h, 4, "flag", "likelihood ratio").Value, 0.325, 1e-9)
	// 1 of 40 attacks and 2 of 40 normal rows: (1/39)/(2/38).
	check.Close(t, "odds ratio", effect(t, h, 5, "positive(urgent)", "Wald").Value, 38./78, 1e-7)
	urgent := &h.Each[4]
	if urgent.Positive != 3 || urgent.Strongest(h.Alpha()) != nil {
		t.Errorf("%d rows above 0, strongest %+v", urgent.Positive, urgent.Strongest(h.Alpha()))
	}
	if x := h.Each[0].Strongest(h.Alpha()); x == nil || x.Name != "Mann-Whitney" {
		t.Errorf("the volume is answered by %+v", x)
	}
	if h.Rows != 80 || h.Label != "attack" {
		t.Errorf("%d rows, label %q", h.Rows, h.Label)
	}
}

// Hypotheses that a table does not let be tested say why, and the others go on.
func TestTestHypothesesUntested(t *testing.T) {
	text := "id.orig_h,orig_bytes,proto,conn_state,service,urgent,label\n"
	for i := range 12 {
		text += fmt.Sprintf("10.0.0.%d,%d,tcp,%s,%s,0,%s\n", i, i*i, []string{"SF", "S0"}[i%2], []string{"http", "dns", "ssh"}[i%3], []string{"normal", "attack"}[i/6])
	}
	h := hypotheses(t, tableOf(t, text, dataset.Options{}))
	for number, want := range map[int]string{1: "bytes received", 2: "tcp in every row", 5: "above 0 in no row"} {
		if got := strings.Join(h.Each[number-1].Untested, " "); !strings.Contains(got, want) {
			t.Errorf("hypothesis %d says %q, not %q", number, got, want)
		}
	}
	for number, want := range map[int]string{1: "orig_bytes", 3: "service", 4: "conn_state"} {
		if got := strings.Join(h.Each[number-1].Columns, " "); got != want {
			t.Errorf("hypothesis %d is of %q, want %q", number, got, want)
		}
	}
}

func TestTestHypothesesMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no label", "src_bytes,flag\n1,SF\n2,S0\n", "--label"},
		{"one class", "src_bytes,dst_bytes,attack\n1,3,normal\n2,5,normal\n", "no row is attack"},
		{"no column", "a,attack\n1,normal\n2,neptune\n", "no column of the bytes sent"},
	} {
		_, err := eda.TestHypotheses(t.Context(), tableOf(t, c.text, dataset.Options{}), eda.HypothesesOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if design := (*eda.DesignError)(nil); errors.As(err, &design) != (c.name == "no label") {
			t.Errorf("%s: a %T", c.name, err)
		}
	}
}

// TestTestHypothesesKDD holds the figures of NSL-KDD's training set against those that
// SciPy, R and statsmodels give for it.
func TestTestHypothesesKDD(t *testing.T) {
	f, err := dataset.Open(t.Context(), check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := hypotheses(t, f)
	for _, c := range []struct {
		number        int
		feature, name string
		want, within  float64
		low, high     float64
	}{
		{1, "src_bytes", "Welch's t", -0.01187, 5e-6, -0.02294, -0.0008002},
		{1, "src_bytes", "Mann-Whitney", 0.797, 5e-4, 0.7932, 0.8017},
		{2, "protocol_type", "chi-square", 0.282, 5e-4, 0.2766, 0.2877},
		{3, "service", "chi-square, simulated", 0.860, 5e-4, 0.8545, 0.8655},
		{5, "positive(urgent)", "Wald", 0.574, 5e-4, 0.1436, 2.296},
	} {
		e := effect(t, h, c.number, c.feature, c.name)
		if math.Abs(e.Value-c.want) > c.within || math.Abs(e.CI.Low-c.low) > c.within || math.Abs(e.CI.High-c.high) > 1e-3 {
			t.Errorf("%s by %s: %v [%v, %v], want %v", c.feature, c.name, e.Value, e.CI.Low, e.CI.High, c.want)
		}
	}
	check.Close(t, "p of the means", h.Each[0].Tests[0].P, 0.0498, 2e-3)
	flag, urgent := &h.Each[3], &h.Each[4]
	if causes := flag.Regressions[0].Causes; len(causes) != 1 || causes[0].Level != "RSTOS0" || causes[0].Ones != 103 {
		t.Errorf("separated by %+v", causes)
	}
	if urgent.Positive != 9 || urgent.Strongest(h.Alpha()) != nil {
		t.Errorf("%d rows with urgent packets, strongest %+v", urgent.Positive, urgent.Strongest(h.Alpha()))
	}
	for number, want := range []string{"large", "small", "large", "large"} {
		if s := h.Each[number].Strongest(h.Alpha()); s == nil || s.Effect.Magnitude != want {
			t.Errorf("hypothesis %d: %+v, want %s", number+1, s, want)
		}
	}
}
