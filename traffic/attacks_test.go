package traffic

import "testing"

// TestAttackSignatures checks what each attack is known by in the KDD data,
// on a simulation large enough to hold many of each.
func TestAttackSignatures(t *testing.T) {
	byName := map[string][]Record{}
	for _, r := range simulated(t, sized(60_000, 3)) {
		byName[r.Label] = append(byName[r.Label], r)
	}
	share := func(name string, holds func(*Record) bool) float64 {
		n := 0
		for i := range byName[name] {
			n += btoi(holds(&byName[name][i]))
		}
		return float64(n) / float64(len(byName[name]))
	}
	for _, tc := range []struct {
		attack, what string
		least, most  float64
		holds        func(*Record) bool
	}{
		{"smurf", "echo replies of 1032 or 520 bytes", 1, 1, func(r *Record) bool {
			return r.Service() == "ecr_i" && (r.SrcBytes == 1032 || r.SrcBytes == 520)
		}},
		{"smurf", "fill the window", 0.1, 0.9, func(r *Record) bool { return r.Count == 511 && r.SrvCount == 511 }},
		{"neptune", "no bytes", 0.99, 1, func(r *Record) bool { return r.Protocol == TCP && r.SrcBytes == 0 }},
		{"neptune", "unanswered or refused", 0.9, 1, func(r *Record) bool { return r.State == S0 || r.State == REJ }},
		{"neptune", "SYN errors all over the window", 0.3, 1, func(r *Record) bool { return r.SerrorRate >= 90 }},
		{"neptune", "many at once", 0.5, 1, func(r *Record) bool { return r.Count > 100 }},
		{"back", "54,540 bytes by HTTP", 0.5, 0.95, func(r *Record) bool { return r.Service() == "http" && r.SrcBytes == 54_540 }},
		{"teardrop", "three faults in the fragments", 0.9, 1, func(r *Record) bool { return r.Protocol == UDP && r.WrongFragment == 3 }},
		{"pod", "too long", 0.9, 1, func(r *Record) bool { return r.Protocol == ICMP && r.WrongFragment == 1 && r.SrcBytes == 1480 }},
		{"land", "to itself", 1, 1, func(r *Record) bool { return r.Land() && r.State == S0 }},
		{"ipsweep", "pings", 0.5, 1, func(r *Record) bool { return r.Service() == "eco_i" }},
		{"ipsweep", "one host after another", 0.8, 1, func(r *Record) bool { return r.DstHostCount < 20 }},
		{"portsweep", "reset or refused", 0.8, 1, func(r *Record) bool { return r.State == RSTR || r.State == REJ }},
		{"portsweep", "one service after another", 0.4, 1, func(r *Record) bool { return r.DstHostSrvCount < 5 }},
		{"nmap", "lone FINs", 0.2, 0.6, func(r *Record) bool { return r.State == SH }},
		{"satan", "refused", 0.5, 0.95, func(r *Record) bool { return r.State == REJ }},
		{"guess_passwd", "failed logins", 0.3, 1, func(r *Record) bool { return r.Content.NumFailedLogins > 0 }},
		{"guess_passwd", "never logged in", 1, 1, func(r *Record) bool { return !r.Content.LoggedIn }},
		{"warezclient", "FTP", 1, 1, func(r *Record) bool { return r.Service() == "ftp" || r.Service() == "ftp_data" }},
		{"warezclient", "as a guest", 0.1, 0.6, func(r *Record) bool { return r.Content.IsGuestLogin }},
		{"warezmaster", "megabytes in", 0.3, 0.9, func(r *Record) bool { return r.Service() == "ftp_data" && r.DstBytes > 1e6 }},
		{"exfiltration", "more out than in", 0.6, 1, func(r *Record) bool { return r.SrcBytes > r.DstBytes }},
		{"exfiltration", "never in a hurry", 0.9, 1, func(r *Record) bool { return r.Count < 8 }},
		{"buffer_overflow", "root shells", 0.1, 0.9, func(r *Record) bool { return r.Content.RootShell }},
		{"phf", "HTTP", 1, 1, func(r *Record) bool { return r.Service() == "http" }},
		{"imap", "IMAP", 1, 1, func(r *Record) bool { return r.Service() == "imap4" }},
		{"perl", "telnet", 1, 1, func(r *Record) bool { return r.Service() == "telnet" }},
	} {
		if got := share(tc.attack, tc.holds); !(got >= tc.least && got <= tc.most) {
			t.Errorf("%s, %s: share %.3f of %d, want %g to %g", tc.attack, tc.what, got, len(byName[tc.attack]), tc.least, tc.most)
		}
	}
}

// TestFloodEnds checks the last row of the largest smurf flood: both windows
// are full of it.
func TestFloodEnds(t *testing.T) {
	opt := sized(4000, 1)
	opt.Attacks, opt.AttackShare = []string{"smurf"}, 0.8
	full := 0
	for _, r := range simulated(t, opt) {
		if r.Label == "smurf" && featureText(r.Features) == "511,511,0.00,0.00,0.00,0.00,1.00,0.00,0.00,255,255,1.00,0.00,1.00,0.00,0.00,0.00,0.00,0.00" {
			full++
		}
	}
	if full == 0 {
		t.Error("no row ends as the smurf rows of the KDD data do")
	}
}
