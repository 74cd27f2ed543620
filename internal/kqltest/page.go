// Package kqltest reads golden pages, Markdown that people read and tests run,
// and runs their queries in every way that must not make a difference. It
// decides nothing about the language: a page says what must come out.
package kqltest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Page is a golden page.
type Page struct {
	Title string
	Cases []*Case
	lines []string
}

// Case is one query or rule file of a page with what it must give.
type Case struct {
	Line  int // of the fence with the query
	Query string
	// Files are rule files, when the case is about them and not a query.
	Files []File
	// Data are the tables, Logs the raw logs, Functions the files of stored
	// functions and External the files for externaldata of the page so far.
	Data      []*Table
	Logs      []Logs
	Functions []File
	External  []File
	// Watchlists are CSV files, called as their lists.
	Watchlists []File
	// Places are the entries of a database for geo_info_from_ip_address.
	Places *Table
	// Want are the expected results, in the order of the query's.
	Want []*Want
	// Error is the expected text of the diagnostics.
	Error *Want
	// Plan is the expected plan behind the rewrites.
	Plan *Want
}

// File is a rule file or a file of functions. One that is Absent is asked for and not there.
type File struct {
	Name, Text string
	Absent     bool
}

// Logs are raw log lines that are read through ingest. An empty Table means
// that their shape tells.
type Logs struct{ Table, Text string }

// Want is one expectation.
type Want struct {
	// Text is the body of the fence, Table what it says if it is a table.
	Text    string
	Table   *Table
	Ordered bool
	// From says who said so: docs, kusto, or nobody but us.
	From string
	// Fires and Rests are the rewrites that a plan says must or must not fire.
	Fires, Rests []string

	first, last int // the lines of the body, for -update
}

// ParsePage reads a page. Fences without a word, or with one that is not
// ours, are prose. A case without an expectation is an error, and so is a
// table that cannot be read, unless blank is set: -update fills blank ones.
func ParsePage(text string, blank bool) (*Page, error) {
	p := &Page{lines: strings.Split(text, "\n")}
	r := pageReader{page: p, blank: blank}
	for i := 0; i < len(p.lines); i++ {
		line := p.lines[i]
		if p.Title == "" && strings.HasPrefix(line, "# ") {
			p.Title = strings.TrimSpace(line[2:])
		}
		if !strings.HasPrefix(line, "```") {
			continue
		}
		start := i + 1
		for i++; i < len(p.lines) && p.lines[i] != "```"; i++ {
		}
		if i == len(p.lines) {
			return nil, fmt.Errorf("line %d: the fence is not closed", start)
		}
		info := strings.Fields(line[3:])
		if len(info) == 0 {
			continue
		}
		if err := r.fence(info, start, i); err != nil {
			return nil, fmt.Errorf("line %d: %w", start, err)
		}
	}
	return p, r.close()
}

type pageReader struct {
	page  *Page
	data  []*Table
	logs  []Logs
	funcs []File
	files []File
	lists []File
	// places is nil until the page has a geoip fence.
	places *Table
	blank  bool
}

// close checks the last case.
func (r *pageReader) close() error {
	if n := len(r.page.Cases); n > 0 {
		c := r.page.Cases[n-1]
		if len(c.Want) == 0 && c.Error == nil && c.Plan == nil {
			return fmt.Errorf("line %d: a query that expects nothing", c.Line)
		}
	}
	return nil
}

// fence reads the fence whose body is the lines from first up to last.
func (r *pageReader) fence(info []string, first, last int) error {
	body := r.page.lines[first:last]
	text := strings.Join(body, "\n")
	switch info[0] {
	case "kql":
		return r.query(info, text, first)
	case "yaml":
		return r.file(info, text, first)
	case "data":
		if len(info) != 2 {
			return fmt.Errorf("a data fence needs a table name")
		}
		t, err := parseTable(body)
		if err != nil {
			return err
		}
		t.Name = info[1]
		r.data = append(r.data, t)
	case "jsonl":
		l := Logs{Text: text + "\n"}
		if len(info) > 1 {
			l.Table = info[1]
		}
		r.logs = append(r.logs, l)
	case "functions":
		f, err := newFile(info, text)
		r.funcs = append(r.funcs, f)
		return err
	case "geoip":
		t, err := parseTable(body)
		r.places = t
		return err
	case "watchlist":
		f, err := newFile(info, text)
		r.lists = append(r.lists, f)
		return err
	case "file":
		f, err := newFile(info, text)
		r.files = append(r.files, f)
		return err
	case "table", "error", "plan":
		return r.want(info, text, first, last)
	}
	return nil
}

// query begins a case. With the word expand, {{3 "ab"}} in the text stands for
// ababab, since some messages need more text than a page should hold.
func (r *pageReader) query(info []string, text string, line int) error {
	if err := r.close(); err != nil {
		return err
	}
	for _, word := range info[1:] {
		if word != "expand" {
			return fmt.Errorf("a kql fence takes no %q", word)
		}
		var err error
		if text, err = expanded(text); err != nil {
			return err
		}
	}
	r.page.Cases = append(r.page.Cases, &Case{
		Line: line, Query: text, Data: r.data[:len(r.data):len(r.data)], Logs: r.logs[:len(r.logs):len(r.logs)],
		Functions: r.funcs[:len(r.funcs):len(r.funcs)], External: r.files[:len(r.files):len(r.files)],
		Watchlists: r.lists[:len(r.lists):len(r.lists)], Places: r.places,
	})
	return nil
}

// file adds a rule file to the case, which it begins unless the fence before
// it was a file too. The word absent makes it one that is not there.
func (r *pageReader) file(info []string, text string, line int) error {
	if len(info) < 2 {
		return nil // an example, not a case
	}
	f, err := newFile(info, text)
	if err != nil {
		return err
	}
	if n := len(r.page.Cases); n > 0 {
		if c := r.page.Cases[n-1]; len(c.Files) > 0 && c.Error == nil {
			c.Files = append(c.Files, f)
			return nil
		}
	}
	if err := r.close(); err != nil {
		return err
	}
	r.page.Cases = append(r.page.Cases, &Case{Line: line, Query: f.Name, Files: []File{f}})
	return nil
}

// newFile is the file that a fence writes out.
func newFile(info []string, text string) (File, error) {
	if len(info) < 2 {
		return File{}, fmt.Errorf("a %s fence needs a file name", info[0])
	}
	f := File{Name: info[1], Text: text + "\n"}
	for _, word := range info[2:] {
		var err error
		switch word {
		case "absent":
			f.Absent = true
		case "expand":
			f.Text, err = expanded(text)
		default:
			err = fmt.Errorf("a %s fence takes no %q", info[0], word)
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

var repeated = regexp.MustCompile(`\{\{(\d+) ("(?:[^"\\]|\\.)*")\}\}`)

// maxExpanded bounds what a page may ask for; the largest bound that a page
// shows is that of a rule file, 8 MB.
const maxExpanded = 16 << 20

func expanded(text string) (string, error) {
	var failed error
	out := repeated.ReplaceAllStringFunc(text, func(m string) string {
		parts := repeated.FindStringSubmatch(m)
		n, err := strconv.Atoi(parts[1])
		s, err2 := strconv.Unquote(parts[2])
		if err != nil || err2 != nil || n*len(s) > maxExpanded {
			failed = fmt.Errorf("%s cannot be expanded", m)
			return ""
		}
		return strings.Repeat(s, n)
	})
	return out, failed
}

func (r *pageReader) want(info []string, text string, first, last int) error {
	if len(r.page.Cases) == 0 {
		return fmt.Errorf("an expectation without a query before it")
	}
	c := r.page.Cases[len(r.page.Cases)-1]
	w := &Want{Text: text, first: first, last: last}
	for _, word := range info[1:] {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case word == "ordered" && info[0] == "table":
			w.Ordered = true
		case name == "from" && (value == "docs" || value == "kusto"):
			w.From = value
		case name == "rule" && info[0] == "plan" && value != "":
			w.Fires = append(w.Fires, value)
		case name == "no-rule" && info[0] == "plan" && value != "":
			w.Rests = append(w.Rests, value)
		default:
			return fmt.Errorf("a %s fence takes no %q", info[0], word)
		}
	}
	switch info[0] {
	case "error":
		if c.Error != nil {
			return fmt.Errorf("a second error for one query")
		}
		c.Error = w
		return nil
	case "plan":
		if c.Plan != nil {
			return fmt.Errorf("a second plan for one query")
		}
		c.Plan = w
		return nil
	}
	c.Want = append(c.Want, w)
	if r.blank && w.From == "" {
		return nil
	}
	var err error
	w.Table, err = parseTable(strings.Split(text, "\n"))
	return err
}
