package rulebook

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"goshawk/internal/rule"
)

// Diff is a unified diff of two versions of a record, "" when they are equal.
func (b *Book) Diff(r *Record, from, to *Version) (string, error) {
	x, err := b.Text(from.Text)
	if err != nil {
		return "", err
	}
	y, err := b.Text(to.Text)
	if err != nil {
		return "", err
	}
	return udiff.Unified(from.Path+" "+day(from), to.Path+" "+day(to), lf(x), lf(y)), nil
}

func day(v *Version) string {
	c := v.Commit
	if len(c) > 10 {
		c = c[:10]
	}
	return v.Seen.Format("2006-01-02") + " " + c
}

func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// describe says in one line what is different between two versions of a rule,
// "" when nothing is.
func describe(a, b *rule.Rule) string {
	var out []string
	word := func(what, x, y string) {
		switch {
		case x == y:
		case x == "":
			out = append(out, what+" is now "+y)
		case y == "":
			out = append(out, what+" "+x+" was taken out")
		default:
			out = append(out, fmt.Sprintf("%s %s → %s", what, x, y))
		}
	}
	if a.Query != b.Query {
		out = append(out, queryChange(a.Query, b.Query))
	}
	word("severity", string(a.Severity), string(b.Severity))
	word("kind", string(a.Kind), string(b.Kind))
	word("version", a.Version, b.Version)
	word("frequency", a.QueryFrequency.String(), b.QueryFrequency.String())
	word("period", a.QueryPeriod.String(), b.QueryPeriod.String())
	word("threshold", fmt.Sprint(a.TriggerOperator, " ", a.TriggerThreshold), fmt.Sprint(b.TriggerOperator, " ", b.TriggerThreshold))
	out = append(out, listChange("technique", a.Techniques, b.Techniques)...)
	out = append(out, listChange("tactic", a.Tactics, b.Tactics)...)
	if a.Name != b.Name {
		out = append(out, fmt.Sprintf("name %q → %q", a.Name, b.Name))
	}
	if a.Description != b.Description {
		out = append(out, "description edited")
	}
	if len(out) == 0 && strings.TrimSpace(lf(a.File.Src)) != strings.TrimSpace(lf(b.File.Src)) && a.Index == 0 && b.Index == 0 {
		out = append(out, "other fields edited")
	}
	return strings.Join(out, "; ")
}

// queryChange counts the lines of a query that were added and taken out.
func queryChange(a, b string) string {
	if strings.Join(wordsOf(a), " ") == strings.Join(wordsOf(b), " ") {
		return "query: only numbers, comments or spaces"
	}
	plus, minus := 0, 0
	for _, line := range strings.Split(udiff.Unified("a", "b", lf(a)+"\n", lf(b)+"\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "+++") || strings.HasPrefix(line, "---"):
		case strings.HasPrefix(line, "+"):
			plus++
		case strings.HasPrefix(line, "-"):
			minus++
		}
	}
	return fmt.Sprintf("query: %d lines added, %d taken out", plus, minus)
}

func listChange(what string, a, b []string) []string {
	var out []string
	has := func(list []string, s string) bool {
		for _, x := range list {
			if x == s {
				return true
			}
		}
		return false
	}
	for _, x := range b {
		if !has(a, x) {
			out = append(out, what+" +"+x)
		}
	}
	for _, x := range a {
		if !has(b, x) {
			out = append(out, what+" -"+x)
		}
	}
	return out
}
