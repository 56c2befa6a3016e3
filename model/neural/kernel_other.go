//go:build !amd64 || purego

package neural

func (p *product) add() { p.addPortable() }

func add(dst, src []float64) { addPortable(dst, src) }

func rectify(x []float64) { rectifyPortable(x) }

func gate(d, value []float64) { gatePortable(d, value) }

func logisticAll(x []float64) { logisticPortable(x) }

func tangentAll(x []float64) { tangentPortable(x) }

func adam(w, m, v, g []float64, r *adamRates) { adamPortable(w, m, v, g, r) }
