package extract

import (
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/connlog"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// A Summary says what was read, what of it could not be, and what was decided on the way.
type Summary struct {
	Records    int64
	ByProtocol [3]int64 // by traffic.Protocol
	Unnamed    int64    // records whose port has no name: private or other
	First      int64    // start of the first connection, in microseconds since the Unix epoch
	Last       int64    // start of the last

	Frames     int64 // of captures
	FrameBytes int64 // on the wire
	Packets    packet.Counts
	Flow       flow.Stats
	Captures   []CaptureProblems

	Logs    []LogProblems
	Future  int64    // connections of a stream of logs that begin more than a day ahead of this machine's clock, left out
	Empty   []string // sources without anything, among others
	Cut     []string // what ended too early, in sentences; what is there was used
	Dropped int64    // frames of an interface that the kernel had no room for
	Ended   string   // why an interface could not be listened to any longer, in a sentence
	Stream  traffic.StreamStats
}

// CaptureProblems are those of one capture.
type CaptureProblems struct {
	Name string
	packet.Problems
}

// LogProblems are those of one log.
type LogProblems struct {
	Name string
	connlog.Problems
}

// count counts a record.
func (s *Summary) count(r *traffic.Record, services traffic.ServiceMap) {
	if s.Records == 0 || r.Start < s.First {
		s.First = r.Start
	}
	s.Last = max(s.Last, r.Start)
	s.Records++
	if int(r.Protocol) < len(s.ByProtocol) {
		s.ByProtocol[r.Protocol]++
	}
	if !services.Named(&r.Connection) {
		s.Unnamed++
	}
}

func (s *Summary) addReader(name string, r *packet.Reader) {
	s.Captures = append(s.Captures, CaptureProblems{name, r.Problems()})
}

func (s *Summary) addLog(name string, r *connlog.Reader) {
	s.Logs = append(s.Logs, LogProblems{name, r.Problems()})
}
