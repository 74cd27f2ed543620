package cli

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"goshawk/internal/engine"
	"goshawk/internal/hunt"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// jsonRule is one rule in `hunt --format json`.
type jsonRule struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Path       string        `json:"path"`
	Kind       string        `json:"kind"`
	Severity   string        `json:"severity"`
	Tactics    []string      `json:"tactics"`
	Techniques []string      `json:"techniques"`
	Status     hunt.Status   `json:"status"`
	Reason     string        `json:"reason"`
	Columns    []jsonColumn  `json:"columns"`
	Rows       [][]any       `json:"rows"`
	RowCount   int           `json:"row_count"`
	Entities   []hunt.Entity `json:"entities"`
	DurationMS float64       `json:"duration_ms"`
	// File has the rows, in the summary that --out writes.
	File string `json:"file,omitempty"`
}

// jsonReport is what a hunt gives in JSON.
type jsonReport struct {
	Rules   []jsonRule  `json:"rules"`
	Summary jsonSummary `json:"summary"`
}

// jsonSummary is the end of a hunt in JSON.
type jsonSummary struct {
	Rules        int      `json:"rules"`
	Run          int      `json:"run"`
	Hits         int      `json:"hits"`
	Skipped      int      `json:"skipped"`
	Refused      int      `json:"refused"`
	Errors       int      `json:"errors"`
	BrokenFiles  int      `json:"broken_rule_files"`
	LogFiles     int      `json:"log_files"`
	RowsRead     int64    `json:"rows_read"`
	BytesRead    int64    `json:"bytes_read"`
	SkippedFiles int      `json:"skipped_log_files"`
	DamagedFiles int      `json:"damaged_log_files"`
	BadLines     int64    `json:"unreadable_lines"`
	BadValues    int64    `json:"unreadable_values"`
	ElapsedMS    float64  `json:"elapsed_ms"`
	Notes        []string `json:"notes"`
	RuleProblems []string `json:"rule_problems"`
	// Reasons are why rules were refused, the most frequent first.
	Reasons []jsonReason `json:"refused_reasons"`
}

// jsonReason is why some rules were refused.
type jsonReason struct {
	Reason string `json:"reason"`
	Rules  int    `json:"rules"`
}

// reasons counts why rules were refused.
func (r *report) reasons() []jsonReason {
	out := []jsonReason{}
	at := map[string]int{}
	for _, x := range r.Results {
		if x.Status != hunt.Refused {
			continue
		}
		why := x.Reason
		for _, d := range x.Notes {
			if d.Severity == source.Error {
				why = d.Message
				break
			}
		}
		i, ok := at[why]
		if !ok {
			i = len(out)
			at[why] = i
			out = append(out, jsonReason{Reason: why})
		}
		out[i].Rules++
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Rules > out[j].Rules })
	return out
}

// json is the report without the rows, which writeJSON adds.
func (r *report) json() jsonReport {
	rules := []jsonRule{}
	for _, x := range r.Results {
		j := jsonRule{
			ID: x.Rule.ID, Name: x.Rule.Name, Path: x.Rule.Path, Kind: string(x.Rule.Kind), Severity: string(x.Rule.Severity),
			Tactics: list(x.Rule.Tactics), Techniques: list(x.Rule.Techniques), Status: x.Status, Reason: x.Reason,
			Columns: []jsonColumn{}, Rows: [][]any{}, Entities: x.Entities, DurationMS: millis(x.Duration),
		}
		if j.Entities == nil {
			j.Entities = []hunt.Entity{}
		}
		if x.Table != nil {
			j.Columns, j.RowCount = jsonColumns(x.Table.Schema), x.Table.Rows()
		}
		rules = append(rules, j)
	}
	return jsonReport{rules, r.summary()}
}

// noRows is where the rows of a rule go in its JSON text. Quotes inside strings
// are escaped there, so it stands in the text once.
const noRows = `"rows":[]`

// writeJSON writes the report with the rows of each rule, row by row.
func (r *report) writeJSON(w io.Writer) error {
	out := r.json()
	if _, err := io.WriteString(w, `{"rules":[`); err != nil {
		return err
	}
	for i, j := range out.Rules {
		var text strings.Builder
		if err := encode(&text, j); err != nil {
			return err
		}
		head, tail, _ := strings.Cut(strings.TrimSuffix(text.String(), "\n"), noRows)
		if i > 0 {
			head = "," + head
		}
		if _, err := io.WriteString(w, head+`"rows":`); err != nil {
			return err
		}
		rows := &engine.Result{}
		if t := r.Results[i].Table; t != nil {
			rows = t
		}
		if err := writeRows(w, rows); err != nil {
			return err
		}
		if _, err := io.WriteString(w, tail); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w, `],"summary":`); err != nil {
		return err
	}
	var text strings.Builder
	if err := encode(&text, out.Summary); err != nil {
		return err
	}
	_, err := io.WriteString(w, strings.TrimSuffix(text.String(), "\n")+"}\n")
	return err
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r *report) summary() jsonSummary {
	in := r.Data.reading()
	s := jsonSummary{Rules: len(r.Results), BrokenFiles: r.Rules.Broken, LogFiles: in.Files, SkippedFiles: in.Skipped,
		DamagedFiles: in.Damaged, Notes: list(r.Data.notes()), RowsRead: in.Rows, BytesRead: in.Bytes, BadLines: in.BadLines,
		BadValues: in.BadValues, ElapsedMS: millis(r.Elapsed), RuleProblems: []string{}, Reasons: r.reasons()}
	for _, x := range r.Results {
		switch x.Status {
		case hunt.Hit:
			s.Hits++
			s.Run++
		case hunt.None:
			s.Run++
		case hunt.Skipped:
			s.Skipped++
		case hunt.Refused:
			s.Refused++
		case hunt.Error:
			s.Errors++
		}
	}
	for _, d := range r.Rules.Diagnostics {
		if d.Severity == source.Error {
			s.RuleProblems = append(s.RuleProblems, d.String())
		}
	}
	return s
}

// writeHits streams the rows of all hits as NDJSON or CSV, each with its rule.
func (a *app) writeHits(r *report, f huntFlags) error {
	for _, x := range r.Results {
		if x.Status != hunt.Hit {
			continue
		}
		t := *x.Table
		t.Schema = append(types.Schema{{Name: "RuleId", Type: types.String}, {Name: "RuleName", Type: types.String}}, t.Schema...)
		t.Batches = nil
		for _, b := range x.Table.Batches {
			id := vector.Constant(vector.Datum{T: types.String, V: x.Rule.Ref()}, b.N)
			name := vector.Constant(vector.Datum{T: types.String, V: x.Rule.Title()}, b.N)
			t.Batches = append(t.Batches, &vector.Batch{N: b.N, Cols: append([]*vector.Vector{id, name}, b.Cols...)})
		}
		if err := a.buffered(func(w io.Writer) error { return writeResult(w, &t, f.format, 0) }); err != nil {
			return err
		}
		if f.format == "csv" {
			fmt.Fprintln(a.out)
		}
	}
	a.writeSummary(a.err, r)
	return nil
}

// writeReadable prints hits for people: worst first, then what did not run.
func (a *app) writeReadable(r *report, f huntFlags) error {
	hits := []*hunt.Result{}
	for _, x := range r.Results {
		if x.Status == hunt.Hit {
			hits = append(hits, x)
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].Rule.Severity.Rank() > hits[j].Rule.Severity.Rank() })
	head := "\n%s\n"
	if f.format == "markdown" {
		head = "\n## %s\n\n"
	}
	for _, x := range hits {
		fmt.Fprintf(a.out, head, clean(x.Rule.Title()))
		fmt.Fprintln(a.out, facts(x))
		if about := clean(firstSentence(x.Rule.Description)); f.about && about != "" {
			fmt.Fprintln(a.out, about)
		}
		if ents := entityLine(x.Entities); ents != "" {
			fmt.Fprintln(a.out, ents)
		}
		if f.format == "markdown" {
			fmt.Fprintln(a.out)
		}
		if err := a.buffered(func(w io.Writer) error { return writeResult(w, x.Table, f.format, f.maxRows) }); err != nil {
			return err
		}
	}
	a.writeProblems(r)
	a.writeSummary(a.out, r)
	return nil
}

func facts(x *hunt.Result) string {
	sev := string(x.Rule.Severity)
	if sev == "" {
		sev = "no severity"
	}
	parts := []string{sev, counted(x.Table.Rows(), "row")}
	if len(x.Rule.Tactics) > 0 {
		parts = append(parts, strings.Join(x.Rule.Tactics, ", "))
	}
	if len(x.Rule.Techniques) > 0 {
		parts = append(parts, strings.Join(x.Rule.Techniques, ", "))
	}
	return clean(strings.Join(append(parts, x.Rule.Ref()), " · "))
}

// firstSentence is a text to its first full stop that ends a sentence.
func firstSentence(s string) string {
	s = strings.Trim(strings.Join(strings.Fields(s), " "), "'\" ")
	if i := strings.Index(s, ". "); i >= 0 {
		s = s[:i+1]
	}
	return s
}

// entityLine lists the first entities by type.
func entityLine(es []hunt.Entity) string {
	const shown = 8
	var parts []string
	for i, e := range es {
		if i == shown {
			parts = append(parts, fmt.Sprintf("… %d more", len(es)-shown))
			break
		}
		parts = append(parts, fmt.Sprintf("%s %s", e.Type, e.Value))
	}
	if len(parts) == 0 {
		return ""
	}
	return clean("Entities: " + strings.Join(parts, "; "))
}

// maxProblems bounds how many refusals are printed in full, maxReasons how many
// reasons the summary counts.
const (
	maxProblems = 20
	maxReasons  = 10
)

func (a *app) writeProblems(r *report) {
	for _, d := range r.Rules.Diagnostics {
		if d.Severity == source.Error {
			fmt.Fprintln(a.err, d.Render())
		}
	}
	n := 0
	for _, x := range r.Results {
		if x.Status != hunt.Refused && x.Status != hunt.Error {
			continue
		}
		if n++; n > maxProblems {
			continue
		}
		shown := false
		for _, d := range x.Notes {
			if d.Severity == source.Error {
				fmt.Fprintln(a.err, d.Render())
				shown = true
			}
		}
		if !shown {
			fmt.Fprintf(a.err, "%s: %s\n", x.Status, x.Reason)
		}
	}
	if n > maxProblems {
		fmt.Fprintf(a.err, "%s refused or failed; --format json lists all reasons\n", more(n-maxProblems, "rule"))
	}
	for _, note := range r.Data.notes() {
		fmt.Fprintln(a.err, clean(note))
	}
}

func (a *app) writeSummary(w io.Writer, r *report) {
	s := r.summary()
	fmt.Fprintf(w, "\n%s: %d run, %d hit, %d skipped for missing tables, %d refused, %d failed\n", counted(s.Rules, "rule"), s.Run, s.Hits, s.Skipped, s.Refused, s.Errors)
	if s.BrokenFiles > 0 {
		fmt.Fprintf(w, "%s could not be read\n", counted(s.BrokenFiles, "rule file"))
	}
	for i, why := range s.Reasons {
		if i == maxReasons {
			fmt.Fprintf(w, "  %s\n", more(len(s.Reasons)-i, "reason"))
			break
		}
		fmt.Fprintf(w, "  %s refused: %s\n", counted(why.Rules, "rule"), clean(why.Reason))
	}
	missing := map[string]int{}
	for _, x := range r.Results {
		for _, t := range x.Missing {
			missing[t]++
		}
	}
	if len(missing) > 0 {
		names := make([]string, 0, len(missing))
		for t := range missing {
			names = append(names, t)
		}
		sort.Slice(names, func(i, j int) bool {
			if missing[names[i]] != missing[names[j]] {
				return missing[names[i]] > missing[names[j]]
			}
			return names[i] < names[j]
		})
		for i := range names {
			names[i] = fmt.Sprintf("%s (%d)", names[i], missing[names[i]])
		}
		fmt.Fprintf(w, "missing tables: %s\n", strings.Join(names[:min(len(names), 12)], ", "))
	}
	fmt.Fprintf(w, "%s, %s read, %.1f MB read, %s could not be read, %.2f s\n", counted(s.LogFiles, "log file"),
		counted(s.RowsRead, "row"), float64(s.BytesRead)/1e6, counted(s.BadLines, "line"), r.Elapsed.Seconds())
	if s.DamagedFiles > 0 {
		fmt.Fprintf(w, "%s could not be read, or not to the end\n", counted(s.DamagedFiles, "log file"))
	}
	if s.BadValues > 0 {
		fmt.Fprintf(w, "%s not read as the type of the column, and null\n", doDoes(s.BadValues))
	}
	if s.SkippedFiles > 0 {
		fmt.Fprintf(w, "%s skipped: no logs of a known kind\n", counted(s.SkippedFiles, "file"))
	}
	if note := r.Data.old(r.Data.reading()); note != "" {
		fmt.Fprintln(w, note)
	}
}
