package model

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/traffic"
)

// madeBy writes records as their program would by a setting, whose values stand in each row.
func madeBy(records []byte, columns string, values ...string) []byte {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(string(records)), "\n") {
		more := columns
		if i > 0 {
			more = values[(i-1)%len(values)]
		}
		b.WriteString(strings.TrimSuffix(line, "\r") + "," + more + "\n")
	}
	return []byte(b.String())
}

const bothColumns = windowsColumn + "," + servicesColumn

func TestSettingOfTable(t *testing.T) {
	records := simulated(t, 40, 1)
	for _, c := range []struct {
		name    string
		text    []byte
		want    traffic.Setting
		trouble string
	}{
		{"of KDD", records, traffic.Setting{}, ""},
		{"of KDD, and says so", madeBy(records, bothColumns, "kdd,kdd"), traffic.Setting{}, ""},
		{"of one's own network", madeBy(records, bothColumns, "per-host,modern"), traffic.Setting{Windows: traffic.PerHost, Services: traffic.ModernServices}, ""},
		{"one column", madeBy(records, windowsColumn, "documented"), traffic.Setting{Windows: traffic.Documented}, ""},
		{"the other column", madeBy(records, servicesColumn, "modern"), traffic.Setting{Services: traffic.ModernServices}, ""},
		{"mixed", madeBy(records, windowsColumn, "kdd", "per-host"), traffic.Setting{}, "does not have one value in all rows"},
		{"gaps", madeBy(records, servicesColumn, "modern", ""), traffic.Setting{}, "does not have one value in all rows"},
		{"of a later program", madeBy(records, windowsColumn, "hourly"), traffic.Setting{}, `column "netanom_windows": `},
		{"of a later program too", madeBy(records, servicesColumn, "iana"), traffic.Setting{}, `column "netanom_service_map": `},
	} {
		table, err := dataset.Load(context.Background(), openedCSV(t, c.text))
		if err != nil {
			t.Fatal(err)
		}
		d, err := Load(context.Background(), table, DataOptions{Features: kddFeatures()})
		switch {
		case c.trouble != "":
			if err == nil || !strings.Contains(err.Error(), c.trouble) {
				t.Errorf("%s: error %v", c.name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case d.Setting != c.want:
			t.Errorf("%s: %+v, want %+v", c.name, d.Setting, c.want)
		}
	}
}

// A model scores rows whose features mean what those of its training meant, and refuses all others,
// wherever in the table they are.
func TestSettingOfRows(t *testing.T) {
	records := simulated(t, 600, 3)
	own := traffic.Setting{Windows: traffic.PerHost, Services: traffic.ModernServices}
	for _, setting := range []traffic.Setting{{}, own} {
		p, _ := trained(t, "tree", `{"max_depth":2}`, nil)
		p.Schema.Setting = setting
		ofKDD := setting == traffic.Setting{}
		for _, c := range []struct {
			name string
			text []byte
			ok   bool
		}{
			{"no columns", records, ofKDD},
			{"kdd", madeBy(records, bothColumns, "kdd,kdd"), ofKDD},
			{"own", madeBy(records, bothColumns, "per-host,modern"), !ofKDD},
			{"own windows alone", madeBy(records, windowsColumn, "per-host"), false},
			{"other services", madeBy(records, bothColumns, "per-host,kdd"), false},
			{"unknown", madeBy(records, bothColumns, "hourly,modern"), false},
			{"mixed", madeBy(records, bothColumns, "per-host,modern", "per-host,modern", "kdd,kdd"), false},
		} {
			_, err := p.Predict(context.Background(), openedCSV(t, c.text), nil, PredictOptions{})
			var other *SettingError
			switch {
			case c.ok && err != nil:
				t.Errorf("model of %v, %s: %v", setting, c.name, err)
			case c.name == "unknown":
				if err == nil || !strings.Contains(err.Error(), `"hourly" is not a way to count windows`) {
					t.Errorf("model of %v, unknown: error %v", setting, err)
				}
			case !c.ok && !errors.As(err, &other):
				t.Errorf("model of %v, %s: error %v", setting, c.name, err)
			case !c.ok && (other.Model != setting || other.Table == setting):
				t.Errorf("model of %v, %s: the error tells of a model of %v and a table of %v", setting, c.name, other.Model, other.Table)
			}
		}
	}
}

// The error names the flags that help.
func TestSettingErrorSaysWhatToDo(t *testing.T) {
	err := &SettingError{Model: traffic.Setting{Windows: traffic.PerHost}, Table: traffic.Setting{Services: traffic.ModernServices}}
	for _, part := range []string{"made with --windows per-host --service-map kdd,", "table were made with --windows kdd --service-map modern,", "make them with netanom flows --windows per-host --service-map kdd"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
}
