package eda

import "fmt"

// outlierFindings say how far rules for outliers get at finding attacks, where
// that is known.
func (e *Exploration) outlierFindings() []Finding {
	if e.Outliers == nil || len(e.Outliers.Quality) == 0 {
		return nil
	}
	best, worse, flagging := &e.Outliers.Quality[0], 0, 0
	for i := range e.Outliers.Quality {
		if q := &e.Outliers.Quality[i]; q.Flagged() > 0 {
			flagging++
			if q.Lift() < 1 {
				worse++
			}
		}
	}
	if flagging == 0 {
		return nil
	}
	if !(best.Informedness() > 0) {
		return []Finding{{Notice, wholeTable,
			fmt.Sprintf("No rule for outliers finds attacks better than chance, of %d that flag rows.", flagging),
			"Do not take outliers for attacks in these data."}}
	}
	f := Finding{Info, wholeTable,
		fmt.Sprintf("Of %d rules for outliers that flag rows, %s tells attacks best: %s of them are found at %s false alarms.",
			flagging, best.Name(), percent(best.Recall()), percent(best.FPR())),
		"Take that as the mark that a detector has to beat; netanom outliers --out writes the rows flagged."}
	if best.Column != "" {
		f.About = best.Column
	}
	if worse > 0 {
		f.Text += fmt.Sprintf(" %d flag%s attacks less often than normal rows.", worse, choose(int64(worse), "s", ""))
	}
	if 2*worse > flagging {
		f.Severity = Notice
	}
	return []Finding{f}
}
