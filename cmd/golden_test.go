package cmd

import (
	"os"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestGolden(t *testing.T) {
	inTestdata(t)
	write(t, "groups.csv", "group,n,mean,sd\nA,10,5.1,1.2\nB,12,6.3,1.9\nC,9,5.0,0.7\n")
	write(t, "balanced.csv", "a,b,yield\nx,u,1\nx,u,2\nx,v,4\nx,v,5\ny,u,3\ny,u,5\ny,v,6\ny,v,9\n")
	run(t, "simulate", "--connections", "40", "--seed", "7", "--capture", "capture.pcap")
	const few = "src_bytes,count,flag,attack"
	for _, c := range []struct{ name, line string }{
		{"describe", "describe traffic.csv"},
		{"describe-by", "describe traffic.csv --feature src_bytes,count --by protocol_type"},
		{"describe-where-select", `describe traffic.csv --where 'protocol_type == "tcp" && src_bytes > 1000' --select src_bytes,flag,attack`},
		{"describe-markdown", "describe traffic.csv --format markdown --feature " + few},
		{"describe-csv", "describe traffic.csv --format csv --feature " + few},
		{"describe-json", "describe traffic.csv --format json --feature " + few},
		{"describe-zeek", "describe conn.log"},
		{"describe-headerless", "describe kdd-headerless.txt --feature src_bytes,attack"},
		{"describe-messy", "describe messy.csv --max-bad 0.2"},
		{"describe-messy-refused", "describe messy.csv"},
		{"describe-messy-strict", "describe messy.csv --strict"},
		{"describe-messy-none-bad", "describe messy.csv --max-bad 0"},
		{"describe-messy-type", "describe messy.csv --max-bad 0.2 --type 'Bytes Out=number' --feature bytes_out --no-samples"},
		{"describe-messy-no-samples", "describe messy.csv --max-bad 0.2 --no-samples"},
		{"describe-label", "describe traffic.csv --feature flag --label flag --normal SF --normal S1"},
		{"missing", "missing messy.csv --max-bad 0.2"},
		{"missing-none", "missing traffic.csv --select src_bytes,attack"},
		{"missing-zeek-markdown", "missing conn.log --format markdown"},
		{"missing-csv", "missing messy.csv --max-bad 0.2 --format csv"},
		{"missing-json", "missing messy.csv --max-bad 0.2 --format json"},
		{"missing-where-mistake", `missing messy.csv --max-bad 0.2 --where 'Proto == "TCP" || rate > 0.1'`},
		{"outliers", "outliers traffic.csv --feature duration,src_bytes,serror_rate"},
		{"outliers-limits", "outliers traffic.csv --feature src_bytes --tukey 3 --modified-z 10 --rows 1"},
		{"outliers-no-samples", "outliers traffic.csv --feature src_bytes --no-samples"},
		{"outliers-markdown", "outliers conn.log --format markdown"},
		{"outliers-csv", "outliers traffic.csv --feature src_bytes,count --format csv"},
		{"outliers-json", "outliers traffic.csv --feature src_bytes,count --rows 2 --format json"},
		{"outliers-all", "outliers traffic.csv --rows 1"},
		{"outliers-within", "outliers traffic.csv --within protocol_type --feature duration,src_bytes,count --rows 1"},
		{"outliers-esd", "outliers traffic.csv --feature srv_count --esd 3 --alpha 0.01 --rows 0"},
		{"outliers-out", "outliers traffic.csv --feature src_bytes,count --rows 0 --esd 0 --out /dev/null --top 4"},
		{"corr", "corr traffic.csv --feature src_bytes,dst_bytes,count,srv_count"},
		{"corr-spearman-csv", "corr traffic.csv --method spearman --adjust holm --format csv --feature src_bytes,dst_bytes,count"},
		{"corr-cramers-markdown", "corr traffic.csv --method cramers --format markdown --feature protocol_type,flag,logged_in"},
		{"corr-alpha-json", "corr traffic.csv --alpha 0.01 --format json --feature src_bytes,count"},
		{"corr-kendall", "corr traffic.csv --method kendall --feature src_bytes,dst_bytes,count,srv_count --redundant 0.5"},
		{"corr-pointbiserial", "corr traffic.csv --method pointbiserial --feature src_bytes,count,logged_in,attack"},
		{"corr-pointbiserial-normal", "corr traffic.csv --method pointbiserial --feature src_bytes,count,flag --label flag --normal SF"},
		{"corr-eta", "corr traffic.csv --method eta --feature src_bytes,count,protocol_type,attack"},
		{"corr-eta-zeek", "corr conn.log --method eta --feature proto,conn_state"},
		{"corr-mi", "corr traffic.csv --method mi --feature src_bytes,count,protocol_type,attack"},
		{"corr-mi-zeek-csv", "corr conn.log --method mi --format csv --feature ts,proto,conn_state,duration"},
		{"corr-all", "corr traffic.csv --method all --feature src_bytes,count,srv_count,logged_in,flag"},
		{"corr-all-numbers", "corr traffic.csv --method all --select src_bytes,dst_bytes"},
		{"features", "features traffic.csv --feature src_bytes,dst_bytes,duration,service,flag"},
		{"features-none", "features traffic.csv --feature src_bytes --normal normal --min-gain 0.9"},
		{"features-row-order", "features kdd-headerless.txt --row-order --rows 20 --keep 3 --folds 3 --seed 7"},
		{"features-zeek-unlabelled", "features conn.log --window 90s --feature id.orig_h,id.resp_h,service,duration,orig_bytes,resp_bytes"},
		{"features-zeek-keep-markdown", "features conn.log --keep 2 --format markdown --feature service,duration,orig_bytes,resp_bytes"},
		{"features-csv", "features traffic.csv --feature src_bytes,dst_bytes --format csv"},
		{"features-json", "features traffic.csv --feature dst_bytes,flag --keep 2 --format json"},
		{"features-apply", "features traffic.csv --apply recipe.json"},
		{"timeseries", "timeseries traffic.csv"},
		{"timeseries-every", "timeseries traffic.csv --every 6h --feature duration --window 5"},
		{"timeseries-row-order", "timeseries kdd-headerless.txt --row-order --rows 4 --feature count"},
		{"timeseries-zeek-markdown", "timeseries conn.log --format markdown"},
		{"timeseries-csv", "timeseries traffic.csv --every 12h --format csv"},
		{"timeseries-json", "timeseries traffic.csv --every 1d --format json"},
		{"ttest", "ttest traffic.csv"},
		{"ttest-feature", "test ttest traffic.csv --feature src_bytes --sesoi 0.5"},
		{"ttest-by", "ttest traffic.csv --feature duration,count,src_bytes --by protocol_type --group udp --group tcp --pooled --alternative greater"},
		{"ttest-not-shown", "ttest traffic.csv --feature count --alternative greater"},
		{"ttest-mu", "ttest traffic.csv --feature count --mu 20 --alpha 0.01"},
		{"ttest-paired-markdown", "ttest traffic.csv --paired src_bytes,dst_bytes --format markdown"},
		{"ttest-resampled", "ttest traffic.csv --feature count --permutation 999 --bootstrap 999 --seed 7"},
		{"ttest-csv", "ttest traffic.csv --feature src_bytes,count --format csv"},
		{"ttest-json", "ttest traffic.csv --feature src_bytes --format json"},
		{"ttest-from-stats", "ttest summaries.csv --from-stats"},
		{"chisq", "test chisq traffic.csv --feature protocol_type"},
		{"chisq-short-name", "chisq traffic.csv --feature protocol_type"},
		{"chisq-all", "chisq traffic.csv"},
		{"chisq-sparse", "chisq traffic.csv --feature service --simulate 500 --seed 7"},
		{"chisq-two-by-two", "chisq traffic.csv --feature logged_in --alternative less --alpha 0.01"},
		{"chisq-by-group", "chisq traffic.csv --feature flag --by attack --group neptune --group normal --adjust holm"},
		{"chisq-category-markdown", "chisq traffic.csv --feature protocol_type --by category --format markdown"},
		{"chisq-csv", "chisq traffic.csv --feature protocol_type --format csv"},
		{"chisq-json", "chisq traffic.csv --feature logged_in --format json"},
		{"chisq-zeek", "chisq conn.log --feature conn_state --by proto"},
		{"chisq-expected-equal", "chisq traffic.csv --feature protocol_type --expected equal"},
		{"chisq-expected-shares", "chisq traffic.csv --feature protocol_type --expected tcp=0.7,udp=0.15,icmp=0.15"},
		{"chisq-from-counts", "chisq --from-counts counts.csv"},
		{"chisq-from-counts-long", "chisq --from-counts counts-long.csv"},
		{"chisq-mcnemar", "chisq traffic.csv --mcnemar logged_in,root_shell"},
		{"chisq-strata", "chisq traffic.csv --feature logged_in --strata protocol_type"},
		{"anova", "anova traffic.csv --feature src_bytes"},
		{"anova-all", "anova traffic.csv"},
		{"anova-tukey", "test anova traffic.csv --feature count --by protocol_type --posthoc tukey"},
		{"anova-groups", "anova traffic.csv --feature duration,count --by flag --group SF --group S0 --group REJ --alpha 0.01"},
		{"anova-dunn-csv", "anova traffic.csv --feature src_bytes --posthoc dunn --format csv"},
		{"anova-dunnett-markdown", "test anova traffic.csv --feature count --posthoc dunnett --format markdown"},
		{"anova-json", "test anova traffic.csv --feature count --posthoc none --format json"},
		{"anova-two-way", "anova traffic.csv --feature count --by protocol_type --and flag --sequential"},
		{"anova-two-way-balanced", "anova balanced.csv --feature yield --by a --and b"},
		{"anova-from-stats", "anova --from-stats groups.csv"},
		{"test-all", "test all traffic.csv"},
		{"test-all-zeek", "test all conn.log --label conn_state --normal SF --adjust holm --alpha 0.01"},
		{"test-all-json", "test all traffic.csv --format json"},
		{"logit", "logit traffic.csv --feature flag,count,src_bytes,logged_in,protocol_type"},
		{"logit-flag", "test logit traffic.csv --feature flag --rows 3"},
		{"logit-formula-markdown", "logit traffic.csv --formula 'log1p(src_bytes) * logged_in + std(count)' --errors hc1 --rows 2 --format markdown"},
		{"logit-profile-csv", "logit traffic.csv --feature 'positive(hot)' --ci profile --alpha 0.1 --format csv"},
		{"logit-by-json", "test logit traffic.csv --feature count --by protocol_type --group tcp --group udp --cluster service --rows 1 --format json"},
		{"logit-ref", "logit traffic.csv --feature protocol_type --ref protocol_type=udp --firth --cutoff 0.9 --rows 0"},
		{"compare", "compare traffic.csv later.csv"},
		{"compare-where", "compare traffic.csv traffic.csv --where 'protocol_type == \"tcp\"' --feature src_bytes,flag --psi 0.3"},
		{"compare-headerless", "compare traffic.csv kdd-headerless.txt --no-samples"},
		{"compare-zeek-markdown", "compare conn.log conn.log --format markdown --feature proto,duration"},
		{"compare-csv", "compare traffic.csv later.csv --feature service,count --format csv"},
		{"compare-json", "compare traffic.csv later.csv --feature flag,count --format json"},
		{"eda", "eda traffic.csv"},
		{"eda-zeek", "eda conn.log"},
		{"eda-headerless", "eda kdd-headerless.txt"},
		{"eda-messy", "eda messy.csv --max-bad 0.2 --type 'Bytes Out=number'"},
		{"eda-messy-no-samples", "eda messy.csv --max-bad 0.2 --no-samples"},
		{"eda-junit", "eda messy.csv --max-bad 0.2 --format junit --no-samples --fail-if 'finding == \"problem\"'"},
		{"eda-sarif", "eda messy.csv --max-bad 0.2 --format sarif --no-samples --fail-if 'finding == \"problem\"'"},
		{"convert-where-select", `convert traffic.csv --where 'attack in ("satan", "nmap")' --select timestamp,src_ip,attack`},
		{"convert-zeek-tab", "convert conn.log --into tab"},
		{"convert-messy", "convert messy.csv --max-bad 0.2 --escape-formulas"},
		{"convert-messy-quiet", "convert messy.csv --max-bad 0.2 --quiet"},
		{"flows-zeek", "flows conn.log"},
		{"flows-zeek-jsonl", "flows conn.log conn.log --jsonl --windows per-host --service-map modern --attack normal"},
		{"flows-zeek-whole", "flows conn.log --icmp-aggregates --zeros --windows documented"},
		{"flows-capture", "flows capture.pcap"},
		{"flows-explain", "flows --explain"},
		{"flows-explain-csv", "flows --explain --format csv"},
		{"describe-capture", "describe capture.pcap --feature duration,flag,wrong_fragment,hot"},
		{"simulate", "simulate --connections 4 --seed 3 --start 2026-04-01 --days 1"},
		{"simulate-attack", "simulate --connections 3 --attack satan --attack-share 1"},
		{"gate-crossed", "missing messy.csv --max-bad 0.2 --fail-if 'missing_share > 0.1'"},
		{"gate-held", "corr traffic.csv --feature src_bytes,count --fail-if 'estimate > 0.9 || estimate < -0.9'"},
		{"gate-compare", "compare traffic.csv later.csv --feature service --fail-if 'psi > 0.25'"},
		{"gate-junit", "missing messy.csv --max-bad 0.2 --format junit --fail-if 'missing_share > 0.1' --fail-if 'infinite > 9' --fail-if 'kurtosis > 9'"},
		{"gate-sarif", "missing messy.csv --max-bad 0.2 --format sarif --fail-if 'missing_share > 0.1' --fail-if 'infinite > 9' --fail-if 'kurtosis > 9'"},
		{"gate-second", "missing traffic.csv --select src_bytes,attack --fail-if 'missing > 5' --fail-if 'missing_share >= 0'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := oneCommand(t, c.line)
			if a := args[0]; a != "convert" && a != "simulate" && a != "flows" {
				args = append(args, "--no-report")
			}
			session{}.golden(t, c.name, args...)
		})
	}
}

func TestGoldenHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	session{}.golden(t, "help")
	session{}.golden(t, "help-test-chisq", "test", "chisq", "--help")
	session{}.golden(t, "help-test-all", "test", "all", "--help")
	for _, c := range []string{"eda", "describe", "missing", "outliers", "corr", "timeseries", "features", "compare", "test", "ttest", "anova", "chisq", "logit", "train", "evaluate", "predict", "explain", "tune", "watch", "convert", "flows", "simulate", "completion", "man"} {
		session{}.golden(t, "help-"+c, c, "--help")
	}
	short := session{}.run(t, "help", "describe")
	if long := (session{}).run(t, "describe", "--help"); short != long {
		t.Error("help describe and describe --help differ")
	}
}

// TestGoldenMistakes holds the sentences for what cannot be meant or done.
func TestGoldenMistakes(t *testing.T) {
	check.Long(t)
	inTestdata(t)
	write(t, "empty.csv", "")
	write(t, "other.csv", "a,b\n1,2\n")
	run(t, "simulate", "--connections", "10", "--capture", "capture.pcap")
	write(t, "binary.csv", "a,b\n\x00\x01\x02,3\n")
	if err := os.Symlink("loop.csv", "loop.csv"); err != nil {
		t.Fatal(err)
	}
	write(t, "truncated.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x4a\xd4")
	for _, c := range []struct {
		name, line string
		code       int
		proposes   string // what standard error must offer
	}{
		{"command", "descirbe traffic.csv", exitUsage, "did you mean describe?"},
		{"command-other-word", "summary traffic.csv", exitUsage, "did you mean describe?"},
		{"command-is-file", "traffic.csv", exitUsage, "netanom eda traffic.csv"},
		{"command-nothing-near", "zzz", exitUsage, "netanom --help"},
		{"help-command", "help outlier", exitUsage, "did you mean outliers?"},
		{"completion-shell", "completion tcsh", exitUsage, ""},
		{"flag", "describe traffic.csv --featur count", exitUsage, "did you mean --feature?"},
		{"flag-short", "describe traffic.csv -x", exitUsage, "-x"},
		{"flag-value", "describe traffic.csv --feature", exitUsage, "--feature needs a value"},
		{"choice", "describe traffic.csv --format jsn", exitUsage, "did you mean json?"},
		{"flows-nothing", "flows", exitUsage, "--interface"},
		{"flows-two-sources", "flows capture.pcap --interface lo", exitUsage, "give one"},
		{"flows-for", "flows conn.log --for 3s", exitUsage, "--interface"},
		{"flows-hold", "flows conn.log --hold long", exitUsage, "or all"},
		{"flows-windows", "flows conn.log --windows kd", exitUsage, "did you mean kdd?"},
		{"flows-table", "flows traffic.csv", exitError, "neither a capture"},
		{"flows-empty", "flows empty.csv", exitError, "is empty"},
		{"flows-missing", "flows nowhere.pcap", exitError, "no such file"},
		{"flows-mixed", "flows conn.log capture.pcap", exitError, "one by one"},
		{"flows-truncated", "flows truncated.gz", exitError, "end too early"},
		{"flows-interface", "flows --interface nosuch0", exitError, "nosuch0"},
		{"watch-nothing", "watch --model m.netanom", exitUsage, "name a log"},
		{"watch-model", "watch conn.log", exitUsage, "--model"},
		{"watch-sinks", "watch conn.log --model m.netanom --syslog udp://127.0.0.1:514", exitError, "m.netanom"},
		{"watch-two-sources", "watch conn.log --interface lo --model m.netanom", exitUsage, "give one"},
		{"choice-method", "corr traffic.csv --method kendal", exitUsage, "did you mean kendall?"},
		{"corr-redundant", "corr traffic.csv --method eta --redundant 0.8", exitUsage, "--method pearson"},
		{"corr-normal", "corr traffic.csv --method pointbiserial --normal fine", exitUsage, "no such level"},
		{"corr-groups", "corr traffic.csv --method pointbiserial --feature flag", exitError, "flags (0 or 1)"},
		{"corr-no-pairs", "corr traffic.csv --method eta --select src_bytes,dst_bytes", exitError, "a category"},
		{"kind", "describe traffic.csv --type count=numbr", exitUsage, "did you mean number?"},
		{"kind-form", "describe traffic.csv --type count", exitUsage, "column=kind"},
		{"kind-column", "describe traffic.csv --type cuont=number", exitUsage, `"count"`},
		{"number", "outliers traffic.csv --tukey 0", exitUsage, "above 0"},
		{"column-within", "outliers traffic.csv --within flg", exitUsage, `did you mean "flag"?`},
		{"within-numbers", "outliers traffic.csv --within src_bytes", exitError, "--type src_bytes=category"},
		{"top-alone", "outliers traffic.csv --top 3", exitUsage, "--out"},
		{"out-private", "outliers traffic.csv --out rows.csv --no-samples", exitUsage, "--no-samples"},
		{"out-answer", "outliers traffic.csv --out -", exitUsage, "name a file"},
		{"number-share", "missing traffic.csv --max-bad 1.5", exitUsage, "from 0 to 1"},
		{"number-alpha", "corr traffic.csv --alpha 1", exitUsage, "between 0 and 1"},
		{"number-jobs", "missing traffic.csv --jobs 1.5", exitUsage, "whole number"},
		{"delimiter", "describe traffic.csv --delimiter ||", exitUsage, "one character"},
		{"column", "describe traffic.csv --feature srcbytez", exitUsage, `did you mean "src_bytes"?`},
		{"column-by", "describe traffic.csv --by flg", exitUsage, `did you mean "flag"?`},
		{"column-label", "describe traffic.csv --label atack", exitUsage, `did you mean "attack"?`},
		{"column-select", "convert traffic.csv --select flagg", exitUsage, `did you mean "flag"?`},
		{"column-where", "describe traffic.csv --where 'src_byte > 3'", exitUsage, `did you mean "src_bytes"?`},
		{"where-form", `describe traffic.csv --where 'flag = "SF"'`, exitUsage, "=="},
		{"where-none-left", "describe traffic.csv --where 'duration > 1e99'", exitError, "no row is left"},
		{"normal", "describe traffic.csv --normal fine", exitUsage, "normal"},
		{"normal-outliers", "outliers traffic.csv --normal fine", exitUsage, "normal"},
		{"gate-key", "missing traffic.csv --fail-if 'missing_shar > 3'", exitUsage, `"missing_share"`},
		{"gate-form", "missing traffic.csv --fail-if 'missing_share >'", exitUsage, "--fail-if"},
		{"chisq-by", "chisq traffic.csv --by flg", exitUsage, `did you mean "flag"?`},
		{"chisq-by-itself", "chisq traffic.csv --feature flag --by flag", exitError, "choose another"},
		{"chisq-group", "chisq traffic.csv --by attack --group neptun", exitUsage, "it has neptune"},
		{"chisq-numbers", "chisq traffic.csv --feature timestamp", exitError, "no levels"},
		{"chisq-normal", "chisq traffic.csv --normal fine", exitUsage, "no such level"},
		{"chisq-alternative", "chisq traffic.csv --feature flag --alternative less", exitUsage, "two levels"},
		{"chisq-nothing", "chisq conn.log --by service --select service,conn_state --where 'conn_state == \"SF\"'", exitError, "nothing to test"},
		{"chisq-two-questions", "chisq traffic.csv --feature flag --expected equal --strata flag", exitUsage, "choose one"},
		{"chisq-idle", "chisq traffic.csv --feature flag --expected equal --by flag", exitUsage, "leave it out"},
		{"chisq-expected-lacks", "chisq traffic.csv --feature protocol_type --expected tcp=1,udp=1", exitError, "says nothing of it"},
		{"chisq-expected-form", "chisq traffic.csv --feature protocol_type --expected tcp=much", exitUsage, "not a number"},
		{"chisq-expected-feature", "chisq traffic.csv --expected equal", exitUsage, "--feature"},
		{"chisq-counts-file", "chisq traffic.csv --from-counts counts.csv", exitUsage, "leave out traffic.csv"},
		{"chisq-counts-form", "chisq --from-counts traffic.csv", exitError, "whole number"},
		{"chisq-mcnemar-levels", "chisq traffic.csv --mcnemar flag,service", exitError, "the same two levels"},
		{"chisq-mcnemar-three", "chisq traffic.csv --mcnemar flag,service,land", exitUsage, "two columns"},
		{"chisq-strata-levels", "chisq traffic.csv --feature flag --strata service", exitError, "two levels"},
		{"features-label", "features traffic.csv --feature attack", exitUsage, "the label itself"},
		{"features-apply-lacks", "features conn.log --apply recipe.json", exitError, `"flag"`},
		{"features-apply-none", "features traffic.csv --apply nowhere.json", exitError, "cannot read nowhere.json"},
		{"features-apply-other", "features traffic.csv --apply conn.log", exitError, "no recipe"},
		{"features-apply-keep", "features traffic.csv --apply recipe.json --keep 3", exitUsage, "--keep is for making one"},
		{"features-window", "features traffic.csv --window 0s", exitUsage, "from 1ms"},
		{"features-window-rows", "features traffic.csv --row-order --window 1m", exitUsage, "--rows"},
		{"features-rows", "features traffic.csv --rows 5", exitUsage, "--row-order"},
		{"features-only-derived", "features traffic.csv --only-derived", exitUsage, "--out"},
		{"features-out-stdout", "features traffic.csv --out -", exitUsage, "needs a file"},
		{"features-sort", "features kdd-headerless.txt --sort", exitUsage, "time column"},
		{"features-save-none", "features traffic.csv --feature duration --min-gain 1.9 --save r.json", exitError, "--keep"},
		{"time-none", "timeseries kdd-headerless.txt", exitError, "--row-order"},
		{"time-column", "timeseries traffic.csv --time timestmp", exitUsage, `did you mean "timestamp"?`},
		{"time-not", "timeseries traffic.csv --time duration", exitError, "--type duration=time"},
		{"time-every", "timeseries traffic.csv --every 10", exitUsage, "10m"},
		{"time-every-many", "timeseries traffic.csv --every 1ms", exitError, "longer steps"},
		{"time-row-order", "timeseries traffic.csv --row-order --every 1h", exitUsage, "--row-order"},
		{"time-rows", "timeseries traffic.csv --rows 10", exitUsage, "--row-order"},
		{"ttest-by", "ttest traffic.csv --by flag", exitUsage, "--group"},
		{"ttest-group", "ttest traffic.csv --by flag --group SF --group S9", exitUsage, "no such level"},
		{"ttest-group-class", "ttest traffic.csv --group smurf --group normal", exitUsage, "--by"},
		{"ttest-two-questions", "ttest traffic.csv --mu 3 --paired src_bytes,dst_bytes", exitUsage, "different questions"},
		{"ttest-paired-one", "ttest traffic.csv --paired src_bytes", exitUsage, "two columns"},
		{"ttest-paired-words", "ttest traffic.csv --paired src_bytes,flag", exitError, "numbers are needed"},
		{"ttest-seed", "ttest traffic.csv --seed 3", exitUsage, "--permutation"},
		{"ttest-replicates", "ttest traffic.csv --permutation 1000000", exitUsage, "ask for at most"},
		{"ttest-no-label", "ttest conn.log", exitUsage, "--by"},
		{"ttest-from-rows", "ttest traffic.csv --from-stats", exitUsage, "group, n, mean and sd"},
		{"test-all-no-label", "test all conn.log", exitUsage, "--label"},
		{"test-all-normal", "test all traffic.csv --normal fine", exitUsage, "no such level"},
		{"test-all-one-class", "test all traffic.csv --where 'attack == \"normal\"'", exitError, "no row is attack"},
		{"test-all-adjust", "test all traffic.csv --adjust fdr", exitUsage, "bh"},
		{"anova-by", "anova traffic.csv --by flg", exitUsage, `did you mean "flag"?`},
		{"anova-group", "anova traffic.csv --group doz", exitError, "it has"},
		{"anova-groups", "anova traffic.csv --by src_bytes", exitError, "--type src_bytes=category"},
		{"anova-many", "anova traffic.csv --by src_ip", exitError, "at most 100"},
		{"anova-and", "anova traffic.csv --and flag", exitUsage, "--feature"},
		{"anova-idle", "anova traffic.csv --feature count --and flag --posthoc dunn", exitUsage, "does nothing"},
		{"anova-control", "anova traffic.csv --feature count --control dos", exitUsage, "--posthoc dunnett"},
		{"anova-control-none", "anova traffic.csv --feature count --by flag --posthoc dunnett", exitError, "--control"},
		{"anova-stats", "anova traffic.csv --from-stats", exitUsage, "group, n, mean and sd"},
		{"anova-constant", "anova traffic.csv --feature num_outbound_cmds", exitError, "are equal"},
		{"logit-function", "logit traffic.csv --feature 'log(src_bytes)'", exitUsage, "log1p, std, positive"},
		{"logit-column", "logit traffic.csv --feature flagg", exitUsage, `did you mean "flag"?`},
		{"logit-label", "logit traffic.csv --feature attack", exitUsage, "is to explain"},
		{"logit-levels", "logit traffic.csv --feature 'log1p(flag)'", exitUsage, "no numbers"},
		{"logit-left-side", "logit traffic.csv --formula 'attack ~ flag'", exitUsage, "right of ~"},
		{"logit-twice", "logit traffic.csv --formula flag --feature count", exitUsage, "give one"},
		{"logit-ref", "logit traffic.csv --feature flag --ref flag=SX", exitUsage, "no level"},
		{"logit-group", "logit traffic.csv --group SF", exitUsage, "--by"},
		{"logit-by", "logit traffic.csv --by service --feature count", exitUsage, "not two"},
		{"logit-errors", "logit traffic.csv --feature count --errors hc1 --cluster service", exitUsage, "give one"},
		{"logit-one-class", `logit traffic.csv --feature count --where 'attack == "normal"'`, exitError, "one class"},
		{"compare-one", "compare traffic.csv", exitUsage, "two files"},
		{"compare-none", "compare", exitUsage, "two files"},
		{"compare-three", "compare traffic.csv conn.log messy.csv", exitUsage, "two files, not 3"},
		{"compare-stdin", "compare - -", exitUsage, "standard input"},
		{"compare-nothing-common", "compare traffic.csv other.csv", exitError, "no column in common"},
		{"compare-feature", "compare traffic.csv kdd-headerless.txt --feature src_ip", exitError, "only the first table"},
		{"compare-normal", "compare traffic.csv later.csv --normal fine", exitUsage, "no such level"},
		{"compare-where-none", "compare traffic.csv later.csv --where 'flag == \"S1\" && duration > 1e9'", exitError, "traffic.csv: no row is left"},
		{"compare-second", "compare traffic.csv nowhere.csv", exitError, "nowhere.csv"},
		{"two-files", "describe traffic.csv conn.log", exitUsage, "one file"},
		{"argument", "simulate traffic.csv", exitUsage, "does not take"},
		{"attack", "simulate --attack smurff", exitUsage, "did you mean smurf?"},
		{"day", "simulate --start yesterday", exitUsage, "2026-03-02"},
		{"no-file", "describe nowhere.csv", exitError, "nowhere.csv"},
		{"unreadable", "describe loop.csv", exitError, "cannot read loop.csv"},
		{"folder", "describe .", exitError, "folder"},
		{"empty", "describe empty.csv", exitError, "empty"},
		{"binary", "describe binary.csv", exitError, "not a text file"},
		{"truncated", "describe truncated.gz", exitError, "truncated"},
		{"out-folder", "convert traffic.csv --out nowhere/out.csv", exitError, "there is no folder nowhere"},
		{"out-is-folder", "convert traffic.csv --out .", exitUsage, "is a folder"},
		{"report-foreign", "missing traffic.csv --report .", exitUsage, "choose another"},
		{"man", "man", exitUsage, "netanom man man1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := session{}.golden(t, "mistake-"+c.name, oneCommand(t, c.line)...)
			if r.code != c.code {
				t.Errorf("exit code %d, want %d", r.code, c.code)
			}
			if r.stdout != "" {
				t.Errorf("standard output is not empty: %q", r.stdout)
			}
			if !strings.Contains(r.stderr, c.proposes) {
				t.Errorf("standard error does not offer %q:\n%s", c.proposes, r.stderr)
			}
		})
	}
}
