// Package geoip tells the place of an IP address from a database file in
// MaxMind's format, such as GeoLite2-City, which the user has. Goshawk brings
// none, and asks no service.
package geoip

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"

	"goshawk/internal/dynamic"
)

// DB is an open database.
type DB struct{ r *maxminddb.Reader }

// Open opens a database of cities or countries.
func Open(path string) (*DB, error) {
	r, err := maxminddb.Open(path)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return checked(path, r)
}

// OpenBytes opens a database that is held already.
func OpenBytes(name string, data []byte) (*DB, error) {
	r, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return checked(name, r)
}

// checked refuses databases of other things than places.
func checked(name string, r *maxminddb.Reader) (*DB, error) {
	kind := r.Metadata.DatabaseType
	for _, word := range []string{"City", "Country", "Enterprise", "Location"} {
		if strings.Contains(kind, word) {
			return &DB{r}, nil
		}
	}
	_ = r.Close()
	return nil, fmt.Errorf("%s is a database of the kind %q; one of cities or countries is needed, such as GeoLite2-City", name, kind)
}

// Close closes the file.
func (d *DB) Close() error { return d.r.Close() }

// record is what is read of an entry.
type record struct {
	Country struct {
		Names map[string]string `maxminddb:"names"`
	} `maxminddb:"country"`
	Subdivisions []struct {
		Names map[string]string `maxminddb:"names"`
	} `maxminddb:"subdivisions"`
	City struct {
		Names map[string]string `maxminddb:"names"`
	} `maxminddb:"city"`
	Location struct {
		Latitude  *float64 `maxminddb:"latitude"`
		Longitude *float64 `maxminddb:"longitude"`
	} `maxminddb:"location"`
}

// english is the language of the names that Kusto gives.
const english = "en"

// Lookup gives the place of an address as a bag of country, state, city,
// latitude and longitude. It is null for what is no address and for addresses
// that the database does not hold; what is not known of a place is empty.
func (d *DB) Lookup(ip string) (dynamic.Value, error) {
	addr, err := netip.ParseAddr(strings.TrimSpace(ip))
	if err != nil {
		return dynamic.NullValue, nil
	}
	found := d.r.Lookup(addr.Unmap().WithZone(""))
	if err := found.Err(); err != nil {
		return dynamic.NullValue, fmt.Errorf("the geography of %s: %w", ip, err)
	}
	if !found.Found() {
		return dynamic.NullValue, nil
	}
	var r record
	if err := found.Decode(&r); err != nil {
		return dynamic.NullValue, fmt.Errorf("the geography of %s: %w", ip, err)
	}
	state := ""
	if len(r.Subdivisions) > 0 {
		state = r.Subdivisions[0].Names[english]
	}
	return dynamic.FromBag([]string{"country", "state", "city", "latitude", "longitude"}, []dynamic.Value{
		dynamic.FromString(r.Country.Names[english]), dynamic.FromString(state), dynamic.FromString(r.City.Names[english]),
		degree(r.Location.Latitude), degree(r.Location.Longitude),
	}), nil
}

func degree(f *float64) dynamic.Value {
	if f == nil {
		return dynamic.NullValue
	}
	return dynamic.FromReal(*f)
}
