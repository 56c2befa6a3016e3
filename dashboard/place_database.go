package dashboard

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"unicode"

	"github.com/oschwald/maxminddb-golang/v2"
)

// maxDatabase is how many bytes a database may have.
const maxDatabase = 1 << 30

// openDatabase reads a database of countries into memory, so that nothing changes while
// it is asked even if the file does.
func openDatabase(path string) (*maxminddb.Reader, error) {
	data, err := readWhole(path, maxDatabase)
	if err != nil {
		return nil, err
	}
	db, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("%s is not a MaxMind database, or it is damaged; give the unpacked file, such as GeoLite2-Country.mmdb: %w", path, err)
	}
	if kind := strings.ToLower(db.Metadata.DatabaseType); !strings.Contains(kind, "country") && !strings.Contains(kind, "city") && !strings.Contains(kind, "enterprise") {
		return nil, errors.Join(fmt.Errorf("%s is a database of the type %s, which does not say countries; give one of the type Country or City, such as GeoLite2-Country.mmdb",
			path, printable(db.Metadata.DatabaseType)), db.Close())
	}
	return db, nil
}

// readWhole reads a file of at most limit bytes.
func readWhole(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory, not a file", path)
	case info.Size() > limit:
		return nil, tooLarge(path, limit)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, tooLarge(path, limit)
	}
	return data, nil
}

func tooLarge(path string, limit int64) error {
	return fmt.Errorf("%s has more than %d MB, the most that is read of such a file", path, limit>>20)
}

// A countryRecord is what is read of a record: the country where the address is, and the
// one where its network is registered.
type countryRecord struct {
	Country    countryCode `maxminddb:"country"`
	Registered countryCode `maxminddb:"registered_country"`
}

type countryCode struct {
	ISO string `maxminddb:"iso_code"`
}

// countryOf returns the ISO code of the country where an address is, else of the one where
// it is registered, "" if the database says neither.
func countryOf(db *maxminddb.Reader, a netip.Addr) (string, error) {
	if a.Is6() && db.Metadata.IPVersion == 4 {
		return "", nil
	}
	var r countryRecord
	if err := db.Lookup(a).Decode(&r); err != nil {
		return "", err
	}
	for _, code := range []string{r.Country.ISO, r.Registered.ISO} {
		if code = strings.ToUpper(code); len(code) == 2 && isCapital(code[0]) && isCapital(code[1]) {
			return code, nil
		}
	}
	return "", nil
}

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }

// lastSecond is the end of the year 9999: no database was made after it.
const lastSecond = 253402300799

// describeDatabase returns the type of a database and the day on which it was made.
func describeDatabase(db *maxminddb.Reader) string {
	m := db.Metadata
	if m.BuildEpoch == 0 || m.BuildEpoch > lastSecond {
		return printable(m.DatabaseType)
	}
	return printable(m.DatabaseType) + " of " + m.BuildTime().UTC().Format("2006-01-02")
}

// printable returns text of a file as a message can show it.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if text == "" {
		return "(none)"
	}
	return shown(text)
}
