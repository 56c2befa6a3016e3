package traffic

import (
	"math"
	"testing"
)

// A kddIdentity is something that our definitions say of rows of some kind.
type kddIdentity struct {
	about      string
	of         func(r *kddRow) bool // which rows it speaks of; nil: all
	holds      func(r *kddRow) bool
	rows       int // how many rows it speaks of
	exceptions int // of these, how many disagree
}

// errorsAlone says that a rate of one connection shows the connection's own flag.
func errorsAlone(s State, serrors, rerrors Rate) bool {
	return serrors == newRate(uint32(btoi(s.serror())), 1) && rerrors == newRate(uint32(btoi(s.rerror())), 1)
}

// distinctOf says that the rate is a number of distinct values: several, or else 0.
func distinctOf(rate Rate, n uint32) bool {
	for k := range n + 1 {
		if newDistinctRate(k, n) == rate {
			return true
		}
	}
	return false
}

// elsewhere is at least how many of n connections to the service went to other hosts,
// where the rate, rounded, is the share of the service among those to the host.
func elsewhere(n, host uint32, same Rate) float64 {
	return float64(n) - (same.Float()+0.0051)*float64(host)
}

// kddIdentities are those of sections 2 to 4 of the definitions that were read off the data.
var kddIdentities = []kddIdentity{
	{"a recent window of one connection shows its own flag", func(r *kddRow) bool { return r.Count == 1 },
		func(r *kddRow) bool { return errorsAlone(r.state, r.SerrorRate, r.RerrorRate) }, 39_214, 0},
	{"and so does one of one connection to the service", func(r *kddRow) bool { return r.SrvCount == 1 },
		func(r *kddRow) bool { return errorsAlone(r.state, r.SrvSerrorRate, r.SrvRerrorRate) }, 37_001, 0},
	{"the last connections, if one is to the host, show its flag", func(r *kddRow) bool { return r.DstHostCount == 1 },
		func(r *kddRow) bool { return errorsAlone(r.state, r.DstHostSerrorRate, r.DstHostRerrorRate) }, 2_884, 0},
	{"and if one is to the service", func(r *kddRow) bool { return r.DstHostSrvCount == 1 },
		func(r *kddRow) bool { return errorsAlone(r.state, r.DstHostSrvSerrorRate, r.DstHostSrvRerrorRate) }, 11_895, 0},

	{"no more than 511 in the recent window", nil,
		func(r *kddRow) bool { return max(r.Count, r.SrvCount) <= maxRecent }, 494_021, 0},
	{"511 to one host leave none for others", func(r *kddRow) bool { return r.Count == maxRecent },
		func(r *kddRow) bool { return r.SrvDiffHostRate == 0 }, 227_895, 0},
	{"511 to a service of one host are all", func(r *kddRow) bool { return r.Count == maxRecent && r.SrvCount == maxRecent },
		func(r *kddRow) bool { return r.SameSrvRate == 100 && r.DiffSrvRate == 0 && r.SrvDiffHostRate == 0 }, 226_558, 0},
	{"the same service elsewhere counts among the 511", nil,
		func(r *kddRow) bool {
			return float64(r.Count)+elsewhere(r.SrvCount, r.Count, r.SameSrvRate) <= maxRecent
		}, 494_021, 0},
	{"together they are 511 in any long flood", func(r *kddRow) bool {
		return math.Round(float64(r.Count)+float64(r.SrvCount)-r.SameSrvRate.Float()*float64(r.Count)) == maxRecent
	}, func(r *kddRow) bool { return min(r.Count, r.SrvCount) > 0 }, 226_769, 0},
	{"no more than 255 in the last window", nil,
		func(r *kddRow) bool { return max(r.DstHostCount, r.DstHostSrvCount) <= maxLast }, 494_021, 0},
	{"the same service elsewhere counts among the 255", nil,
		func(r *kddRow) bool {
			return float64(r.DstHostCount)+elsewhere(r.DstHostSrvCount, r.DstHostCount, r.DstHostSameSrvRate) <= maxLast
		}, 494_021, 0},
	{"255 to one host leave none for others", func(r *kddRow) bool { return r.DstHostCount == maxLast },
		func(r *kddRow) bool { return r.DstHostSrvDiffHostRate == 0 }, 432_829, 0},

	{"diff_srv_rate counts two services or more", func(r *kddRow) bool { return r.DiffSrvRate > 0 && r.Count <= 60 },
		func(r *kddRow) bool { return distinctOf(r.DiffSrvRate, r.Count) }, 5_198, 0},
	{"srv_diff_host_rate counts two hosts or more", func(r *kddRow) bool { return r.SrvDiffHostRate > 0 && r.SrvCount <= 60 },
		func(r *kddRow) bool { return distinctOf(r.SrvDiffHostRate, r.SrvCount) }, 33_355, 0},
	{"dst_host_diff_srv_rate counts two services or more", func(r *kddRow) bool { return r.DstHostDiffSrvRate > 0 && r.DstHostCount <= 60 },
		func(r *kddRow) bool { return distinctOf(r.DstHostDiffSrvRate, r.DstHostCount) }, 4_424, 0},
	{"dst_host_srv_diff_host_rate counts two hosts or more", func(r *kddRow) bool { return r.DstHostSrvDiffHostRate > 0 && r.DstHostSrvCount <= 60 },
		func(r *kddRow) bool { return distinctOf(r.DstHostSrvDiffHostRate, r.DstHostSrvCount) }, 3_570, 0},
	{"one service only means no different service", func(r *kddRow) bool { return r.Count > 0 && r.Count <= 60 && r.SameSrvRate == 100 },
		func(r *kddRow) bool { return r.DiffSrvRate == 0 }, 100_190, 0},
	{"the connection itself counts as the same service", func(r *kddRow) bool { return r.Count > 0 && r.Count < 100 },
		func(r *kddRow) bool { return r.SameSrvRate > 0 }, 108_583, 0},
	{"and as the same source port", func(r *kddRow) bool { return r.DstHostCount > 0 && r.DstHostCount < 100 },
		func(r *kddRow) bool { return r.DstHostSameSrcPortRate > 0 && r.DstHostSameSrvRate > 0 }, 42_622, 0},
	{"no window is empty: the rows where one is are a fault of the data", nil,
		func(r *kddRow) bool { return min(r.Count, r.SrvCount, r.DstHostCount, r.DstHostSrvCount) > 0 }, 494_021, 5},

	{"no duration where no end was seen, and for ICMP", func(r *kddRow) bool {
		return r.connection().Seconds() == 0
	}, func(r *kddRow) bool { return r.duration == 0 }, 370_781, 0},
	{"every ICMP packet is a record", func(r *kddRow) bool { return r.protocol == ICMP },
		func(r *kddRow) bool { return r.state == SF && r.dstBytes == 0 && r.duration == 0 }, 283_602, 0},
	{"UDP is always SF", func(r *kddRow) bool { return r.protocol == UDP },
		func(r *kddRow) bool { return r.state == SF }, 20_354, 0},
	{"land is a SYN without answer", func(r *kddRow) bool { return r.land },
		func(r *kddRow) bool { return r.state == S0 && r.protocol == TCP }, 22, 0},
	{"a SYN without answer has no duration", func(r *kddRow) bool { return r.state == S0 },
		func(r *kddRow) bool { return r.duration == 0 }, 87_007, 0},
	{"bytes of ICMP count the header: a smurf packet carries 1024 or 512", func(r *kddRow) bool { return r.label == "smurf" },
		func(r *kddRow) bool { return r.srcBytes == 8+1024 || r.srcBytes == 8+512 }, 280_790, 0},
	{"teardrop has all kinds of fragment fault, but for a few", func(r *kddRow) bool { return r.label == "teardrop" },
		func(r *kddRow) bool { return r.wrongFragment == 3 }, 979, 9},
	{"other fragments have one", func(r *kddRow) bool { return r.label != "teardrop" && r.wrongFragment > 0 },
		func(r *kddRow) bool { return r.wrongFragment == 1 && r.label == "pod" }, 259, 0},
	{"every service is a name of the table, but for pm_dump, whose port is unknown", nil,
		func(r *kddRow) bool { return r.portKnown && r.connection().Service() == r.service }, 494_021, 1},
}

func TestKDDRows(t *testing.T) {
	rows := readKDD(t)
	for _, id := range kddIdentities {
		n, exceptions := 0, 0
		for i := range rows {
			if r := &rows[i]; id.of == nil || id.of(r) {
				n++
				exceptions += btoi(!id.holds(r))
			}
		}
		if n != id.rows || exceptions != id.exceptions {
			t.Errorf("%s: %d exceptions in %d rows, want %d in %d", id.about, exceptions, n, id.exceptions, id.rows)
		}
	}
}
