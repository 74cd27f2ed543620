package rule

import (
	"regexp"
	"strings"

	"goshawk/internal/source"
)

var severities = []Severity{Informational, Low, Medium, High}

// otherSeverities are words of other tools for the four of Sentinel.
var otherSeverities = map[string]Severity{
	"info": Informational, "information": Informational, "none": Informational,
	"critical": High, "moderate": Medium, "med": Medium,
}

// tactics are the names that Sentinel writes, ATT&CK's without blanks.
var tactics = []string{
	"Reconnaissance", "ResourceDevelopment", "InitialAccess", "Execution", "Persistence",
	"PrivilegeEscalation", "DefenseEvasion", "CredentialAccess", "Discovery", "LateralMovement",
	"Collection", "CommandAndControl", "Exfiltration", "Impact", "PreAttack",
	"ImpairProcessControl", "InhibitResponseFunction", "Evasion",
}

// ParseSeverity normalises a word; exact says whether it was written that way
// apart from case.
func ParseSeverity(word string) (s Severity, exact bool) {
	word = strings.TrimSpace(word)
	for _, k := range severities {
		if strings.EqualFold(string(k), word) {
			return k, true
		}
	}
	if k, ok := otherSeverities[strings.ToLower(word)]; ok {
		return k, false
	}
	names := make([]string, len(severities))
	for i, k := range severities {
		names[i] = string(k)
	}
	return Severity(source.Nearest(word, names)), false
}

// squeeze drops blanks, dashes and underscores and lowers the rest.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '_', '\t', '\u00a0', '\u200b':
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// ParseTactic normalises the name of a tactic; exact says whether only blanks
// and case differed. An unknown tactic gives "".
func ParseTactic(word string) (name string, exact bool) {
	w := squeeze(strings.ReplaceAll(word, "Defence", "Defense"))
	for _, t := range tactics {
		if strings.ToLower(t) == w {
			return t, true
		}
	}
	return source.Nearest(w, tactics), false
}

var (
	technique      = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	looseTechnique = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])t?\s*-?(\d{4})(?:\s*[./]\s*(\d{1,3}))?(?:$|[^0-9])`)
)

// ParseTechnique normalises an ATT&CK technique id such as "T1078" or
// "T1078.004"; exact says whether it was written that way. Text without a
// technique gives "".
func ParseTechnique(word string) (id string, exact bool) {
	word = strings.TrimSpace(word)
	if technique.MatchString(word) {
		return word, true
	}
	m := looseTechnique.FindStringSubmatch(word)
	if m == nil {
		return "", false
	}
	id = "T" + m[1]
	if m[2] != "" {
		id += "." + strings.Repeat("0", 3-len(m[2])) + m[2]
	}
	return id, false
}

// operators are the spellings of trigger operators.
var operators = map[string]Operator{
	"gt": GreaterThan, "greaterthan": GreaterThan, ">": GreaterThan,
	"lt": LessThan, "lessthan": LessThan, "<": LessThan,
	"eq": Equal, "equal": Equal, "equals": Equal, "==": Equal, "=": Equal,
	"ne": NotEqual, "notequal": NotEqual, "notequals": NotEqual, "!=": NotEqual,
}
