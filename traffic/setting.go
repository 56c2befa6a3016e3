package traffic

import (
	"fmt"
	"slices"
	"strings"
)

// A Setting says what the features of records mean. Records of different settings
// must not be mixed, nor scored by a model that learned from another. The zero value
// is that of the KDD data.
type Setting struct {
	Windows  Mode       `json:"windows"`
	Services ServiceMap `json:"service_map"`
}

// A Mode says which connections the window features look back on. In JSON it is its
// name.
type Mode uint8

// The modes.
const (
	KDD        Mode = iota // as the KDD data were really made: see Windows
	Documented             // as their description says they were made: see DocumentedWindows
	PerHost                // for one's own traffic, where floods push nothing out: see HostWindows
)

var modeNames = []string{"kdd", "documented", "per-host"}

// Modes lists the names of the modes.
func Modes() []string { return slices.Clone(modeNames) }

// ParseMode returns the mode that String names. The error lists the choices.
func ParseMode(name string) (Mode, error) {
	i, err := parseName("way to count windows", name, modeNames)
	return Mode(i), err
}

// String returns the name of the mode.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// MarshalText returns the name of the mode, which must be one of the constants.
func (m Mode) MarshalText() ([]byte, error) {
	_, err := ParseMode(m.String())
	return []byte(m.String()), err
}

// UnmarshalText sets the mode to the one that the text names.
func (m *Mode) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMode(string(text))
	return err
}

// A ServiceMap says how ports become names of services. In JSON it is its name.
type ServiceMap uint8

// The maps.
const (
	KDDServices    ServiceMap = iota // the names that the KDD data give to ports
	ModernServices                   // also: ports of today, such as 443, as the KDD service they stand for
)

var serviceMapNames = []string{"kdd", "modern"}

// ServiceMaps lists the names of the maps.
func ServiceMaps() []string { return slices.Clone(serviceMapNames) }

// ParseServiceMap returns the map that String names. The error lists the choices.
func ParseServiceMap(name string) (ServiceMap, error) {
	i, err := parseName("map of services", name, serviceMapNames)
	return ServiceMap(i), err
}

// String returns the name of the map.
func (m ServiceMap) String() string {
	if int(m) < len(serviceMapNames) {
		return serviceMapNames[m]
	}
	return fmt.Sprintf("map(%d)", uint8(m))
}

// MarshalText returns the name of the map, which must be one of the constants.
func (m ServiceMap) MarshalText() ([]byte, error) {
	_, err := ParseServiceMap(m.String())
	return []byte(m.String()), err
}

// UnmarshalText sets the map to the one that the text names.
func (m *ServiceMap) UnmarshalText(text []byte) (err error) {
	*m, err = ParseServiceMap(string(text))
	return err
}

// parseName returns the place of a name among the choices, 0 with the error.
func parseName(what, name string, choices []string) (int, error) {
	if i := slices.Index(choices, name); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%q is not a %s; choose one of %s", name, what, strings.Join(choices, ", "))
}

// A Counter compares connections with those that began before them, in one of the
// modes. Connections must be added in order of their start. It must not be used by
// several goroutines at once.
type Counter interface {
	// Add returns the features of the connection, and remembers it.
	Add(c *Connection) Features
	// State returns all that is remembered, for Restore.
	State() []byte
	// Restore makes a new counter of the same mode remember what State returned. It
	// refuses what State cannot have returned.
	Restore(state []byte) error
}
