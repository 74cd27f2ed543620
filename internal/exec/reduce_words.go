package exec

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// clustering finds groups of texts as R. Vaarandi's SLCT does: a word at its
// place is frequent when enough rows have it; texts with the same frequent
// words are a candidate; a candidate with enough rows is a group. Words of
// digits only are never taken for frequent, since they count and name things.
type clustering struct {
	words  *plan.Reduce
	need   float64 // rows that a word or group must be above
	texts  *vector.Vector
	counts []int64

	buf    []word  // of the text split last
	group  []int32 // of each text: place in groups
	groups []cluster
}

// cluster is a group of texts. The last one holds what is in no other.
type cluster struct {
	pattern, example string
	rows             int64
}

// othersPattern is what rows in no group are called.
const othersPattern = "others"

// word is a word of a text and what stands before it.
type word struct{ gap, text string }

// split takes a text apart; tail is what follows the last word. The words are
// good until the next text is split.
func (c *clustering) split(s string) (words []word, tail string) {
	words = c.buf[:0]
	defer func() { c.buf = words }()
	for len(s) > 0 {
		from := strings.IndexFunc(s, func(r rune) bool { return !c.between(r) })
		if from < 0 {
			break
		}
		to := strings.IndexFunc(s[from:], c.between)
		if to < 0 {
			to = len(s) - from
		}
		words = append(words, word{s[:from], s[from : from+to]})
		s = s[from+to:]
	}
	return words, s
}

func (c *clustering) between(r rune) bool {
	if !c.words.Plain {
		return strings.ContainsRune(c.words.Characters, r)
	}
	return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
}

// find groups the texts.
func (c *clustering) find(ctx context.Context) error {
	seen := map[placed]int64{}
	for i := range c.texts.N {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		words, _ := c.split(c.texts.Str(i))
		for at, w := range words {
			if strings.Trim(w.text, "0123456789") != "" {
				seen[placed{at, w.text}] += c.counts[i]
			}
		}
	}
	type candidate struct {
		rows  int64
		first int
		long  bool // a text has words behind the last frequent one
	}
	found := map[string]*candidate{}
	var order []*candidate
	of := make([]*candidate, c.texts.N)
	for i := range c.texts.N {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		words, _ := c.split(c.texts.Str(i))
		var key strings.Builder
		last := -1
		for at, w := range words {
			if float64(seen[placed{at, w.text}]) > c.need {
				key.WriteString(strconv.Itoa(at))
				key.WriteByte(' ')
				key.WriteString(w.text)
				key.WriteByte(0)
				last = at
			}
		}
		if last < 0 {
			continue
		}
		k := found[key.String()]
		if k == nil {
			k = &candidate{first: i}
			found[key.String()] = k
			order = append(order, k)
		}
		k.rows += c.counts[i]
		k.long = k.long || last < len(words)-1
		of[i] = k
	}
	slices.SortStableFunc(order, func(a, b *candidate) int { return int(b.rows - a.rows) })
	place := map[*candidate]int32{}
	for _, k := range order {
		if float64(k.rows) > c.need {
			place[k] = int32(len(c.groups))
			text := c.texts.Str(k.first)
			c.groups = append(c.groups, cluster{c.pattern(text, seen, k.long), text, k.rows})
		}
	}
	rest := cluster{pattern: othersPattern}
	c.group = make([]int32, c.texts.N)
	for i := range c.group {
		at, ok := place[of[i]]
		if !ok {
			at = int32(len(c.groups))
			rest.rows += c.counts[i]
		}
		c.group[i] = at
	}
	c.groups = append(c.groups, rest)
	return nil
}

// placed is a word at its place.
type placed struct {
	at   int
	text string
}

// pattern is the text with a star for each word that is not frequent. Stars
// swallow the characters that were given as separators; others stay.
func (c *clustering) pattern(text string, seen map[placed]int64, long bool) string {
	words, tail := c.split(text)
	var out strings.Builder
	star, last := false, -1
	for at, w := range words {
		if float64(seen[placed{at, w.text}]) > c.need {
			last = at
		}
	}
	for at, w := range words {
		frequent := float64(seen[placed{at, w.text}]) > c.need
		switch {
		case at > last && star:
			continue // one star stands for all words behind the last frequent one
		case c.words.Plain || frequent && !star:
			out.WriteString(w.gap)
		}
		if star = !frequent; frequent {
			out.WriteString(w.text)
		} else {
			out.WriteByte('*')
		}
	}
	if last == len(words)-1 {
		if !long {
			out.WriteString(tail)
		} else {
			out.WriteByte('*')
		}
	}
	return out.String()
}

// columns are the groups as dictionary values; the rest comes last.
func (c *clustering) columns() (pattern, count, example *vector.Vector) {
	var ps, es []string
	var ns []int64
	for _, g := range c.groups {
		ps, es, ns = append(ps, g.pattern), append(es, g.example), append(ns, g.rows)
	}
	return vector.Of(types.String, ps, nil), vector.Of(types.Long, ns, nil), vector.Of(types.String, es, nil)
}

// table is a row for each group, and one for the rest if there is any.
func (c *clustering) table(r *plan.Reduce) *vector.Batch {
	pattern, count, example := c.columns()
	out := &vector.Batch{N: len(c.groups)}
	if c.groups[out.N-1].rows == 0 {
		out.N--
	}
	all := []*vector.Vector{pattern, count, example}
	names := map[string]int{"Pattern": 0, "Count": 1, "Representative": 2}
	for _, col := range r.Columns {
		out.Cols = append(out.Cols, all[names[col.Name]].Slice(0, out.N))
	}
	return out
}
