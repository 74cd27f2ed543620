package demo

import (
	"fmt"
	"time"
)

func (s *teller) lookalikes() {
	s.mondayMorning()
	s.expiredPassword()
	s.tunnelJump()
	s.meetingRooms()
	s.curiousDeveloper()
	s.scannerMail()
	s.planeTraveller()
	s.leaversPhone()
	s.phoneTrouble()
	s.offsite()
	s.onCall()
	s.repairedLaptop()
	s.remediedRisk()
	s.forgetfulGuest()
	s.firstCLI()
}

func (s *teller) mondayMorning() {
	people := s.people(min(34, len(s.users)/8), s.regions[2])
	var events []event
	for i, u := range people {
		e := s.usual(u, s.when(monday, 13, i*2))
		e.net, e.code = u.region.office, "50126"
		events = append(events, s.repeat(e, 1+i%3, time.Minute)...)
		e.at, e.code = e.at.Add(90*time.Second), "0"
		events = append(events, e)
	}
	s.plant(Story{
		ID: "monday-morning", Title: "Monday morning in the Boston office",
		Why: fmt.Sprintf("After a weekend %d people behind one office address mistype their password, and all of them get in a minute later. "+
			"A spray looks the same until one asks who succeeded.", len(people)),
		Addresses: []string{s.regions[2].office.addr},
		Rules:     []string{RuleSpray},
	}, events)
}

func (s *teller) expiredPassword() {
	u := s.person(staff, bremen)
	before := s.usual(u, s.when(22, 7, 50))
	e := s.usual(u, s.when(friday, 8, 2))
	e.code = "50055"
	events := append([]event{before}, s.repeat(e, 3, 3*time.Minute)...)
	e.at, e.code = s.when(friday, 8, 6), "50126"
	events = append(events, s.repeat(e, 14, 18*time.Minute)...)
	events = append(events, s.usual(u, s.when(friday, 8, 31)))
	s.plant(Story{
		ID: "expired-password", Title: "Expired password at home",
		Why: "Fourteen wrong passwords and then a success look like guessing, but the address and the laptop are the " +
			"person's own, and the password had expired.",
		Users: []string{u.upn},
		Rules: []string{RuleBruteForce},
	}, events)
}

func (s *teller) tunnelJump() {
	u := s.person(staff, hamburg)
	first := s.usual(u, s.when(friday, 9, 3))
	first.net = s.regions[1].vpn
	second := s.usual(u, s.when(friday, 9, 28))
	second.net = s.regions[3].vpn
	s.plant(Story{
		ID: "tunnel-jump", Title: "Company tunnel from Hamburg to Singapore",
		Why: "Twenty-five minutes and 10,000 km lie between two sign-ins, because the company's tunnel changed its exit. " +
			"Many people use both addresses.",
		Users: []string{u.upn},
		Rules: []string{RuleTravel, RuleSession},
	}, []event{first, second})
}

func (s *teller) meetingRooms() {
	e := event{at: s.when(friday, 6, 30), user: s.kiosks[0], app: broker, net: s.kiosks[0].home, device: s.kiosks[0].laptop, code: "0", protocol: "deviceCode"}
	s.plant(Story{
		ID: "meeting-rooms", Title: "Meeting room devices",
		Why:   "The screens in the meeting rooms sign in with a device code several times a day, every day.",
		Users: upns(s.kiosks),
		Rules: []string{RuleDeviceCode},
	}, []event{e})
}

func (s *teller) curiousDeveloper() {
	u := s.person(staff, oslo)
	before := s.usual(u, s.when(24, 9, 0))
	before.net = u.region.office
	e := before
	e.at, e.app, e.protocol, e.session = s.when(friday, 12, 11), azureCLI, "deviceCode", ""
	s.plant(Story{
		ID: "first-device-code", Title: "A developer's first device code",
		Why:   "The person never used a device code before, but does so at the desk, from the office's address.",
		Users: []string{u.upn},
		Rules: []string{RuleDeviceCode, RuleAdminTool},
	}, []event{before, e})
}

func (s *teller) scannerMail() {
	e := event{at: s.when(friday, 10, 10), user: s.scanner, app: exchange, net: s.scanner.home, device: s.scanner.laptop, code: "0", client: "Authenticated SMTP"}
	s.plant(Story{
		ID: "scanner", Title: "The scanner in Hamburg sends mail",
		Why:   "A scanner sends what it scans by SMTP every hour, as it always did.",
		Users: []string{s.scanner.upn},
		Rules: []string{RuleLegacy},
	}, []event{e})
}

func (s *teller) planeTraveller() {
	u := s.person(staff, oslo)
	u.away(friday)
	hotel := newNetwork("198.51.100.231", boston, asMobile+2)
	home := s.usual(u, s.when(friday, 4, 40))
	there := s.usual(u, s.when(friday, 15, 5))
	there.net, there.session = hotel, ""
	s.plant(Story{
		ID: "plane", Title: "By plane from Oslo to Boston",
		Why: "Ten hours and 5,600 km between two sign-ins are a flight. The country is new for the person, the laptop is " +
			"their own.",
		Users: []string{u.upn}, Addresses: []string{hotel.addr},
		Rules: []string{RuleTravel, RuleNewCountry, RuleSession},
	}, []event{home, there})
}

func (s *teller) leaversPhone() {
	u := s.person(staff, berlin)
	u.leaves = s.start.AddDate(0, 0, 15)
	before := s.usual(u, s.when(10, 17, 0))
	e := event{at: s.when(15, 9, 0), user: u, app: exchange, net: u.home, device: u.phone, code: "50057"}
	s.plant(Story{
		ID: "leavers-phone", Title: "The phone of somebody who left",
		Why: "The account was disabled two weeks ago, but the phone at home still asks for mail every few hours. " +
			"The address is known from before.",
		Users: []string{u.upn},
		Rules: []string{RuleDisabled},
	}, append([]event{before}, s.repeat(e, 100, 14*24*time.Hour)...))
}

func (s *teller) phoneTrouble() {
	u := s.person(staff, providence)
	e := s.usual(u, s.when(friday, 14, 2))
	e.code = "500121"
	events := s.repeat(e, 4, 18*time.Minute)
	good := s.usual(u, s.when(friday, 14, 24))
	good.mfa = true
	s.plant(Story{
		ID: "phone-trouble", Title: "A phone without reception",
		Why:   "Four requests for the second factor run out and the fifth is granted: the phone lay in another room.",
		Users: []string{u.upn},
		Rules: []string{RuleMFAFatigue},
	}, append(events, good))
}

func (s *teller) offsite() {
	people := s.people(min(18, len(s.users)/12), s.regions[0])
	hotel := newNetwork("198.51.100.240", trondheim, asHotel)
	var events []event
	for i, u := range people {
		u.away(wednesday, thursday)
		for day := wednesday; day <= thursday; day++ {
			e := s.usual(u, s.when(day, 7, i*3))
			e.net, e.session = hotel, ""
			if i%6 == 0 {
				f := e
				f.at, f.code = e.at.Add(-20*time.Second), "50126"
				events = append(events, f)
			}
			events = append(events, e)
		}
	}
	s.plant(Story{
		ID: "off-site", Title: "A team at a hotel in Trondheim",
		Why: fmt.Sprintf("%d people appear on a network that the company never saw. They get in with their own laptops, and hardly "+
			"a try fails.", len(people)),
		Addresses: []string{hotel.addr},
		Rules:     []string{RuleNewNetwork, RuleSpray},
	}, events)
}

func (s *teller) onCall() {
	u := s.person(itStaff, hamburg)
	var events []event
	for _, day := range []int{1, 6, 8, 13, 15, 20, 22, 27} { // Tuesday or Friday nights, the last one new
		e := s.usual(u, s.when(day, 1, 20))
		e.app = azurePortal
		events = append(events, s.repeat(e, 2, 40*time.Minute)...)
	}
	s.plant(Story{
		ID: "on-call", Title: "Administrator on call",
		Why:   "This administrator looks after the systems at night twice a week, and did so in the weeks before.",
		Users: []string{u.upn},
		Rules: []string{RuleAdminHour},
	}, events)
}

func (s *teller) repairedLaptop() {
	u := s.person(staff, hamburg)
	e := s.usual(u, s.when(friday, 7, 40))
	e.code, e.policy = "53000", "Company devices only"
	events := s.repeat(e, 4, 15*time.Minute)
	s.plant(Story{
		ID: "repaired-laptop", Title: "A laptop that missed its updates",
		Why:   "The policy blocks the laptop four times because updates are missing. After a restart the same laptop gets in.",
		Users: []string{u.upn},
		Rules: []string{RulePolicyBypass},
	}, append(events, s.usual(u, s.when(friday, 8, 20))))
}

func (s *teller) remediedRisk() {
	u := s.person(staff, boston)
	e := s.usual(u, s.when(friday, 18, 2))
	e.risk = "medium:atRisk:unfamiliarFeatures"
	after := s.usual(u, s.when(friday, 18, 27))
	after.risk, after.mfa = "medium:remediated:unfamiliarFeatures", true
	s.plant(Story{
		ID: "remedied-risk", Title: "A risk that was remedied",
		Why:   "The directory found the sign-in unfamiliar, the person changed the password with a second factor, and the risk is closed.",
		Users: []string{u.upn},
		Rules: []string{RuleRisky},
	}, []event{e, after})
}

func (s *teller) forgetfulGuest() {
	u := s.person(guest, nil)
	var events []event
	for i := range 6 {
		events = append(events, event{at: s.when(wednesday, 10, 4*i), user: u, app: []*app{teams, sharePoint}[i%2], net: u.home, device: u.laptop, code: "50126"})
	}
	ok := events[5]
	ok.at, ok.code = s.when(wednesday, 10, 25), "0"
	s.plant(Story{
		ID: "forgetful-guest", Title: "A guest forgot the password",
		Why:   "A guest fails six times at the two applications they are invited to.",
		Users: []string{u.upn},
		Rules: []string{RuleGuest},
	}, append(events, ok))
}

func (s *teller) firstCLI() {
	u := s.person(staff, drammen)
	e := s.usual(u, s.when(thursday, 13, 15))
	e.net, e.app = u.region.office, azureCLI
	s.plant(Story{
		ID: "first-cli", Title: "First steps with the command line",
		Why:   "Somebody uses the Azure command line for the first time, on their company laptop in the office.",
		Users: []string{u.upn},
		Rules: []string{RuleAdminTool},
	}, s.repeat(e, 3, 20*time.Minute))
}
