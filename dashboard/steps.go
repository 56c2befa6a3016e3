package dashboard

import (
	"math"
	"strconv"
)

// roundSpans are the lengths of steps that people know, in seconds.
var roundSpans = []float64{1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400, 604800, 2592000}

// mostSteps bounds the steps of an axis that is made of a clock alone.
const mostSteps = 500

// axisOver makes the time axis of rows of which there is no time series: the shortest round
// steps of which there are no more than 500. It is nil without a clock, and if all rows are
// of one moment.
func axisOver(c *Clock) *TimeAxis {
	if c == nil || len(c.Since) == 0 || c.Since[len(c.Since)-1] == c.Since[0] {
		return nil
	}
	first, last := c.Start+c.Since[0], c.Start+c.Since[len(c.Since)-1]
	step := roundSpans[len(roundSpans)-1]
	for _, s := range roundSpans {
		if (last-first)/s < mostSteps-1 {
			step = s
			break
		}
	}
	if n := (last - first) / step; n >= mostSteps-1 {
		step *= math.Ceil(n / (mostSteps - 2))
	}
	start := math.Floor(first/step) * step
	return &TimeAxis{start, step, int(math.Floor((last-start)/step)) + 1, spanName(step)}
}

// spanName writes seconds as people say them: "30 min".
func spanName(seconds float64) string {
	for _, unit := range []struct {
		seconds float64
		name    string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}} {
		if seconds >= unit.seconds {
			return strconv.FormatFloat(seconds/unit.seconds, 'g', 4, 64) + " " + unit.name
		}
	}
	return strconv.FormatFloat(seconds, 'g', 4, 64) + " s"
}
