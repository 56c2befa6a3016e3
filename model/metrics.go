package model

import "github.com/netanom/netanom/stats"

// A Metric is a figure of a judgement under the name by which tables and gates know it.
type Metric struct {
	Key   string
	Value stats.Measure
}

// Metrics lists the figures of a judgement. For two classes, precision, recall and F1 are
// those of attacks; for more, they are means over the classes. What the rows do not define
// is NaN.
func (j *Judgement) Metrics() []Metric {
	none := stats.Measure{Value: nan, CI: stats.Interval{Low: nan, High: nan, Level: level}}
	list := []Metric{
		{"accuracy", j.Measures.Accuracy},
		{"balanced_accuracy", j.Measures.BalancedAccuracy},
	}
	if len(j.Classes) == 2 {
		list = append(list, Metric{"precision", j.Binary.Precision}, Metric{"recall", j.Binary.Recall}, Metric{"f1", j.Binary.F1})
	} else {
		m := j.Measures.Macro
		list = append(list, Metric{"precision", m.Precision}, Metric{"recall", m.Recall}, Metric{"f1", m.F1})
	}
	list = append(list, Metric{"macro_f1", j.Measures.Macro.F1}, Metric{"weighted_f1", j.Measures.Weighted.F1},
		Metric{"mcc", j.Measures.MCC}, Metric{"kappa", j.Measures.Kappa}, Metric{"fpr", j.Binary.FPR}, Metric{"attack_recall", j.Binary.Recall})
	roc, pr, ks, loss, brier := none, none, none, none, none
	if j.Scores != nil {
		roc, pr, ks = j.Scores.AUC, j.Scores.AveragePrecision, j.Scores.KS
	}
	if j.Probable != nil {
		loss, brier = j.Probable.LogLoss, j.Probable.Brier
	}
	list = append(list, Metric{"roc_auc", roc}, Metric{"pr_auc", pr}, Metric{"ks", ks}, Metric{"log_loss", loss}, Metric{"brier", brier})
	for i, key := range []string{"recall_fpr_01", "recall_fpr_1", "recall_fpr_5"} {
		m := none
		if i < len(j.At) {
			m = j.At[i].Recall
		}
		list = append(list, Metric{key, m})
	}
	unseen, _, _, _ := j.Unseen()
	return append(list, Metric{"unseen_recall", unseen})
}

// Metric returns a figure by its key, NaN if there is none.
func (j *Judgement) Metric(key string) stats.Measure {
	for _, m := range j.Metrics() {
		if m.Key == key {
			return m.Value
		}
	}
	return stats.Measure{Value: nan}
}
