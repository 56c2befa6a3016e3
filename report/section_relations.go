package report

import "github.com/netanom/netanom/eda"

// Relations shows all measures of how columns go together, a section for each.
func Relations(r *eda.Relations) []Section {
	var out []Section
	for _, c := range r.Correlations {
		out = append(out, Correlations(c))
	}
	if r.Associations != nil {
		out = append(out, Associations(r.Associations))
	}
	for _, g := range r.Grouped {
		out = append(out, Grouped(g))
	}
	if r.Information != nil {
		out = append(out, Informed(r.Information))
	}
	if len(r.Skipped) > 0 {
		out = append(out, Section{ID: "corr_skipped", Title: "What was left out", Warnings: r.Skipped})
	}
	return out
}
