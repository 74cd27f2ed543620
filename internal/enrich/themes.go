package enrich

import (
	"fmt"
	"strings"

	"goshawk/internal/rule"
)

// themes are tried in order: the narrow ones first.
var themes = []theme{
	{
		name: "indicator", when: (*analyst).intel,
		who: func(a *analyst) string {
			return "A known bad address, name, file or sender from a threat feed shows up in " + a.otherRows()
		},
		worth:    "The feed's owner has seen it in attacks; contact with it is a lead even when nothing else looks wrong.",
		not:      "It does not mean a compromise: a blocked connection, a scan from outside and a shared address of a cloud provider match as well. It is as good as the indicator's confidence and age.",
		severity: rule.Medium, reason: "an indicator alone, without what followed, is a lead",
		raise: []string{"the contact came from inside and data flowed", "the indicator is less than some days old and its confidence is above 80", "several indicators of one actor match"},
		benign: []Benign{
			{Cause: "An address of a hosting or content network that many customers share", Tell: "many different names behind the address, and users all over the company", Exclude: ""},
			{Cause: "An old indicator that nobody expired", Tell: "its last update lies months back"},
			{Cause: "Scans from the internet that the firewall dropped", Tell: "incoming, blocked, no answer"},
		},
		blind:    []string{"indicators that are not in the feed, or that expired", "addresses that changed after the indicator was written"},
		escalate: []string{"the connection was allowed and came from inside", "the same machine matches more than one indicator"},
	},
	{
		name: "alerts", when: func(a *analyst) bool {
			return a.reading("SecurityAlert", "AlertInfo", "AlertEvidence", "SecurityIncident")
		},
		who: func(a *analyst) string {
			return "One product's alert is only a part of an attack, and what was already alerted on says where to look for the rest"
		},
		worth:    "Alerts on one account or machine within a short time belong together more often than not.",
		not:      "It is no new sighting: each hit rests on alerts that somebody may have closed already.",
		severity: rule.Medium, reason: "the products rated the parts; the rule adds that they belong together",
		raise:    []string{"the alerts come from different products", "one of them is about credentials and another one about lateral movement"},
		benign:   []Benign{{Cause: "A penetration test or a new product that is being tuned", Tell: "the alerts begin on one day and come from known ranges or machines"}},
		escalate: []string{"alerts on one account reach from initial access to impact within a day"},
	},
	{
		name: "posture", when: func(a *analyst) bool {
			return strings.HasPrefix(a.main.Name, "DeviceTvm") || strings.HasPrefix(a.main.Name, "ExposureGraph") || a.reading("SecurityRecommendation", "DeviceInfo", "Update", "UpdateSummary", "SecureScores")
		},
		who: func(a *analyst) string {
			return "A machine or resource is in a state that an attacker could use: a weakness without a patch, a setting that is too open, a machine nobody manages"
		},
		worth:    "This is about exposure, not about an attack: it says where the next one could get in.",
		not:      "It does not mean that anybody has used it.",
		severity: rule.Informational, reason: "a state, not an activity",
		raise:    []string{"the machine is reachable from the internet", "the weakness is known to be exploited", "it holds a privileged account's session"},
		benign:   []Benign{{Cause: "A machine that is switched off or was retired", Tell: "its last report is old"}, {Cause: "A patch that is planned within its time", Tell: "the first sighting is younger than the patch window"}},
		escalate: []string{"the exposed machine also has an alert or sign-ins from outside"},
	},
	{
		name: "health", when: func(a *analyst) bool {
			return a.reading("Usage", "Heartbeat", "SentinelHealth", "Operation", "SentinelAudit")
		},
		who: func(a *analyst) string {
			return "A source stopped sending, or sends much less than before, so that other rules see nothing"
		},
		worth:    "A detection that has no data is silent in the same way as one that finds nothing.",
		not:      "It is rarely an attack; most often a connector, an agent or a machine has stopped.",
		severity: rule.Low, reason: "it is about the eyes, not about what they see",
		raise:    []string{"the source is a domain controller or carries sign-ins", "an administrator turned the recording off"},
		benign:   []Benign{{Cause: "Maintenance, weekends and holidays", Tell: "the same gap a week before"}},
		escalate: []string{"somebody deleted the diagnostic setting or stopped the agent"},
	},
	{
		name: "guessed", when: func(a *analyst) bool {
			c := a.codesOf()
			return a.signin() && (len(c["success"]) > 0 || a.l.Calls["countif"] > 1) && (len(c["password"])+len(c["failure"]) > 0) && len(a.l.Groups)+len(a.l.Joins) > 0
		},
		who: func(a *analyst) string {
			return "Somebody tries passwords" + a.toApps() + " until one works: failures first, then a success from the same place"
		},
		worth:    "A success after a row of failures is the moment at which guessing turns into access.",
		not:      "It does not prove that the password was guessed: the owner may have remembered it at last.",
		severity: rule.High, reason: "the sign-in succeeded",
		raise: []string{"the success is from an address or country that the user never used", "no second factor was asked for", "the account holds a directory role"},
		benign: []Benign{
			{Cause: "The owner mistyped, or had just changed the password", Tell: "the same device and address as in the days before, few failures, minutes apart"},
			{Cause: "A saved password in a mail client or script", Tell: "failures at regular intervals with one user agent"},
			{Cause: "Many people behind one company address", Tell: "the address is known and the successes belong to other accounts than the failures", Exclude: "address"},
		},
		blind:    []string{"passwords that were right at the first try, because they leaked elsewhere"},
		escalate: []string{"the success came without a second factor", "the user did not sign in themselves when asked", "rules, consents or new devices follow within the hour"},
	},
	{
		name: "spray", when: func(a *analyst) bool {
			c := a.codesOf()
			return a.signin() && a.perAddress() && len(c["password"])+len(c["lock"])+len(c["failure"])+len(c["name"])+len(c["disabled"]) > 0
		},
		who: func(a *analyst) string {
			return "One address tries a few passwords on many accounts" + a.toApps() + ", so that none of them is locked"
		},
		worth:    "People mistype their own password, not those of many others: many accounts behind one address is what tells a spray from daily failures.",
		not:      "It does not mean that anybody got in; a success from the same address has to be looked for.",
		severity: rule.Medium, reason: "an attempt on many accounts without a known success",
		raise: []string{"one of the accounts signs in from the same address afterwards", "the addresses belong to a hosting provider", "the names are tried in alphabetical order or include accounts that do not exist"},
		benign: []Benign{
			{Cause: "An office, school or VPN whose people share one address", Tell: "most of them succeed a minute later, and the address is known", Exclude: "address"},
			{Cause: "A server that still uses expired passwords of several accounts", Tell: "the same accounts every day at the same times", Exclude: "address"},
			{Cause: "A penetration test", Tell: "an announced range", Exclude: "address"},
		},
		blind:    []string{"a spray that takes another address for every try", "slow sprays with fewer tries than the threshold in the window"},
		escalate: []string{"any account succeeded from the address", "more than ten accounts were tried within an hour"},
	},
	{
		name: "disabled", when: func(a *analyst) bool { return a.signin() && len(a.codesOf()["disabled"]) > 0 },
		who:      fixed("Somebody tries accounts that are disabled: those of people who left, which attackers find in old lists"),
		worth:    "A disabled account has no owner who could mistype: whoever tries it has its name from somewhere.",
		not:      "It does not mean access: the sign-in failed because the account is disabled.",
		severity: rule.Low, reason: "the account cannot sign in",
		raise: []string{"one address tries several disabled accounts", "the same address has a success with another account"},
		benign: []Benign{
			{Cause: "A phone or computer of somebody who left and still asks for mail", Tell: "one account, one known address, every few hours", Exclude: "address"},
			{Cause: "A scheduled job under an account that was retired", Tell: "regular intervals, an address of the data centre", Exclude: "account"},
		},
		escalate: []string{"the address signs in to any other account"},
	},
	{
		name: "mfa", when: func(a *analyst) bool {
			c := a.codesOf()
			return a.signin() && len(c["mfa"]) > 0 || a.action("security info", "strong authentication")
		},
		who: func(a *analyst) string {
			if a.action("security info", "strong authentication") {
				return "Somebody who has a password adds or removes the second factor, to stay without asking the owner again"
			}
			return "Somebody has the right password already and works on the second factor: by asking until the owner gives in, or by finding a way around it"
		},
		worth:    "The second factor is asked for only after the password was right, so a refusal here says that the password is known to somebody.",
		not:      "A refusal or time-out alone is everyday life: phones lie in other rooms.",
		severity: rule.Medium, reason: "the password is likely known",
		raise: []string{"many requests within minutes, and then one that was granted", "the request came from a country where the user is not", "a new method was registered at once"},
		benign: []Benign{
			{Cause: "A phone that was not at hand, or a new phone", Tell: "one to three requests, the usual address, and then a success or nothing"},
			{Cause: "An application that asks again in the background", Tell: "non-interactive, regular intervals"},
			{Cause: "The help desk that resets a lost phone", Tell: "a ticket, and an administrator as initiator", Exclude: "account"},
		},
		escalate: []string{"the owner says that they did not sign in", "a request was granted after many refusals"},
	},
	{
		name: "policy", when: func(a *analyst) bool {
			return a.signin() && (len(a.codesOf()["policy"]) > 0 || a.filtered("ConditionalAccessStatus"))
		},
		who:      fixed("Somebody meets conditional access: a policy stopped the sign-in, or no policy applied where one should have"),
		worth:    "Attackers change the device, client or place until a policy no longer fits; the tries before show it.",
		not:      "A blocked sign-in is a policy that works.",
		severity: rule.Low, reason: "the policy decided, mostly as it should",
		raise:    []string{"the same user and address succeed shortly after with another client", "the password was right"},
		benign:   []Benign{{Cause: "A private or outdated device", Tell: "the owner's usual address and country"}, {Cause: "Travel", Tell: "one country for days, with the owner's device"}},
		escalate: []string{"a success follows with another user agent or device state"},
	},
	{
		name: "guess", when: func(a *analyst) bool {
			c := a.codesOf()
			return a.signin() && len(c["password"])+len(c["lock"])+len(c["failure"])+len(c["name"])+len(c["foreign"]) > 0
		},
		who: func(a *analyst) string {
			c := a.codesOf()
			s := "Somebody without a working account tries to sign in" + a.toApps()
			var how []string
			if len(c["password"]) > 0 {
				how = append(how, "by guessing passwords of real users")
			}
			if len(c["name"]) > 0 {
				how = append(how, "with names that do not exist here")
			}
			if len(c["foreign"]) > 0 {
				how = append(how, "with an account of another tenant that is no guest here")
			}
			if len(c["lock"]) > 0 {
				how = append(how, "until the account or the address is blocked")
			}
			if len(how) > 0 {
				s += ": " + list(how, "or", 4)
			}
			return s
		},
		worth:    "Failures are cheap for the attacker and common in daily life, so the number, the place and what follows decide.",
		not:      "It does not mean a compromise, nor even an attack: a single mistyped password is a failure too.",
		severity: rule.Low, reason: "the sign-ins failed",
		raise: []string{"one address appears under several users (a spray)", "one user has ten failures or more within an hour (guessing)", "a success follows from the same address"},
		benign: []Benign{
			{Cause: "A mistyped or just changed password", Tell: "few failures, then a success from the same address and device"},
			{Cause: "A password saved in a browser, phone or script", Tell: "regular intervals, always the same device or user agent", Exclude: "account"},
			{Cause: "A penetration test", Tell: "an announced range", Exclude: "address"},
		},
		escalate: []string{"a success follows from one of the addresses", "the account holds a directory role", "one address touches more than ten users"},
	},
	{
		name: "first", when: func(a *analyst) bool {
			return a.signin() && (a.rare() || a.l.Calls["prev"] > 0 || a.l.Calls["geo_distance_2points"] > 0)
		},
		who: func(a *analyst) string {
			if a.l.Calls["geo_distance_2points"] > 0 || a.l.Calls["prev"] > 0 {
				return "An account is used from two places between which its owner cannot have travelled, or a session goes on in a place where it did not begin"
			}
			return "An account is used in a way it was not used before: another country, device, client or application"
		},
		worth:    "Whoever takes an account over rarely does so from the owner's device and place.",
		not:      "New is not bad: people travel, buy phones and join projects. The history behind the comparison decides how much new is worth.",
		severity: rule.Medium, reason: "a success that does not fit the account's past",
		raise: []string{"country and device are new at once", "no second factor was asked for", "changes to mail rules or security info follow"},
		benign: []Benign{
			{Cause: "Travel, a new phone or a new job", Tell: "one new thing at a time, and the second factor was met"},
			{Cause: "A VPN or proxy whose exit changed", Tell: "many users move to the same address on one day", Exclude: "address"},
			{Cause: "An account with little history", Tell: "few sign-ins before the window"},
		},
		blind:    []string{"an attacker who uses a proxy in the owner's city", "accounts whose past already holds the attacker"},
		escalate: []string{"the owner was elsewhere", "sign-ins in both places go on at the same time"},
	},
	{
		name: "signin", when: (*analyst).signin,
		who: func(a *analyst) string {
			if a.reading("AADServicePrincipalSignInLogs", "AADManagedIdentitySignInLogs") {
				return "Somebody signs in as an application, with a secret or certificate that was stolen or added"
			}
			return "Somebody signs in" + a.toApps() + " with an account that is not theirs, in a way that its conditions single out"
		},
		worth:    "A stolen account looks like its owner in most respects; the conditions name those in which it does not.",
		not:      "It does not prove that somebody else used the account.",
		severity: rule.Medium, reason: "a sign-in that a policy or habit would not expect",
		raise: []string{"the device and the country are new for the account", "the account holds a directory role"},
		benign: []Benign{
			{Cause: "The owner, doing something unusual but allowed", Tell: "the second factor was met and the device is known", Exclude: "account"},
			{Cause: "An administrator or service that always does so", Tell: "the same account every day", Exclude: "account"},
		},
		escalate: []string{"the owner denies it", "changes in AuditLogs or mail rules follow"},
	},
	{
		name: "mailrule", when: func(a *analyst) bool { return a.action("inboxrule", "transportrule", "set-mailbox", "forward") },
		who:      fixed("Somebody who reads another one's mail makes a rule or a forwarding, so that answers stay hidden or copies leave the organisation"),
		worth:    "It is among the first things done with a stolen mailbox, before invoices are redirected.",
		not:      "It does not say that the rule is hostile: its conditions and its target decide.",
		severity: rule.Medium, reason: "a common step after a mailbox is taken, and common in daily life",
		raise: []string{"the target is outside of the organisation", "the rule deletes mail or moves it to a folder nobody reads", "it looks for words such as invoice or payment", "the sign-in before came from a new country"},
		benign: []Benign{
			{Cause: "Somebody sorts newsletters or forwards to an assistant", Tell: "an inner target, a folder with a plain name", Exclude: "account"},
			{Cause: "A mail administrator or a migration", Tell: "many mailboxes on one day, one administrator", Exclude: "account"},
		},
		blind:    []string{"rules that a mail client keeps on the device"},
		escalate: []string{"mail left the organisation", "the owner does not know the rule"},
	},
	{
		name: "consent", when: func(a *analyst) bool {
			return a.action("consent", "oauth2permissiongrant", "delegated permission", "app role assignment")
		},
		who:      fixed("A user is talked into giving an application access to mail, files or the directory, or somebody with rights does it on purpose"),
		worth:    "The application keeps its access after the password is changed, and no second factor stands in its way.",
		not:      "Most consents are for applications that people need.",
		severity: rule.Medium, reason: "lasting access without a password",
		raise: []string{"the application was registered days ago or by an unverified publisher", "it asks for mail, files or offline access", "several users consented within hours"},
		benign: []Benign{
			{Cause: "A new application that was announced", Tell: "a verified publisher, an administrator's consent", Exclude: "application"},
		},
		escalate: []string{"the publisher is unknown and mail was read", "an administrator consented for everybody"},
	},
	{
		name: "appsecret", when: func(a *analyst) bool {
			return a.action("credential", "secrets management", "add owner to", "createaccesskey", "add service principal")
		},
		who:      fixed("Somebody with rights in the directory adds a secret, a certificate or an owner to an application, to sign in as it later"),
		worth:    "An application with its own secret signs in without a second factor and is seldom looked at.",
		not:      "Renewal of secrets looks the same.",
		severity: rule.Medium, reason: "lasting access with the application's rights",
		raise: []string{"the application has rights on mail or on the directory", "the initiator never did this before", "a sign-in of the application from a new address follows"},
		benign: []Benign{
			{Cause: "Renewal of a secret that is about to expire", Tell: "an old secret with an end date near, and the owner as initiator", Exclude: "application"},
			{Cause: "Automation that makes applications", Tell: "the initiator is an application with that task", Exclude: "application"},
		},
		escalate: []string{"nobody in the owning team knows the new secret"},
	},
	{
		name: "role", when: func(a *analyst) bool {
			return a.action("member to role", "roleassignments", "eligible", "attachuserpolicy", "putuserpolicy")
		},
		who:      fixed("Somebody gives an account more rights than it had, to keep them or to go on from there"),
		worth:    "Rights are what turns one stolen account into a tenant.",
		not:      "Access requests and activations through PIM look the same, and are far more common.",
		severity: rule.Medium, reason: "a gain of rights",
		raise:    []string{"the role is Global Administrator or can give itself more", "it was given outside of PIM", "the account was created days ago"},
		benign:   []Benign{{Cause: "An access request or onboarding", Tell: "a ticket, a usual initiator, working hours", Exclude: "account"}, {Cause: "A deployment that gives its own identities roles", Tell: "an application as initiator", Exclude: "application"}},
		escalate: []string{"no ticket explains it", "the initiator's sign-in was unusual"},
	},
	{
		name: "directory", when: func(a *analyst) bool { return a.reading("AuditLogs", "IdentityDirectoryEvents") },
		who: func(a *analyst) string {
			return "Somebody changes the directory to gain, keep or hide access: " + a.actionGain()
		},
		worth:    "Changes to identities and policies outlast a password, and few people have a reason to make them.",
		not:      "The change itself is legal work of administrators; who made it, and from where, decides.",
		severity: rule.Medium, reason: "a change that can outlast the attacker's session",
		raise:    []string{"the initiator's sign-in came from a new place", "it happened outside of working hours", "several such changes follow one another"},
		benign:   []Benign{{Cause: "Administrators and automation at work", Tell: "the usual initiators, a ticket or a pipeline run", Exclude: "account"}},
		escalate: []string{"no ticket explains the change", "the initiator denies it"},
	},
	{
		name: "office", when: func(a *analyst) bool { return a.reading("OfficeActivity", "CloudAppEvents") },
		who: func(a *analyst) string {
			return "Somebody uses mail, files or a connected cloud application as its owner would not: " + a.actionGain()
		},
		worth:    "What is read, shared or sent here is often what an attack was for.",
		not:      "The operations are everyday work; number, target and place decide.",
		severity: rule.Medium, reason: "data or trust of the organisation is touched",
		raise:    []string{"the address or country is new for the user", "data leaves the organisation", "the number is far above the user's past"},
		benign:   []Benign{{Cause: "Daily work, projects and migrations", Tell: "the user's usual address, a spread over the day", Exclude: "account"}, {Cause: "Synchronisation and backup programs", Tell: "an application's user agent, thousands of files at one pace", Exclude: "account"}},
		escalate: []string{"sensitive files or outside recipients are involved"},
	},
	{
		name: "cloud", when: func(a *analyst) bool {
			return a.reading("AzureActivity", "AWSCloudTrail", "GCPAuditLogs", "AzureDiagnostics", "MicrosoftGraphActivityLogs", "StorageBlobLogs", "StorageFileLogs")
		},
		who: func(a *analyst) string {
			return "Somebody with an account or key in the cloud changes or reads resources: " + a.actionGain()
		},
		worth:    "One key is enough to reach data, machines and secrets, from anywhere.",
		not:      "Deployments do the same all day; the caller, the address and the order of calls decide.",
		severity: rule.Medium, reason: "control over resources or their data",
		raise:    []string{"the caller never did this before", "the address belongs to a hosting provider or another country", "recording was turned off before or after"},
		benign:   []Benign{{Cause: "Deployments and automation", Tell: "a service identity, a pipeline's address, the same calls each release", Exclude: "account"}, {Cause: "Administrators at work", Tell: "a known caller in working hours", Exclude: "account"}},
		escalate: []string{"no change or ticket explains it", "the caller's credential was used from two places"},
	},
	{
		name: "logclear", when: func(a *analyst) bool { return a.event("1102", "104", "1100", "4719") || a.programsHave("wevtutil.exe") },
		who:      fixed("Somebody who works on a machine removes or stops its records, so that what came before cannot be read"),
		worth:    "There is hardly a reason to clear a security log in daily work.",
		not:      "It does not say what was hidden; copies sent to the workspace before are still there.",
		severity: rule.High, reason: "hiding of traces by somebody with administrator's rights",
		raise:    []string{"a domain controller or server is the machine", "a remote logon came minutes before"},
		benign:   []Benign{{Cause: "Image building, lab machines and reinstallations", Tell: "a new or test machine, the same account each time", Exclude: "host"}},
		escalate: []string{"the account's logon before it is not explained"},
	},
	{
		name: "winlogon", when: func(a *analyst) bool {
			return a.event("4624", "4625", "4648", "4768", "4769", "4771", "4776", "4740") || a.reading("DeviceLogonEvents")
		},
		who: func(a *analyst) string {
			if a.event("4769", "4768") {
				return "Somebody asks the domain controller for tickets, to crack them offline or to use them in another one's name"
			}
			if a.event("4625", "4771", "4776", "4740") {
				return "Somebody tries passwords of Windows accounts, from outside or from a machine that was already taken"
			}
			return "Somebody moves between machines with credentials that they took on the way"
		},
		worth:    "Accounts have habits: the machines, hours and kinds of logon that fit them. What does not fit is where to look.",
		not:      "A logon or failure alone says little; servers see thousands a day.",
		severity: rule.Medium, reason: "an attempt on accounts inside",
		raise: []string{"the target is a domain controller or an administrator", "a success follows the failures", "the source machine already has an alert"},
		benign: []Benign{
			{Cause: "A service, task or share with an old password", Tell: "one account, one source, regular intervals", Exclude: "account"},
			{Cause: "Vulnerability scanners and management servers", Tell: "one source for all machines, on a schedule", Exclude: "address"},
			{Cause: "Administrators who hop between servers", Tell: "known accounts in working hours", Exclude: "account"},
		},
		escalate: []string{"the account logs on where it never did, and a process or service starts there"},
	},
	{
		name: "winaccount", when: func(a *analyst) bool {
			return a.event("4720", "4722", "4724", "4725", "4726", "4728", "4732", "4756", "4738", "4781", "4741", "4742", "4704", "5136")
		},
		who:      fixed("Somebody with rights in the domain creates or changes accounts and groups, to come back with rights of their own"),
		worth:    "An account in the right group survives a new password of the account that was taken first.",
		not:      "Onboarding and the help desk do the same every day.",
		severity: rule.Medium, reason: "lasting rights",
		raise:    []string{"the group is an administrators' group", "the account is deleted again within hours", "the acting account is no administrator of accounts"},
		benign:   []Benign{{Cause: "Onboarding, moves and the help desk", Tell: "the usual acting accounts, a ticket", Exclude: "account"}, {Cause: "Installers that make service accounts", Tell: "local accounts with the product's name", Exclude: "host"}},
		escalate: []string{"the new member has no ticket", "the account signs in from a new machine at once"},
	},
	{
		name: "persist", when: func(a *analyst) bool {
			return a.event("4697", "7045", "4698", "4702", "19", "20", "21") || a.programsHave("schtasks.exe", "sc.exe", "at.exe", "crontab") || a.action("ScheduledTask", "ServiceInstalled")
		},
		who:      fixed("Somebody installs a service, a task or a subscription, so that their code starts again by itself, or on another machine"),
		worth:    "It is how code survives a restart, and how tools such as PsExec run on other machines.",
		not:      "Every installer and updater does it too: name, path and the account that did it decide.",
		severity: rule.Medium, reason: "lasting or remote execution",
		raise:    []string{"the file lies in a folder that users can write to", "the name looks random", "it appears on several machines within minutes"},
		benign:   []Benign{{Cause: "Software deployment and updaters", Tell: "signed files under Program Files, the same on many machines", Exclude: "host"}, {Cause: "Remote support tools", Tell: "the help desk's product and accounts", Exclude: "account"}},
		escalate: []string{"the file is unsigned or new in the organisation"},
	},
	{
		name: "process", when: func(a *analyst) bool {
			return a.reading("DeviceProcessEvents") || a.event("4688", "1", "4103", "4104") || len(a.programs()) > 0 && a.reading("DeviceEvents", "SecurityEvent", "Event", "WindowsEvent", "Syslog")
		},
		who:      func(a *analyst) string { return a.processWho() },
		worth:    "Attackers prefer what is already on the machine, since a trusted program raises fewer questions than a new one; the arguments and the parent give it away.",
		not:      "The program alone means nothing; who started it, with what, and what came after decides.",
		severity: rule.Medium, reason: "execution that fits an attack and sometimes daily work",
		raise:    []string{"the parent is an Office program, a browser or a web server", "the command line is encoded or downloads something", "the account is no administrator"},
		benign:   []Benign{{Cause: "Software deployment, monitoring and security products", Tell: "the same command line on many machines, started by the agent's service", Exclude: "host"}, {Cause: "Administrators and developers at work", Tell: "known accounts and machines", Exclude: "account"}},
		blind:    []string{"a renamed copy of the program, where the query goes by its name", "the same done without a new process, by a library or a script inside a running one"},
		escalate: []string{"a network connection or a new file follows from the same process", "the same happens on a second machine"},
	},
	{
		name: "network", when: func(a *analyst) bool {
			return a.reading("DeviceNetworkEvents", "CommonSecurityLog", "VMConnection", "DnsEvents", "AzureNetworkAnalytics_CL", "WireData", "NetworkAccessTraffic", "ASimDnsActivityLogs", "ASimNetworkSessionLogs") ||
				strings.HasPrefix(a.main.Name, "_Im_Dns") || strings.HasPrefix(a.main.Name, "_Im_Network") || strings.HasPrefix(a.main.Name, "_Im_WebSession") || strings.HasPrefix(a.main.Name, "im")
		},
		who:      func(a *analyst) string { return a.networkWho() },
		worth:    "Whatever an intruder does, it has to come in and go out over the network; place, port, name, amount or rhythm can give it away.",
		not:      "A connection is not an infection: the program behind it and what was sent decide.",
		severity: rule.Medium, reason: "traffic that fits an attack",
		raise: []string{"the connection was allowed", "it repeats at even intervals", "the machine is a server that should not talk to the internet"},
		benign: []Benign{
			{Cause: "Scanners, monitoring and updates", Tell: "a known source, on a schedule", Exclude: "address"},
			{Cause: "A new application or provider", Tell: "many users, a known company behind the address", Exclude: "address"},
		},
		escalate: []string{"an unknown program on the machine holds the connection", "data flowed outward"},
	},
	{
		name: "file", when: func(a *analyst) bool {
			return a.reading("DeviceFileEvents", "DeviceImageLoadEvents", "DeviceFileCertificateInfo")
		},
		who: func(a *analyst) string {
			if a.reading("DeviceImageLoadEvents") {
				return "Somebody lets a trusted program load a library of theirs, so that their code runs under its name"
			}
			return "Somebody puts, renames or changes files on a device: tools, a web shell, packed data, or everything at once before a ransom note"
		},
		worth:    "Files are what an intruder brings along and what they take away; name, folder and the program that wrote them tell which.",
		not:      "A file name proves nothing about its content; the hash and the signer do.",
		severity: rule.Medium, reason: "a trace that fits an attack",
		raise:    []string{"the file is unsigned and new in the organisation", "a web server or Office program wrote it"},
		benign:   []Benign{{Cause: "Installers, updaters and developers", Tell: "signed files, the same on many devices", Exclude: "host"}, {Cause: "Backup and security software", Tell: "one program that touches everything", Exclude: "host"}},
		escalate: []string{"the file was run", "the same hash is on a second device"},
	},
	{
		name: "registry", when: func(a *analyst) bool { return a.reading("DeviceRegistryEvents") || a.event("4657", "12", "13") },
		who:      fixed("Somebody changes Windows' settings, to start again with the system, to weaken its protection or to change who may log on"),
		worth:    "Few programs have a reason to touch these keys.",
		not:      "Installers and group policy write the same keys.",
		severity: rule.Medium, reason: "a change that weakens or outlasts",
		raise:    []string{"a script or an Office program made it", "the value points to a folder that users can write to"},
		benign:   []Benign{{Cause: "Installers, updaters and group policy", Tell: "the same value on many devices within hours", Exclude: "host"}},
		escalate: []string{"protection was turned off, or the value starts an unsigned file"},
	},
	{
		name: "endpoint", when: func(a *analyst) bool {
			return a.reading("DeviceEvents", "WindowsFirewall", "SecurityEvent", "WindowsEvent", "Event")
		},
		who: func(a *analyst) string {
			return "Somebody works on a Windows machine in a way that its sensor or log records: " + a.eventWords()
		},
		worth:    "The event is seldom in daily work, or tells what other records do not.",
		not:      "The event alone does not say who was behind it.",
		severity: rule.Medium, reason: "an event that fits an attack",
		raise:    []string{"the machine is a server or belongs to an administrator", "a remote logon came before"},
		benign:   []Benign{{Cause: "Administration and security software", Tell: "the same on many machines", Exclude: "host"}},
		escalate: []string{"no software or ticket explains it"},
	},
	{
		name: "mail", when: func(a *analyst) bool {
			return a.reading("EmailEvents", "EmailAttachmentInfo", "EmailUrlInfo", "EmailPostDeliveryEvents", "UrlClickEvents", "MessageEvents", "MessageUrlInfo")
		},
		who:      fixed("Somebody sends mail that is to make people sign in, pay or open something, or the filters let it through and it has to be found again"),
		worth:    "Mail is the most common way in; sender, subject, link or attachment tie one campaign together.",
		not:      "Delivered is not clicked, and clicked is not signed in.",
		severity: rule.Medium, reason: "contact with a likely phishing mail",
		raise:    []string{"the mail was delivered and a link was clicked", "several people got it", "the sender is a partner or a colleague"},
		benign:   []Benign{{Cause: "Newsletters and marketing with tracking links", Tell: "a known sender with valid DKIM, many recipients, no attachment", Exclude: "sender"}, {Cause: "Phishing simulations", Tell: "the provider's addresses", Exclude: "sender"}},
		escalate: []string{"a sign-in of a recipient follows from a new place", "somebody entered a password"},
	},
	{
		name: "web", when: func(a *analyst) bool {
			return a.reading("W3CIISLog", "AppServiceHTTPLogs", "ApacheHTTPServer", "NGINXHTTPServer")
		},
		who:      fixed("Somebody probes or exploits a web application, or talks to a web shell that lies there already"),
		worth:    "Requests that no browser makes stand out by their path, size, agent or answer.",
		not:      "The internet scans every server all day: a request is not a success.",
		severity: rule.Low, reason: "requests are tries until the answer says otherwise",
		raise:    []string{"the answer was 200 to a page that should not exist", "the server's process starts a shell"},
		benign:   []Benign{{Cause: "Scanners of your own or of researchers", Tell: "known ranges, all paths in turn", Exclude: "address"}},
		escalate: []string{"the same address gets answers from a file that was uploaded"},
	},
	{
		name: "linux", when: func(a *analyst) bool { return a.reading("Syslog") },
		who:      fixed("Somebody works on a Linux machine or appliance, or tries to get there, and its log shows it"),
		worth:    "The lines it looks for are rare on a machine that only does its work.",
		not:      "A line of text can be written by anybody who may log.",
		severity: rule.Medium, reason: "a trace that fits an attack",
		raise:    []string{"root is the account", "a success follows failures"},
		benign:   []Benign{{Cause: "Administrators, configuration management and monitoring", Tell: "known accounts and sources, on a schedule", Exclude: "host"}},
		escalate: []string{"the account or the source is unknown"},
	},
	{
		name: "behaviour", when: func(a *analyst) bool {
			return a.reading("BehaviorAnalytics", "Anomalies", "BehaviorEntities", "AADUserRiskEvents")
		},
		who:      fixed("Somebody acts under an account unlike its owner did before, and a model or risk engine noticed"),
		worth:    "The engine compares with weeks of the same account and of its peers.",
		not:      "Unusual is not hostile; the score needs a second reason.",
		severity: rule.Medium, reason: "a deviation that a model saw",
		raise:    []string{"several deviations fall on one account within a day", "the account is privileged"},
		benign:   []Benign{{Cause: "A new task, travel or a new device", Tell: "one deviation, explained by the owner", Exclude: "account"}},
		escalate: []string{"deviations go on after the owner was asked"},
	},
}

// filtered says whether a column is tested.
func (a *analyst) filtered(column string) bool {
	for _, f := range a.l.Filters {
		if f.Column == column {
			return true
		}
	}
	return false
}

func (a *analyst) programsHave(names ...string) bool {
	ps := a.programs()
	for _, n := range names {
		if contains(ps, n) {
			return true
		}
	}
	return false
}

// otherRows says what the main table holds, for rules that compare it with a
// feed.
func (a *analyst) otherRows() string {
	for _, t := range a.tables {
		if f, ok := a.f.tables[t]; ok && !helpers[t] {
			return rowsOf(f.Row)
		}
	}
	for _, t := range a.tables {
		if !helpers[t] {
			return "the rows of " + t
		}
	}
	return "the logs"
}

// actionGain says what the operations asked for give an attacker.
func (a *analyst) actionGain() string {
	var out []string
	for _, f := range a.l.Filters {
		if f.Not {
			continue
		}
		for _, v := range f.Values {
			if x, ok := a.f.actions[strings.ToLower(v)]; ok {
				out = append(out, fmt.Sprintf("%s, which gives %s", x.What, x.Gain))
			}
		}
	}
	out = unique(out)
	if len(out) == 0 {
		wanted, _, _ := a.conditions()
		for _, w := range wanted {
			if strings.HasPrefix(w, "Operation") || strings.HasPrefix(w, "Action") || strings.HasPrefix(w, "EventName") || strings.HasPrefix(w, "Activity") || strings.HasPrefix(w, "Category") {
				out = append(out, w)
			}
		}
	}
	if len(out) == 0 {
		return "the conditions below say how"
	}
	return list(out, "and", 2)
}

func (a *analyst) eventWords() string {
	var out []string
	for _, e := range a.events() {
		if x, ok := a.f.windows[e]; ok {
			out = append(out, fmt.Sprintf("%s (%s)", x.What, e))
		}
	}
	if len(out) > 0 {
		return list(unique(out), "or", 3)
	}
	return a.actionGain()
}

// processWho says which programs are looked for and why.
func (a *analyst) processWho() string {
	ps := a.programs()
	if len(ps) == 0 {
		if wanted, any, _ := a.conditions(); len(wanted)+len(any) > 0 {
			return "Somebody runs a program on a machine whose name, arguments or parent fit an attack"
		}
		return "Somebody runs code on a machine that is not theirs"
	}
	var uses []string
	for _, p := range ps {
		uses = append(uses, fmt.Sprintf("%s to %s", p, a.f.programs[p].What))
	}
	if len(ps) > 3 {
		return fmt.Sprintf("Somebody works with programs that are on the machine already, among them %s", list(uses, "and", 2))
	}
	return "Somebody uses " + list(uses, "or", 3)
}

func (a *analyst) networkWho() string {
	switch {
	case a.l.Series || a.l.Calls["series_decompose_anomalies"] > 0:
		return "Traffic leaves its usual course: far more, or at times when there was none, as with a scan, a flood or data that is carried out"
	case a.reading("DnsEvents", "ASimDnsActivityLogs") || strings.HasPrefix(a.main.Name, "_Im_Dns"):
		return "A machine asks for names that a program of an intruder asks for: generated names, tunnels, or known bad ones"
	case a.rare():
		return "A machine talks to a place it never talked to before"
	}
	return "Somebody reaches a machine from outside, or a machine reaches out to somebody"
}
