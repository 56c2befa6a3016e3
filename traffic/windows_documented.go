package traffic

import (
	"slices"
	"sync"
)

// documentedBounds remember as many hosts as HostWindows.
var documentedBounds = bounds{recent: 1 << 19, history: 100, hosts: 1 << 16, byHost: 1 << 20, byService: 1 << 17}

// DocumentedWindows counts as the description of the KDD data says that they were made,
// which is not how they were made (see Windows). It serves to compare with other programs
// that follow the description. Sources: the task description of the KDD Cup 1999, and Lee
// and Stolfo, A Framework for Constructing Features and Models for Intrusion Detection
// Systems, ACM TISSEC 3(4), 2000. Where they leave a choice, it is named here:
//
//   - "In the past two seconds": connections that start at most two seconds before the
//     current one, to the microsecond; the current one is included, since no count of the
//     data is ever 0.
//   - "Same service": the same name in the column service. All ports without a name are
//     one service, private or other.
//   - "SYN errors": S0, S1, S2, S3. "REJ errors": REJ.
//   - same_srv_rate and diff_srv_rate are the shares of the connections to the same host
//     that go to the same service and to others, and add up to 1. srv_diff_host_rate is
//     the share of the connections to the same service that go to other hosts.
//   - The dst_host features look at "a window of 100 connections to the same host": the
//     last 100, the current one included. dst_host_srv_count counts the same service
//     among these, and dst_host_srv_serror_rate and dst_host_srv_rerror_rate are shares of that.
//   - dst_host_srv_diff_host_rate has no meaning within connections to one host. It is the
//     share, of the last 100 connections to the same service, that went to other hosts.
//   - Rates are rounded as in Windows.
//
// What is remembered is bounded as in HostWindows, and each connection takes constant time.
//
// The zero value is ready for use. It must not be used by several goroutines at once.
type DocumentedWindows struct{ look *lookback }

// Add returns the features of the connection and remembers it for those that follow.
// Connections must be added in order of their start, with their final state.
func (w *DocumentedWindows) Add(c *Connection) Features {
	if w.look == nil {
		w.look = newLookback(documentedBounds)
	}
	o := noError
	switch c.State {
	case S0, S1, S2, S3:
		o = synError
	case REJ:
		o = rejError
	}
	v := w.look.add(c, serviceNumber(c.Service()), o)
	return v.documented()
}

// documented returns the features by the published definitions.
func (v *view) documented() Features {
	same, sameHere := uint32(v.pair.byHost), uint32(v.pair.byService)
	f := Features{
		Count:           v.host.n,
		SrvCount:        v.service.n,
		SerrorRate:      newRate(v.host.serrors, v.host.n),
		SrvSerrorRate:   newRate(v.service.serrors, v.service.n),
		RerrorRate:      newRate(v.host.rerrors, v.host.n),
		SrvRerrorRate:   newRate(v.service.rerrors, v.service.n),
		SameSrvRate:     newRate(v.pair.recent, v.host.n),
		SrvDiffHostRate: newRate(v.service.n-v.pair.recent, v.service.n),

		DstHostCount:           v.hostPast.n,
		DstHostSrvCount:        same,
		DstHostSameSrvRate:     newRate(same, v.hostPast.n),
		DstHostSameSrcPortRate: newRate(v.ports, v.hostPast.n),
		DstHostSrvDiffHostRate: newRate(v.servicePast.n-sameHere, v.servicePast.n),
		DstHostSerrorRate:      newRate(v.hostPast.serrors, v.hostPast.n),
		DstHostSrvSerrorRate:   newRate(uint32(v.pair.serrors), same),
		DstHostRerrorRate:      newRate(v.hostPast.rerrors, v.hostPast.n),
		DstHostSrvRerrorRate:   newRate(uint32(v.pair.rerrors), same),
	}
	f.DiffSrvRate, f.DstHostDiffSrvRate = 100-f.SameSrvRate, 100-f.DstHostSameSrvRate
	return f
}

// serviceNames returns the names that Service can return, sorted, and serviceNumbers the
// place of each among them.
var serviceNames = sync.OnceValue(func() []string {
	names := slices.Concat(icmpServiceNames[:], []string{"private", "other"})
	for port := range 1 << 16 {
		for _, name := range []string{tcpServiceName(uint16(port)), udpServiceName(uint16(port))} {
			if name != "" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
})

var serviceNumbers = sync.OnceValue(func() map[string]uint32 {
	numbers := map[string]uint32{}
	for i, name := range serviceNames() {
		numbers[name] = uint32(i)
	}
	return numbers
})

// serviceNumber returns a number that two services share if and only if they have the same name.
func serviceNumber(name string) uint32 {
	return serviceNumbers()[name]
}
