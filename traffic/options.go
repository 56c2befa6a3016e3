package traffic

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options say what traffic to simulate. Start from DefaultOptions.
type Options struct {
	Connections  int           // how many to make, exactly; at least 1
	Seed         uint64        // same seed and options, same traffic
	Start        time.Time     // no connection starts before it; its hours and weekdays are taken in UTC
	Span         time.Duration // every connection starts within it; a minute to ten years
	AttackShare  float64       // share of the connections that are attacks, 0 to 1
	Attacks      []string      // names of the attacks to mix in; nil for all of Attacks
	Workstations int           // hosts with a person in front, 1 to 10,000
}

// DefaultOptions returns 20,000 connections, 35 % of them attacks, in the
// week from Monday, 2 March 2026.
func DefaultOptions() Options {
	return Options{
		Connections:  20_000,
		Seed:         1,
		Start:        time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC),
		Span:         7 * 24 * time.Hour,
		AttackShare:  0.35,
		Workstations: 150,
	}
}

const tenYears = 3653 * 24 * time.Hour

// Validate returns an error that names the first option out of its range.
func (o Options) Validate() error {
	switch {
	case o.Connections < 1:
		return fmt.Errorf("traffic: cannot simulate %d connections: at least 1 is needed", o.Connections)
	case o.Start.Year() < 1970 || o.Start.Year() > 9000:
		return fmt.Errorf("traffic: start %s is outside the years 1970 to 9000", o.Start.Format(time.RFC3339))
	case o.Span < time.Minute || o.Span > tenYears:
		return fmt.Errorf("traffic: span %s is not between one minute and ten years", o.Span)
	case !(o.AttackShare >= 0 && o.AttackShare <= 1):
		return fmt.Errorf("traffic: attack share %g is not between 0 and 1", o.AttackShare)
	case o.Workstations < 1 || o.Workstations > maxWorkstations:
		return fmt.Errorf("traffic: %d workstations is not between 1 and %d", o.Workstations, maxWorkstations)
	case o.Attacks != nil && len(o.Attacks) == 0 && o.AttackShare > 0:
		return fmt.Errorf("traffic: attack share %g, but no attack is chosen", o.AttackShare)
	}
	for _, name := range o.Attacks {
		if !slices.ContainsFunc(attacks[:], func(a attack) bool { return a.name == name }) {
			return fmt.Errorf("traffic: %q is not an attack that can be simulated; choose from %s", name, strings.Join(attackNames(), ", "))
		}
	}
	return nil
}

// wants reports whether the attack is to be mixed in.
func (o Options) wants(name string) bool {
	return o.Attacks == nil || slices.Contains(o.Attacks, name)
}

func attackNames() []string {
	names := make([]string, len(attacks))
	for i := range attacks {
		names[i] = attacks[i].name
	}
	return names
}
