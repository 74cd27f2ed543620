package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// The days that the stories speak of, counted from the start of the sample.
const (
	monday    = 25
	tuesday   = 26
	wednesday = 27
	thursday  = 28
	friday    = 29 // the last day, which rules over one day see
)

// teller plants stories, each with people that no other story uses.
type teller struct {
	*tenant
	rng *rand.Rand
}

// makeStories plants all of them; the truth lists attacks first.
func (t *tenant) makeStories(rng *rand.Rand) {
	s := &teller{tenant: t, rng: rng}
	t.truth.Now = Now
	s.attacks()
	s.lookalikes()
}

// plant adds a story and its events.
func (s *teller) plant(story Story, events []event) {
	story.From, story.To = events[0].at, events[0].at
	for _, e := range events {
		if e.at.Before(story.From) {
			story.From = e.at
		}
		if e.at.After(story.To) {
			story.To = e.at
		}
	}
	story.Signins = len(events)
	s.planted = append(s.planted, events...)
	s.truth.Stories = append(s.truth.Stories, story)
}

// when is an instant of the sample, in UTC.
func (s *teller) when(day, hour, minute int) time.Time {
	at := s.start.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	return at.Add(jitter(s.rng, 30*time.Second))
}

// person takes somebody of a role who lives in a city and is in no story yet.
func (s *teller) person(r role, home *city) *user {
	from := s.rng.IntN(len(s.users))
	for pass := range 2 { // the second time, any city will do
		for i := range s.users {
			u := s.users[(from+i)%len(s.users)]
			if u.planted || u.role != r || pass == 0 && home != nil && u.home.city != home {
				continue
			}
			u.planted = true
			return u
		}
	}
	panic("demo: bug: the tenant has too few people for its stories")
}

// people takes n of them from one region.
func (s *teller) people(n int, home *region) []*user {
	var out []*user
	from := s.rng.IntN(len(s.users))
	for i := range s.users {
		u := s.users[(from+i)%len(s.users)]
		if len(out) == n {
			break
		}
		if u.planted || u.role != staff || home != nil && u.region != home {
			continue
		}
		u.planted = true
		out = append(out, u)
	}
	return out
}

// away keeps a user from ordinary work on some days.
func (u *user) away(days ...int) {
	for _, d := range days {
		u.absent[d] = true
	}
}

// usual is an ordinary success from home with the own laptop.
func (s *teller) usual(u *user, at time.Time) event {
	return event{at: at, user: u, app: officeHome, net: u.home, device: u.laptop, code: "0", session: s.session(u, u.laptop, at)}
}

// repeat spreads n sign-ins like e over a length of time, evenly but for a
// little disorder.
func (s *teller) repeat(e event, n int, over time.Duration) []event {
	out := make([]event, n)
	step := over / time.Duration(n)
	for i := range out {
		out[i] = e
		out[i].at = e.at.Add(time.Duration(i)*step + jitter(s.rng, step/2+100))
	}
	return out
}

// attacker is an address of the third documentation range.
func attacker(last int, c *city, asn int) *network {
	return newNetwork(fmt.Sprintf("203.0.113.%d", last), c, asn)
}

// foreign is a device that the directory does not know.
func foreign(kind [3]string) *device { return newDevice(kind, "", "", "") }

func upns(users []*user) []string {
	out := make([]string, len(users))
	for i, u := range users {
		out[i] = u.upn
	}
	return out
}
