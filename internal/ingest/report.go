package ingest

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
)

// seen counts each piece of a file once, however many queries read it. A
// query that needs few columns or leaves out lines unread may see less than
// another, so each count is the most that any of them saw: the same whatever
// order they ran in.
type seen struct {
	mu   sync.Mutex // guards all of this and the file's report
	done map[int64]*piecesSeen
}

// piecesSeen is what queries saw of one piece.
type piecesSeen struct {
	rows, bad int64
	// values counts per column, and per reason of records that no table takes.
	values map[string]int64
}

// count adds what one query saw of a piece.
func (f *file) count(c *chunk, rows int64) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	if f.seen.done == nil {
		f.seen.done = map[int64]*piecesSeen{}
	}
	r := &f.report
	if c.damage != "" && r.Damage == "" {
		r.Damage = c.damage
	}
	r.Newest = max(r.Newest, c.newest)
	p := f.seen.done[c.offset]
	if p == nil {
		p = &piecesSeen{rows: rows}
		f.seen.done[c.offset] = p
		r.Rows += rows
		r.Read += c.read
		if f.total != nil {
			f.total.Add(c.read)
		}
	}
	if more := c.nbad - p.bad; more > 0 {
		r.Rows += rows - p.rows
		p.rows, p.bad = rows, c.nbad
		r.Bad += more
		for _, b := range c.bad {
			f.badLine(b)
		}
	}
	for _, v := range c.values {
		f.badValues(p, v)
	}
	for why, n := range c.other {
		f.others(p, why, n)
	}
}

// broken says that the file could not be read on from some place. The files
// beside it are read all the same.
func (f *file) broken(err error) {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	if f.report.Damage == "" {
		f.report.Damage = plainError(err)
	}
}

func (f *file) others(p *piecesSeen, why string, n int64) {
	if p.values == nil {
		p.values = map[string]int64{}
	}
	key := "\x00" + why // no column has such a name
	more := n - p.values[key]
	if more <= 0 {
		return
	}
	p.values[key] = n
	r := &f.report
	i, ok := slices.BinarySearchFunc(r.Other, why, func(o Other, w string) int { return strings.Compare(o.Reason, w) })
	if !ok {
		r.Other = slices.Insert(r.Other, i, Other{Reason: why})
	}
	r.Other[i].Count += more
}

// badLine keeps the first bad lines in the order of the file, whatever order
// its pieces are read in.
func (f *file) badLine(b BadLine) {
	r := &f.report
	i, ok := slices.BinarySearchFunc(r.Lines, b, func(a, b BadLine) int { return int(min(max(a.Offset-b.Offset, -1), 1)) })
	if ok && r.Lines[i].Reason == b.Reason || i >= maxBadLines {
		return
	}
	r.Lines = slices.Insert(r.Lines, i, b)
	r.Lines = r.Lines[:min(len(r.Lines), maxBadLines)]
}

func (f *file) badValues(p *piecesSeen, v BadValues) {
	if p.values == nil {
		p.values = map[string]int64{}
	}
	more := v.Count - p.values[v.Column]
	if more <= 0 {
		return
	}
	p.values[v.Column] = v.Count
	r := &f.report
	for i := range r.Values {
		if old := &r.Values[i]; old.Column == v.Column {
			old.Count += more
			if v.Offset < old.Offset {
				old.First, old.Line, old.Offset = v.First, v.Line, v.Offset
			}
			return
		}
	}
	v.Count = more
	r.Values = append(r.Values, v)
}

// snapshot is the report so far, with the numbers of lines.
func (f *file) snapshot() FileReport {
	f.seen.mu.Lock()
	defer f.seen.mu.Unlock()
	r := &f.report
	var unknown []*int
	var offsets []int64
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Line == 0 {
			unknown, offsets = append(unknown, &l.Line), append(offsets, l.Offset)
		}
	}
	for i := range r.Values {
		if v := &r.Values[i]; v.Line == 0 {
			unknown, offsets = append(unknown, &v.Line), append(offsets, v.Offset)
		}
	}
	if f.plain && len(unknown) > 0 {
		for i, n := range lineNumbers(f.path, offsets) {
			*unknown[i] = n
		}
	}
	out := *r
	out.Tables = slices.Clone(r.Tables)
	out.Lines = slices.Clone(r.Lines)
	out.Values = slices.Clone(r.Values)
	out.Other = slices.Clone(r.Other)
	slices.SortFunc(out.Values, func(a, b BadValues) int { return int(min(max(a.Offset-b.Offset, -1), 1)) })
	return out
}

// lineNumbers finds the lines at some offsets of a plain file, which its
// readers do not know because they begin in the middle. 0 is unknown.
func lineNumbers(path string, offsets []int64) []int {
	out := make([]int, len(offsets))
	f, err := os.Open(path)
	if err != nil {
		return out
	}
	defer f.Close()
	last := slices.Max(offsets)
	br := bufio.NewReaderSize(f, 256<<10)
	line := 1
	buf := make([]byte, 256<<10)
	for at := int64(0); at <= last; {
		n, err := io.ReadFull(br, buf[:min(int64(len(buf)), last-at+1)])
		for i, o := range offsets {
			if o >= at && o < at+int64(n) {
				out[i] = line + bytes.Count(buf[:o-at], []byte{'\n'})
			}
		}
		line += bytes.Count(buf[:n], []byte{'\n'})
		at += int64(n)
		if err != nil || n == 0 {
			break
		}
	}
	return out
}
