package traffic

// NewCounter returns a counter of the mode, which remembers nothing yet. A mode that does
// not exist counts as KDD.
func NewCounter(m Mode) Counter {
	switch m {
	case Documented:
		return &DocumentedWindows{}
	case PerHost:
		return &HostWindows{}
	}
	return &Windows{}
}
