package ingest

import (
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

type batch = vector.Batch

// timeColumn is what tables keep their time in.
const timeColumn = "TimeGenerated"

// query is a read of one table from one file, compiled.
type query struct {
	root   *node
	slots  int
	cols   []wanted
	layout *layout
	filter int // slot of the value that picks the table, or -1
	keep   map[string]bool
	tests  []literal
}

// wanted is one column of the answer.
type wanted struct {
	name     string
	typ      types.Type
	path     []string
	constant string
	fixed    bool
	from     []source
	join     func(vals []string) string
}

// source is one place a value may stand: slot has it, text has JSON text in
// which it stands at the path.
type source struct{ slot, text int }

func compile(t *table, l *layout, req scan.Request) *query {
	q := &query{root: newNode(), layout: l, filter: -1}
	for _, c := range req.Columns {
		q.cols = append(q.cols, q.want(l, c))
	}
	if l.filter != "" {
		q.filter = q.note([]string{l.filter})
		q.keep = map[string]bool{}
		if l.shape == nil {
			q.keep[t.name], q.keep[""] = true, l.bare
		} else {
			for k, v := range l.shape.tables {
				if v == t.name {
					q.keep[k] = true
				}
			}
			q.keep["AdvancedHunting-"+t.name] = true
		}
	}
	for _, c := range req.Conds {
		if lit, ok := literalOf(l, t, c); ok {
			q.tests = append(q.tests, lit)
		}
	}
	return q
}

// odd says that a row of a file with one table has something else than a table
// in the column that names it, as happens where exports were worked on.
func (q *query) odd(kind string) bool {
	return q.layout.shape == nil && q.layout.bare && !isTable(kind)
}

// note makes a slot for a path.
func (q *query) note(path []string) int {
	n := q.root
	for _, k := range path {
		n = n.child(k)
	}
	if n.slot < 0 {
		n.slot = q.slots
		q.slots++
	}
	return n.slot
}

func (q *query) want(l *layout, c scan.Column) wanted {
	w := wanted{name: c.Name, typ: c.Type, path: c.Path}
	if len(c.Path) > 0 {
		w.typ = types.Dynamic
	}
	p := l.place(c.Name)
	if p.fixed {
		w.fixed, w.constant = true, p.constant
		return w
	}
	w.join = p.join
	for _, path := range p.paths {
		s := source{text: -1}
		if len(c.Path) > 0 {
			n := q.root
			for _, k := range path {
				n = n.child(k)
			}
			if n.text < 0 {
				n.text = q.slots
				q.slots++
			}
			s.text = n.text
		}
		s.slot = q.note(append(append([]string(nil), path...), c.Path...))
		w.from = append(w.from, s)
	}
	return w
}

// run reads a chunk. nil means that it has no row.
func (q *query) run(f *file, c *chunk) *batch {
	root := q.root.clone()
	slots := make([]string, q.slots)
	cols := make([]gather, len(q.cols))
	for i := range cols {
		cols[i] = newGather(q.cols[i])
	}
	data := asString(c.data)
	tests := q.tests
	if len(tests) > 0 && strings.Contains(data, `\u00`) {
		tests = nil // ASCII letters may be written as escapes here
	}
	rows, all := 0, int64(0)
	for pos := 0; pos < len(data); {
		end := strings.IndexByte(data[pos:], '\n')
		if end < 0 {
			end = len(data)
		} else {
			end += pos
		}
		line := strings.TrimSuffix(data[pos:end], "\r")
		start := pos
		pos = end + 1
		if len(line) == 0 || line[0] != '{' && strings.TrimSpace(line) == "" {
			continue
		}
		all++
		// A line that is left out unread is checked no further than its ends,
		// which shows nearly all that is no record.
		out := !pass(tests, line)
		if out && line[0] == '{' && line[len(line)-1] == '}' {
			continue
		}
		clear(slots)
		if err := scanRecord(root, line, slots); err != nil {
			all--
			var b BadLine
			if len(c.bad) < maxBadLines {
				b = c.place(start)
				b.Reason = err.Error()
			}
			c.fail(b)
			continue
		}
		if out {
			continue
		}
		if q.filter >= 0 {
			if kind := text(slots[q.filter]); !q.keep[kind] && !q.odd(kind) {
				c.others(q.layout, kind)
				continue
			}
		}
		rows++
		for i := range cols {
			if g := &cols[i]; !g.add(slots) {
				if g.bad == 0 {
					g.first = c.place(start)
				}
				g.bad++
			}
		}
	}
	for i := range cols {
		if g := &cols[i]; g.bad > 0 {
			c.values = append(c.values, BadValues{Column: g.want.name, Type: g.want.typ.String(), Count: g.bad,
				First: g.firstText, Line: g.first.Line, Offset: g.first.Offset})
		}
		if g := &cols[i]; g.want.name == timeColumn && g.col != nil {
			for _, t := range g.col.ints {
				c.newest = max(c.newest, t)
			}
		}
	}
	f.count(c, all)
	if rows == 0 {
		return nil
	}
	b := &batch{N: rows}
	for i := range cols {
		b.Cols = append(b.Cols, cols[i].done(rows))
	}
	return b
}

// gather collects one wanted column.
type gather struct {
	want wanted
	col  *column
	// A path column whose values are all strings is kept as Typed: strs and
	// absent; the first other value turns it into col.
	strs   *column
	absent []int
	n      int
	// bad counts the values that do not read as the type, first says where the
	// first of them is.
	bad       int64
	first     BadLine
	firstText string
}

func newGather(w wanted) gather {
	g := gather{want: w}
	switch {
	case w.fixed || len(w.from) == 0:
	case len(w.path) > 0:
		g.strs = newColumn(types.String)
	default:
		g.col = newColumn(w.typ)
	}
	return g
}

// add adds the column's value of one record; false when it does not read as
// the column's type.
func (g *gather) add(slots []string) bool {
	if g.want.fixed || len(g.want.from) == 0 {
		return true
	}
	if join := g.want.join; join != nil && g.col != nil && g.col.typ == types.String {
		vals := make([]string, len(g.want.from))
		for i, s := range g.want.from {
			vals[i] = text(slots[s.slot])
		}
		g.col.str(join(vals))
		return true
	}
	raw := ""
	for _, s := range g.want.from {
		if s.text >= 0 && slots[s.text] != "" {
			g.addValue(inside(slots[s.text], g.want.path))
			return true
		}
		if v := slots[s.slot]; v != "" {
			raw = v
			if v != "null" {
				break
			}
		}
	}
	if len(g.want.path) == 0 {
		if g.col.add(raw) {
			return true
		}
		if g.bad == 0 {
			g.firstText = sampleText(raw)
		}
		return false
	}
	if g.strs != nil {
		switch {
		case raw == "" || raw == "null":
			g.absent = append(g.absent, g.n)
			g.strs.str("")
			g.n++
			return true
		case raw[0] == '"':
			g.strs.add(raw)
			g.n++
			return true
		}
	}
	v := dynamic.NullValue
	switch {
	case raw == "":
	case raw[0] == '"':
		v = dynamic.FromString(strings.Clone(text(raw)))
	default:
		v = dynamic.FromChecked(strings.Clone(raw))
	}
	g.addValue(v)
	return true
}

// sampleText is the beginning of a value, for a report.
func sampleText(raw string) string {
	s := text(raw)
	if r := []rune(s[:min(len(s), 200)]); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return strings.Clone(s)
}

func inside(raw string, path []string) dynamic.Value {
	v := dyn(raw)
	for _, k := range path {
		v = v.Get(k)
	}
	return v
}

func (g *gather) addValue(v dynamic.Value) {
	if g.strs != nil {
		switch v.Kind() {
		case dynamic.Null:
			g.absent = append(g.absent, g.n)
			g.strs.str("")
			g.n++
			return
		case dynamic.String:
			g.strs.str(v.Text())
			g.n++
			return
		}
		old := g.typed()
		g.strs, g.col = nil, newColumn(types.Dynamic)
		for i := range old.N {
			g.col.b.Append(vector.Datum{T: types.Dynamic, V: old.Dyn(i)})
		}
	}
	g.n++
	g.col.b.Append(vector.Datum{T: types.Dynamic, V: v})
}

func (g *gather) typed() *vector.Vector {
	var absent vector.Bitmap
	if len(g.absent) > 0 {
		absent = vector.NewBitmap(g.n)
		for _, i := range g.absent {
			absent.Set(i)
		}
	}
	return vector.NewTyped(g.strs.done(), absent)
}

func (g *gather) done(n int) *vector.Vector {
	w := g.want
	switch {
	case w.fixed:
		c := newColumn(w.typ)
		c.add(w.constant)
		return vector.Constant(c.done().Datum(0), n)
	case len(w.from) == 0:
		return vector.Nulls(w.typ, n)
	case g.strs != nil:
		return g.typed()
	}
	return g.col.done()
}

// literal is a text that must stand in a line, one of some.
type literal struct {
	any  []string
	fold bool
}

// literalOf is what a condition says about the bytes of a line: a string
// column that is taken from records as it stands holds a text. A text with
// characters that JSON may write in another way says nothing.
func literalOf(l *layout, t *table, c scan.Cond) (literal, bool) {
	i := t.schema.Index(c.Column.Name)
	if i < 0 || len(c.Values) == 0 || len(c.Values) > 4 || !l.place(c.Column.Name).verbatim() {
		return literal{}, false
	}
	if t.schema[i].Type != types.String && len(c.Column.Path) == 0 {
		return literal{}, false
	}
	lit := literal{}
	switch c.Op {
	case "Equal", "In", "InCs", "HasCs", "ContainsCs", "StartsWithCs", "EndsWithCs":
	case "EqualTilde", "Has", "Contains", "StartsWith", "EndsWith":
		lit.fold = true
	default:
		return lit, false
	}
	for _, v := range c.Values {
		s, ok := v.V.(string)
		if !ok || len(s) < 2 {
			return lit, false
		}
		for k := range len(s) {
			b := s[k]
			letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
			if !letter && (b < '0' || b > '9') && b != ' ' && b != '.' && b != '-' && b != '_' && b != '@' {
				return lit, false
			}
			// The Kelvin sign and the long s fold to ASCII letters.
			if lit.fold && (b|0x20 == 'k' || b|0x20 == 's') {
				return lit, false
			}
		}
		if lit.fold {
			s = strings.ToLower(s)
		}
		lit.any = append(lit.any, s)
	}
	return lit, true
}

func pass(tests []literal, line string) bool {
	for i := range tests {
		found := false
		for _, s := range tests[i].any {
			if tests[i].fold {
				found = containsFold(line, s)
			} else {
				found = strings.Contains(line, s)
			}
			if found {
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// containsFold says whether low, lower case ASCII, stands in s in any case.
func containsFold(s, low string) bool {
	last := len(low) - 1
	// Horspool's search: look at the last character, move on by how far before
	// the end the found one stands in low.
	var step [256]uint8
	n := min(len(low), 255)
	for i := range step {
		step[i] = uint8(n)
	}
	for i := max(0, last-254); i < last; i++ {
		step[low[i]] = uint8(last - i)
		if low[i] >= 'a' && low[i] <= 'z' {
			step[low[i]-0x20] = uint8(last - i)
		}
	}
	for i := last; i < len(s); i += int(step[s[i]]) {
		if lower(s[i]) != low[last] {
			continue
		}
		k := 1
		for k <= last && lower(s[i-k]) == low[last-k] {
			k++
		}
		if k > last {
			return true
		}
	}
	return false
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 0x20
	}
	return b
}
