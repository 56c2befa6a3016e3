package traffic

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSettingJSON(t *testing.T) {
	for _, mode := range Modes() {
		for _, services := range ServiceMaps() {
			want := `{"windows":"` + mode + `","service_map":"` + services + `"}`
			var s Setting
			if err := json.Unmarshal([]byte(want), &s); err != nil {
				t.Fatal(err)
			}
			if s.Windows.String() != mode || s.Services.String() != services {
				t.Errorf("%s was read as %s and %s", want, s.Windows, s.Services)
			}
			if got, err := json.Marshal(s); err != nil || string(got) != want {
				t.Errorf("written as %s (%v), want %s", got, err, want)
			}
		}
	}
	if got, err := json.Marshal(Setting{Windows: 9}); err == nil {
		t.Errorf("a mode that does not exist was written as %s", got)
	}
	if got, err := json.Marshal(Setting{Services: 9}); err == nil {
		t.Errorf("a map that does not exist was written as %s", got)
	}
}

func TestParseSetting(t *testing.T) {
	_, noMode := ParseMode("per host")
	_, noMap := ParseServiceMap("")
	for name, err := range map[string]error{"kdd, documented, per-host": noMode, "kdd, modern": noMap} {
		if err == nil || !strings.HasSuffix(err.Error(), "choose one of "+name) {
			t.Errorf("error %v does not list %s", err, name)
		}
	}
	var m Mode
	if err := m.UnmarshalText([]byte("mode(9)")); err == nil || m != KDD {
		t.Errorf("mode(9) was read as %s (%v)", m, err)
	}
}
