package lang

import (
	"sort"
	"strings"

	"goshawk/internal/fn"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// ItemKind is what a completion stands for.
type ItemKind uint8

// The kinds of completions.
const (
	Operator ItemKind = iota
	Table
	Column
	Function
	Aggregate
	Plugin
	Value
	Word
)

// Item is one thing that could be written at a place.
type Item struct {
	Label string
	Kind  ItemKind
	// Detail is a type or a signature.
	Detail string
	// Doc is the first sentence of the page, if there is one.
	Doc string
	// own says that the query itself gives the name.
	own bool
	// Insert replaces Replace.
	Insert  string
	Replace source.Span
}

// placeholder is a name that no workspace has; put at the cursor it makes a
// text parse whose operator is not finished yet.
const placeholder = "goshawk_cursor_"

// Complete lists what could be written at an offset: the likely first, then
// by name. What is typed already narrows it to names that contain it.
func (s *Service) Complete(text *source.Text, offset int) []Item {
	if len(text.Src) > maxText || offset < 0 || offset > len(text.Src) {
		return nil
	}
	c := lookAt(text, offset)
	if c.quiet {
		return nil
	}
	probe := source.New(text.Name, text.Src[:c.word.Start]+placeholder+text.Src[offset:])
	l := &list{at: c.word, typed: strings.ToLower(text.Src[c.word.Start:offset])}
	s.offer(l, c, probe)
	return l.sorted()
}

// offer adds what fits the context.
func (s *Service) offer(l *list, c context, probe *source.Text) {
	sc := s.scopeAt(probe, c.word.Start+1)
	switch {
	case c.prev == "|":
		for w := range operatorNames {
			l.add(Item{Label: w, Kind: Operator, Doc: operatorDoc(w)})
		}
		return
	case c.prev == "." && (c.before == "$left" || c.before == "$right"):
		cols := sc.Columns
		if c.before == "$right" {
			cols = sc.Right
		}
		l.columns(cols)
		return
	case c.prev == ".":
		return
	case c.prev == "=" && words[c.operator+" "+c.before] != nil:
		l.words(words[c.operator+" "+c.before])
		return
	case c.prev == ":" && c.operator != "search":
		l.words(typeWords)
		return
	case c.prev == "evaluate" || c.before == "evaluate" && c.prev == "":
		l.entries(fn.Plugins, Plugin)
		return
	case c.prev == "render":
		l.words(chartWords)
		return
	case c.operator == "" && startsStatement(c.prev):
		s.tables(l, sc.Names)
		l.words(statementWords)
		return
	case tableExpected(c):
		s.tables(l, sc.Names)
		return
	}
	if afterValue(c.prev) && c.call == "" {
		l.words(append(comparisonWords, words[c.operator]...))
		if c.operator != "where" {
			return
		}
	}
	l.columns(sc.Columns)
	for _, n := range sc.Names {
		l.named(n)
	}
	if c.clause == "on" && len(sc.Right) > 0 {
		l.words([]string{"$left", "$right"})
		return
	}
	if aggregating(c) {
		l.entries(fn.Aggregates, Aggregate)
	}
	if !onlyColumns[c.operator] {
		l.entries(fn.Functions, Function)
		for _, name := range s.Engine.Catalog.FunctionNames() {
			l.add(Item{Label: name, Kind: Function, Insert: name + "("})
		}
	}
}

// onlyColumns are the operators that take names and no expressions.
var onlyColumns = set("project-away project-keep project-reorder distinct")

// aggregating says whether aggregates may be called where the cursor is.
func aggregating(c context) bool {
	switch c.operator {
	case "summarize", "make-series", "top-nested", "make-graph":
		return c.clause != "by" || c.operator == "top-nested"
	}
	return false
}

// startsStatement says whether a statement may begin after a token.
func startsStatement(prev string) bool {
	switch prev {
	case "", ";", "=", "(", "{":
		return true
	}
	return false
}

// tableExpected says whether the cursor stands where a table is named.
func tableExpected(c context) bool {
	switch c.operator {
	case "union":
		return c.prev == "union" || c.prev == ","
	case "join", "lookup":
		return c.clause == "" && (c.prev == "(" || c.prev == c.operator)
	}
	switch c.prev {
	case "(":
		return c.before == "join" || c.before == "lookup" || c.before == "union" || c.before == "materialize" || c.before == "toscalar"
	case "union", "in":
		return c.operator == "search" || c.operator == "find"
	}
	return false
}

// afterValue says whether a token ends a value, so that an operator sign or a
// new part must follow.
func afterValue(prev string) bool {
	if prev == "" || operatorNames[prev] || clauses[prev] {
		return false
	}
	switch prev {
	case ")", "]", "*":
		return true
	case "and", "or", "not", "has", "contains", "startswith", "endswith", "matches", "regex", "has_any", "has_all", "between":
		return false
	}
	last := prev[len(prev)-1]
	return last == '"' || last == '\'' || wordByte(last) && last != '-'
}

// tables offers the tables, stored functions and lets that give rows.
func (s *Service) tables(l *list, names []bindNamed) {
	for _, n := range names {
		l.named(n)
	}
	for _, name := range s.Engine.Catalog.TableNames() {
		l.add(Item{Label: name, Kind: Table})
	}
	for _, name := range s.Engine.Catalog.FunctionNames() {
		l.add(Item{Label: name, Kind: Function, Insert: name + "("})
	}
}

// list collects items.
type list struct {
	items []Item
	at    source.Span
	typed string
	seen  map[string]bool
}

func (l *list) add(it Item) {
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	if !strings.Contains(strings.ToLower(it.Label), l.typed) || l.seen[it.Label] {
		return
	}
	l.seen[it.Label] = true
	if it.Insert == "" {
		it.Insert = it.Label
	}
	it.Replace = l.at
	l.items = append(l.items, it)
}

func (l *list) words(ws []string) {
	for _, w := range ws {
		l.add(Item{Label: w, Kind: Word})
	}
}

func (l *list) columns(cols types.Schema) {
	for _, c := range cols {
		l.add(Item{Label: c.Name, Kind: Column, Detail: c.Type.String(), Insert: quoted(c.Name)})
	}
}

// quoted is a column name as it must be written.
func quoted(name string) string {
	for i := 0; i < len(name); i++ {
		if !wordByte(name[i]) || name[i] == '-' || name[i] == '$' || i == 0 && name[i] >= '0' && name[i] <= '9' {
			return "['" + strings.ReplaceAll(name, "'", `\'`) + "']"
		}
	}
	return name
}

func (l *list) named(n bindNamed) {
	it := Item{Label: n.Name, Kind: Value, Detail: n.Type.String(), own: true}
	switch n.Kind {
	case "table":
		it.Kind, it.Detail = Table, "let, "+plural(len(n.Columns), "column")
	case "function":
		it.Kind, it.Detail, it.Insert = Function, n.Name+paramText(n.Params), n.Name+"("
	}
	l.add(it)
}

func (l *list) entries(es []fn.Entry, kind ItemKind) {
	for i := range es {
		e := &es[i]
		if e.Hidden || e.Obsolete {
			continue
		}
		it := Item{Label: e.Name, Kind: kind, Insert: e.Name + "(", Doc: firstSentence(page(e.Name, kind))}
		if len(e.Sigs) > 0 {
			it.Detail = signatureText(e.Name, e.Sigs[0]).Label
		}
		l.add(it)
	}
}

// sorted puts names that begin with what is typed first, columns before
// functions, then by name.
func (l *list) sorted() []Item {
	rank := func(it Item) int {
		r := 10
		if strings.HasPrefix(strings.ToLower(it.Label), l.typed) {
			r = 0
		}
		if it.own {
			return r
		}
		switch it.Kind {
		case Column, Operator, Word:
			return r
		case Value:
			return r + 1
		case Aggregate, Table:
			return r + 2
		}
		return r + 3
	}
	sort.SliceStable(l.items, func(i, j int) bool {
		a, b := l.items[i], l.items[j]
		if x, y := rank(a), rank(b); x != y {
			return x < y
		}
		return strings.ToLower(a.Label) < strings.ToLower(b.Label)
	})
	return l.items
}

// words are what may follow, by operator, or by operator and parameter.
var words = map[string][]string{
	"join kind":        strings.Fields("innerunique inner leftouter rightouter fullouter leftanti rightanti leftsemi rightsemi"),
	"lookup kind":      strings.Fields("leftouter inner"),
	"union kind":       strings.Fields("outer inner"),
	"union isfuzzy":    strings.Fields("true false"),
	"search kind":      strings.Fields("case_insensitive case_sensitive"),
	"parse kind":       strings.Fields("simple regex relaxed"),
	"mv-expand kind":   strings.Fields("bag array"),
	"join":             strings.Fields("on kind hint.strategy"),
	"lookup":           strings.Fields("on kind"),
	"summarize":        strings.Fields("by"),
	"make-series":      strings.Fields("default on from to step by"),
	"sort":             strings.Fields("by asc desc nulls first last"),
	"order":            strings.Fields("by asc desc nulls first last"),
	"top":              strings.Fields("by asc desc nulls first last"),
	"mv-expand":        strings.Fields("to limit"),
	"mv-apply":         strings.Fields("to limit on"),
	"parse":            strings.Fields("with"),
	"parse-where":      strings.Fields("with"),
	"parse-kv":         strings.Fields("as with"),
	"range":            strings.Fields("from to step"),
	"top-nested":       strings.Fields("of by with others"),
	"top-hitters":      strings.Fields("of by"),
	"sample-distinct":  strings.Fields("of"),
	"project-reorder":  strings.Fields("asc desc granny-asc granny-desc"),
	"partition":        strings.Fields("by hint.strategy"),
	"reduce":           strings.Fields("by with"),
	"scan":             strings.Fields("with declare partition by order"),
	"partition native": nil,
}

var (
	comparisonWords = strings.Fields(`and or == != =~ !~ < <= > >= has !has has_cs has_any has_all contains !contains contains_cs
		startswith !startswith startswith_cs endswith !endswith endswith_cs hasprefix hassuffix in !in in~ !in~ between !between`)
	statementWords = strings.Fields("let declare set print range union search find datatable externaldata evaluate materialize")
	typeWords      = strings.Fields("bool datetime decimal dynamic guid int long real string timespan")
	chartWords     = strings.Fields(`table timechart linechart barchart columnchart areachart piechart scatterchart stackedareachart card
		anomalychart ladderchart pivotchart timepivot treemap`)
)
