package rule

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"goshawk/internal/source"
)

// fieldReader reads typed things from a field set and reports what is odd.
type fieldReader struct {
	*fieldSet
	rep *report
}

func (f *fieldReader) spanOf(name string) source.Span {
	fd, _ := f.get(name)
	return fd.Span
}

// text is a field as text. A list of one is taken as its element.
func (f *fieldReader) text(name string) (string, source.Span) {
	fd, ok := f.get(name)
	if !ok || fd.Value.Kind == Null {
		return "", source.Span{}
	}
	v := fd.Value
	if v.Kind == List && len(v.List) > 0 && v.List[0].scalar() {
		f.rep.wrongType(v.Span, fd.Key, "text", v.Kind)
		v = v.List[0]
	}
	if !v.scalar() {
		f.rep.wrongType(v.Span, fd.Key, "text", v.Kind)
		return "", v.Span
	}
	return strings.TrimSpace(v.Text), v.Span
}

// item is one element of a list and its place.
type item struct {
	text string
	span source.Span
}

// list is a field as a list of texts. Text is split at commas and semicolons.
func (f *fieldReader) list(name string) []item {
	fd, ok := f.get(name)
	if !ok {
		return nil
	}
	v := fd.Value
	var out []item
	switch {
	case v.Kind == List:
		for _, e := range v.List {
			if e.scalar() {
				out = append(out, split(e)...)
			} else if e.Kind != Null {
				f.rep.wrongType(e.Span, fd.Key, "a list of texts", e.Kind)
			}
		}
	case v.scalar() && strings.TrimSpace(v.Text) == "":
	case v.scalar():
		f.rep.wrongType(v.Span, fd.Key, "a list", v.Kind)
		out = split(v)
	case v.Kind == Map:
		f.rep.wrongType(v.Span, fd.Key, "a list", v.Kind)
	}
	return out
}

// split cuts text at commas and semicolons.
func split(v Value) []item {
	var out []item
	for _, part := range strings.FieldsFunc(v.Text, func(r rune) bool { return r == ',' || r == ';' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, item{part, v.Span})
		}
	}
	return out
}

func (f *fieldReader) query(r *Rule, file *source.Text) {
	fd, ok := f.get("query")
	if !ok || fd.Value.node == nil {
		return
	}
	r.Query = fd.Value.Text
	r.Text = fd.Value.node.place(file)
}

var (
	guid   = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	inGUID = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
)

// identity reads what names the rule. Published analytics and hunting rules
// have a GUID; nothing else needs one.
func (f *fieldReader) identity(r *Rule, whole source.Span) {
	var sp source.Span
	r.ID, sp = f.text("id")
	r.Name, _ = f.text("name")
	if r.Name == "" && r.Kind == Parser {
		r.Name = f.functionTitle(r.Function)
	}
	r.Description, _ = f.text("description")
	r.Version, _ = f.text("version")
	r.Status, _ = f.text("status")
	r.Author, _ = f.text("author")
	switch {
	case r.ID == "" && (r.Kind == Scheduled || r.Kind == NRT):
		at := source.Span{Start: whole.Start, End: whole.Start}
		f.rep.add(source.Warning, codeID, at, `the rule has no "id"`, "add a GUID, so that its alerts keep together when the file moves")
	case r.ID == "" || guid.MatchString(r.ID):
	case len(inGUID.FindAllString(r.ID, 2)) == 1: // an expression of an ARM template
		as := inGUID.FindString(r.ID)
		f.rep.readAs(codeID, sp, "id", r.ID, as)
		r.ID = as
	case r.Kind != Query:
		f.rep.add(source.Warning, codeID, sp, "the id "+strconv.Quote(r.ID)+" is not a GUID", "Sentinel wants a GUID here")
	}
}

// functionTitle is the title that a function file keeps in a block of its own,
// else the function's name.
func (f *fieldReader) functionTitle(name string) string {
	for _, fd := range f.fields {
		if strings.EqualFold(fd.Key, "Function") || strings.EqualFold(fd.Key, "Parser") {
			if t := fd.Value.text("Title"); t != "" {
				return t
			}
		}
	}
	return name
}

// words reads severity, tactics, techniques and tags.
func (f *fieldReader) words(r *Rule) {
	word, sp := f.text("severity")
	r.SeverityText = word
	if word != "" {
		s, exact := ParseSeverity(word)
		switch {
		case s == "":
			f.rep.unknownWord(codeSeverity, sp, "severity", word, "")
		case !exact:
			f.rep.readAs(codeSeverity, sp, "severity", word, string(s))
		}
		r.Severity = s
	}
	for _, it := range f.list("tactics") {
		t, exact := ParseTactic(it.text)
		switch {
		case exact:
		case t != "":
			f.rep.readAs(codeTactic, it.span, "tactic", it.text, t)
		default:
			f.rep.unknownWord(codeTactic, it.span, "tactic", it.text, "")
			t = it.text
		}
		r.Tactics = appendNew(r.Tactics, t)
	}
	for _, it := range f.list("relevantTechniques") {
		t, exact := ParseTechnique(it.text)
		switch {
		case exact:
		case t != "":
			f.rep.readAs(codeTechnique, it.span, "technique", it.text, t)
		default:
			f.rep.unknownWord(codeTechnique, it.span, "technique id", it.text, "")
			continue
		}
		r.Techniques = appendNew(r.Techniques, t)
	}
	if fd, ok := f.get("tags"); ok {
		r.Tags = tags(fd.Value)
	}
}

// tags flattens tags: texts as they are, maps as "key:value".
func tags(v Value) []string {
	var out []string
	switch {
	case v.scalar():
		for _, it := range split(v) {
			out = appendNew(out, it.text)
		}
	case v.Kind == List:
		for _, e := range v.List {
			if e.scalar() {
				out = appendNew(out, strings.TrimSpace(e.Text))
				continue
			}
			out = append(out, tags(e)...)
		}
	case v.Kind == Map:
		for _, p := range v.pairs() {
			out = appendNew(out, p.Name+":"+p.Column)
		}
	}
	return out
}

func appendNew(list []string, s string) []string {
	if s == "" || hasFold(list, s) {
		return list
	}
	return append(list, s)
}

// schedule reads when the rule runs and what triggers it.
func (f *fieldReader) schedule(r *Rule) {
	r.QueryFrequency = f.duration("queryFrequency")
	r.QueryPeriod = f.duration("queryPeriod")
	r.SuppressionDuration = f.duration("suppressionDuration")
	if s, _ := f.text("suppressionEnabled"); strings.EqualFold(s, "true") {
		r.SuppressionEnabled = true
	}
	r.TriggerOperator = GreaterThan
	if s, sp := f.text("triggerOperator"); s != "" {
		op, ok := operators[squeeze(s)]
		if !ok {
			f.rep.add(source.Warning, codeTrigger, sp, strconv.Quote(s)+" is not a known trigger operator", "write gt, lt, eq or ne; gt is used")
			op = GreaterThan
		}
		r.TriggerOperator = op
	}
	if s, sp := f.text("triggerThreshold"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			f.rep.add(source.Warning, codeTrigger, sp, "the trigger threshold "+strconv.Quote(s)+" is not a whole number", "0 is used")
		}
		r.TriggerThreshold = max(n, 0)
	}
}

func (f *fieldReader) duration(name string) time.Duration {
	s, sp := f.text(name)
	if s == "" {
		return 0
	}
	d, err := ParseDuration(s)
	if err != nil {
		f.rep.add(source.Warning, codeDuration, sp, err.Error(), "")
	}
	return d
}

// kind reads the kind, or tells it from the other fields; other is the answer
// for a file of queries.
func (f *fieldReader) kind(r *Rule, other Kind) Kind {
	_, function := f.get("functionName")
	fd, _ := f.get("query")
	word, sp := f.text("kind")
	k, ok := parseKind(word)
	switch {
	case word != "" && ok:
		return k
	case word != "":
		f.rep.unknownWord(codeKind, sp, "kind of rule", word, source.Nearest(word, []string{"Scheduled", "NRT", "Hunting"}))
	}
	switch {
	case function || strings.EqualFold(fd.Key, "ParserQuery") || strings.EqualFold(fd.Key, "FunctionQuery"):
		return Parser
	case r.QueryFrequency > 0 || r.QueryPeriod > 0:
		return Scheduled
	case other != "":
		return other
	case hasKey(f.fields, "InputEntityType"):
		return Exploration
	}
	return Hunting
}

// parseKind normalises a kind; ok is false when the word is not known.
func parseKind(word string) (k Kind, ok bool) {
	switch squeeze(word) {
	case "scheduled", "analytic", "analytics", "schedule", "scheduledalertrule":
		return Scheduled, true
	case "nrt", "nearrealtime":
		return NRT, true
	case "hunting", "huntingquery", "hunt", "huntingqueries":
		return Hunting, true
	case "function", "parser":
		return Parser, true
	case "query", "kql":
		return Query, true
	case "microsoftsecurityincidentcreation", "fusion", "mlbehavioranalytics", "threatintelligence", "anomaly":
		return Other, true
	}
	return "", false
}
