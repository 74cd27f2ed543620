package demo

import "fmt"

// city is a place with the time of its clocks in winter.
type city struct {
	name, state, country string
	lat, lon             float64
	offset               int // hours from UTC
}

// The cities of the company and around it. Those of one region are less than
// 500 km apart, so that a carrier's address may be placed in any of them.
var (
	oslo       = &city{"Oslo", "Oslo", "NO", 59.9139, 10.7522, 1}
	drammen    = &city{"Drammen", "Viken", "NO", 59.7439, 10.2045, 1}
	bergen     = &city{"Bergen", "Vestland", "NO", 60.3913, 5.3221, 1}
	hamburg    = &city{"Hamburg", "Hamburg", "DE", 53.5511, 9.9937, 1}
	bremen     = &city{"Bremen", "Bremen", "DE", 53.0793, 8.8017, 1}
	berlin     = &city{"Berlin", "Berlin", "DE", 52.52, 13.405, 1}
	boston     = &city{"Boston", "Massachusetts", "US", 42.3601, -71.0589, -5}
	providence = &city{"Providence", "Rhode Island", "US", 41.824, -71.4128, -5}
	newYork    = &city{"New York", "New York", "US", 40.7128, -74.006, -5}
	singapore  = &city{"Singapore", "", "SG", 1.3521, 103.8198, 8}

	// Where attackers come from, and where a traveller stops.
	frankfurt = &city{"Frankfurt am Main", "Hesse", "DE", 50.1109, 8.6821, 1}
	amsterdam = &city{"Amsterdam", "North Holland", "NL", 52.3676, 4.9041, 1}
	vilnius   = &city{"Vilnius", "Vilnius", "LT", 54.6872, 25.2797, 2}
	santiago  = &city{"Santiago", "Santiago Metropolitan", "CL", -33.4489, -70.6693, -3}
	reykjavik = &city{"Reykjavik", "Capital Region", "IS", 64.1466, -21.9426, 0}
	trondheim = &city{"Trondheim", "Trondelag", "NO", 63.4305, 10.3951, 1}
	hartford  = &city{"Hartford", "Connecticut", "US", 41.7658, -72.6734, -5}
)

// Autonomous systems: numbers reserved for documentation.
const (
	asCompany  = 64500
	asHosting  = 64511 // rented servers
	asHosting2 = 64510
	asHotel    = 64505
	asHome     = 65536 // and the next ones, one a region
	asMobile   = 65541
)

// network is an address as the log sees it.
type network struct {
	addr string
	city *city
	asn  int
	json string // the location object
}

func newNetwork(addr string, c *city, asn int) *network {
	loc := fmt.Sprintf(`{"city":%q,"state":%q,"countryOrRegion":%q,"geoCoordinates":{"latitude":%g,"longitude":%g}}`,
		c.name, c.state, c.country, c.lat, c.lon)
	return &network{addr: addr, city: c, asn: asn, json: loc}
}

// region is an office and where its people live.
type region struct {
	office *network
	vpn    *network
	homes  []*city
	mobile []*network
	share  int // percent of the people
}

// newRegions builds the offices. Offices leave by one address each, and
// everybody's tunnel leaves in Hamburg or in Singapore.
func newRegions() []*region {
	west := newNetwork("192.0.2.110", hamburg, asCompany)
	east := newNetwork("192.0.2.140", singapore, asCompany)
	rs := []*region{
		{office: newNetwork("192.0.2.10", oslo, asCompany), vpn: west, homes: []*city{oslo, oslo, drammen, bergen}, share: 30},
		{office: newNetwork("192.0.2.20", hamburg, asCompany), vpn: west, homes: []*city{hamburg, hamburg, bremen, berlin}, share: 30},
		{office: newNetwork("192.0.2.30", boston, asCompany), vpn: west, homes: []*city{boston, boston, providence, newYork}, share: 25},
		{office: newNetwork("192.0.2.40", singapore, asCompany), vpn: east, homes: []*city{singapore}, share: 15},
	}
	for i, r := range rs {
		for k := range 6 {
			addr := fmt.Sprintf("198.51.100.%d", 1+i*20+k)
			r.mobile = append(r.mobile, newNetwork(addr, r.office.city, asMobile+i))
		}
	}
	return rs
}
