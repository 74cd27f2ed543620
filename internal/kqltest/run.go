package kqltest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"goshawk/internal/bind"
	"goshawk/internal/exec"
	"goshawk/internal/fn"
	"goshawk/internal/opt"
	"goshawk/internal/parser"
	"goshawk/internal/plan"
	"goshawk/internal/printer"
	"goshawk/internal/rule"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// now is the clock of golden pages: 2024-01-01.
var now = types.FromUnix(1704067200, 0)

// variant is one way to run a case. None may change the answer.
type variant struct {
	medium   Medium
	batch    int
	threads  int
	optimize bool
	reprint  bool // run what the printer writes instead of the text
}

// String names the variant in failures.
func (v variant) String() string {
	s := fmt.Sprintf("from %s, batches of %d, %d threads", v.medium.Name, v.batch, v.threads)
	if !v.optimize {
		s += ", optimizer off"
	}
	if v.reprint {
		s += ", reprinted"
	}
	return s
}

// variants are all ways, the plainest first: it is what the page is compared
// with, and what the others are compared with.
func variants() []variant {
	out := []variant{}
	for _, m := range Media {
		for _, batch := range []int{1024, 3, 1} {
			for _, threads := range []int{1, 4} {
				out = append(out, variant{m, batch, threads, false, false}, variant{m, batch, threads, true, false})
			}
			out = append(out, variant{m, batch, 4, true, true})
		}
	}
	return out
}

// outcome is what a run gave.
type outcome struct {
	tables []*Table
	// diags is the text of the diagnostics, or of the error of the run;
	// refused says that there are no tables because of it.
	diags   string
	bare    string // diags without places, which a reprint moves
	refused bool
}

// text is all that must be equal between two variants.
func (o *outcome) text(bare bool) string {
	parts := []string{o.diags}
	if bare {
		parts[0] = o.bare
	}
	for _, t := range o.tables {
		parts = append(parts, t.Text())
	}
	return strings.Join(parts, "\n")
}

// Run runs a case in all ways and says how the answer differs from what the
// page says, or between two ways; nil when it does not. dir is a folder for
// its logs.
func Run(c *Case, dir string) error {
	first, err := plainest(c, dir)
	if err != nil {
		return err
	}
	if err := compare(c, first); err != nil {
		return fmt.Errorf("line %d: %s\n%w", c.Line, short(c.Query), err)
	}
	if c.Files != nil {
		return nil
	}
	if v, got := disagreement(c, dir, first, variants()[1:]); got != nil {
		return fmt.Errorf("line %d: %s", c.Line, reproduction(c, dir, v))
	}
	if c.Plan != nil {
		if err := checkPlan(c, dir); err != nil {
			return fmt.Errorf("line %d: %s\n%w", c.Line, c.Query, err)
		}
	}
	return nil
}

// plainest is the outcome in the plainest way.
func plainest(c *Case, dir string) (*outcome, error) {
	if c.Files != nil {
		return ruleOutcome(c, dir)
	}
	w, err := load(c, dir)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", c.Line, err)
	}
	return compute(c, w, variants()[0]), nil
}

// short is a query as failures show it.
func short(q string) string {
	if len(q) > 2000 {
		return q[:2000] + " ..."
	}
	return q
}

// compare holds an outcome against the page.
func compare(c *Case, got *outcome) error {
	if c.Error != nil && c.Error.Text == "" {
		return fmt.Errorf("it expects a message and does not say which; it gave\n%s", got.diags)
	}
	if c.Error != nil && got.diags != c.Error.Text {
		return fmt.Errorf("got the messages\n%s\nwant\n%s", got.diags, c.Error.Text)
	}
	if c.Error == nil && got.refused {
		return fmt.Errorf("it is refused:\n%s", got.diags)
	}
	if c.Error != nil && !got.refused && c.Files == nil && len(c.Want) == 0 {
		return fmt.Errorf("it gives a result beside the messages: say which")
	}
	if len(c.Want) > 0 && len(c.Want) != len(got.tables) {
		return fmt.Errorf("it gives %d results, the page has %d", len(got.tables), len(c.Want))
	}
	for i, w := range c.Want {
		g, t := got.tables[i], w.Table
		if !w.Ordered {
			g, t = g.Sorted(), t.Sorted()
		}
		if g.Text() != t.Text() {
			return fmt.Errorf("got\n%s\nwant\n%s", g.Text(), t.Text())
		}
	}
	return nil
}

// disagreement is the first of some ways whose outcome is not that of the plainest.
func disagreement(c *Case, dir string, first *outcome, ways []variant) (variant, *outcome) {
	w, err := load(c, dir)
	if err != nil {
		return variants()[0], &outcome{diags: err.Error()}
	}
	for _, v := range ways {
		if v.reprint && first.refused && first.bare == "" {
			continue // what does not parse has no other text
		}
		if got := compute(c, w, v); got.text(v.reprint) != first.text(v.reprint) {
			return v, got
		}
	}
	return variant{}, nil
}

// compute runs a case in one way.
func compute(c *Case, w *workspace, v variant) (out *outcome) {
	defer func() {
		if r := recover(); r != nil {
			out = &outcome{diags: fmt.Sprintf("panic: %v", r), bare: "panic", refused: true}
		}
	}()
	catalog, err := w.catalog(v.medium, v.batch)
	if err != nil {
		return &outcome{diags: err.Error(), refused: true}
	}
	text := source.New("", c.Query)
	q, ds := parser.Parse(text)
	if ds.HasErrors() {
		return &outcome{diags: Messages(ds), refused: true}
	}
	if v.reprint {
		text = source.New("", printer.Query(q))
		if q, ds = parser.Parse(text); ds.HasErrors() {
			return &outcome{diags: Messages(ds), bare: "the reprint does not parse", refused: true}
		}
	}
	p, more := bind.Query(q, text, bind.Options{Schema: catalog, Now: now, External: w.ext.Allow, Geo: w.geo})
	ds = append(ds, more...)
	out = &outcome{diags: w.clean(Messages(w.funcs.Diagnostics), Messages(ds)), bare: bare(ds)}
	if out.refused = ds.HasErrors(); out.refused {
		return out
	}
	var rewrite func(*plan.Query) *plan.Query
	if v.optimize {
		rewrite = opt.Apply
		p = opt.Apply(p)
	}
	results, err := exec.Run(context.Background(), p, exec.Config{
		Env: &fn.Env{Now: now, Seed: 1, Geo: w.geo}, Threads: v.threads, Memory: exec.NewBudget(1 << 28), BatchSize: v.batch, Rewrite: rewrite, External: w.ext.Read,
	})
	if err != nil {
		out.diags, out.bare, out.refused = err.Error(), err.Error(), true
		var de *source.DiagnosticsError // of a stage bound when its data was read
		if errors.As(err, &de) {
			out.diags, out.bare = Messages(de.Diagnostics), bare(de.Diagnostics)
		}
		return out
	}
	for _, r := range results {
		out.tables = append(out.tables, tableOf(r))
	}
	return out
}

// ruleOutcome reads the case's rule files from a folder.
func ruleOutcome(c *Case, dir string) (*outcome, error) {
	paths, err := writeFiles(dir, c.Files)
	if err != nil {
		return nil, err
	}
	set := rule.LoadPaths(paths)
	text := strings.ReplaceAll(Messages(set.Diagnostics), dir+string(filepath.Separator), "")
	return &outcome{diags: text, refused: set.Diagnostics.HasErrors()}, nil
}

// Messages is diagnostics as pages write them: place, code and message, the
// line with a mark under the place, and the hint. What is no error says so.
func Messages(ds source.Diagnostics) string {
	var out []string
	for _, d := range ds.Sort() {
		severity := ""
		if d.Severity != source.Error {
			severity = d.Severity.String() + " "
		}
		if d.Text == nil {
			out = append(out, fmt.Sprintf("%s%s: %s", severity, d.Code, d.Message))
			continue
		}
		at := d.Text.Position(d.Span.Start)
		line, before, width := d.Text.Line(d.Span)
		out = append(out, fmt.Sprintf("%d:%d: %s%s: %s", at.Line, at.Col, severity, d.Code, d.Message))
		if strings.TrimSpace(line) != "" && len(line) <= maxLine {
			out = append(out, strings.ReplaceAll(line, "\t", " "), strings.Repeat(" ", before)+strings.Repeat("^", width))
		}
		if d.Hint != "" {
			out = append(out, "hint: "+d.Hint)
		}
	}
	return strings.Join(out, "\n")
}

// maxLine is the longest source line that a message shows.
const maxLine = 300

func bare(ds source.Diagnostics) string {
	var out []string
	for _, d := range ds.Sort() {
		out = append(out, d.Code+": "+d.Message)
	}
	return strings.Join(out, "\n")
}
