package plots

// axisName returns the title of an axis, which says if it is logarithmic.
func axisName(name string, s Scale) string {
	if s != Log {
		return name
	}
	return name + ", log scale"
}

// plural writes how many of something there are.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return count(int64(n)) + " " + what + "s"
}
