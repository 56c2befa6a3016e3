package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// The columns that Locate adds.
var placeColumns = [ends]Column{
	{Name: "source place", Canon: "src_place", Role: dataset.Feature, Kind: dataset.Category},
	{Name: "destination place", Canon: "dst_place", Role: dataset.Feature, Kind: dataset.Category},
}

// Locate adds to data that Pack made of the table the columns "source place" and
// "destination place", as far as the table has addresses or countries of that end, and
// fills d.Places. A row is at the place of its address; where that is unknown, at the
// country that the table itself says. g may be nil, which knows private and special
// networks only. Without addresses and countries d is left as it was.
func (d *Data) Locate(ctx context.Context, t *dataset.Table, g *Gazetteer) error {
	if g == nil {
		g = &Gazetteer{}
	}
	if int64(d.Rows) != t.Rows() {
		return fmt.Errorf("the page has %d rows and the table %d", d.Rows, t.Rows())
	}
	s := t.Schema()
	addresses, countries := addressColumns(s), countryColumns(s)
	if max(slices.Max(addresses[:]), slices.Max(countries[:])) < 0 {
		return nil
	}
	places := &Places{Source: -1, Destination: -1, From: placesFrom(s, g, addresses, countries)}
	for end, at := range []*int{&places.Source, &places.Destination} {
		c, err := packPlaces(ctx, t, d.order, g, addresses[end], countries[end])
		if err != nil {
			return err
		}
		if c == nil {
			continue
		}
		c.Name, c.Canon = d.unused(placeColumns[end].Name), d.unused(placeColumns[end].Canon)
		c.Role, c.Kind = placeColumns[end].Role, placeColumns[end].Kind
		*at = len(d.Columns)
		d.Columns = append(d.Columns, *c)
	}
	d.Places = places
	d.placeSites(g)
	return nil
}

// unused returns the name, or one like it that no column has.
func (d *Data) unused(name string) string {
	for slices.ContainsFunc(d.Columns, func(c Column) bool { return c.Name == name || c.Canon == name }) {
		name += " (located)"
	}
	return name
}

// placesFrom says by what rows are placed.
func placesFrom(s *dataset.Schema, g *Gazetteer, addresses, countries [ends]int) string {
	var out []string
	if slices.Max(addresses[:]) >= 0 {
		out = append(out, g.Source())
	}
	for _, j := range countries {
		if j >= 0 {
			out = append(out, "countries of the column "+printable(s.Columns[j].Name))
		}
	}
	return strings.Join(out, "; ")
}

// placeSites takes the sites with coordinates that are in the columns of places.
func (d *Data) placeSites(g *Gazetteer) {
	met := map[string]bool{}
	for _, at := range []int{d.Places.Source, d.Places.Destination} {
		if at >= 0 {
			for _, l := range d.Columns[at].Levels {
				met[l] = true
			}
		}
	}
	for _, s := range g.sites.sites {
		if s.located && met[sitePrefix+s.Name] {
			d.Places.Sites = append(d.Places.Sites, s.Site)
		}
	}
}

// A placing numbers the places that it meets.
type placing struct {
	levels []string
	index  map[string]uint32
}

// The unknown place has the number 0.
func newPlacing() *placing {
	return &placing{[]string{unknownPlace}, map[string]uint32{unknownPlace: 0}}
}

func (p *placing) number(level string) uint32 {
	n, ok := p.index[level]
	if !ok {
		n = uint32(len(p.levels))
		p.index[level] = n
		p.levels = append(p.levels, level)
	}
	return n
}

// rows returns the number of the place of each row of the table: each level of the column
// is looked up once. Rows without a value have dataset.MissingCode.
func (p *placing) rows(ctx context.Context, t *dataset.Table, at int, where func(level string) (string, error)) ([]uint32, error) {
	c := t.Schema().Columns[at]
	codes, err := t.Codes(at)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", c.Name, err)
	}
	levels := c.Dict.Levels()
	numbers := make([]uint32, len(levels))
	for k, l := range levels {
		if k%4096 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		place, err := where(l)
		if err != nil {
			return nil, err
		}
		numbers[k] = p.number(place)
	}
	out := make([]uint32, len(codes))
	for r, k := range codes {
		if out[r] = dataset.MissingCode; k != dataset.MissingCode {
			out[r] = numbers[k]
		}
	}
	return out, nil
}

// packPlaces packs the places of one end from its columns of addresses and of countries,
// either of which may be -1; nil if both are.
func packPlaces(ctx context.Context, t *dataset.Table, order []int, g *Gazetteer, address, country int) (*Column, error) {
	p := newPlacing()
	var at []uint32
	if address >= 0 {
		found, err := p.rows(ctx, t, address, func(level string) (string, error) {
			place, err := g.place(level)
			return place.String(), err
		})
		if err != nil {
			return nil, err
		}
		at = found
	}
	if country >= 0 {
		said, err := p.rows(ctx, t, country, func(level string) (string, error) {
			return cmp.Or(countryNamed(level), unknownPlace), nil
		})
		if err != nil {
			return nil, err
		}
		at = firstKnown(at, said)
	}
	if at == nil {
		return nil, nil
	}
	c := &Column{}
	c.packLevels(p.levels, at, order) // fewer than codes: the limit of sites sees to it
	return c, nil
}

// firstKnown returns for each row the first place if it is known, and else the second,
// unless that is missing. There may be no first ones.
func firstKnown(first, second []uint32) []uint32 {
	if first == nil {
		return second
	}
	for r, n := range first {
		if (n == 0 || n == dataset.MissingCode) && second[r] != dataset.MissingCode {
			first[r] = second[r]
		}
	}
	return first
}
