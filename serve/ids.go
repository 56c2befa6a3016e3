package serve

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"sync/atomic"
)

// requestIDs makes ids of requests: no two are the same, in this process or another.
type requestIDs struct {
	prefix string
	last   atomic.Uint64
}

func (i *requestIDs) start() {
	var random [8]byte
	rand.Read(random[:])
	i.prefix = strconv.FormatUint(binary.LittleEndian.Uint64(random[:]), 36) + "-"
}

func (i *requestIDs) next() string { return i.prefix + strconv.FormatUint(i.last.Add(1), 36) }
