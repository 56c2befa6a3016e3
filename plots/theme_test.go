package plots

import (
	"image/color"
	"math"
	"testing"
)

// linearRGB returns the components of an sRGB colour proportional to light.
func linearRGB(c color.NRGBA) [3]float64 {
	var out [3]float64
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		s := float64(v) / 255
		if s <= 0.04045 {
			out[i] = s / 12.92
		} else {
			out[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return out
}

// lab returns CIELAB coordinates of light components, white point D65, with
// the matrix of IEC 61966-2-1.
func lab(c [3]float64) [3]float64 {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func TestSequentialIsEven(t *testing.T) {
	ramp := DefaultTheme().Sequential
	first, last := lab(linearRGB(ramp.At(0)))[0], lab(linearRGB(ramp.At(1)))[0]
	for i := range 33 {
		f := float64(i) / 32
		want := first + f*(last-first)
		if got := lab(linearRGB(ramp.At(f)))[0]; math.Abs(got-want) > 2.5 {
			t.Errorf("lightness at %v is %.1f, want %.1f on the straight line", f, got, want)
		}
	}
}

func TestDivergingIsSymmetric(t *testing.T) {
	ramp := DefaultTheme().Diverging
	for i := range 17 {
		f := float64(i) / 32
		low, high := lab(linearRGB(ramp.At(0.5 - f)))[0], lab(linearRGB(ramp.At(0.5 + f)))[0]
		if math.Abs(low-high) > 2 {
			t.Errorf("lightness %.1f at −%v and %.1f at +%v", low, f, high, f)
		}
	}
}

// Normal and attack stay apart for viewers without red or green cones, by the
// matrices of Machado, Oliveira and Fernandes (2009), severity 1.
func TestNormalAndAttackForColourBlindViewers(t *testing.T) {
	matrices := map[string][3][3]float64{
		"protanopia": {
			{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998},
		},
		"deuteranopia": {
			{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881},
		},
	}
	theme := DefaultTheme()
	for name, m := range matrices {
		seen := func(c color.NRGBA) [3]float64 {
			in := linearRGB(c)
			var out [3]float64
			for i, row := range m {
				for j, v := range row {
					out[i] += v * in[j]
				}
				out[i] = min(max(out[i], 0), 1)
			}
			return lab(out)
		}
		a, b := seen(theme.Normal), seen(theme.Attack)
		if d := math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2])); d < 50 {
			t.Errorf("%s: normal and attack are only %.0f apart", name, d)
		}
	}
}

// Text has the contrast that WCAG 2 asks for at level AA, 4.5 to 1.
func TestContrast(t *testing.T) {
	theme := DefaultTheme()
	paper := luminance(theme.Paper)
	for name, c := range map[string]color.NRGBA{"ink": theme.Ink, "muted": theme.Muted} {
		if got := contrast(luminance(c), paper); got < 4.5 {
			t.Errorf("%s on paper has contrast %.1f", name, got)
		}
	}
	for _, ramp := range []Ramp{theme.Sequential, theme.Diverging} {
		for i := range shades + 1 {
			c := ramp.At(float64(i) / shades)
			// The better of two inks cannot reach 4.5 on every middle tone.
			if got := contrast(luminance(theme.inkOn(c)), luminance(c)); got < 3.5 {
				t.Errorf("a number on %v has contrast %.1f", c, got)
			}
		}
	}
}

func TestGroupColors(t *testing.T) {
	theme := DefaultTheme()
	n, a, o := theme.Normal, theme.Attack, theme.Others
	tests := []struct {
		names []string
		want  []color.NRGBA
	}{
		{[]string{"all"}, []color.NRGBA{n}},
		{[]string{"normal", "attack"}, []color.NRGBA{n, a}},
		{[]string{"attack", "normal"}, []color.NRGBA{a, n}},
		{[]string{"Benign", "tcp"}, []color.NRGBA{n, a}},
		{[]string{"dos", "probe", "normal"}, []color.NRGBA{a, o[0], n}},
		{[]string{"x", "y", "z"}, []color.NRGBA{n, a, o[0]}},
		{[]string{"normal", "normal", "normal", "a", "b", "c", "d", "e"}, []color.NRGBA{n, a, o[0], o[1], o[2], o[3], o[4], o[5]}},
	}
	for _, test := range tests {
		got := theme.groupColors(test.names)
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%q: colour %d is %v, want %v", test.names, i, got[i], test.want[i])
			}
		}
	}
	if got := (Theme{}).groupColors(make([]string, maxGroups)); len(got) != maxGroups {
		t.Errorf("the empty theme has %d colours", len(got))
	}
}

func TestRampAt(t *testing.T) {
	ramp := Ramp{rgb(0x000000), rgb(0x80FF00)}
	tests := []struct {
		t    float64
		want color.NRGBA
	}{
		{0, rgb(0)}, {1, rgb(0x80FF00)}, {-3, rgb(0)}, {7, rgb(0x80FF00)}, {0.5, rgb(0x408000)},
		{math.Inf(1), rgb(0x80FF00)}, {math.NaN(), color.NRGBA{}},
	}
	for _, test := range tests {
		if got := ramp.At(test.t); got != test.want {
			t.Errorf("At(%v) = %v, want %v", test.t, got, test.want)
		}
	}
	if got := (Ramp{}).At(0.5); got != (color.NRGBA{}) {
		t.Errorf("an empty ramp has the colour %v", got)
	}
}
