package content

import (
	"testing"

	"github.com/netanom/netanom/traffic"
)

// TestRoom lets thousands of conversations hold segments behind a gap, and sees that they do not hold more than
// the room together.
func TestRoom(t *testing.T) {
	room := Room{most: 1 << 20}
	const conversations, segment, segments = 60, 1400, 30
	data := make([]byte, segment)
	all := make([]*Conversation, conversations)
	for i := range all {
		all[i] = room.New(&traffic.Connection{Protocol: traffic.TCP, DstPort: 21})
		all[i].Segment(true, 0, true, false, nil, 0)
		for k := range segments {
			all[i].Segment(true, uint32(10+k*segment), false, false, data, 0)
		}
		if room.taken > room.most {
			t.Fatalf("%d bytes are held by %d conversations", room.taken, i+1)
		}
	}
	if room.taken < room.most/2 {
		t.Errorf("only %d bytes are held: the test does not reach the bound", room.taken)
	}
	for _, v := range all {
		v.Content()
	}
	if room.taken != 0 {
		t.Errorf("%d bytes are held when all conversations are over", room.taken)
	}
	if room.New(&traffic.Connection{Protocol: traffic.UDP, DstPort: 21}) != nil {
		t.Error("a connection that is not read has a conversation")
	}
}
