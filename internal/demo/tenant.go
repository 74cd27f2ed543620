package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	domain  = "brightwater.example"
	partner = "millrace.example"

	// signinsPerUser is how many sign-ins one person makes in the sample.
	signinsPerUser = 166
)

// role is what a user is for.
type role uint8

const (
	staff role = iota
	itStaff
	guest
	service
)

// user is an account.
type user struct {
	id, name, upn string
	role          role
	region        *region
	home          *network
	mobile        []*network
	laptop, phone *device
	vpn           bool
	leaves        time.Time // disabled from then on, zero for others
	planted       bool      // part of a story, not to be used twice
	absent        [Days]bool
}

// event is one sign-in.
type event struct {
	at       time.Time
	user     *user
	app      *app
	net      *network
	device   *device
	code     string
	client   string // "" is by the device: Browser or Mobile Apps and Desktop clients
	protocol string // "" is none
	session  string // "" is a new one
	risk     string // "" is none; else level:state:type
	mfa      bool
	policy   string // the policy that blocked
}

// tenant is the company and its planted stories.
type tenant struct {
	cfg     Config
	id      string
	start   time.Time
	regions []*region
	users   []*user // people
	it      []*user
	guests  []*user
	kiosks  []*user
	scanner *user
	planted []event
	truth   Truth
	zipf    []float64
	perDay  float64 // mean sign-ins of one person on a working day
	head    string
}

func newTenant(cfg Config) *tenant {
	if cfg.Seed == 0 {
		cfg.Seed = 1
	}
	if cfg.Signins == 0 {
		cfg.Signins = DefaultSignins
	}
	cfg.Signins = max(cfg.Signins, minSignins)
	t := &tenant{cfg: cfg, start: Now.AddDate(0, 0, -Days), regions: newRegions()}
	rng := t.stream(1)
	t.id = guid(rng)
	t.head = `","resourceId":"/tenants/` + t.id + `/providers/Microsoft.aadiam","operationName":"Sign-in activity","operationVersion":"1.0","category":"SignInLogs","tenantId":"` + t.id + `","resultType":"`
	t.makeUsers(rng, max(cfg.Signins/signinsPerUser, 200))
	sum := 0.0
	for i := range apps {
		sum += 1 / math.Pow(float64(i+1), 1.1)
		t.zipf = append(t.zipf, sum)
	}
	t.makeStories(t.stream(2))
	working := 0.0
	for day := range Days {
		working += presence(t.start.AddDate(0, 0, day).Weekday())
	}
	fixed := float64(len(t.planted) + Days*(scansPerDay+len(t.kiosks)*kioskPerDay))
	t.perDay = max(1, (float64(cfg.Signins)-fixed)/(working*float64(len(t.users))*failuresFactor))
	return t
}

// makeUsers hires n people, one in 25 of them for IT and one in 25 a guest.
func (t *tenant) makeUsers(rng *rand.Rand, n int) {
	taken := map[string]int{}
	for i := range n {
		first, last := firstNames[rng.IntN(len(firstNames))], lastNames[rng.IntN(len(lastNames))]
		u := &user{id: guid(rng), name: first + " " + last, region: t.pickRegion(rng)}
		mail := strings.ToLower(first + "." + last)
		taken[mail]++
		if k := taken[mail]; k > 1 {
			mail = fmt.Sprintf("%s%d", mail, k)
		}
		u.upn = mail + "@" + domain
		u.vpn = rng.IntN(4) == 0
		home := u.region.homes[rng.IntN(len(u.region.homes))]
		u.home = newNetwork(fmt.Sprintf("2001:db8:%x:%x::%x", home.offset+100, i+16, 1+rng.IntN(9)), home, asHome+t.regionIndex(u.region))
		u.mobile = []*network{u.region.mobile[rng.IntN(6)], u.region.mobile[rng.IntN(6)]}
		switch {
		case i%25 == 7:
			u.role = itStaff
			t.it = append(t.it, u)
		case i%25 == 13:
			u.role, u.vpn = guest, false
			u.upn = strings.ReplaceAll(mail, "@", "_") + "_" + partner + "#ext#@" + domain
			t.guests = append(t.guests, u)
		}
		t.equip(rng, u, i)
		t.users = append(t.users, u)
	}
	for i := range 3 {
		r := t.regions[i]
		u := &user{id: guid(rng), name: fmt.Sprintf("Meeting Room %d", i+1), upn: fmt.Sprintf("room%d@%s", i+1, domain), role: service, region: r, home: r.office}
		u.laptop = newDevice(androidChrome, guid(rng), fmt.Sprintf("ROOM-%02d", i+1), "Azure AD joined")
		t.kiosks = append(t.kiosks, u)
	}
	h := t.regions[1]
	t.scanner = &user{id: guid(rng), name: "Scanner Hamburg", upn: "scanner.hamburg@" + domain, role: service, region: h, home: h.office}
	t.scanner.laptop = newDevice(scanner, "", "", "")
}

// equip gives a user a laptop and a phone; guests bring unknown ones.
func (t *tenant) equip(rng *rand.Rand, u *user, i int) {
	kind := [][3]string{windowsEdge, windowsEdge, windowsChrome, macSafari}[rng.IntN(4)]
	phone := [][3]string{iosMobile, androidChrome}[rng.IntN(2)]
	if u.role == guest {
		u.laptop, u.phone = newDevice(kind, "", "", ""), newDevice(phone, "", "", "")
		return
	}
	u.laptop = newDevice(kind, guid(rng), fmt.Sprintf("BW-L%04d", i+1), "Hybrid Azure AD joined")
	u.phone = newDevice(phone, guid(rng), fmt.Sprintf("BW-P%04d", i+1), "Azure AD registered")
}

func (t *tenant) pickRegion(rng *rand.Rand) *region {
	k := rng.IntN(100)
	for _, r := range t.regions {
		if k -= r.share; k < 0 {
			return r
		}
	}
	return t.regions[0]
}

func (t *tenant) regionIndex(r *region) int {
	for i := range t.regions {
		if t.regions[i] == r {
			return i
		}
	}
	return 0
}

// pickApp chooses by Zipf's law, each user with favourites of their own
// behind the common ones.
func (t *tenant) pickApp(rng *rand.Rand, u *user) *app {
	x := rng.Float64() * t.zipf[len(t.zipf)-1]
	i := 0
	for t.zipf[i] < x {
		i++
	}
	if i >= 5 { // the house's own applications, in an order by user
		i = 5 + (i-5+int(u.id[0]))%(len(apps)-5)
	}
	return apps[i]
}

// guid makes a random identifier in the usual form.
func guid(rng *rand.Rand) string {
	return guidOf(rng.Uint64(), rng.Uint64())
}

const hexDigits = "0123456789abcdef"

// guidOf formats 128 bits as a version 4 identifier.
func guidOf(hi, lo uint64) string {
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 1<<63
	var b [36]byte
	at := 0
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			b[at] = '-'
			at++
		}
		v := hi >> (60 - 4*(i%16))
		if i >= 16 {
			v = lo >> (60 - 4*(i%16))
		}
		b[at] = hexDigits[v&15]
		at++
	}
	return string(b[:])
}
