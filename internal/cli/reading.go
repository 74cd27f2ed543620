package cli

import (
	"fmt"
	"strings"
	"time"

	"goshawk/internal/ingest"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// noData says which of the tables that a query reads are empty because the
// logs hold none of their rows.
func (d *data) noData(tables []string) string {
	var missing []string
	for _, t := range tables {
		if !d.hasData(t) {
			missing = append(missing, t)
		}
	}
	switch names := d.names(); {
	case len(missing) == 0:
		return ""
	case len(d.paths) == 0 && d.store == nil:
		return fmt.Sprintf("note: %s has no rows, since neither --logs nor --store is given", strings.Join(missing, ", "))
	case len(names) == 0:
		return fmt.Sprintf("note: %s has no rows, since the logs hold no known table", strings.Join(missing, ", "))
	default:
		return fmt.Sprintf("note: %s has no rows in these logs; they hold %s", strings.Join(missing, ", "), strings.Join(names, ", "))
	}
}

// reading is what reading the logs came to.
type reading struct {
	// Files were read, at least in part; Skipped are no logs of a known kind;
	// Damaged could not be read, or not to their end.
	Files, Skipped, Damaged int
	Rows, Bytes             int64
	// BadLines could not be read; BadValues do not read as their column's type.
	BadLines, BadValues int64
	// Newest is the latest time in the rows that were read, zero if unknown.
	Newest time.Time
	// Empty are the --logs paths under which nothing could be read.
	Empty []string
}

// reading adds up the reports on all files.
func (d *data) reading() reading {
	var r reading
	used := map[string]bool{}
	newest := int64(0)
	for _, f := range d.workspace.Report() {
		newest = max(newest, f.Newest)
		switch {
		case f.Damage != "":
			r.Damaged++
		case f.Skipped != "" && f.Same == "":
			r.Skipped++
		}
		if f.Skipped == "" {
			r.Files++
		}
		if f.Skipped == "" || f.Same != "" {
			used[f.Given] = true
		}
		r.Rows, r.Bytes, r.BadLines = r.Rows+f.Rows, r.Bytes+f.Read, r.BadLines+f.Bad
		for _, v := range f.Values {
			r.BadValues += v.Count
		}
	}
	if newest > 0 {
		r.Newest = types.ToTime(newest)
	}
	for _, path := range d.paths {
		if !used[path] {
			r.Empty = append(r.Empty, path)
			used[path] = true
		}
	}
	return r
}

// oldAge is how far before now logs end that a rule which looks back a week
// finds nothing in.
const oldAge = 7 * 24 * time.Hour

// old says that the logs end long before now, when they do: rules that look
// back from now then find nothing.
func (d *data) old(r reading) string {
	now := d.options.Now
	if r.Newest.IsZero() || now.Sub(r.Newest) < oldAge {
		return ""
	}
	end := r.Newest.Truncate(time.Second).Add(time.Second)
	return fmt.Sprintf("note: the logs end at %s, %.0f days before now; what looks back from now may find nothing: give the time with --now %s",
		end.Format(time.RFC3339), now.Sub(r.Newest).Hours()/24, end.Format(time.RFC3339))
}

// complete says that all logs that were asked for could be read.
func (r reading) complete() bool { return r.Damaged == 0 && len(r.Empty) == 0 }

// maxNotes bounds the notes on one hunt, maxForeign those on files that are no
// logs, of which a folder may have many.
const (
	maxNotes   = 50
	maxForeign = 10
)

// notes say what could not be read, each with its place and reason: worst
// first, since they are bounded.
func (d *data) notes() []string {
	var empty, damaged, lines, foreign []string
	empty = append(empty, d.remarks...)
	for _, w := range d.warnings {
		empty = append(empty, oneLine(w))
	}
	for _, p := range d.reading().Empty {
		empty = append(empty, fmt.Sprintf("--logs %s: nothing there could be read as logs", p))
	}
	for _, f := range d.workspace.Report() {
		switch {
		case f.Damage != "" && f.Skipped != "":
			damaged = append(damaged, fmt.Sprintf("%s: not read: %s", f.Path, f.Damage))
		case f.Damage != "":
			damaged = append(damaged, fmt.Sprintf("%s: read in part: %s", f.Path, f.Damage))
		case f.Skipped != "":
			foreign = append(foreign, fmt.Sprintf("%s: skipped: %s", f.Path, f.Skipped))
		}
		lines = append(lines, lineNotes(f)...)
	}
	if n := len(foreign) - maxForeign; n > 0 {
		foreign = append(foreign[:maxForeign], fmt.Sprintf("%s that are no logs", more(n, "file")))
	}
	out := append(append(append(empty, damaged...), lines...), foreign...)
	if n := len(out) - maxNotes; n > 0 {
		out = append(out[:maxNotes], more(n, "note")+" on files")
	}
	return out
}

// oneLine is a diagnostic without its line of text.
func oneLine(d source.Diagnostic) string {
	first, _, _ := strings.Cut(d.Render(), "\n")
	return first
}

// lineNotes are the lines and values of one file that could not be read.
func lineNotes(f ingest.FileReport) (out []string) {
	for _, l := range f.Lines {
		out = append(out, fmt.Sprintf("%s: %s", at(f.Path, l.Line, l.Column, l.Offset), l.Reason))
	}
	if n := f.Bad - int64(len(f.Lines)); n > 0 {
		out = append(out, fmt.Sprintf("%s: %s that could not be read", f.Path, more(int(n), "line")))
	}
	for _, o := range f.Other {
		out = append(out, fmt.Sprintf("%s: %s not read: %s", f.Path, counted(o.Count, "record"), o.Reason))
	}
	for _, v := range f.Values {
		text := fmt.Sprintf("%s: %s %q is no %s, so it is null", at(f.Path, v.Line, 0, v.Offset), v.Column, v.First, v.Type)
		if v.Count > 1 {
			text += fmt.Sprintf("; so %s more of the column", isAre(v.Count-1))
		}
		out = append(out, text)
	}
	return out
}

// at is a place in a file: line and column where they are known.
func at(path string, line, column int, offset int64) string {
	switch {
	case line > 0 && column > 0:
		return fmt.Sprintf("%s:%d:%d", path, line, column)
	case line > 0:
		return fmt.Sprintf("%s:%d", path, line)
	}
	return fmt.Sprintf("%s: byte %d", path, offset)
}

// counted is a number with its noun: 1 row, 2 rows.
func counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// more is "… 1 more row", "… 2 more rows".
func more(n int, noun string) string { return "… " + counted(n, "more "+noun) }

func isAre(n int64) string {
	if n == 1 {
		return "is 1"
	}
	return fmt.Sprintf("are %d", n)
}

func doDoes(n int64) string {
	if n == 1 {
		return "1 value does"
	}
	return fmt.Sprintf("%d values do", n)
}
