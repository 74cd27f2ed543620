package rule

import (
	"fmt"
	"slices"
	"strings"
)

// Filter chooses rules. The entries of one list are alternatives, the lists
// must all hold, and an empty list lets everything through. Words are compared
// without regard to case.
type Filter struct {
	ID        []string // ids, or parts of a name
	Kind      []Kind
	Severity  []Severity // exactly these
	Tactic    []string
	Technique []string // "T1078" also takes its sub-techniques
	Tag       []string
}

// Match says whether r passes f.
func (f Filter) Match(r *Rule) bool {
	return anyOf(f.ID, func(s string) bool { return matchName(r, s) }) &&
		anyOf(f.Kind, func(k Kind) bool { return strings.EqualFold(string(k), string(r.Kind)) }) &&
		anyOf(f.Severity, func(s Severity) bool { return strings.EqualFold(string(s), string(r.Severity)) }) &&
		anyOf(f.Tactic, func(s string) bool { return hasFold(r.Tactics, squeeze(s)) }) &&
		anyOf(f.Technique, func(s string) bool { return matchTechnique(r.Techniques, s) }) &&
		anyOf(f.Tag, func(s string) bool { return hasFold(r.Tags, s) })
}

// Check finds words that no rule can ever match, so that a slip does not look
// like a hunt without hits.
func (f Filter) Check() error {
	kinds := []string{string(Scheduled), string(NRT), string(Hunting), string(Exploration), string(Query), string(Parser), string(Other)}
	for _, k := range f.Kind {
		if !hasFold(kinds, string(k)) {
			return fmt.Errorf("--kind %q is not one of %s", k, strings.Join(kinds, ", "))
		}
	}
	var levels []string
	for _, s := range severities {
		levels = append(levels, string(s))
	}
	for _, s := range f.Severity {
		if !hasFold(levels, string(s)) {
			return fmt.Errorf("--severity %q is not one of %s", s, strings.Join(levels, ", "))
		}
	}
	for _, s := range f.Tactic {
		if name, exact := ParseTactic(s); !exact && name != "" {
			return fmt.Errorf("--tactic %q is no tactic; did you mean %s?", s, name)
		} else if name == "" {
			return fmt.Errorf("--tactic %q is no tactic; there are %s", s, strings.Join(tactics, ", "))
		}
	}
	return nil
}

// Apply keeps the rules that pass, in order.
func (f Filter) Apply(rules []*Rule) []*Rule {
	var out []*Rule
	for _, r := range rules {
		if f.Match(r) {
			out = append(out, r)
		}
	}
	return out
}

func anyOf[T any](list []T, match func(T) bool) bool {
	return len(list) == 0 || slices.ContainsFunc(list, match)
}

func hasFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, s) })
}

// matchName takes an id, or a part of the name.
func matchName(r *Rule, s string) bool {
	if strings.EqualFold(r.ID, s) {
		return true
	}
	return s != "" && strings.Contains(strings.ToLower(r.Name), strings.ToLower(s))
}

func matchTechnique(list []string, s string) bool {
	s = strings.ToUpper(s)
	return slices.ContainsFunc(list, func(e string) bool { return e == s || strings.HasPrefix(e, s+".") })
}
