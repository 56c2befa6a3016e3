package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func ExampleParseTime() {
	for _, cell := range []string{"2017-07-06 12:39:06.818901", "2017-07-06T14:39:06.818901+02:00", "2017-02-30"} {
		seconds, ok := ParseTime([]byte(cell), ISO8601)
		fmt.Println(FormatTime(seconds), ok)
	}
	// Output:
	// 2017-07-06T12:39:06.818901Z true
	// 2017-07-06T12:39:06.818901Z true
	//  false
}

func ExampleDetectTimeLayout() {
	samples := [][]byte{[]byte("3/7/2017 8:55"), []byte("13/7/2017 9:01")}
	fmt.Println(DetectTimeLayout(samples, false))
	fmt.Println(DetectTimeLayout(samples[:1], false))
	// Output:
	// day/month/year false
	// day/month/year true
}

// TestParseTime checks against the time package: want is RFC 3339.
func TestParseTime(t *testing.T) {
	tests := []struct {
		layout   TimeLayout
		in, want string
	}{
		{EpochSeconds, "1540469303", "2018-10-25T12:08:23Z"},
		{EpochSeconds, " 1537522822.965530 ", "2018-09-21T09:40:22.96553Z"},
		{EpochSeconds, "1.540469303e9", "2018-10-25T12:08:23Z"},
		{EpochSeconds, "-1.5", "1969-12-31T23:59:58.5Z"},
		{EpochMillis, "1537522822965", "2018-09-21T09:40:22.965Z"},
		{EpochMicros, "1537522822965530", "2018-09-21T09:40:22.96553Z"},
		{ISO8601, "2017-07-06", "2017-07-06T00:00:00Z"},
		{ISO8601, "2017-07-06 12:39", "2017-07-06T12:39:00Z"},
		{ISO8601, "2017-07-06 9:05:01", "2017-07-06T09:05:01Z"},
		{ISO8601, "2017-07-06 12:39:06.818901", "2017-07-06T12:39:06.818901Z"},
		{ISO8601, "2017-07-06t12:39:06z", "2017-07-06T12:39:06Z"},
		{ISO8601, "2017-07-06T12:39:06,5Z", "2017-07-06T12:39:06.5Z"},
		{ISO8601, "2017-07-06T12:39:06.123456789Z", "2017-07-06T12:39:06.123456789Z"},
		{ISO8601, "2017-07-06T12:39:06.000000000Z", "2017-07-06T12:39:06Z"},
		{ISO8601, "2017-07-06T00:39:06+02:00", "2017-07-05T22:39:06Z"},
		{ISO8601, "2017-07-06T22:39:06.818901-0330", "2017-07-07T02:09:06.818901Z"},
		{ISO8601, "2017-07-06 22:39:06 +05", "2017-07-06T17:39:06Z"},
		{ISO8601, "2000-02-29", "2000-02-29T00:00:00Z"},
		{ISO8601, "1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"},
		{ISO8601, "0000-01-01", "0000-01-01T00:00:00Z"},
		{ISO8601, "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
		{DayFirst, "03/07/2017 08:55:58 AM", "2017-07-03T08:55:58Z"},
		{DayFirst, "03/07/2017 12:00:01 AM", "2017-07-03T00:00:01Z"},
		{DayFirst, "03/07/2017 12:00:01 PM", "2017-07-03T12:00:01Z"},
		{DayFirst, "03/07/2017 11:59:59pm", "2017-07-03T23:59:59Z"},
		{DayFirst, "3/7/2017 8:55", "2017-07-03T08:55:00Z"},
		{DayFirst, "14/02/2018 18:31:01", "2018-02-14T18:31:01Z"},
		{DayFirst, "14.02.2018", "2018-02-14T00:00:00Z"},
		{DayFirst, "14-02-2018 18:31:01.25", "2018-02-14T18:31:01.25Z"},
		{MonthFirst, "7/3/2017 8:55:10 PM", "2017-07-03T20:55:10Z"},
		{MonthFirst, "02/14/2018", "2018-02-14T00:00:00Z"},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339Nano, tt.want)
		if err != nil {
			t.Fatal(err)
		}
		want := float64(at.Unix()) + float64(at.Nanosecond())/1e9
		got, ok := ParseTime([]byte(tt.in), tt.layout)
		if !ok || math.Abs(got-want) > 3e-7*max(1, math.Abs(want)/2e9) {
			t.Errorf("ParseTime(%q, %v) = %.9f, %v, want %.9f", tt.in, tt.layout, got, ok, want)
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	tests := map[TimeLayout][]string{
		NotTime:      {"", "2017-07-06", "1540469303"},
		EpochSeconds: {"", "x", "NaN", "2017-07-06"},
		EpochMillis:  {"", "inf"},
		EpochMicros:  {"", "0x1"},
		ISO8601: {
			"", "2017", "2017-07", "2017-7-6", "2017-13-01", "2017-00-01", "2017-01-00", "2017-02-29", "1900-02-29", "2017-04-31", "20170706", "2017/07/06",
			"2017-07-06T", "2017-07-06T12", "2017-07-06T12:3", "2017-07-06T24:00", "2017-07-06T12:60", "2017-07-06T12:39:60", "2017-07-06T12:39:6", "2017-07-06T12:39:06.",
			"2017-07-06T12:39:06.1234567890", "2017-07-06T12:39:06+", "2017-07-06T12:39:06+2", "2017-07-06T12:39:06+24:00", "2017-07-06T12:39:06+02:60",
			"2017-07-06T12:39:06+02:0", "2017-07-06T12:39:06ZZ", "2017-07-06 12:39:06 PM", "2017-07-06x12:39", "12017-07-06", "-017-07-06", "2017-07-061",
		},
		DayFirst: {
			"", "3", "3/7", "3/7/17", "32/01/2017", "30/02/2017", "1/13/2017", "3/7-2017", "3/7/20177", "003/07/2017", "3/7/2017T08:55", "3/7/2017 8", "3/7/2017 25:00",
			"3/7/2017 13:00 PM", "3/7/2017 0:30 AM", "3/7/2017 8:55 XM", "3/7/2017 8:55Z", "192.168.1.1", "1.2.3",
		},
		MonthFirst: {"13/1/2017", "2/30/2017"},
	}
	for layout, cells := range tests {
		for _, in := range cells {
			if got, ok := ParseTime([]byte(in), layout); ok || !math.IsNaN(got) {
				t.Errorf("ParseTime(%q, %v) = %v, %v, want NaN, false", in, layout, got, ok)
			}
		}
	}
}

// TestParseTimeCalendar walks through four centuries day by day.
func TestParseTimeCalendar(t *testing.T) {
	for at := time.Date(1796, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2201; at = at.AddDate(0, 0, 1) {
		if got, ok := ParseTime([]byte(at.Format(time.DateOnly)), ISO8601); !ok || got != float64(at.Unix()) {
			t.Fatalf("ParseTime(%s) = %v, %v, want %d", at.Format(time.DateOnly), got, ok, at.Unix())
		}
	}
}

// TestMicrosecondsSurvive checks that an instant to the microsecond is the same
// float64 in every layout and is written back as it was.
func TestMicrosecondsSurvive(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		micros := rng.Int64N(4_000_000_000_000_000)
		text := time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
		iso, ok1 := ParseTime([]byte(text), ISO8601)
		epoch, ok2 := ParseTime(fmt.Appendf(nil, "%d.%06d", micros/1e6, micros%1e6), EpochSeconds)
		whole, ok3 := ParseTime(fmt.Append(nil, micros), EpochMicros)
		if !ok1 || !ok2 || !ok3 || iso != epoch || iso != whole {
			t.Fatalf("%s: %.9f, %.9f and %.9f", text, iso, epoch, whole)
		}
		if got := FormatTime(iso); got != text {
			t.Fatalf("FormatTime(%.9f) = %s, want %s", iso, got, text)
		}
	}
}

func TestFormatTime(t *testing.T) {
	tests := []struct {
		seconds float64
		want    string
	}{
		{0, "1970-01-01T00:00:00Z"}, {-0.5, "1969-12-31T23:59:59.5Z"}, {1e9, "2001-09-09T01:46:40Z"}, {0.9999996, "1970-01-01T00:00:01Z"},
		{1537522822.965530, "2018-09-21T09:40:22.96553Z"}, {-62167219200, "0000-01-01T00:00:00Z"},
		{math.NaN(), ""}, {math.Inf(1), ""}, {math.Inf(-1), ""}, {1e300, ""}, {253402300800, ""}, {-62167219201, ""},
	}
	for _, tt := range tests {
		if got := FormatTime(tt.seconds); got != tt.want {
			t.Errorf("FormatTime(%v) = %q, want %q", tt.seconds, got, tt.want)
		}
	}
}

func TestDetectTimeLayout(t *testing.T) {
	tests := []struct {
		samples   string // separated by ;
		named     bool
		want      TimeLayout
		ambiguous bool
	}{
		{"2017-07-06 12:39:06.818901;2017-07-05", false, ISO8601, false},
		{"2017-07-06;;?;NA", false, ISO8601, false},
		{"2017-07-06;yesterday", false, NotTime, false},
		{"1540469303;1537522822.965530", true, EpochSeconds, false},
		{"1540469303;1537522822.965530", false, NotTime, false},
		{"1537522822965;1537522822966", true, EpochMillis, false},
		{"1537522822965530", true, EpochMicros, false},
		{"1540469303;1537522822965", true, NotTime, false},
		{"0;1;2.5", true, NotTime, false},
		{"631151999", true, NotTime, false},
		{"4102444800", true, NotTime, false},
		{"3/7/2017 8:55;4/7/2017 9:00", false, DayFirst, true},
		{"3/7/2017 8:55;14/7/2017 9:00", false, DayFirst, false},
		{"3/7/2017 8:55;7/14/2017 9:00", false, MonthFirst, false},
		{"13/7/2017;7/13/2017", false, NotTime, false},
		{"3/7/2017 8:55;2017-07-06", false, NotTime, false},
		{";?", true, NotTime, false},
		{"tcp;udp", true, NotTime, false},
		{"192.168.1.1", true, NotTime, false},
	}
	for _, tt := range tests {
		var samples [][]byte
		for _, s := range strings.Split(tt.samples, ";") {
			samples = append(samples, []byte(s))
		}
		if got, ambiguous := DetectTimeLayout(samples, tt.named); got != tt.want || ambiguous != tt.ambiguous {
			t.Errorf("DetectTimeLayout(%q, %v) = %v, %v, want %v, %v", tt.samples, tt.named, got, ambiguous, tt.want, tt.ambiguous)
		}
	}
	if got, ambiguous := DetectTimeLayout(nil, true); got != NotTime || ambiguous {
		t.Errorf("DetectTimeLayout of nothing = %v, %v", got, ambiguous)
	}
}

func TestNamedLikeTime(t *testing.T) {
	for name, want := range map[string]bool{
		"ts": true, "Timestamp": true, "StartTime": true, "Stime": true, "Ltime": true, "_write_ts": true, "@timestamp": true, "event date": true, "flow_start_time": true,
		"duration": false, "bytes": false, "counts": false, "timeout": false, "": false,
	} {
		if got := NamedLikeTime(name); got != want {
			t.Errorf("NamedLikeTime(%q) = %v", name, got)
		}
	}
}

func TestTimeLayoutString(t *testing.T) {
	for l := NotTime; l <= MonthFirst; l++ {
		if l.String() == "" {
			t.Errorf("layout %d has no name", l)
		}
	}
}

func TestParseTimeAllocates(t *testing.T) {
	for layout, cell := range map[TimeLayout]string{
		EpochSeconds: "1537522822.965530", ISO8601: "2017-07-06 12:39:06.818901+02:00", DayFirst: "03/07/2017 08:55:58 PM",
	} {
		b := []byte(cell)
		if n := testing.AllocsPerRun(100, func() { ParseTime(b, layout) }); n != 0 {
			t.Errorf("ParseTime(%q) allocates %v times", cell, n)
		}
	}
}

// FuzzParseTime checks that what the time package reads as RFC 3339 is read
// alike, and that what is read can be written and read again.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2017-07-06T12:39:06.818901Z", "2017-07-06 12:39", "3/7/2017 8:55 PM", "1537522822.965530", "14.02.2018", "2016-12-31T23:59:60Z"} {
		for l := NotTime; l <= MonthFirst+1; l++ {
			f.Add([]byte(s), uint8(l))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, l uint8) {
		layout := TimeLayout(l)
		got, ok := ParseTime(b, layout)
		if ok == math.IsNaN(got) {
			t.Fatalf("ParseTime(%q, %v) = %v, %v", b, layout, got, ok)
		}
		at, err := time.Parse(time.RFC3339Nano, string(b))
		if layout == ISO8601 && err == nil && at.Nanosecond()%1000 == 0 {
			if want := float64(at.UnixMicro()) / 1e6; !ok && len(b) <= len("2006-01-02T15:04:05.999999999+07:00") || ok && got != want {
				t.Fatalf("ParseTime(%q) = %v, %v, the time package gives %v", b, got, ok, want)
			}
		}
		text := FormatTime(got)
		if !ok || text == "" {
			return
		}
		again, ok := ParseTime([]byte(text), ISO8601)
		if tolerance := max(5.1e-7, math.Abs(got)*1e-15); !ok || math.Abs(again-got) > tolerance {
			t.Fatalf("%q is %v, written %s, read again %v, %v", b, got, text, again, ok)
		}
	})
}

func BenchmarkParseTime(b *testing.B) {
	cells := []struct {
		layout TimeLayout
		text   string
	}{{EpochSeconds, "1537522822.965530"}, {ISO8601, "2017-07-06 12:39:06.818901"}, {DayFirst, "03/07/2017 08:55:58 PM"}}
	for _, c := range cells {
		cell := []byte(c.text)
		b.Run(c.layout.String(), func(b *testing.B) {
			for b.Loop() {
				ParseTime(cell, c.layout)
			}
		})
	}
}
