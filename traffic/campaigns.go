package traffic

import (
	"cmp"
	"math"
	"slices"
)

// An Attack is one that Simulate can mix in.
type Attack struct {
	Name     string // the label of its connections
	Category string // dos, probe, r2l or u2r
}

// Attacks lists the attacks, those with the most connections first within
// each category. All names are of the KDD data but one: exfiltration, an
// insider sending files out little by little.
func Attacks() []Attack {
	out := make([]Attack, len(attacks))
	for i, a := range attacks {
		out[i] = Attack{a.name, a.category}
	}
	return out
}

type attack struct {
	name     string
	category string
	weight   float64 // its part of all attack connections, in thousandths
	size     int     // connections of one campaign in a small simulation
	plan     func(n *network, r random) campaign
}

// A campaign is one attacker at work, from the first connection to the last.
type campaign struct {
	pace int64 // mean time between two acts; 0 spreads them over the whole span
	act  func(s *source)
}

var attacks = [...]attack{
	{"neptune", "dos", 350, 420, (*network).neptune},
	{"smurf", "dos", 200, 700, (*network).smurf},
	{"back", "dos", 45, 80, (*network).back},
	{"teardrop", "dos", 22, 50, (*network).teardrop},
	{"pod", "dos", 8, 15, (*network).pod},
	{"land", "dos", 2, 5, (*network).land},
	{"satan", "probe", 90, 100, (*network).satan},
	{"ipsweep", "probe", 80, 80, (*network).ipsweep},
	{"portsweep", "probe", 80, 80, (*network).portsweep},
	{"nmap", "probe", 40, 60, (*network).nmap},
	{"warezclient", "r2l", 30, 40, (*network).warezclient},
	{"guess_passwd", "r2l", 18, 20, (*network).guessPasswd},
	{"exfiltration", "r2l", 12, 28, (*network).exfiltration},
	{"warezmaster", "r2l", 3, 10, (*network).warezmaster},
	{"imap", "r2l", 2, 7, (*network).imap},
	{"ftp_write", "r2l", 1.5, 5, (*network).ftpWrite},
	{"multihop", "r2l", 1.5, 5, (*network).multihop},
	{"phf", "r2l", 1, 4, (*network).phf},
	{"spy", "r2l", 0.5, 2, (*network).spy},
	{"buffer_overflow", "u2r", 4, 14, (*network).bufferOverflow},
	{"rootkit", "u2r", 2.5, 9, (*network).rootkit},
	{"loadmodule", "u2r", 1.5, 5, (*network).loadmodule},
	{"perl", "u2r", 1, 4, (*network).perl},
}

// maxCampaigns bounds how many campaigns of one attack there are; in large
// simulations the campaigns grow instead.
const maxCampaigns = 200

// attackQuotas returns how many connections each attack gets. None is left
// out if there are ten times as many connections as attacks.
func attackQuotas(opt Options) []int {
	weights := make([]float64, len(attacks))
	chosen := 0
	for i := range attacks {
		if opt.wants(attacks[i].name) {
			weights[i] = attacks[i].weight
			chosen++
		}
	}
	total := int(math.Round(opt.AttackShare * float64(opt.Connections)))
	quotas := apportion(total, weights)
	if total < 10*chosen {
		return quotas
	}
	for i := range quotas {
		if weights[i] > 0 && quotas[i] == 0 {
			largest := slices.Index(quotas, slices.Max(quotas))
			quotas[largest]--
			quotas[i]++
		}
	}
	return quotas
}

// addCampaigns divides the quota of every attack among campaigns.
func (sim *simulation) addCampaigns(net *network, seed uint64, quotas []int) {
	for i, quota := range quotas {
		if quota == 0 {
			continue
		}
		a := &attacks[i]
		// The number of campaigns grows more slowly than the quota, the rest
		// goes into their size.
		count := int(math.Round(math.Pow(float64(quota)/float64(a.size), 0.8)))
		count = max(1, min(count, maxCampaigns))
		stream := streamCampaigns + uint64(i*(maxCampaigns+1))
		r := newRandom(seed, stream)
		sizes := make([]float64, count)
		for j := range sizes {
			sizes[j] = 0.5 + r.ExpFloat64()
		}
		for j, size := range apportion(quota, sizes) {
			if size > 0 {
				sim.addCampaign(net, a, newRandom(seed, stream+1+uint64(j)), size, float64(j)/float64(count), 1/float64(count))
			}
		}
	}
}

// addCampaign adds one campaign of the given size. It starts within its
// slice of the span, so that campaigns of one attack do not crowd together,
// and early enough to be over in time.
func (sim *simulation) addCampaign(net *network, a *attack, r random, size int, from, width float64) {
	span := float64(sim.end - sim.start)
	plan := a.plan(net, r)
	length := 0.85 * span
	if plan.pace > 0 {
		length = min(length, float64(plan.pace)*float64(size))
	}
	start := sim.start + int64((from+width*r.Float64())*(span-length))
	stop := start + int64(length)
	s := &source{random: r, sim: sim, label: a.name, quota: size, left: size, act: plan.act}
	// What is left lies at random between now and the stop: the next act is
	// the least of as many uniform times.
	s.next = func(s *source) int64 {
		return s.at - int64(float64(stop-s.at)*math.Expm1(-s.ExpFloat64()/float64(s.left)))
	}
	sim.sources.push(start, s)
}

// apportion divides total by the weights in whole numbers (largest
// remainders; ties go to the first).
func apportion(total int, weights []float64) []int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	parts := make([]int, len(weights))
	if sum == 0 || total <= 0 {
		return parts
	}
	order := make([]int, len(weights))
	rest := make([]float64, len(weights))
	left := total
	for i, w := range weights {
		exact := float64(total) * w / sum
		parts[i] = int(exact)
		rest[i] = exact - float64(parts[i])
		order[i] = i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for i := 0; left > 0; i++ {
		if part := order[i%len(order)]; weights[part] > 0 {
			parts[part]++
			left--
		}
	}
	return parts
}
