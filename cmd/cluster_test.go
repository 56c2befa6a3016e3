package cmd

import (
	"os"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// TestGoldenUnlabelled holds the answers of the commands that need no label.
func TestGoldenUnlabelled(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	run(t, oneCommand(t, "train traffic.csv --algo nb --validate none --out nb.netanom --no-report --quiet")...)
	for _, c := range []struct{ name, line string }{
		{"cluster", "cluster traffic.csv --max 5"},
		{"cluster-stability", "cluster traffic.csv --clusters 4 --stability 3 --rows 200"},
		{"cluster-gap-csv", "cluster traffic.csv --choose gap --max 4 --feature src_bytes,count,flag --format csv"},
		{"cluster-gmm", "cluster traffic.csv --method gmm --choose bic --max 3 --feature src_bytes,dst_bytes,count"},
		{"cluster-dbscan", "cluster traffic.csv --method dbscan --set eps=3 --steps drop_constant,impute,log1p,robust"},
		{"cluster-hdbscan-json", "cluster traffic.csv --method hdbscan --set min_cluster_size=20 --feature src_bytes,count,flag --format json"},
		{"cluster-hierarchical-markdown", "cluster traffic.csv --method hierarchical --set linkage=average --choose davies_bouldin --max 4 --format markdown"},
		{"cluster-height", "cluster traffic.csv --method hierarchical --set distance_threshold=40"},
		{"cluster-zeek", "cluster conn.log --insist ts --max 3 --seed 4"},
		{"cluster-gate", "cluster traffic.csv --clusters 3 --fail-if 'silhouette < 0.9'"},
		{"project", "project traffic.csv"},
		{"project-umap", "project traffic.csv --method umap --rows 120 --set n_epochs=50 --color label,class"},
		{"project-json", "project traffic.csv --feature src_bytes,count,srv_count,flag --set simulations=20 --seed 3 --format json"},
		{"project-colors-markdown", "project traffic.csv --color cluster,service,src_bytes --model nb.netanom --feature src_bytes,dst_bytes,count,flag --steps drop_constant,impute,log1p,frequency --format markdown"},
		{"project-zeek-csv", "project conn.log --set n_components=2 --format csv"},
		{"detect", "detect traffic.csv"},
		{"detect-ecod", "detect traffic.csv --algo ecod --top 4 --tail 0.05 --reasons 2"},
		{"detect-iforest-json", "detect traffic.csv --algo iforest --set trees=20 --top 2 --reasons 1 --feature src_bytes,count,flag --format json"},
		{"detect-no-samples", "detect traffic.csv --algo hbos --no-samples"},
		{"detect-zeek", "detect conn.log --algo lof --set n_neighbors=5 --steps impute,standard --top 3"},
		{"detect-recipe-markdown", "detect traffic.csv --algo copod --recipe recipe.json --insist dst_port --top 3 --reasons 0 --format markdown"},
		{"detect-gate", "detect traffic.csv --algo ecod --fail-if 'expected_rows < 1'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := session{}.golden(t, c.name, oneCommand(t, c.line+" --no-report")...)
			if strings.HasPrefix(r.stdout, "netanom ") {
				fits(t, c.line, r.stdout, 80)
			}
		})
	}
	for _, c := range []string{"cluster", "project", "detect"} {
		session{}.golden(t, "help-"+c, c, "--help")
	}
}

// TestGoldenUnlabelledMistakes holds the sentences for what cannot be meant or done.
func TestGoldenUnlabelledMistakes(t *testing.T) {
	inTestdata(t)
	write(t, "one.csv", "a,b\n1,2\n")
	write(t, "same.csv", "a,b\n"+strings.Repeat("1,2\n", 150))
	for _, c := range []struct {
		name, line string
		code       int
		proposes   string // what standard error must offer
	}{
		{"cluster-method", "cluster traffic.csv --method kmean", exitUsage, "did you mean kmeans?"},
		{"cluster-number", "cluster traffic.csv --clusters few", exitUsage, "or auto"},
		{"cluster-found", "cluster traffic.csv --method dbscan --clusters 3", exitUsage, "--method kmeans"},
		{"cluster-choose", "cluster traffic.csv --choose gap --method gmm", exitUsage, "--method kmeans"},
		{"cluster-choose-bic", "cluster traffic.csv --choose bic", exitUsage, "--method gmm"},
		{"cluster-choose-idle", "cluster traffic.csv --choose silhouette --clusters 3", exitUsage, "given or found"},
		{"cluster-range", "cluster traffic.csv --min 5 --max 3", exitUsage, "the least first"},
		{"cluster-set", "cluster traffic.csv --set eps=3", exitUsage, "n_init"},
		{"cluster-set-value", "cluster traffic.csv --method hierarchical --set linkage=wardd", exitUsage, "ward"},
		{"cluster-set-twice", "cluster traffic.csv --set n_clusters=3 --clusters 3", exitUsage, "give one"},
		{"cluster-height-twice", "cluster traffic.csv --method hierarchical --set distance_threshold=3 --clusters 3", exitUsage, "leave one out"},
		{"cluster-many", "cluster traffic.csv --clusters 5000", exitError, "lower"},
		{"cluster-feature", "cluster traffic.csv --feature src_ip", exitUsage, "--insist"},
		{"cluster-steps", "cluster traffic.csv --steps log2", exitUsage, "log1p"},
		{"cluster-gaps", "cluster conn.log --steps none", exitError, "fill gaps"},
		{"cluster-out", "cluster traffic.csv --out -", exitUsage, "name a file"},
		{"cluster-formulas", "cluster traffic.csv --escape-formulas", exitUsage, "--out"},
		{"cluster-one", "cluster one.csv", exitError, "no column varies"},
		{"project-method", "project traffic.csv --method lda", exitUsage, "pca, tsne, umap"},
		{"project-score", "project traffic.csv --color score", exitUsage, "--model"},
		{"project-color", "project traffic.csv --color clusters", exitUsage, "did you mean cluster?"},
		{"project-label", "project conn.log --color class", exitUsage, "--label"},
		{"project-rows", "project traffic.csv --method tsne --set max_rows=30", exitUsage, "--rows"},
		{"project-set", "project traffic.csv --set perplexity=3", exitUsage, "n_components"},
		{"project-constant", "project same.csv", exitError, "no column varies"},
		{"detect-algo", "detect traffic.csv --algo ifrest", exitUsage, "did you mean iforest?"},
		{"detect-labels", "detect traffic.csv --algo rf", exitUsage, "netanom train"},
		{"detect-tail", "detect traffic.csv --tail 1", exitUsage, "between 0 and 1"},
		{"detect-set", "detect traffic.csv --algo iforest --set trees=-1", exitUsage, "want 1"},
		{"detect-private", "detect traffic.csv --out x.csv --no-samples", exitUsage, "give one"},
		{"detect-private-top", "detect traffic.csv --top 3 --no-samples", exitUsage, "give one"},
		{"detect-save", "detect traffic.csv --save -", exitUsage, "needs a file"},
		{"detect-constant", "detect same.csv", exitError, "no column varies"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := session{}.golden(t, "mistake-"+c.name, oneCommand(t, c.line+" --no-report")...)
			if r.code != c.code || r.stdout != "" || !strings.Contains(r.stderr, c.proposes) {
				t.Errorf("exit code %d, want %d; standard output %q; standard error does not offer %q:\n%s", r.code, c.code, r.stdout, c.proposes, r.stderr)
			}
		})
	}
}

// TestClusterOut reads the rows that cluster and project write, also from standard input.
func TestClusterOut(t *testing.T) {
	inTestdata(t)
	first, _, _ := strings.Cut(read(t, "traffic.csv"), "\n")
	for _, c := range []struct{ line, lead string }{
		{"cluster - --clusters 3 --out rows.csv", "cluster,cluster_distance,"},
		{"project - --set n_components=3 --out rows.csv", "pc1,pc2,pc3,"},
		{"project - --method umap --rows 300 --set n_epochs=20 --out rows.csv", "umap1,umap2,"},
	} {
		text := read(t, "traffic.csv")
		r := session{stdin: strings.NewReader(text)}.run(t, oneCommand(t, c.line+" --no-report")...)
		if r.code != exitDone || !strings.Contains(r.stderr, " rows written to rows.csv") {
			t.Fatalf("%s: exit code %d: %s", c.line, r.code, r.stderr)
		}
		rows := strings.Split(strings.TrimSpace(read(t, "rows.csv")), "\n")
		if rows[0] != c.lead+first || len(rows) != strings.Count(text, "\n") {
			t.Errorf("%s: %d lines below %s", c.line, len(rows), rows[0])
		}
	}
	write(t, "formulas.csv", "n,word\n"+strings.Repeat("1,=A1\n20,b\n", 30))
	run(t, oneCommand(t, "cluster formulas.csv --clusters 2 --escape-formulas --no-report --quiet --out rows.csv")...)
	if text := read(t, "rows.csv"); !strings.Contains(text, ",1,'=A1\n") {
		t.Errorf("formulas are not escaped: %s", text)
	}
}

// TestDetectSaves lets other commands read what detect saves, and finds the rows that it
// writes in the answer.
func TestDetectSaves(t *testing.T) {
	inTestdata(t)
	e := parse(t, run(t, oneCommand(t, "detect traffic.csv --algo ecod --tail 0.02 --top 300 --out strange.csv.gz --save ecod.netanom --no-report --quiet --format json")...))
	beyond := 0
	for _, tab := range e.Tables {
		for _, r := range tab.Rows {
			if tab.Name == "strange" && r["strange"] == true {
				beyond++
			}
		}
	}
	written := parse(t, run(t, oneCommand(t, "describe strange.csv.gz --no-report --format json")...))
	if int(written.Data.Rows) != beyond || beyond == 0 {
		t.Errorf("%d rows are written, %d lie beyond", written.Data.Rows, beyond)
	}
	p := parse(t, run(t, oneCommand(t, "predict traffic.csv --model ecod.netanom --no-report --format json")...))
	check.Close(t, "attacks that the model predicts", p.row(t, "predict", "class", "attack")["rows"].(float64), float64(beyond), 0)
	run(t, oneCommand(t, "evaluate traffic.csv --model ecod.netanom --no-report")...)
	run(t, oneCommand(t, "explain traffic.csv --model ecod.netanom --row 3 --no-report")...)
	run(t, oneCommand(t, "project traffic.csv --model ecod.netanom --no-report")...)
}

// TestUnlabelledPictures draws every picture of the commands.
func TestUnlabelledPictures(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	for line, want := range map[string][]string{
		"cluster traffic.csv --method hierarchical --max 4": {"cluster-plane", "cluster-choice", "cluster-tree", "cluster_profiles-profiles"},
		"project traffic.csv --color class,service,count":   {"project-by_class", "project-by_service", "project-by_count", "project-variance"},
		"detect traffic.csv --algo ecod":                    {"detect-scores"},
	} {
		run(t, oneCommand(t, line+" --report r --quiet")...)
		for _, name := range want {
			for _, end := range []string{".png", ".svg"} {
				if info, err := os.Stat("r/figures/" + name + end); err != nil || info.Size() < 1000 {
					t.Errorf("%s: %v", line, err)
				}
			}
		}
		if text := read(t, "r/index.md"); strings.Contains(text, "There is no picture") {
			t.Errorf("%s: a picture lacks", line)
		}
	}
}
