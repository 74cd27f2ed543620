package demo

import (
	"slices"
	"strings"
	"time"
)

// Story is one planted thing: an attack, or something harmless that looks like
// one.
type Story struct {
	ID     string
	Attack bool
	// Title names it in a few words, Why explains in a sentence or two what
	// happened and how it can be told.
	Title, Why string
	// Users and Addresses are what a result row must mention to name the story.
	Users, Addresses []string
	From, To         time.Time
	Signins          int
	// Rules are the ids of the starter rules that must name an attack, and of
	// those that a look-alike imitates and that must not name it.
	Rules []string
}

// Truth is what a hunt over the sample should find.
type Truth struct {
	// Now is what the rules must take for the present.
	Now     time.Time
	Stories []Story
}

// Ids of the starter rules.
const (
	RuleAdminHour    = "19fa423c-4a7d-41b8-bd94-2eac090a3225"
	RulePortal       = "a91ff91d-2615-431f-a88a-8c685407cacf"
	RuleBruteForce   = "6dd182a1-9924-407d-a54f-98bf2adb0d24"
	RuleDisabled     = "84f9a0e3-c344-4af6-a9e4-78d3801e3470"
	RuleAdminTool    = "d02ff075-e868-4b4d-9c66-2b35ae7e1600"
	RuleGuest        = "708c1244-520a-4319-afca-c55d1a7a238c"
	RuleTravel       = "496854eb-f2cf-4bb9-b960-95a6269245ac"
	RuleMFAFatigue   = "a904d31f-4b32-4036-8779-62430ff8fd53"
	RuleNewCountry   = "9fac7db0-d62e-4708-b022-7270ab5a777b"
	RuleDeviceCode   = "8474ada5-9f09-4668-9bc7-171a131b3241"
	RuleLegacy       = "50c44925-5180-4b6d-bb00-29d5a13df977"
	RuleNewNetwork   = "89dffc2f-34f1-48b0-b795-3eabf99d70e3"
	RuleSpray        = "729ed482-9c14-4980-99f6-7aa66bbbbdb6"
	RulePolicyBypass = "70888bb3-02fa-4331-b099-c19d8d888bef"
	RuleRisky        = "5d42183d-f8f5-44ae-8ee8-23739b7a9a67"
	RuleSession      = "30ec513c-5b98-4be6-84fd-1afa16856a83"
)

// lists are rules that list what happened without judging it: rows about
// nobody in particular are what they are for.
var lists = []string{RulePortal}

// Finding is how one story fared with one rule.
type Finding struct {
	Story Story
	Rule  string
	Rows  int  // rows of the rule that mention the story
	Right bool // named, for an attack; not named, for a look-alike
}

// Verdict compares the results of a hunt with the truth.
type Verdict struct {
	Findings []Finding
	// Strange counts, by rule, rows that mention no attack.
	Strange map[string]int
}

// Right says whether every attack was found, every look-alike left alone, and
// nobody else accused.
func (v Verdict) Right() bool {
	return len(v.Strange) == 0 && !slices.ContainsFunc(v.Findings, func(f Finding) bool { return !f.Right })
}

// Count gives how many of the stories of one sort came out right in all their
// rules, and how many there are.
func (v Verdict) Count(attack bool) (right, all int) {
	good := map[string]bool{}
	for _, f := range v.Findings {
		if f.Story.Attack != attack {
			continue
		}
		so, seen := good[f.Story.ID]
		good[f.Story.ID] = f.Right && (so || !seen)
	}
	for _, ok := range good {
		if ok {
			right++
		}
	}
	return right, len(good)
}

// Check compares the rows that each rule (by id) gave with the truth. A row is
// all its cells as text, in any form that keeps names and addresses whole.
func (t Truth) Check(rows map[string][]string) Verdict {
	v := Verdict{Strange: map[string]int{}}
	for _, s := range t.Stories {
		for _, rule := range s.Rules {
			f := Finding{Story: s, Rule: rule}
			for _, row := range rows[rule] {
				if s.mentioned(row) {
					f.Rows++
				}
			}
			f.Right = s.Attack == (f.Rows > 0)
			v.Findings = append(v.Findings, f)
		}
	}
	for rule, list := range rows {
		if slices.Contains(lists, rule) {
			continue
		}
		for _, row := range list {
			if !t.explains(row) {
				v.Strange[rule]++
			}
		}
	}
	return v
}

// explains says whether a row mentions an attack.
func (t Truth) explains(row string) bool {
	return slices.ContainsFunc(t.Stories, func(s Story) bool { return s.Attack && s.mentioned(row) })
}

func (s Story) mentioned(row string) bool {
	in := func(word string) bool { return mentions(row, word) }
	return slices.ContainsFunc(s.Users, in) || slices.ContainsFunc(s.Addresses, in)
}

// mentions says whether word stands in row as a whole name or address: not
// "ida.holm@…" inside "frida.holm@…", nor "203.0.113.7" inside "203.0.113.77".
func mentions(row, word string) bool {
	for at := 0; ; {
		i := strings.Index(row[at:], word)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(word)
		if (i == 0 || !nameByte(row[i-1])) && (end == len(row) || !nameByte(row[end])) {
			return true
		}
		at = i + 1
	}
}

func nameByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte(".:-_#@", c) >= 0
}
