package geoip

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"goshawk/internal/geoip/geoiptest"
)

var places = []geoiptest.Place{
	{Prefix: "203.0.113.0/24", Country: "Australia", State: "New South Wales", City: "Sydney", Latitude: -33.8715, Longitude: 151.2006, Located: true},
	{Prefix: "198.51.100.0/25", Country: "Norway"},
	{Prefix: "2001:db8::/32", Country: "United States", State: "Florida", City: "Boca Raton", Latitude: 26.3594, Longitude: -80.0771, Located: true},
}

func TestLookup(t *testing.T) {
	data, err := geoiptest.Build("GeoLite2-City", places)
	if err != nil {
		t.Fatal(err)
	}
	db, err := OpenBytes("test", data)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const sydney = `{"country":"Australia","state":"New South Wales","city":"Sydney","latitude":-33.8715,"longitude":151.2006}`
	for ip, want := range map[string]string{
		"203.0.113.9": sydney, " 203.0.113.255 ": sydney, "::ffff:203.0.113.9": sydney,
		"198.51.100.1":   `{"country":"Norway","state":"","city":"","latitude":null,"longitude":null}`,
		"2001:db8::25":   `{"country":"United States","state":"Florida","city":"Boca Raton","latitude":26.3594,"longitude":-80.0771}`,
		"fe80::1%eth0":   "null",
		"198.51.100.200": "null", "10.0.0.1": "null", "": "null", "no address": "null", "203.0.113.9:443": "null",
	} {
		v, err := db.Lookup(ip)
		if err != nil || v.JSON() != want {
			t.Errorf("%q: %s, %v, want %s", ip, v.JSON(), err, want)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	asn, err := geoiptest.Build("GeoLite2-ASN", places)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"asn.mmdb": asn, "text.mmdb": []byte("hello")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"asn.mmdb": `of the kind "GeoLite2-ASN"`, "text.mmdb": "MaxMind", "none.mmdb": "no such file"} {
		if _, err := Open(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestDamagedDataIsAnErrorNotAPanic(t *testing.T) {
	data, err := geoiptest.Build("GeoLite2-City", places)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		broken := append([]byte(nil), data...)
		broken[i] ^= 0xff
		db, err := OpenBytes("test", broken)
		if err != nil {
			continue
		}
		for _, p := range []string{"203.0.113.9", "198.51.100.1", "2001:db8::25", "1.1.1.1"} {
			_, _ = db.Lookup(p)
		}
	}
}
