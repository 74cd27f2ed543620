package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	scansPerDay = 24
	kioskPerDay = 3

	// failuresFactor is how many records one sign-in becomes, with the failed
	// tries and interruptions before it.
	failuresFactor = 1.11
)

// presence is the share of people who work on a day of the week.
func presence(d time.Weekday) float64 {
	switch d {
	case time.Saturday:
		return 0.05
	case time.Sunday:
		return 0.04
	}
	return 0.92
}

// background makes the ordinary sign-ins of a day. Events near midnight may
// fall outside; they are dropped, so that each file holds its day.
func (t *tenant) background(rng *rand.Rand, day int) []event {
	from := t.start.AddDate(0, 0, day)
	var out []event
	for _, u := range t.users {
		out = t.userDay(rng, out, u, day, from)
	}
	for _, u := range t.kiosks {
		for k := range kioskPerDay {
			at := from.Add(time.Duration(5+k*4-u.region.office.city.offset)*time.Hour + jitter(rng, 20*time.Minute))
			out = append(out, event{at: at, user: u, app: broker, net: u.home, device: u.laptop, code: "0", protocol: "deviceCode"})
		}
	}
	for k := range scansPerDay {
		at := from.Add(time.Duration(k)*time.Hour + jitter(rng, 50*time.Minute))
		out = append(out, event{at: at, user: t.scanner, app: exchange, net: t.scanner.home, device: t.scanner.laptop, code: "0", client: "Authenticated SMTP"})
	}
	kept := out[:0]
	for _, e := range out {
		if !e.at.Before(from) && e.at.Before(from.AddDate(0, 0, 1)) {
			kept = append(kept, e)
		}
	}
	return kept
}

// userDay adds a person's day: a start in the morning, then sign-ins over the
// working hours of their clock.
func (t *tenant) userDay(rng *rand.Rand, out []event, u *user, day int, from time.Time) []event {
	local := from.Weekday()
	working := rng.Float64() < presence(local)
	n := poisson(rng, t.perDay)
	inOffice := rng.Float64() < 0.55
	mistypes := 0.025
	if local == time.Monday {
		mistypes = 0.05
	}
	if !working || u.absent[day] || !u.leaves.IsZero() && !from.Before(u.leaves) {
		return out
	}
	midnight := from.Add(-time.Duration(u.region.office.city.offset) * time.Hour)
	// The conversions keep a processor from fusing the two steps, which would
	// change the last digit and with it the bytes.
	begin := 7.6 + float64(rng.Float64()*1.4)
	for range n {
		hour := begin + float64(rng.Float64()*8.8)
		if rng.IntN(4) == 0 {
			hour = begin + float64(rng.Float64()*0.5)
		}
		at := midnight.Add(time.Duration(hour * float64(time.Hour))).Add(jitter(rng, time.Second))
		if at.Before(from) {
			at = at.AddDate(0, 0, 1) // the morning of the east is the evening before in UTC
		} else if !at.Before(from.AddDate(0, 0, 1)) {
			at = at.AddDate(0, 0, -1)
		}
		e := t.signin(rng, u, at, inOffice)
		out = t.tries(rng, out, e, mistypes)
		out = append(out, e)
	}
	return out
}

// signin is one ordinary success.
func (t *tenant) signin(rng *rand.Rand, u *user, at time.Time, inOffice bool) event {
	e := event{at: at, user: u, device: u.laptop, net: u.home, code: "0", app: t.pickApp(rng, u)}
	switch {
	case u.role == guest:
		e.app = []*app{teams, sharePoint}[rng.IntN(2)]
	case inOffice:
		e.net = u.region.office
	case u.vpn && rng.IntN(3) == 0:
		e.net = u.region.vpn
	}
	if u.role == itStaff && rng.IntN(6) == 0 {
		e.app = []*app{azurePortal, azurePortal, adminCenter, azureCLI, graphCLI}[rng.IntN(5)]
	} else if u.role != guest && rng.IntN(6) == 0 {
		e.device = u.phone
		if rng.IntN(2) == 0 {
			e.net = u.mobile[rng.IntN(len(u.mobile))]
		}
	}
	e.mfa = e.net.asn != asCompany && rng.IntN(3) > 0
	e.session = t.session(u, e.device, at)
	return e
}

// tries adds what comes before a success now and then: a wrong password, a
// request for a second factor, a question whether to stay signed in.
func (t *tenant) tries(rng *rand.Rand, out []event, e event, mistypes float64) []event {
	x := rng.Float64()
	code, n := "", 1
	switch {
	case x < mistypes:
		code = "50126"
		if rng.IntN(5) == 0 {
			n = 2
		}
	case x < mistypes+0.030:
		code = []string{"50074", "50076"}[rng.IntN(2)]
	case x < mistypes+0.060:
		code = "50140"
	case x < mistypes+0.061:
		code = "500121"
	case x < mistypes+0.0614:
		code = "50053"
	}
	if code == "" {
		return out
	}
	for k := range n {
		f := e
		f.code, f.mfa = code, false
		f.at = e.at.Add(-time.Duration(n-k)*12*time.Second - jitter(rng, 8*time.Second))
		out = append(out, f)
	}
	return out
}

// session is the same for a device over one day of its owner.
func (t *tenant) session(u *user, d *device, at time.Time) string {
	day := uint64(at.Sub(t.start) / (24 * time.Hour))
	kind := uint64(1)
	if d == u.phone {
		kind = 2
	}
	rng := rand.New(rand.NewPCG(hash(u.id)^t.cfg.Seed, day*4+kind))
	return guid(rng)
}

// hash is FNV-1a.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// jitter is a random length below d, in the log's ticks of 100 ns.
func jitter(rng *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(rng.Int64N(int64(d))) / 100 * 100
}

// poisson draws how many things happen when mean is expected.
func poisson(rng *rand.Rand, mean float64) int {
	limit, p := math.Exp(-mean), 1.0
	for k := 0; ; k++ {
		if p *= rng.Float64(); p <= limit {
			return k
		}
	}
}
