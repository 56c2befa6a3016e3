package traffic

// hostBounds keep HostWindows below some 200 MB under any flood.
var hostBounds = bounds{recent: 1 << 19, history: maxLast, hosts: 1 << 16, byHost: 1 << 20, byService: 1 << 17}

// HostWindows counts as Windows does, but gives each host and each service a past of its
// own, so that a flood against one pushes nothing of the others out of the windows. It is
// meant for models trained on one's own traffic; its features are not those of the KDD data:
//
//   - The recent window holds all connections that start at most two seconds before the
//     current one, to the microsecond, and no longer only the last 511.
//   - dst_host_count and the rates of the same host (dst_host_same_srv_rate,
//     dst_host_diff_srv_rate, dst_host_same_src_port_rate, dst_host_serror_rate and
//     dst_host_rerror_rate) look at the last 255 connections to that host.
//   - dst_host_srv_count and the rates of the same service (dst_host_srv_diff_host_rate,
//     dst_host_srv_serror_rate and dst_host_srv_rerror_rate) look at the last 255
//     connections to that service, of any host.
//
// The current connection is included everywhere. Services, errors, "different" rates and
// rounding are those of Windows.
//
// No more is remembered than the last 524,288 connections in the recent window, the pasts
// of 65,536 hosts, 1,048,576 connections in the pasts of hosts, and 131,072 in those of
// services. Beyond, the past of whoever has been silent the longest is forgotten. Each
// connection takes constant time.
//
// The zero value is ready for use. It must not be used by several goroutines at once.
type HostWindows struct{ look *lookback }

// Add returns the features of the connection and remembers it for those that follow.
// Connections must be added in order of their start, with their final state.
func (w *HostWindows) Add(c *Connection) Features {
	if w.look == nil {
		w.look = newLookback(hostBounds)
	}
	v := w.look.add(c, c.serviceKey(), c.State.outcome())
	return v.measured()
}

// measured returns the features by the definitions measured on the KDD data.
func (v *view) measured() Features {
	host, service := v.hostPast, v.servicePast
	return Features{
		Count:           v.host.n,
		SrvCount:        v.service.n,
		SerrorRate:      newRate(v.host.serrors, v.host.n),
		SrvSerrorRate:   newRate(v.service.serrors, v.service.n),
		RerrorRate:      newRate(v.host.rerrors, v.host.n),
		SrvRerrorRate:   newRate(v.service.rerrors, v.service.n),
		SameSrvRate:     newRate(v.pair.recent, v.host.n),
		DiffSrvRate:     newDistinctRate(v.host.distinct, v.host.n),
		SrvDiffHostRate: newDistinctRate(v.service.distinct, v.service.n),

		DstHostCount:           host.n,
		DstHostSrvCount:        service.n,
		DstHostSameSrvRate:     newRate(uint32(v.pair.byHost), host.n),
		DstHostDiffSrvRate:     newDistinctRate(host.distinct, host.n),
		DstHostSameSrcPortRate: newRate(v.ports, host.n),
		DstHostSrvDiffHostRate: newDistinctRate(service.distinct, service.n),
		DstHostSerrorRate:      newRate(host.serrors, host.n),
		DstHostSrvSerrorRate:   newRate(service.serrors, service.n),
		DstHostRerrorRate:      newRate(host.rerrors, host.n),
		DstHostSrvRerrorRate:   newRate(service.rerrors, service.n),
	}
}
