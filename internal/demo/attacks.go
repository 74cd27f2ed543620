package demo

import (
	"fmt"
	"time"
)

func (s *teller) attacks() {
	s.passwordSpray()
	s.bruteForce()
	s.impossibleTraveller()
	s.deviceCodePhishing()
	s.legacyMail()
	s.disabledAccounts()
	s.newCountry()
	s.adminTool()
	s.policyBypass()
	s.curiousGuest()
	s.nightAdmin()
	s.riskySignin()
	s.mfaFatigue()
	s.stolenSession()
	s.portalGuessing()
}

func (s *teller) passwordSpray() {
	victims := s.people(min(160, len(s.users)/3), nil)
	var nets []*network
	for i := range 4 {
		nets = append(nets, attacker(61+i, amsterdam, asHosting))
	}
	var events []event
	dev := foreign(script)
	for i, u := range victims {
		e := event{user: u, app: exchange, net: nets[i%4], device: dev, code: "50126", client: "Browser"}
		e.at = s.when(thursday, 20, 10+i*200/len(victims))
		events = append(events, e)
		if i%3 == 0 {
			e.at = e.at.Add(70*time.Minute + jitter(s.rng, time.Minute))
			events = append(events, e)
		}
		if i%40 == 17 {
			e.at, e.code = e.at.Add(2*time.Minute), "50053"
			events = append(events, e)
		}
	}
	guessed := event{user: victims[0], app: exchange, net: nets[0], device: dev, code: "50076", at: s.when(thursday, 23, 41)}
	events = append(events, guessed)
	s.plant(Story{
		ID: "password-spray", Attack: true, Title: "Password spray",
		Why: fmt.Sprintf("On Thursday evening four rented servers try one or two passwords on %d accounts. Nobody gets in, "+
			"but one password was right and only the second factor stopped the sign-in.", len(victims)),
		Addresses: []string{nets[0].addr, nets[1].addr, nets[2].addr, nets[3].addr},
		Rules:     []string{RuleSpray, RuleNewNetwork},
	}, events)
}

func (s *teller) bruteForce() {
	u := s.person(staff, boston)
	e := event{at: s.when(friday, 2, 10), user: u, app: exchange, net: attacker(77, vilnius, asHosting2), device: foreign(script), code: "50126"}
	events := s.repeat(e, 62, 40*time.Minute)
	e.at, e.code, e.app = s.when(friday, 2, 52), "0", officeHome
	events = append(events, e)
	s.plant(Story{
		ID: "brute-force", Attack: true, Title: "Password guessed after 62 tries",
		Why: "In the night to Friday one address tries passwords for one account for forty minutes and then signs in. " +
			"The account was never used from there before.",
		Users: []string{u.upn}, Addresses: []string{e.net.addr},
		Rules: []string{RuleBruteForce},
	}, events)
}

func (s *teller) impossibleTraveller() {
	u := s.person(staff, oslo)
	home := s.usual(u, s.when(friday, 9, 14))
	far := event{at: s.when(friday, 10, 2), user: u, app: sharePoint, net: attacker(83, santiago, asHosting2), device: foreign(windowsChrome), code: "0"}
	again := far
	again.at, again.app = s.when(friday, 10, 9), exchange
	s.plant(Story{
		ID: "impossible-travel", Attack: true, Title: "Oslo and Santiago within an hour",
		Why: "On Friday morning the account signs in at home in Norway and 48 minutes later in Chile, 12,700 km away, " +
			"with a device nobody knows.",
		Users: []string{u.upn}, Addresses: []string{far.net.addr},
		Rules: []string{RuleTravel, RuleNewCountry},
	}, []event{home, far, again})
}

func (s *teller) deviceCodePhishing() {
	u := s.person(staff, hamburg)
	e := event{at: s.when(friday, 13, 21), user: u, app: broker, net: attacker(85, frankfurt, asHosting2), device: foreign(windowsEdge), code: "0", protocol: "deviceCode"}
	later := e
	later.at, later.app = s.when(friday, 13, 40), exchange
	s.plant(Story{
		ID: "device-code", Attack: true, Title: "Device code phishing",
		Why: "A sign-in by device code succeeds for a person who never used one, from an address in the same country " +
			"that is not theirs: they typed a code that somebody had sent them.",
		Users: []string{u.upn}, Addresses: []string{e.net.addr},
		Rules: []string{RuleDeviceCode},
	}, []event{e, later})
}

func (s *teller) legacyMail() {
	u := s.person(staff, boston)
	e := event{at: s.when(wednesday, 4, 0), user: u, app: exchange, net: attacker(90, newYork, asHosting2), device: newDevice([3]string{"", "", "CBAInPROD"}, "", "", ""), code: "50126", client: "IMAP4"}
	events := s.repeat(e, 4, 10*time.Minute)
	e.code, e.at = "0", s.when(wednesday, 4, 15)
	events = append(events, s.repeat(e, 30, 60*time.Hour)...)
	s.plant(Story{
		ID: "legacy-protocol", Attack: true, Title: "Mailbox read by IMAP",
		Why: "From Wednesday on, a mailbox is read every two hours with IMAP, a protocol that knows no second factor. " +
			"The person never used it.",
		Users: []string{u.upn}, Addresses: []string{e.net.addr},
		Rules: []string{RuleLegacy},
	}, events)
}

func (s *teller) disabledAccounts() {
	net := attacker(101, amsterdam, asHosting2)
	var events []event
	var gone []*user
	for i := range 3 {
		u := s.person(staff, nil)
		u.leaves = s.start.AddDate(0, 0, 12+i)
		gone = append(gone, u)
		e := event{at: s.when(tuesday, 22, i*6), user: u, app: azurePortal, net: net, device: foreign(linuxFirefox), code: "50057"}
		events = append(events, s.repeat(e, 4+i, 5*time.Minute)...)
	}
	s.plant(Story{
		ID: "disabled-accounts", Attack: true, Title: "Former colleagues' accounts tried",
		Why: "On Tuesday night somebody tries the accounts of three people who left two weeks ago, one after the other, " +
			"from an address none of them ever had.",
		Users: upns(gone), Addresses: []string{net.addr},
		Rules: []string{RuleDisabled},
	}, events)
}

func (s *teller) newCountry() {
	u := s.person(staff, oslo)
	u.away(23, 24)
	e := event{at: s.when(23, 23, 31), user: u, app: officeHome, net: attacker(110, reykjavik, asHosting2), device: foreign(androidChrome), code: "0"}
	s.plant(Story{
		ID: "new-country", Attack: true, Title: "First sign-in from Iceland",
		Why: "On Saturday night an account is used from Reykjavik with an unknown phone. The time would have sufficed " +
			"to fly there, so only the new country together with the new device gives it away.",
		Users: []string{u.upn}, Addresses: []string{e.net.addr},
		Rules: []string{RuleNewCountry},
	}, s.repeat(e, 3, 20*time.Minute))
}

func (s *teller) adminTool() {
	u := s.person(staff, oslo)
	e := event{at: s.when(friday, 11, 5), user: u, app: graphCLI, net: attacker(140, oslo, asHosting2), device: foreign(linuxFirefox), code: "0"}
	s.plant(Story{
		ID: "admin-tool", Attack: true, Title: "Directory listed with a command line tool",
		Why: "Somebody from sales, who never used an administration tool, opens the Graph command line from a Linux " +
			"machine that is not the company's.",
		Users: []string{u.upn}, Addresses: []string{e.net.addr},
		Rules: []string{RuleAdminTool},
	}, s.repeat(e, 5, 30*time.Minute))
}

func (s *teller) policyBypass() {
	u := s.person(staff, hamburg)
	net := attacker(121, frankfurt, asHosting2)
	e := event{at: s.when(friday, 15, 2), user: u, app: sharePoint, net: net, device: foreign(windowsChrome), code: "53003", policy: "Company devices only"}
	events := s.repeat(e, 5, 9*time.Minute)
	e.at, e.code, e.policy, e.device = s.when(friday, 15, 17), "0", "", foreign(iosMobile)
	events = append(events, e)
	s.plant(Story{
		ID: "policy-bypass", Attack: true, Title: "Policy passed by another user agent",
		Why: "A policy blocks a Windows browser five times; six minutes later the same address gets in and says it is a " +
			"phone, for which the policy has a gap.",
		Users: []string{u.upn}, Addresses: []string{net.addr},
		Rules: []string{RulePolicyBypass},
	}, events)
}

func (s *teller) curiousGuest() {
	u := s.person(guest, nil)
	net := attacker(126, u.home.city, asHosting2)
	var events []event
	for i, a := range apps[5:14] {
		events = append(events, event{at: s.when(wednesday, 19, 3+2*i), user: u, app: a, net: net, device: u.laptop, code: "50105"})
	}
	s.plant(Story{
		ID: "curious-guest", Attack: true, Title: "Guest tries nine applications",
		Why: "A guest, invited for one shared folder, knocks at nine internal applications in a quarter of an hour and " +
			"is turned away by each.",
		Users: []string{u.upn}, Addresses: []string{net.addr},
		Rules: []string{RuleGuest},
	}, events)
}

func (s *teller) nightAdmin() {
	u := s.person(itStaff, boston)
	net := attacker(133, hartford, asHosting2)
	e := event{at: s.when(thursday, 7, 12), user: u, app: azurePortal, net: net, device: foreign(windowsChrome), code: "0"}
	s.plant(Story{
		ID: "night-admin", Attack: true, Title: "Administrator at three in the morning",
		Why:   "An administrator in Boston, seen only in office hours, opens the Azure Portal at 02:12 local time.",
		Users: []string{u.upn}, Addresses: []string{net.addr},
		Rules: []string{RuleAdminHour},
	}, s.repeat(e, 4, 30*time.Minute))
}

func (s *teller) riskySignin() {
	u := s.person(staff, berlin)
	net := attacker(137, frankfurt, asHosting2)
	e := event{at: s.when(friday, 16, 44), user: u, app: officeHome, net: net, device: foreign(windowsChrome), code: "0", risk: "high:atRisk:anonymizedIPAddress"}
	s.plant(Story{
		ID: "risky-signin", Attack: true, Title: "Risky sign-in that nobody handled",
		Why:   "The directory itself judged this sign-in a high risk, from an anonymising address. It went through and the account is still at risk.",
		Users: []string{u.upn}, Addresses: []string{net.addr},
		Rules: []string{RuleRisky},
	}, []event{e})
}

func (s *teller) mfaFatigue() {
	u := s.person(staff, singapore)
	net := attacker(145, singapore, asHosting2)
	e := event{at: s.when(friday, 16, 3), user: u, app: exchange, net: net, device: foreign(windowsChrome), code: "500121"}
	events := s.repeat(e, 14, 25*time.Minute)
	e.at, e.code, e.mfa = s.when(friday, 16, 30), "0", true
	events = append(events, e)
	s.plant(Story{
		ID: "mfa-fatigue", Attack: true, Title: "Second factor granted at the fifteenth request",
		Why: "Just after midnight in Singapore a telephone asks fourteen times in 25 minutes whether a sign-in is wanted. " +
			"The fifteenth time the answer is yes.",
		Users: []string{u.upn}, Addresses: []string{net.addr},
		Rules: []string{RuleMFAFatigue},
	}, events)
}

func (s *teller) stolenSession() {
	u := s.person(staff, hamburg)
	own := s.usual(u, s.when(thursday, 8, 31))
	stolen := own
	stolen.at, stolen.net, stolen.device, stolen.app = s.when(thursday, 9, 12), attacker(150, amsterdam, asHosting2), foreign(linuxFirefox), exchange
	s.plant(Story{
		ID: "stolen-session", Attack: true, Title: "Stolen session cookie",
		Why: "A session begun on a company laptop in Hamburg goes on in Amsterdam forty minutes later, in another browser on " +
			"another system. No password was asked for, because the cookie was enough.",
		Users: []string{u.upn}, Addresses: []string{stolen.net.addr},
		Rules: []string{RuleSession},
	}, append([]event{own}, s.repeat(stolen, 4, 50*time.Minute)...))
}

func (s *teller) portalGuessing() {
	net := attacker(120, vilnius, asHosting2)
	var admins []*user
	var events []event
	for i := range 4 {
		u := s.person(itStaff, nil)
		admins = append(admins, u)
		e := event{at: s.when(wednesday, 1, 5+12*i), user: u, app: azurePortal, net: net, device: foreign(windowsEdge), code: "50126"}
		events = append(events, s.repeat(e, 6, 10*time.Minute)...)
	}
	outsider := &user{id: guid(s.rng), name: "ops", upn: "ops@quarry.example", role: guest, region: admins[0].region, home: net}
	e := event{at: s.when(wednesday, 2, 1), user: outsider, app: azurePortal, net: net, device: foreign(windowsEdge), code: "50020"}
	events = append(events, s.repeat(e, 3, 4*time.Minute)...)
	s.plant(Story{
		ID: "portal-guessing", Attack: true, Title: "Administrators' passwords tried at the Azure Portal",
		Why: "On Wednesday night one address tries four administrators at the Azure Portal, six passwords each, and then an " +
			"account from outside that the tenant does not know.",
		Users: []string{outsider.upn}, Addresses: []string{net.addr},
		Rules: []string{RulePortal},
	}, events)
}
