package report

import "github.com/netanom/netanom/eda"

// Relations shows all measures of how columns go together, a section for each.
func Relations(r *eda.Relations) ([]Section, error) {
	var out []Section
	add := func(s Section, err error) error {
		out = append(out, s)
		return err
	}
	for _, c := range r.Correlations {
		if err := add(Correlations(c)); err != nil {
			return nil, err
		}
	}
	if r.Associations != nil {
		if err := add(Associations(r.Associations)); err != nil {
			return nil, err
		}
	}
	for _, g := range r.Grouped {
		if err := add(Grouped(g)); err != nil {
			return nil, err
		}
	}
	if r.Information != nil {
		if err := add(Informed(r.Information)); err != nil {
			return nil, err
		}
	}
	if len(r.Skipped) > 0 {
		out = append(out, Section{ID: "corr_skipped", Title: "What was left out", Warnings: r.Skipped})
	}
	return out, nil
}
