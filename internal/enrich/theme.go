package enrich

import (
	"fmt"
	"strings"

	"goshawk/internal/rule"
)

// theme is a kind of behaviour that many rules look for. Its words hold for
// any rule of the kind; what is special to one rule is taken from its query.
type theme struct {
	name string
	// when says whether a query is of this kind.
	when func(*analyst) bool
	// who does what: the first sentence of the hypothesis.
	who func(*analyst) string
	// worth says why it is worth looking for.
	worth string
	// not says what a hit does not mean.
	not      string
	severity rule.Severity
	reason   string
	raise    []string
	benign   []Benign
	blind    []string
	escalate []string
}

// codesOf are the Entra result codes that the query asks for, by kind.
func (a *analyst) codesOf() map[string][]string {
	out := map[string][]string{}
	for _, col := range []string{"ResultType", "ErrorCode", "Status.errorCode"} {
		wanted, _ := a.l.On(col)
		for _, v := range wanted {
			if c, ok := a.f.entra[v]; ok {
				out[c.Kind] = append(out[c.Kind], v)
			}
		}
	}
	for _, f := range a.l.Filters {
		if f.Not && sayColumn(f.Column) == "result" && contains(f.Values, "0") && !f.After {
			out["failure"] = append(out["failure"], "not 0")
		}
	}
	// countif(ResultType == "0") and the like stand in aggregates.
	return out
}

func (a *analyst) reading(tables ...string) bool {
	for _, t := range tables {
		if a.main.Name == t {
			return true
		}
	}
	return false
}

func (a *analyst) anyTable(tables ...string) bool {
	for _, t := range tables {
		if contains(a.tables, t) {
			return true
		}
	}
	return false
}

func (a *analyst) signin() bool {
	return a.reading("SigninLogs", "AADNonInteractiveUserSignInLogs", "AADServicePrincipalSignInLogs", "AADManagedIdentitySignInLogs", "ADFSSignInLogs",
		"AADSignInEventsBeta", "EntraIdSignInEvents", "IdentityLogonEvents")
}

// events are the Windows event ids asked for.
func (a *analyst) events() []string {
	var out []string
	for _, c := range []string{"EventID", "EventId"} {
		w, _ := a.l.On(c)
		out = append(out, w...)
	}
	return out
}

func (a *analyst) event(ids ...string) bool {
	if !a.reading("SecurityEvent", "WindowsEvent", "Event") {
		return false
	}
	es := a.events()
	for _, id := range ids {
		if contains(es, id) {
			return true
		}
	}
	return false
}

// action says whether an operation with one of the words in it is asked for.
func (a *analyst) action(words ...string) bool {
	for _, f := range a.l.Filters {
		switch sayColumn(f.Column) {
		case "operation", "action", "API call":
		default:
			if f.Column != "ActivityType" && f.Column != "ActivityDisplayName" {
				continue
			}
		}
		for _, v := range f.Values {
			for _, w := range words {
				if !f.Not && strings.Contains(strings.ToLower(v), strings.ToLower(w)) {
					return true
				}
			}
		}
	}
	return false
}

// toApps is " to "App"" when the query names applications.
func (a *analyst) toApps() string {
	apps, _ := a.l.On("AppDisplayName")
	if len(apps) == 0 {
		return ""
	}
	return " to " + list(quote(apps), "or", 3)
}

// perAddress says that the result is by address and counts accounts.
func (a *analyst) perAddress() bool {
	for _, g := range a.l.Groups {
		by := false
		for _, c := range g.By {
			by = by || isAddress(c)
		}
		for _, x := range g.Aggs {
			if by && (strings.HasPrefix(x.Func, "dcount") || strings.HasPrefix(x.Func, "make_set") || x.Func == "makeset") && isAccount(x.Arg) {
				return true
			}
		}
	}
	return false
}

// rare says that the query looks for what is new or seldom.
func (a *analyst) rare() bool {
	if j := a.anti(); j != nil {
		for _, t := range j.Left {
			if contains(j.Right, t) {
				return true
			}
		}
	}
	return false
}

// intel says that the query compares with indicators.
func (a *analyst) intel() bool {
	return a.anyTable("ThreatIntelligenceIndicator", "ThreatIntelIndicators", "ThreatIntelIndicators_CL")
}

func (a *analyst) programs() []string {
	var out []string
	for _, f := range a.l.Filters {
		switch f.Column[strings.LastIndexByte(f.Column, '.')+1:] {
		case "FileName", "InitiatingProcessFileName", "Process", "NewProcessName", "ProcessName", "ParentProcessName", "InitiatingProcessParentFileName",
			"ProcessCommandLine", "CommandLine", "InitiatingProcessCommandLine", "ProcessVersionInfoOriginalFileName", "Image", "ParentImage":
			if f.Not {
				continue
			}
			for _, v := range f.Values {
				base := strings.ToLower(v[strings.LastIndexAny(v, `\/`)+1:])
				if _, ok := a.f.programs[base]; ok {
					out = append(out, base)
				} else if _, ok := a.f.programs[base+".exe"]; ok {
					out = append(out, base+".exe")
				}
			}
		}
	}
	return unique(out)
}

func fixed(s string) func(*analyst) string { return func(*analyst) string { return s } }

// theme finds the kind of a query; the last one fits all.
func (a *analyst) theme() *theme {
	for i := range themes {
		if themes[i].when(a) {
			return &themes[i]
		}
	}
	return &generic
}

var generic = theme{
	name: "generic", when: func(*analyst) bool { return true },
	who:      func(a *analyst) string { return a.genericWho() },
	not:      "It does not say who is behind it or whether it was meant to do harm: the query tests only what its conditions say.",
	severity: rule.Medium, reason: "nothing in the query's table or values tells the analyst how grave a hit is",
}

// genericWho says what the rule looks for from its techniques, else from its
// table.
func (a *analyst) genericWho() string {
	var does []string
	for _, id := range a.in.Rule.Techniques {
		if a.in.Matrix == nil {
			break
		}
		r := a.in.Matrix.Resolve(id)
		if r.Technique == nil {
			continue
		}
		base, _, _ := strings.Cut(r.Technique.ID, ".")
		if w := a.f.techniques[base]; w != "" {
			does = append(does, fmt.Sprintf("%s (%s)", w, r.Technique.ID))
		} else {
			does = append(does, fmt.Sprintf("uses %s (%s)", strings.ToLower(a.in.Matrix.Full(r.Technique)), r.Technique.ID))
		}
	}
	if len(does) > 0 {
		return fmt.Sprintf("Somebody %s, and it shows in %s", list(unique(does), "or", 3), a.shows())
	}
	return "Something unwanted shows in " + a.shows()
}

func (a *analyst) shows() string {
	if a.main.Row != "" {
		return rowsOf(a.main.Row)
	}
	if a.main.Name != "" {
		return "the rows of " + a.main.Name
	}
	return "the rows that the query makes itself"
}
