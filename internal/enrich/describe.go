package enrich

import (
	"fmt"
	"strings"
)

// opWords say an operator and its negation.
var opWords = map[string][2]string{
	"==": {"is", "is not"}, "=~": {"is", "is not"}, "in": {"is one of", "is none of"}, "in~": {"is one of", "is none of"},
	"has": {"has the word", "lacks the word"}, "has_cs": {"has the word", "lacks the word"}, "contains": {"contains", "does not contain"},
	"contains_cs": {"contains", "does not contain"}, "startswith": {"begins with", "does not begin with"}, "startswith_cs": {"begins with", "does not begin with"},
	"endswith": {"ends with", "does not end with"}, "endswith_cs": {"ends with", "does not end with"}, "has_any": {"has one of the words", "has none of the words"},
	"has_all": {"has all of the words", "lacks one of the words"}, "matches regex": {"matches the pattern", "does not match the pattern"},
	"hasprefix": {"has a word that begins with", "has no word that begins with"}, "hassuffix": {"has a word that ends with", "has no word that ends with"},
	">": {"is above", "is not above"}, ">=": {"is at least", "is below"}, "<": {"is below", "is not below"}, "<=": {"is at most", "is above"},
	"between": {"lies between", "lies outside"}, "like": {"is like", "is not like"},
}

// filterWords says one condition.
func (a *analyst) filterWords(f Filter) string {
	switch f.Op {
	case "isempty", "isnull":
		return a.say(f) + map[bool]string{false: " is empty", true: " is filled in"}[f.Not]
	case "isnotempty", "isnotnull":
		return a.say(f) + map[bool]string{false: " is filled in", true: " is empty"}[f.Not]
	case "is true":
		return f.Column + map[bool]string{false: " holds", true: " does not hold"}[f.Not]
	case "ipv4_is_private":
		return "the address is " + map[bool]string{false: "private", true: "not private"}[f.Not]
	}
	w, ok := opWords[f.Op]
	if !ok || f.Column == "" {
		return ""
	}
	word := w[0]
	if f.Not {
		word = w[1]
	}
	if f.List {
		name := f.ListName
		if name == "" {
			name = "another query"
		}
		return fmt.Sprintf("%s %s %s", a.say(f), map[bool]string{false: "stands in", true: "does not stand in"}[f.Not], name)
	}
	if len(f.Values) == 0 {
		return ""
	}
	if len(f.Values) == 1 {
		word = strings.NewReplacer("is one of", "is", "is none of", "is not", "one of the words", "the word", "none of the words", "not the word").Replace(word)
	}
	return fmt.Sprintf("%s %s %s", a.say(f), word, list(a.valueWords(f), "or", 4))
}

func (a *analyst) say(f Filter) string { return f.Column }

// valueWords says values, with what is known of codes and events.
func (a *analyst) valueWords(f Filter) []string {
	var out []string
	for _, v := range f.Values {
		if what := a.meaning(f.Column, v); what != "" && len(f.Values) <= 6 {
			out = append(out, fmt.Sprintf("%s (%s)", v, what))
			continue
		}
		if isNumber(v) {
			out = append(out, v)
			continue
		}
		out = append(out, quote([]string{v})[0])
	}
	return out
}

// meaning is what a value of a column stands for, "" when it is not known.
func (a *analyst) meaning(column, value string) string {
	switch last := column[strings.LastIndexByte(column, '.')+1:]; last {
	case "ResultType", "ErrorCode", "errorCode", "ResultSignature":
		if strings.Contains(a.main.Name, "Sign") || strings.Contains(a.main.Name, "SignIn") {
			return a.f.entra[value].What
		}
	case "EventID", "EventId":
		return a.f.windows[value].What
	case "OperationName", "Operation", "ActionType", "EventName", "OperationNameValue", "ActivityType":
		return a.f.actions[strings.ToLower(value)].What
	case "LogonType":
		return logonTypes[value]
	}
	return ""
}

var logonTypes = map[string]string{
	"2": "at the keyboard", "3": "over the network", "4": "by a scheduled task", "5": "as a service", "7": "unlocking",
	"8": "over the network with the password in clear", "9": "with other credentials for the network", "10": "by remote desktop", "11": "with cached credentials",
}

// conditions says what rows must meet before they are grouped, the telling
// conditions first, exclusions apart.
func (a *analyst) conditions() (wanted, any, excluded []string) {
	seen := map[string]bool{}
	for _, f := range a.l.Filters {
		if f.After || f.Column == "" || strings.HasSuffix(f.Op, " column") {
			continue
		}
		w := a.filterWords(f)
		if w == "" || seen[w] {
			continue
		}
		seen[w] = true
		switch {
		case f.Not || f.Op == "isnotempty" || f.Op == "isnotnull":
			excluded = append(excluded, w)
		case f.Or:
			any = append(any, w)
		default:
			wanted = append(wanted, w)
		}
	}
	return wanted, any, excluded
}

// groupWords says what one row of the result stands for.
func (a *analyst) groupWords() string {
	g := a.lastGroup()
	if g == nil {
		return ""
	}
	by := sayColumns(g.By)
	if len(by) > 5 {
		by = append(by[:4], fmt.Sprintf("%d other columns", len(by)-4))
	}
	out := list(by, "and", 6)
	if out == "" {
		out = "the whole time"
	} else {
		out = "one " + out
	}
	if g.Bin > 0 {
		out += ", per " + strings.TrimPrefix(spanWords(g.Bin), "1 ")
	}
	return out
}

// aggregateWords says what is counted and collected.
func (a *analyst) aggregateWords() []string {
	g := a.lastGroup()
	if g == nil {
		return nil
	}
	var out, sets []string
	first, last := false, false
	for _, x := range g.Aggs {
		switch x.Func {
		case "count", "countif":
			out = append(out, "how often")
		case "dcount", "dcountif", "count_distinct":
			out = append(out, "how many different "+plural(sayColumn(x.Arg)))
		case "min":
			first = first || isTime(x.Arg)
		case "max":
			last = last || isTime(x.Arg)
		case "make_set", "makeset", "make_list", "makelist", "make_set_if":
			if x.Arg != "" {
				sets = append(sets, plural(sayColumn(x.Arg)))
			}
		case "sum":
			out = append(out, "how much "+sayColumn(x.Arg))
		case "arg_max", "arg_min":
			out = append(out, "the "+map[string]string{"arg_max": "latest", "arg_min": "earliest"}[x.Func]+" of them in full")
		}
	}
	switch {
	case first && last:
		out = append(out, "from when to when")
	case first:
		out = append(out, "since when")
	case last:
		out = append(out, "when last")
	}
	if len(sets) > 0 {
		out = append(out, "the "+list(unique(sets), "and", 5)+" seen")
	}
	return unique(out)
}
