package packet

import "fmt"

const listed = 8 // problems that are listed; all are counted

// Problems count what was wrong with a capture. What could be read was.
type Problems struct {
	Truncated     int64     // records that the end of the capture cuts off; what is there of a frame is used
	BadRecords    int64     // records, or blocks of pcapng, that cannot be as they say
	SkippedBytes  int64     // bytes left out until the next good record
	Abandoned     int64     // 1 when no good record was found within 128 KiB, and reading ended there
	UnknownBlocks int64     // blocks of pcapng of a type that the format does not define: left out
	First         []Problem // the first eight of these
}

// A Problem is one thing that is wrong with a capture.
type Problem struct {
	Offset int64 // bytes into the capture
	Frame  int64 // frames read before
	Cause  string
}

// String says what is wrong and where.
func (p Problem) String() string {
	return fmt.Sprintf("at byte %d, after %d frames: %s", p.Offset, p.Frame, p.Cause)
}

// Any reports whether there was a problem.
func (p Problems) Any() bool {
	return p.Truncated+p.BadRecords+p.Abandoned+p.UnknownBlocks > 0
}

// note counts a problem, and lists it if it is among the first.
func (r *Reader) note(count *int64, cause string, args ...any) {
	*count++
	if len(r.problems.First) < listed {
		r.problems.First = append(r.problems.First, Problem{r.offset, r.frames, fmt.Sprintf(cause, args...)})
	}
}
