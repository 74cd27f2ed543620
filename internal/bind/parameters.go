package bind

import (
	"fmt"
	"slices"
	"strings"

	"goshawk/internal/ast"
	"goshawk/internal/plan"
	"goshawk/internal/source"
)

// parameter is what an operator's parameter can be set to: one of some words,
// or a value of a kind.
type parameter struct {
	kind     parameterKind
	words    []string
	repeated bool
}

type parameterKind uint8

const (
	aWord parameterKind = iota
	aWordOrNumber
	aFlag   // true or false
	aNumber // a whole number
	aColumn
	aName // of a new column
	aText
	anything
	someColumns
)

func word(list string) parameter { return parameter{kind: aWord, words: strings.Fields(list)} }

var (
	flag           = parameter{kind: aFlag}
	number         = parameter{kind: aNumber}
	free           = parameter{kind: anything}
	newName        = parameter{kind: aName}
	shuffled       = parameter{kind: aColumn, repeated: true}
	joining        = word("auto broadcast centralized shuffle")
	spread         = parameter{kind: aWordOrNumber, words: strings.Fields("auto local")}
	places         = parameter{kind: aWordOrNumber, words: strings.Fields("auto left local right unresolved")}
	column         = parameter{kind: aColumn}
	severalColumns = parameter{kind: someColumns}
	text           = parameter{kind: aText}
	stacking       = word("default unstacked stacked stacked100 map")
	scale          = word("linear log")
)

// parameters are the parameters of each operator that has any.
var parameters = map[string]map[string]parameter{
	"as":       {"hint.materialized": free},
	"consume":  {"decodeblocks": flag},
	"distinct": {"hint.shufflekey": shuffled, "hint.strategy": joining, "hint.num_partitions": number},
	"evaluate": {"hint.distribution": word("single per_node per_shard default"), "hint.remote": word("auto local")},
	"find":     {"withsource": newName, "with_source": newName},
	"join": {
		"kind":        word("inner fullouter innerunique leftanti leftantisemi anti leftouter leftsemi rightanti rightantisemi rightouter rightsemi"),
		"hint.remote": word("auto left local right unresolved"), "hint.shufflekey": shuffled, "hint.strategy": joining, "hint.num_partitions": number,
	},
	"lookup":      {"kind": word("inner leftouter")},
	"make-series": {"hint.shufflekey": shuffled, "kind": word("nonempty")},
	"mv-apply":    {"with_itemindex": newName},
	"mv-expand":   {"kind": word("bag array"), "bagexpansion": word("bag array"), "with_itemindex": newName},
	"parse":       {"kind": word("simple regex relaxed"), "flags": word("")},
	"partition":   {"hint.concurrency": free, "hint.spread": free, "hint.materialized": free, "hint.shufflekey": shuffled, "hint.strategy": free},
	"reduce":      {"kind": word("source")},
	"render":      {"kind": stacking, "title": text, "accumulate": flag, "with": text, "by": severalColumns},
	"scan":        {"kind": word("partial full"), "with_match_id": newName},
	"search":      {"kind": word("default case_insensitive case_sensitive")},
	"sort":        {"hint.strategy": word("splitBlock multipleBlocks")},
	"summarize":   {"hint.shufflekey": shuffled, "hint.strategy": word("shuffle"), "hint.num_partitions": number},
	"top":         {"hint.progressive_top": free},
	"union": {
		"kind": word("inner outer"), "withsource": newName, "with_source": newName, "isfuzzy": flag, "best_effort": flag,
		"hint.concurrency": places, "hint.spread": spread,
	},
	"render with": {
		"kind": stacking, "title": text, "accumulate": flag, "xcolumn": column, "ycolumns": severalColumns, "anomalycolumns": severalColumns,
		"series": severalColumns, "xtitle": text, "ytitle": text, "xaxis": scale, "yaxis": scale, "legend": word("visible hidden"),
		"ysplit": word("none axes panels"),
	},
}

// charts are the words render takes; those at the end are not documented.
var charts = strings.Fields(`table list barchart piechart ladderchart timechart linechart anomalychart pivotchart areachart
	stackedareachart scatterchart timepivot columnchart timeline card treemap plotly 3Dchart graph sankey`)

// parametersOf are the parameters written for an operator, under the word it
// has in parameters.
func parametersOf(op ast.Operator) (string, []*ast.Param) {
	switch op := op.(type) {
	case *ast.Summarize:
		return "summarize", op.Params
	case *ast.Distinct:
		return "distinct", op.Params
	case *ast.Sort:
		return "sort", op.Params
	case *ast.Top:
		return "top", op.Params
	case *ast.Join:
		return "join", op.Params
	case *ast.Lookup:
		return "lookup", op.Params
	case *ast.Union:
		return "union", op.Params
	case *ast.MvExpand:
		return "mv-expand", op.Params
	case *ast.MvApply:
		return "mv-apply", op.Params
	case *ast.Parse:
		return "parse", op.Params
	case *ast.ParseWhere:
		return "parse", op.Params
	case *ast.As:
		return "as", op.Params
	case *ast.MakeSeries:
		return "make-series", op.Params
	case *ast.Evaluate:
		return "evaluate", op.Params
	case *ast.Search:
		return "search", op.Params
	case *ast.Find:
		return "find", op.Params
	case *ast.Reduce:
		return "reduce", op.Params
	case *ast.Partition:
		return "partition", op.Params
	case *ast.Scan:
		return "scan", op.Params
	case *ast.Consume:
		return "consume", op.Params
	case *ast.Render:
		return "render", op.Params
	}
	return "", nil
}

// checkParameters reports parameters that an operator has not, and values
// they cannot have.
func (b *binder) checkParameters(in plan.Rel, st *state, op ast.Operator) {
	name, params := parametersOf(op)
	b.checkList(in, st, name, params)
	r, ok := op.(*ast.Render)
	if !ok {
		return
	}
	b.checkList(in, st, "render with", r.With)
	if r.Chart != nil && !slices.Contains(charts, r.Chart.Text) {
		b.errorf(codeParameter, r.Chart.Span(), "there is no chart %q", r.Chart.Text)
	}
}

func (b *binder) checkList(in plan.Rel, st *state, op string, params []*ast.Param) {
	known := parameters[op]
	seen := map[string]bool{}
	for _, p := range params {
		if p.Name == nil || p.Value == nil {
			continue
		}
		rule, ok := known[p.Name.Text]
		if !ok {
			if op != "render with" && !strings.HasPrefix(p.Name.Text, "__") {
				b.warn(codeParameter, p.Name.Span(), "%s has no parameter %q", op, p.Name.Text)
			}
			continue
		}
		if seen[p.Name.Text] && !rule.repeated {
			b.errorf(codeParameter, p.Name.Span(), "the parameter %q is set already", p.Name.Text)
		}
		seen[p.Name.Text] = true
		b.checkParameter(in, st, rule, p)
	}
}

func (b *binder) checkParameter(in plan.Rel, st *state, rule parameter, p *ast.Param) {
	name, at := p.Name.Text, p.Value.Span()
	switch rule.kind {
	case aWord, aWordOrNumber:
		switch v := p.Value.(type) {
		case *ast.Name:
			if len(rule.words) > 0 && !slices.Contains(rule.words, v.Text) {
				b.errorf(codeParameter, at, "%q is not one of %s", v.Text, strings.Join(rule.words, ", "))
			}
			return
		case *ast.Literal:
			if v.Kind == ast.LongLit && rule.kind == aWordOrNumber {
				return
			}
		case *ast.Bad:
			return
		}
		b.errorf(codeParameter, at, "the parameter %q is set to a word", name)
	case aFlag:
		if l, ok := p.Value.(*ast.Literal); !ok || l.Kind != ast.BoolLit {
			b.errorf(codeParameter, at, "the parameter %q is true or false", name)
		}
	case aNumber:
		if l, ok := p.Value.(*ast.Literal); !ok || l.Kind != ast.LongLit && l.Kind != ast.IntLit {
			b.errorf(codeParameter, at, "the parameter %q is a whole number", name)
		}
	case aColumn:
		b.checkColumn(in, st, p.Value)
	case someColumns:
		if l, ok := p.Value.(*ast.List); ok {
			for _, e := range l.Items {
				b.checkColumn(in, st, e)
			}
			return
		}
		b.checkColumn(in, st, p.Value)
	case aText:
		switch v := p.Value.(type) {
		case *ast.Literal:
			b.errorf(codeParameter, at, "the parameter %q is a text", name)
		case *ast.Name:
			b.scalar(&scope{env: st.env}, v)
		}
	}
}

func (b *binder) checkColumn(in plan.Rel, st *state, e ast.Expr) {
	if n, ok := e.(*ast.Name); ok && in != nil && !st.open && findCol(in.Cols(), n.Text) == nil {
		b.unknown(codeUnknownColumn, n.Span(), "column", n.Text, colNames(in.Cols()))
	}
}

// warn reports what is odd and does no harm.
func (b *binder) warn(code string, at source.Span, format string, args ...any) {
	b.report(source.Diagnostic{Severity: source.Warning, Code: code, Span: at, Message: fmt.Sprintf(format, args...)})
}
