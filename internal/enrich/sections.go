package enrich

import (
	"fmt"
	"sort"
	"strings"

	"goshawk/internal/rule"
)

// hypothesis is two to four sentences: who does what, what the query looks
// at, and why that stands out.
func (a *analyst) hypothesis(t *theme) string {
	return join(sentence(t.who(a)), sentence(a.looks()), sentence(t.worth))
}

// looks says what the query does, in the words of its conditions.
func (a *analyst) looks() string {
	wanted, any, _ := a.conditions()
	var parts []string
	where := "Reads " + a.readsWords()
	if d := a.l.Lookback(); d > 0 {
		where += " of the last " + strings.TrimPrefix(spanWords(d), "1 ")
	}
	if len(wanted) > 0 {
		where += " where " + list(wanted, "and", 4)
		if len(any) > 0 {
			where += ", and where " + a.anyWords(any)
		}
	} else if len(any) > 0 {
		where += " where " + a.anyWords(any)
	}
	parts = append(parts, where)
	if a.l.Series {
		parts = append(parts, "counts them over time and keeps what leaves the usual course")
	}
	if j := a.anti(); j != nil {
		span := ""
		if j.RightWindow > 0 {
			span = " in the " + spanWords(j.RightWindow) + " before"
		}
		parts = append(parts, "takes out what was seen"+span+onWords(j.On))
	} else if len(a.l.Joins) > 0 {
		if w := a.joinWords(); w != "" {
			parts = append(parts, w)
		}
	}
	if a.l.Calls["prev"] > 0 || a.l.Calls["next"] > 0 {
		parts = append(parts, "compares each row with the one beside it")
	}
	if f, ok := a.threshold(); ok {
		parts = append(parts, fmt.Sprintf("and keeps only those where %s", a.filterWords(f)))
	}
	return strings.Join(parts, ", ")
}

func (a *analyst) anyWords(any []string) string {
	if len(any) == 1 {
		return any[0]
	}
	return "any of these holds: " + strings.Join(any[:min(len(any), 4)], "; ") + more(len(any)-4)
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("; and %d more", n)
}

func (a *analyst) readsWords() string {
	if a.main.Name == "" {
		return "rows that the query makes itself"
	}
	if a.main.Row == "" {
		return a.main.Name
	}
	return a.main.Name + " (" + rowsOf(a.main.Row) + ")"
}

func onWords(on []string) string {
	ws := sayColumns(on)
	if len(ws) == 0 || ws[0] == "" {
		return ""
	}
	return " for the same " + list(ws, "and", 3)
}

// joinWords says what a join adds.
func (a *analyst) joinWords() string {
	j := a.l.Joins[0]
	var other []string
	for _, t := range j.Right {
		if t != a.main.Name {
			other = append(other, t)
		}
	}
	what := "the same table again"
	if len(other) > 0 {
		what = list(unique(other), "and", 3)
	} else if len(j.Right) == 0 {
		what = "a second list"
	}
	verb := "ties them to "
	if j.Kind == "lookup" || j.Kind == "leftouter" {
		verb = "adds what is known from "
	}
	return verb + what + onWords(j.On)
}

// means says what one row stands for and what it does not.
func (a *analyst) means(t *theme) (string, string) {
	g := a.groupWords()
	hit := ""
	switch {
	case g != "":
		hit = "One row stands for " + g
		if w := a.aggregateWords(); len(w) > 0 {
			hit += ", with " + list(w, "and", 6)
		}
	case a.main.Row != "":
		hit = "One row is " + a.main.Row + " that meets the conditions"
	default:
		hit = "One row is a row of " + orWord(a.main.Name, "the query") + " that meets the conditions"
	}
	if a.in.Rule.Kind == rule.Scheduled && a.in.Rule.TriggerThreshold > 0 {
		hit += fmt.Sprintf("; an alert needs %s %d rows", map[rule.Operator]string{rule.GreaterThan: "more than", rule.LessThan: "fewer than", rule.Equal: "exactly", rule.NotEqual: "other than"}[a.in.Rule.TriggerOperator], a.in.Rule.TriggerThreshold)
	}
	not := t.not
	if _, ok := a.threshold(); !ok && a.lastGroup() != nil && a.l.Calls["count"]+a.l.Calls["dcount"] > 0 && a.anti() == nil {
		not = join(not, "The query has no threshold: a single matching record is a row.")
	}
	return sentence(hit), not
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// severity proposes one from the kind, moved by what the query adds.
func (a *analyst) severity(t *theme) Severity {
	s := Severity{Author: a.in.Rule.Severity, Proposal: t.severity, Reason: t.reason, Raise: t.raise}
	_, threshold := a.threshold()
	up, down := 0, 0
	var why []string
	if t.name != "guessed" && t.name != "posture" && t.name != "health" && threshold && len(a.l.Joins) > 0 && a.anti() == nil {
		up++
		why = append(why, "it asks for two things at once and for a number of them")
	}
	if a.lastGroup() == nil && len(a.l.Joins) == 0 && a.fewConditions() && t.severity == rule.Medium {
		down++
		why = append(why, "few conditions and no threshold let daily work through")
	}
	rank := t.severity.Rank() + up - down
	order := []rule.Severity{rule.Informational, rule.Low, rule.Medium, rule.High}
	s.Proposal = order[min(max(rank-1, 0), len(order)-1)]
	if len(why) > 0 {
		s.Reason += "; " + strings.Join(why, "; ")
	}
	return s
}

func (a *analyst) fewConditions() bool {
	n := 0
	for _, f := range a.l.Filters {
		if !f.Not {
			n++
		}
	}
	return n <= 2
}

// blind says what the rule does not see, the special before the general.
func (a *analyst) blind(t *theme) []string {
	var out []string
	out = append(out, a.blindCodes()...)
	out = append(out, t.blind...)
	out = append(out, a.blindCase()...)
	if d := a.l.Lookback(); a.in.Rule.Kind == rule.Scheduled && d > 0 && a.in.Rule.QueryPeriod > 0 && d > a.in.Rule.QueryPeriod {
		out = append(out, fmt.Sprintf("The query looks back %s, but the rule is given only %s of data by its queryPeriod: the rest is empty when it runs on schedule.", spanWords(d), spanWords(a.in.Rule.QueryPeriod)))
	}
	if p, f := a.in.Rule.QueryPeriod, a.in.Rule.QueryFrequency; p > 0 && f > p {
		out = append(out, fmt.Sprintf("It runs every %s over %s of data, so that part of the time is never looked at.", spanWords(f), spanWords(p)))
	}
	if a.l.Lookback() == 0 && a.in.Rule.QueryPeriod == 0 {
		out = append(out, "There is no time filter: the portal's chosen range, or --since, decides how far back it looks.")
	}
	for _, f := range a.l.Filters {
		if f.Not && len(f.Values) > 0 && !f.After && (isAccount(f.Column) || isAddress(f.Column) || isHost(f.Column) || strings.Contains(sayColumn(f.Column), "program") || sayColumn(f.Column) == "command line") {
			out = append(out, fmt.Sprintf("Whoever uses %s is left out by an exclusion on %s, and so is an attacker who does.", list(quote(f.Values), "or", 3), f.Column))
			break
		}
	}
	if a.l.Ops["take"]+a.l.Ops["top"] > 0 {
		out = append(out, "Only part of the rows is kept (take or top): what lies behind the limit is not shown.")
	}
	for _, j := range a.l.Joins {
		if j.Kind == "innerunique" {
			out = append(out, "A join without kind keeps one left row for each key, and which one is not defined; write kind=inner to keep all.")
			break
		}
	}
	for _, l := range unique(a.l.Lists) {
		out = append(out, fmt.Sprintf("It depends on %s: an entry that is missing or out of date changes the result without a word.", l))
	}
	if a.main.Blind != "" {
		out = append(out, sentence(a.main.Name+" does not show everything: "+a.main.Blind))
	}
	if len(out) == 0 {
		out = append(out, "What "+orWord(a.main.Name, "its source")+" does not record, and the same behaviour with other values than those the conditions name")
	}
	for i := range out {
		out[i] = sentence(out[i])
	}
	return unique(out)
}

// siblings are result codes that belong together: a rule that asks for some
// of them and not for others misses those.
var siblings = map[string][]string{
	"50126": {"50034", "50053", "50055", "50056"}, "50053": {"50126"}, "53003": {"53000", "53001", "530032"}, "50074": {"500121", "50076"}, "500121": {"50074", "50076"},
}

// eventSiblings are Windows events that record the same from another side.
var eventSiblings = map[string][]string{
	"4625": {"4771", "4776"}, "4771": {"4625", "4776"}, "4776": {"4625", "4771"}, "4698": {"4702"}, "4697": {"7045"}, "7045": {"4697"}, "4732": {"4728", "4756"},
	"4728": {"4732", "4756"}, "4756": {"4728", "4732"}, "1102": {"104"}, "4688": {"1"}, "4720": {"4741"},
}

func (a *analyst) blindCodes() []string {
	var out []string
	if a.signin() {
		var have []string
		for _, codes := range a.codesOf() {
			have = append(have, codes...)
		}
		sort.Strings(have)
		var miss []string
		for _, c := range have {
			for _, s := range siblings[c] {
				if !contains(have, s) && !contains(have, "not 0") {
					miss = append(miss, fmt.Sprintf("%s (%s)", s, a.f.entra[s].What))
				}
			}
		}
		if miss = unique(miss); len(miss) > 0 {
			out = append(out, "Result "+list(miss, "and", 3)+" "+map[bool]string{true: "is", false: "are"}[len(miss) == 1]+" not asked for, so the same behaviour with another outcome is missed.")
		}
	}
	es := a.events()
	var miss []string
	for _, e := range es {
		for _, s := range eventSiblings[e] {
			if !contains(es, s) {
				miss = append(miss, fmt.Sprintf("%s (%s)", s, a.f.windows[s].What))
			}
		}
	}
	if miss = unique(miss); len(miss) > 0 && a.reading("SecurityEvent", "WindowsEvent", "Event") {
		out = append(out, "Event "+list(miss, "and", 3)+" can record the same and is not asked for.")
	}
	return out
}

// blindCase warns of comparisons that an attacker's spelling defeats.
func (a *analyst) blindCase() []string {
	for _, f := range a.l.Filters {
		if f.Op != "==" && f.Op != "in" || f.Not || f.After || f.Or && f.List {
			continue
		}
		word := sayColumn(f.Column)
		if word != "program" && word != "starting program" && word != "command line" {
			continue
		}
		for _, v := range f.Values {
			if strings.ToLower(v) != strings.ToUpper(v) {
				return []string{fmt.Sprintf("%s is compared with case (%s): \"%s\" written otherwise does not match; =~ or in~ would.", f.Column, f.Op, v)}
			}
		}
	}
	return nil
}

// benign collects innocent causes: of the values asked for first, then of the
// kind.
func (a *analyst) benign(t *theme) []Benign {
	var out []Benign
	add := func(b Benign) {
		for _, x := range out {
			if strings.EqualFold(x.Cause, b.Cause) {
				return
			}
		}
		out = append(out, b)
	}
	for _, p := range a.programs() {
		f := a.f.programs[p]
		if !strings.HasPrefix(f.Why, "nobody") && len(out) < 3 {
			add(Benign{Cause: sentence(p + ": " + f.Why), Tell: "the parent and the account are those of that software or team, and the command line is the same each time", Exclude: a.excludeProgram()})
		}
	}
	for _, f := range a.l.Filters {
		for _, v := range f.Values {
			if x, ok := a.f.actions[strings.ToLower(v)]; ok && !f.Not && len(out) < 3 {
				add(Benign{Cause: sentence(v + ": " + x.Why), Tell: "the usual initiator, a ticket or a pipeline run at that time", Exclude: a.exclude("account")})
			}
		}
	}
	for _, e := range a.events() {
		if x, ok := a.f.windows[e]; ok && len(out) < 3 && a.reading("SecurityEvent", "WindowsEvent", "Event") {
			add(Benign{Cause: sentence(fmt.Sprintf("Event %s: %s", e, x.Why)), Tell: "known accounts and machines, at their usual times", Exclude: a.exclude("account")})
		}
	}
	if a.signin() {
		for _, kind := range []string{"password", "disabled", "foreign", "name", "mfa", "policy", "session", "secret"} {
			for _, c := range a.codesOf()[kind] {
				if x := a.f.entra[c]; x.Why != "" && len(out) < 2 && !covered(t.benign, x.Why) {
					add(Benign{Cause: sentence(fmt.Sprintf("Result %s: %s", c, x.Why)), Tell: "the usual address and device of the account, and no other account behind the address", Exclude: a.exclude("account")})
				}
			}
		}
	}
	for _, b := range t.benign {
		if b.Exclude != "" {
			b.Exclude = a.exclude(b.Exclude)
		}
		b.Cause = sentence(b.Cause)
		add(b)
	}
	if len(out) == 0 {
		add(Benign{Cause: "Work that the organisation knows: deployments, tests, administrators.", Tell: "a ticket, a known account and a usual time", Exclude: a.exclude("account")})
	}
	return out
}

func covered(list []Benign, why string) bool {
	for _, b := range list {
		for _, w := range strings.Fields(why) {
			if len(w) > 7 && strings.Contains(strings.ToLower(b.Cause), w) {
				return true
			}
		}
	}
	return false
}

// columnFor is a column of the main table, or of the result, that names an
// account, an address or a host.
func (a *analyst) columnFor(kind string) string {
	is := map[string]func(string) bool{"account": isAccount, "address": isAddress, "host": isHost}[kind]
	if is != nil {
		for _, f := range a.l.Groups {
			for _, c := range f.By {
				if c == a.main.Account || c == a.main.Address || c == a.main.Host {
					if is(c) {
						return c
					}
				}
			}
			for _, c := range f.By {
				if is(c) {
					return c
				}
			}
		}
		for _, c := range a.l.Project {
			if is(c) && a.inMain(c) {
				return c
			}
		}
	}
	switch kind {
	case "account":
		return a.main.Account
	case "address":
		return a.main.Address
	case "host":
		return a.main.Host
	case "application":
		if a.signin() {
			return "AppDisplayName"
		}
	case "sender":
		return "SenderFromAddress"
	}
	return ""
}

// inMain says whether a column is one of the main table's.
func (a *analyst) inMain(c string) bool {
	for _, n := range a.in.Reads {
		if n.Table == a.main.Name && contains(n.Columns, c) {
			return true
		}
	}
	return len(a.in.Reads) == 0
}

// exclude is a condition to paste that leaves out what is known.
func (a *analyst) exclude(kind string) string {
	col := a.columnFor(kind)
	if col == "" {
		return ""
	}
	list := map[string]string{"account": "KnownAccounts", "address": "CorpEgress", "host": "KnownHosts", "application": "KnownApplications", "sender": "KnownSenders"}[kind]
	return fmt.Sprintf("| where %s !in~ (_GetWatchlist('%s') | project SearchKey)", textColumn(col), list)
}

// textColumn writes a path into a dynamic column as text.
func textColumn(col string) string {
	if strings.Contains(col, ".") {
		return "tostring(" + col + ")"
	}
	return col
}

func (a *analyst) excludeProgram() string {
	if a.reading("DeviceProcessEvents") {
		return `| where not(InitiatingProcessFileName in~ ("ccmexec.exe", "intunewindowsagent.exe"))`
	}
	return a.exclude("host")
}

// tune lists what can be turned, with its place in the query.
func (a *analyst) tune() []Tune {
	var out []Tune
	line := func(at int) int {
		if a.in.Text == nil {
			return 0
		}
		return 1 + strings.Count(a.in.Text.Src[:min(max(at, 0), len(a.in.Text.Src))], "\n")
	}
	for _, k := range a.l.Knobs {
		v := k.Value
		if len(v) > 80 {
			v = v[:77] + "…"
		}
		switch k.Kind {
		case "threshold":
			out = append(out, Tune{What: fmt.Sprintf("Threshold %s (%s): raise it until a quiet week gives no row, lower it where the accounts are few.", k.Name, v), Line: line(k.At.Start)})
		case "window":
			out = append(out, Tune{What: fmt.Sprintf("Window %s (%s): longer finds slower behaviour and costs more.", k.Name, v), Line: line(k.At.Start)})
		case "list":
			out = append(out, Tune{What: fmt.Sprintf("List %s (%s): add what your organisation has, take out what it does not.", k.Name, v), Line: line(k.At.Start)})
		case "value":
			if len(v) < 60 && v != "" {
				out = append(out, Tune{What: fmt.Sprintf("Value %s (%s).", k.Name, v), Line: line(k.At.Start)})
			}
		}
	}
	if g := a.lastGroup(); g != nil {
		if _, ok := a.threshold(); !ok {
			for _, x := range countsFirst(g.Aggs) {
				if x.Func == "count" || strings.HasPrefix(x.Func, "dcount") {
					name := x.Name
					if x.Func == "count" && name == "count_" || name == "" {
						name = "count_"
					}
					out = append(out, Tune{What: "There is no threshold; this one asks for ten or more:", KQL: fmt.Sprintf("| where %s >= 10", name)})
					break
				}
			}
		}
		if g.Bin == 0 && a.l.Calls["count"]+a.l.Calls["dcount"] > 0 {
			out = append(out, Tune{What: fmt.Sprintf("All of the time counts as one; this cuts it into hours, in the by of line %d:", line(g.At.Start)), KQL: "bin(" + a.timeColumn() + ", 1h)"})
		}
	}
	for _, f := range a.l.Filters {
		if f.Not && len(f.Values) > 2 && !f.After && f.Let == "" {
			out = append(out, Tune{What: fmt.Sprintf("The exclusion on %s (%s) is the author's; yours go here.", f.Column, list(quote(f.Values), "and", 3)), Line: line(f.At.Start)})
			break
		}
	}
	if len(out) == 0 {
		for _, f := range a.l.Filters {
			if !f.Not && !f.After && len(f.Values) > 0 && a.filterWords(f) != "" {
				out = append(out, Tune{What: "The conditions themselves are the setting; here: " + a.filterWords(f) + ".", Line: line(f.At.Start)})
				break
			}
		}
		if x := a.exclude("account"); x != "" {
			out = append(out, Tune{What: "Nothing in the query is a setting; known accounts can be left out with a watchlist:", KQL: x})
		} else if x := a.exclude("host"); x != "" {
			out = append(out, Tune{What: "Nothing in the query is a setting; known machines can be left out with a watchlist:", KQL: x})
		}
	}
	return out[:min(len(out), 8)]
}

// countsFirst puts plain counts before the others.
func countsFirst(list []Aggregate) []Aggregate {
	out := append([]Aggregate(nil), list...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Func == "count" && out[j].Func != "count" })
	return out
}

func (a *analyst) timeColumn() string {
	for _, n := range a.in.Reads {
		if n.Table == a.main.Name && contains(n.Columns, "Timestamp") && !contains(n.Columns, "TimeGenerated") {
			return "Timestamp"
		}
	}
	return "TimeGenerated"
}

// triage is the first five minutes, as queries with the entity to fill in.
func (a *analyst) triage() []Pivot {
	account, address, host := a.columnFor("account"), a.columnFor("address"), a.columnFor("host")
	if a.main.Account != "" && !a.mainColumn(account) {
		account = a.main.Account
	}
	if a.main.Address != "" && !a.mainColumn(address) {
		address = a.main.Address
	}
	if a.main.Host != "" && !a.mainColumn(host) {
		host = a.main.Host
	}
	t, tm := a.main.Name, a.timeColumn()
	var out []Pivot
	add := func(q, kql string) { out = append(out, Pivot{q, kql}) }
	if t == "" || a.main.Row == "" {
		if t != "" {
			add("What else is there around the hit?", fmt.Sprintf("%s\n| where %s between (ago(1d) .. now())\n| take 100", tableRef(t), tm))
		}
		return out
	}
	const user, ip, dev = `"<account>"`, `"<address>"`, `"<machine>"`
	switch {
	case a.reading("SigninLogs", "AADNonInteractiveUserSignInLogs"):
		add("Did the account get in, from where, with what?", fmt.Sprintf("%s\n| where %s > ago(7d) and UserPrincipalName =~ %s\n| summarize Attempts = count(), First = min(%s), Last = max(%s) by ResultType, IPAddress, AppDisplayName, ClientAppUsed, ConditionalAccessStatus\n| sort by Last desc", t, tm, user, tm, tm))
		add("Who else came from the address?", fmt.Sprintf("%s\n| where %s > ago(7d) and IPAddress == %s\n| summarize Users = dcount(UserPrincipalName), Failures = countif(ResultType != \"0\"), Successes = countif(ResultType == \"0\")", t, tm, ip))
		add("What did the account change afterwards?", "AuditLogs\n| where TimeGenerated > ago(7d) and tostring(InitiatedBy.user.userPrincipalName) =~ "+user+"\n| project TimeGenerated, OperationName, Result, TargetResources")
		add("Is the account privileged?", "IdentityInfo\n| where AccountUPN =~ "+user+"\n| summarize arg_max(TimeGenerated, AssignedRoles, GroupMembership, IsAccountEnabled) by AccountUPN")
	case a.reading("AuditLogs"):
		add("What else did the same initiator change?", "AuditLogs\n| where TimeGenerated > ago(7d) and tostring(InitiatedBy.user.userPrincipalName) =~ "+user+"\n| project TimeGenerated, OperationName, Result, TargetResources\n| sort by TimeGenerated desc")
		add("From where did the initiator sign in?", "SigninLogs\n| where TimeGenerated > ago(7d) and UserPrincipalName =~ "+user+"\n| summarize count(), Last = max(TimeGenerated) by IPAddress, Location, AppDisplayName, ResultType")
		add("Who changed the same object before?", "AuditLogs\n| where TimeGenerated > ago(30d) and tostring(TargetResources) has \"<object>\"\n| project TimeGenerated, OperationName, InitiatedBy, Result")
	case strings.HasPrefix(t, "Device"):
		add("What ran on the machine around the hit?", "DeviceProcessEvents\n| where "+tm+" between (datetime(<hit>) - 30m .. datetime(<hit>) + 30m) and DeviceName =~ "+dev+"\n| project "+tm+", AccountName, FileName, ProcessCommandLine, InitiatingProcessFileName\n| sort by "+tm+" asc")
		add("Whom did the machine talk to?", "DeviceNetworkEvents\n| where "+tm+" between (datetime(<hit>) - 1h .. datetime(<hit>) + 1h) and DeviceName =~ "+dev+"\n| summarize Connections = count() by RemoteIP, RemoteUrl, RemotePort, InitiatingProcessFileName\n| sort by Connections desc")
		add("Where else is the same file?", "DeviceFileEvents\n| where "+tm+" > ago(7d) and SHA256 == \"<sha256>\"\n| summarize First = min("+tm+"), Devices = dcount(DeviceName) by FileName, FolderPath")
		add("Who was logged on?", "DeviceLogonEvents\n| where "+tm+" > ago(1d) and DeviceName =~ "+dev+" and ActionType == \"LogonSuccess\"\n| summarize Last = max("+tm+") by AccountName, LogonType, RemoteIP")
	case a.reading("SecurityEvent"):
		add("What ran on the machine around the hit?", "SecurityEvent\n| where TimeGenerated between (datetime(<hit>) - 30m .. datetime(<hit>) + 30m) and Computer =~ "+dev+" and EventID == 4688\n| project TimeGenerated, SubjectAccount = Account, NewProcessName, CommandLine, ParentProcessName")
		add("Where did the account log on?", "SecurityEvent\n| where TimeGenerated > ago(7d) and EventID in (4624, 4625) and TargetAccount has "+user+"\n| summarize count(), Last = max(TimeGenerated) by Computer, IpAddress, LogonType, EventID")
		add("What else was changed by it?", "SecurityEvent\n| where TimeGenerated > ago(7d) and EventID in (4720, 4728, 4732, 4756, 4697, 4698, 1102) and SubjectAccount has "+user+"\n| project TimeGenerated, Computer, Activity, TargetAccount")
	case strings.HasPrefix(t, "Email") || t == "UrlClickEvents":
		add("Who got it, and where did it land?", "EmailEvents\n| where "+tm+" > ago(7d) and SenderFromAddress =~ \"<sender>\"\n| summarize Mails = count(), First = min("+tm+") by RecipientEmailAddress, Subject, DeliveryAction, DeliveryLocation")
		add("Who clicked?", "UrlClickEvents\n| where "+tm+" > ago(7d) and Url has \"<domain>\"\n| project "+tm+", AccountUpn, ActionType, IsClickedThrough, Url")
		add("Did a recipient sign in from a new place afterwards?", "SigninLogs\n| where TimeGenerated > ago(3d) and UserPrincipalName =~ "+user+"\n| summarize count(), First = min(TimeGenerated) by IPAddress, Location, ResultType")
	default:
		if account != "" {
			add("What else did the account do?", fmt.Sprintf("%s\n| where %s > ago(7d) and tostring(%s) =~ %s\n| take 200", t, tm, account, user))
		}
		if address != "" {
			add("What else came from the address?", fmt.Sprintf("%s\n| where %s > ago(7d) and tostring(%s) == %s\n| summarize count(), First = min(%s), Last = max(%s)%s", t, tm, address, ip, tm, tm, byAccount(account)))
		}
		if host != "" {
			add("What else happened on the machine?", fmt.Sprintf("%s\n| where %s > ago(1d) and %s =~ %s\n| take 200", t, tm, host, dev))
		}
		if address != "" && !strings.Contains(t, "Sign") {
			add("Does the address sign in anywhere?", "SigninLogs\n| where TimeGenerated > ago(7d) and IPAddress == "+ip+"\n| summarize count() by UserPrincipalName, ResultType")
		}
		if len(out) == 0 {
			add("What else is there around the hit?", fmt.Sprintf("%s\n| where %s between (datetime(<hit>) - 1h .. datetime(<hit>) + 1h)\n| take 200", t, tm))
		}
	}
	return out
}

func tableRef(t string) string {
	if strings.HasPrefix(t, "_Im") || strings.HasPrefix(t, "_ASim") || strings.HasPrefix(t, "im") {
		return t + "()"
	}
	return t
}

func byAccount(account string) string {
	if account == "" {
		return ""
	}
	return " by tostring(" + account + ")"
}

// mainColumn says whether a column is known to be one of the main table's.
func (a *analyst) mainColumn(c string) bool {
	if c == "" {
		return false
	}
	base, _, _ := strings.Cut(c, ".")
	for _, n := range a.in.Reads {
		if n.Table == a.main.Name && contains(n.Columns, base) {
			return true
		}
	}
	return false
}

func (a *analyst) escalate(t *theme) []string {
	out := append([]string(nil), t.escalate...)
	if j := a.anti(); j != nil && len(out) < 4 {
		out = append(out, "the first sighting is followed by more of the same on the next day")
	}
	if len(out) == 0 {
		out = append(out, "no owner, ticket or software explains the hit")
	}
	for i := range out {
		out[i] = sentence(out[i])
	}
	return out
}

// confidence says how much of the query the words above rest on.
func (a *analyst) confidence(t *theme) (Confidence, string) {
	total, said := 0, 0
	for _, f := range a.l.Filters {
		total++
		if f.After && strings.ContainsAny(f.Op, "<>") || a.filterWords(f) != "" {
			said++
		}
	}
	var less []string
	if a.in.Problem != "" {
		less = append(less, "the query does not bind: "+a.in.Problem)
	}
	if a.main.Row == "" {
		less = append(less, "the table "+orWord(a.main.Name, "it reads")+" is not among those whose meaning is known")
	}
	if t.name == generic.name {
		less = append(less, "the query fits no kind of behaviour that the analyst knows, so the hypothesis rests on the author's techniques")
	}
	if total > 0 && said*3 < total*2 {
		less = append(less, fmt.Sprintf("%d of %d conditions could be put into words", said, total))
	}
	if total == 0 {
		less = append(less, "the query has no condition that can be read")
	}
	if len(a.l.Lists) > 0 {
		less = append(less, "part of the logic is in a list outside of the query")
	}
	why := fmt.Sprintf("%d of %d conditions, %d groupings and %d joins were read", said, total, len(a.l.Groups), len(a.l.Joins))
	if len(less) > 0 {
		why += "; " + strings.Join(less, "; ")
	}
	switch {
	case a.in.Problem != "" || len(less) > 2 || a.main.Name == "":
		return Low, sentence(why)
	case len(less) > 0:
		return Medium, sentence(why)
	}
	return High, sentence(why)
}
