package traffic

import "net/netip"

const maxWorkstations = 10_000

// A network is the enterprise and the part of the world it talks to. Its own
// addresses are of the private and documentation ranges (RFC 1918, RFC 5737);
// those outside are spread over the public ones.
type network struct {
	workstations []netip.Addr
	web          []netip.Addr // reached from outside, like the next five
	mail         netip.Addr
	resolver     netip.Addr
	ftp          netip.Addr
	shell        netip.Addr // for telnet and other remote logins
	bastion      netip.Addr // for SSH
	intranet     netip.Addr
	files        netip.Addr
	directory    netip.Addr
	printer      netip.Addr
	monitor      netip.Addr
	servers      []netip.Addr // all of the above: what is worth attacking

	sites    []netip.Addr // web sites, the popular ones first
	relays   []netip.Addr // mail and name servers of others
	partners []netip.Addr // companies that exchange files
	visitors []netip.Addr
	clocks   []netip.Addr // time servers
	hostiles []netip.Addr // where attacks come from, the busiest first
}

func newNetwork(r random, workstations int) *network {
	inside := func(host byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, host}) }
	public := func(host byte) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, host}) }
	n := &network{
		web:  []netip.Addr{public(80), public(81), public(82)},
		mail: public(25), resolver: public(53), ftp: public(21), shell: public(23), bastion: public(22),
		intranet: inside(80), files: inside(139), directory: inside(89), printer: inside(15), monitor: inside(161),
		sites: outside(r, 600), relays: outside(r, 120), visitors: outside(r, 2500),
		clocks: outside(r, 4), hostiles: outside(r, 60),
	}
	n.servers = append([]netip.Addr{
		n.mail, n.resolver, n.ftp, n.shell, n.bastion, n.intranet, n.files, n.directory, n.printer, n.monitor,
	}, n.web...)
	for i := range workstations {
		n.workstations = append(n.workstations, workstation(i))
	}
	for host := range byte(12) {
		n.partners = append(n.partners, netip.AddrFrom4([4]byte{203, 0, 113, 10 + host}))
	}
	return n
}

// workstation returns the address of the i-th workstation: every fifth of the
// first thousand is at a branch office, the others are in departments of 200.
func workstation(i int) netip.Addr {
	if i%5 == 4 && i < 1000 {
		return netip.AddrFrom4([4]byte{198, 51, 100, byte(20 + i/5)})
	}
	return netip.AddrFrom4([4]byte{10, 1, byte(i / 200), byte(20 + i%200)})
}

func outside(r random, n int) []netip.Addr {
	out := make([]netip.Addr, n)
	for i := range out {
		out[i] = publicAddr(r)
	}
	return out
}

// publicAddr returns an address of one of the /8 blocks that are public
// throughout, all regions of the world being present.
func publicAddr(r random) netip.Addr {
	blocks := [...]byte{
		3, 5, 8, 13, 14, 17, 18, 20, 23, 27, 31, 34, 36, 37, 41, 45, 46, 49, 50, 52, 54, 58, 61, 62, 64, 66,
		70, 72, 77, 78, 80, 81, 83, 85, 87, 89, 91, 93, 95, 101, 102, 103, 105, 109, 112, 114, 118, 121, 124,
		129, 131, 133, 139, 141, 144, 151, 154, 157, 163, 165, 176, 178, 179, 181, 183, 185, 187, 188, 190,
		193, 194, 196, 197, 200, 201, 202, 207, 210, 212, 216, 217, 219, 221,
	}
	bits := r.Uint32()
	return netip.AddrFrom4([4]byte{blocks[r.IntN(len(blocks))], byte(bits >> 16), byte(bits >> 8), 1 + byte(bits)%254})
}
