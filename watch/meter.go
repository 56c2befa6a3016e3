package watch

import "time"

// A meter counts what happened in the last hour, by the second and by the minute.
type meter struct {
	seconds, minutes [60]int64
	second           int64 // since 1970, of the latest count
}

// pass goes on to a time, and forgets what is more than an hour old.
func (m *meter) pass(now time.Time) int64 {
	s := now.Unix()
	if m.second == 0 || s-m.second >= 3600 {
		*m = meter{second: s}
		return s
	}
	for t := max(m.second+1, s-59); t <= s; t++ {
		m.seconds[t%60] = 0
	}
	for t := m.second/60 + 1; t <= s/60; t++ {
		m.minutes[t%60] = 0
	}
	m.second = max(m.second, s) // a clock that is set back waits until it has caught up
	return m.second
}

func (m *meter) add(now time.Time, n int64) {
	s := m.pass(now)
	m.seconds[s%60] += n
	m.minutes[s/60%60] += n
}

// last returns the count of so many seconds, up to 60, the present one included.
func (m *meter) last(now time.Time, seconds int64) (sum int64) {
	s := m.pass(now)
	for t := s - seconds + 1; t <= s; t++ {
		sum += m.seconds[((t%60)+60)%60]
	}
	return sum
}

// hour returns the count of the last sixty minutes, the present one included.
func (m *meter) hour(now time.Time) (sum int64) {
	m.pass(now)
	for _, n := range m.minutes {
		sum += n
	}
	return sum
}
