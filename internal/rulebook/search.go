package rulebook

import (
	"fmt"
	"sort"
	"strings"

	"goshawk/internal/rule"
)

// Facts are what others know of a record and searches ask for: its verdict
// and the tables it reads. The zero value knows nothing.
type Facts struct {
	// Runs is "yes", "refused", "broken" or "".
	Runs   string
	Tables []string
}

// Index answers searches over a book. It is not changed after NewIndex and may
// be used by several goroutines.
type Index struct {
	records []*Record
	facts   []Facts
	words   map[string][]int32 // word -> records, ascending
	sorted  []string           // the words, for prefixes
	low     []string           // all text of a record in lower case, for phrases
}

// NewIndex reads the newest version of every record. facts may be nil.
func NewIndex(b *Book, facts func(*Record) Facts) (*Index, error) {
	x := &Index{words: map[string][]int32{}}
	for _, r := range b.Records {
		text := ""
		if t, err := b.Text(r.Newest().Text); err == nil {
			text = t
		} else {
			return nil, err
		}
		f := Facts{}
		if facts != nil {
			f = facts(r)
		}
		n := int32(len(x.records))
		low := strings.ToLower(r.Name + "\n" + text)
		x.records, x.facts, x.low = append(x.records, r), append(x.facts, f), append(x.low, low)
		for _, w := range splitWords(low) {
			l := x.words[w]
			if len(l) == 0 || l[len(l)-1] != n {
				x.words[w] = append(l, n)
			}
		}
	}
	for w := range x.words {
		x.sorted = append(x.sorted, w)
	}
	sort.Strings(x.sorted)
	return x, nil
}

func splitWords(low string) []string {
	return strings.FieldsFunc(low, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80)
	})
}

// term is one part of a search.
type term struct {
	not   bool
	field string // "" for text
	op    string // ":" or, for severity, ">=" "<=" ">" "<"
	value string
}

// Fields are what a search can name.
var Fields = []string{"id", "kind", "name", "runs", "severity", "source", "status", "table", "tactic", "tag", "technique"}

// parseSearch splits a search: words, "phrases", field:value, and - before
// what must not be.
func parseSearch(q string) ([]term, error) {
	var out []term
	for q = strings.TrimSpace(q); q != ""; q = strings.TrimSpace(q) {
		t := term{}
		if len(q) > 1 && q[0] == '-' {
			t.not, q = true, q[1:]
		}
		if i := strings.IndexAny(q, ": \""); i > 0 && q[i] == ':' {
			name := strings.ToLower(q[:i])
			if !known(name) {
				return nil, fmt.Errorf("a search has no field %q; there are %s", name, strings.Join(Fields, ", "))
			}
			t.field, t.op, q = name, ":", q[i+1:]
			for _, op := range []string{">=", "<=", ">", "<"} {
				if strings.HasPrefix(q, op) {
					if name != "severity" {
						return nil, fmt.Errorf("%s cannot be compared with %s; only severity can", name, op)
					}
					t.op, q = op, q[len(op):]
					break
				}
			}
		}
		t.value, q = takeWord(q)
		if t.value == "" {
			return nil, fmt.Errorf("the search has nothing behind %q", t.field+t.op)
		}
		t.value = strings.ToLower(t.value)
		out = append(out, t)
	}
	return out, nil
}

func known(field string) bool {
	i := sort.SearchStrings(Fields, field)
	return i < len(Fields) && Fields[i] == field
}

func takeWord(q string) (word, rest string) {
	if strings.HasPrefix(q, `"`) {
		if i := strings.IndexByte(q[1:], '"'); i >= 0 {
			return q[1 : i+1], q[i+2:]
		}
		return q[1:], ""
	}
	if i := strings.IndexByte(q, ' '); i >= 0 {
		return q[:i], q[i:]
	}
	return q, ""
}

// Search gives the records that match all parts of a search, the best first:
// those with the words in their name, then by name. An empty search gives all.
func (x *Index) Search(q string) ([]*Record, error) {
	terms, err := parseSearch(q)
	if err != nil {
		return nil, err
	}
	keep := make([]bool, len(x.records))
	for i := range keep {
		keep[i] = true
	}
	for _, t := range terms {
		hit, err := x.match(t)
		if err != nil {
			return nil, err
		}
		for i := range keep {
			keep[i] = keep[i] && hit[i] != t.not
		}
	}
	var out []*Record
	score := map[*Record]int{}
	for i, ok := range keep {
		if !ok {
			continue
		}
		r := x.records[i]
		out = append(out, r)
		name := strings.ToLower(r.Name)
		for _, t := range terms {
			if t.field == "" && !t.not && strings.Contains(name, t.value) {
				score[r]++
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if score[a] != score[b] {
			return score[a] > score[b]
		}
		return strings.ToLower(a.Name) < strings.ToLower(b.Name)
	})
	return out, nil
}

// match says for each record whether one part holds.
func (x *Index) match(t term) ([]bool, error) {
	hit := make([]bool, len(x.records))
	if t.field == "" {
		x.matchText(t.value, hit)
		return hit, nil
	}
	test, err := fieldTest(t)
	if err != nil {
		return nil, err
	}
	for i, r := range x.records {
		hit[i] = test(r, &x.facts[i])
	}
	return hit, nil
}

// matchText finds words that begin with a word, and phrases as they stand.
func (x *Index) matchText(value string, hit []bool) {
	words := splitWords(value)
	if len(words) != 1 || words[0] != value {
		for i, low := range x.low {
			hit[i] = strings.Contains(low, value)
		}
		return
	}
	for i := sort.SearchStrings(x.sorted, value); i < len(x.sorted) && strings.HasPrefix(x.sorted[i], value); i++ {
		for _, n := range x.words[x.sorted[i]] {
			hit[n] = true
		}
	}
}

// fieldTest is the test of a part that names a field.
func fieldTest(t term) (func(*Record, *Facts) bool, error) {
	has := func(list []string) bool {
		for _, s := range list {
			if strings.EqualFold(s, t.value) {
				return true
			}
		}
		return false
	}
	switch t.field {
	case "severity":
		return severityTest(t)
	case "id":
		return func(r *Record, _ *Facts) bool { return strings.EqualFold(r.ID, t.value) || r.Key == t.value }, nil
	case "kind":
		return func(r *Record, _ *Facts) bool { return strings.EqualFold(string(r.Kind), t.value) }, nil
	case "name":
		return func(r *Record, _ *Facts) bool { return strings.Contains(strings.ToLower(r.Name), t.value) }, nil
	case "runs":
		return func(_ *Record, f *Facts) bool { return f.Runs == t.value || t.value == "no" && f.Runs != "yes" }, nil
	case "source":
		return func(r *Record, _ *Facts) bool {
			for _, p := range r.Places {
				if strings.EqualFold(p.Upstream, t.value) {
					return true
				}
			}
			return false
		}, nil
	case "status":
		return func(r *Record, _ *Facts) bool { return r.Gone() == (t.value == "removed") }, nil
	case "table":
		return func(_ *Record, f *Facts) bool { return has(f.Tables) }, nil
	case "tactic":
		t.value = strings.ReplaceAll(t.value, " ", "")
		return func(r *Record, _ *Facts) bool { return has(r.Tactics) }, nil
	case "tag":
		return func(r *Record, _ *Facts) bool { return has(r.Tags) }, nil
	}
	return func(r *Record, _ *Facts) bool { // technique
		for _, s := range r.Techniques {
			if strings.EqualFold(s, t.value) || strings.HasPrefix(strings.ToLower(s), t.value+".") {
				return true
			}
		}
		return false
	}, nil
}

func severityTest(t term) (func(*Record, *Facts) bool, error) {
	s, exact := rule.ParseSeverity(t.value)
	if s == "" {
		return nil, fmt.Errorf("there is no severity %q; there are informational, low, medium, high", t.value)
	}
	_ = exact
	want := s.Rank()
	return func(r *Record, _ *Facts) bool {
		got := r.Severity.Rank()
		if got == 0 {
			return false
		}
		switch t.op {
		case ">=":
			return got >= want
		case "<=":
			return got <= want
		case ">":
			return got > want
		case "<":
			return got < want
		}
		return got == want
	}, nil
}
