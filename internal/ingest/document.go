package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"goshawk/internal/dynamic"
)

// wrappers are the keys under which exports keep a list of records.
var wrappers = []string{"value", "records", "Records"}

// cutOff is the damage of a document that ends in the middle.
const cutOff = "the JSON document is cut off"

// docReader reads a JSON text piece by piece: objects or lists of them, one
// behind the other, wrapped lists opened, query answers turned into records.
// It holds no more than one record and what was read ahead.
type docReader struct {
	r   io.Reader
	buf []byte
	pos int   // what is read next
	err error // of r
	max int   // bytes of one record
	// base is the offset of buf[0] in the file. Up to the offset counted, there
	// were line-1 line breaks, the last of them before lineStart.
	base, counted, lineStart int64
	line                     int
	frames                   []frame
}

// frame is what surrounds the place that is read next.
type frame struct {
	kind  frameKind
	names []string // quoted names of the columns, for rows
	n     int      // elements so far
}

type frameKind int

const (
	inList  frameKind = iota // of records
	inRows                   // of a query answer
	inOther                  // a list that is passed over
	inRest                   // an object behind its list
)

// maxFrames bounds how deep lists may be wrapped.
const maxFrames = 32

// document reads a stream as a JSON text.
func document(r io.Reader, maxRecord, size int) producer {
	d := &docReader{r: r, max: maxRecord, line: 1}
	if d.more(); bytes.HasPrefix(d.buf, []byte("\xef\xbb\xbf")) {
		d.pos = 3
	}
	done := false
	return func() (*chunk, error) {
		if done {
			return nil, io.EOF
		}
		c := &chunk{offset: d.base + int64(d.pos)}
		for len(c.data) < size && !done {
			done = d.step(c)
		}
		c.read = d.base + int64(d.pos) - c.offset
		return c, nil
	}
}

// more reads at least as much as there is already, so that who begins anew
// each time takes linear time altogether. It says whether anything came.
func (d *docReader) more() bool {
	want := max(sniffSize, 2*len(d.buf))
	if cap(d.buf) < want {
		d.buf = append(make([]byte, 0, want), d.buf...)
	}
	had := len(d.buf)
	for d.err == nil && len(d.buf) < want {
		n, err := d.r.Read(d.buf[len(d.buf):want])
		d.buf, d.err = d.buf[:len(d.buf)+n], err
	}
	return len(d.buf) > had
}

// compact lets go of what is read. Places in buf are other ones afterwards.
func (d *docReader) compact() {
	if d.pos < len(d.buf) && d.pos < sniffSize {
		return
	}
	d.at(d.pos) // counts its lines
	d.base += int64(d.pos)
	d.buf = append(d.buf[:0], d.buf[d.pos:]...)
	d.pos = 0
}

// at is the place of buf[i] in the file; i never goes back.
func (d *docReader) at(i int) mark {
	from := int(d.counted - d.base)
	if i > from {
		text := d.buf[from:i]
		if n := bytes.Count(text, []byte{'\n'}); n > 0 {
			d.line += n
			d.lineStart = d.counted + int64(bytes.LastIndexByte(text, '\n')) + 1
		}
		d.counted = d.base + int64(i)
	}
	return mark{d.line, int(d.base + int64(i) - d.lineStart + 1), d.base + int64(i)}
}

// skip goes over blanks from i, and gives 0 at the end of the text.
func (d *docReader) skip(i int) (int, byte) {
	for {
		i = blank(asString(d.buf), i)
		if i < len(d.buf) {
			return i, d.buf[i]
		}
		if !d.more() {
			return i, 0
		}
	}
}

// listOfObjects says whether a list begins with an object, or is empty.
func listOfObjects(v string) bool {
	i := blank(v, 1)
	return i < len(v) && (v[i] == '{' || v[i] == ']')
}

// value is the place behind the value at i.
func (d *docReader) value(i int) (int, error) {
	for {
		end, err := skipValue(asString(d.buf), i)
		switch {
		case end > d.max+i && (err == nil || errors.Is(err, errCut)):
			return end, fmt.Errorf("the record is longer than %d bytes", d.max)
		case err == nil && end < len(d.buf):
			return end, nil
		case err != nil && !errors.Is(err, errCut) && len(d.buf)-i > 8:
			return end, err
		case !d.more(): // else a number or word may go on behind the buffer
			if err == nil && end > len(d.buf) {
				err = errCut
			}
			return end, err
		}
	}
}

// step reads one element of what surrounds it into c. It says whether the
// document ends, or cannot be read on.
func (d *docReader) step(c *chunk) bool {
	d.compact()
	i, b := d.skip(d.pos)
	for b == ',' {
		i, b = d.skip(i + 1)
	}
	d.pos = i
	if b == 0 && i >= len(d.buf) {
		return d.end(c)
	}
	if len(d.frames) == 0 {
		return d.top(c, b)
	}
	f := &d.frames[len(d.frames)-1]
	f.n++
	switch {
	case f.kind == inRest && b == '}', f.kind != inRest && b == ']':
		d.frames = d.frames[:len(d.frames)-1]
		d.pos++
	case f.kind == inRest:
		return d.member(c)
	case f.kind == inList && b == '{':
		return d.object(c)
	case f.kind == inRows && b == '[':
		return d.row(c, f)
	default:
		end, err := d.value(d.pos)
		if f.kind != inOther || err != nil {
			if err == nil {
				err = errShape
			}
			return d.bad(c, d.at(d.pos), err)
		}
		d.pos = end
	}
	return false
}

// top reads a value that nothing surrounds.
func (d *docReader) top(c *chunk, b byte) bool {
	switch b {
	case '{':
		return d.object(c)
	case '[':
		d.pos++
		d.frames = append(d.frames, frame{kind: inList})
		return false
	}
	return d.bad(c, d.at(d.pos), errShape)
}

// end is the end of the stream.
func (d *docReader) end(c *chunk) bool {
	if len(d.frames) > 0 || d.err != io.EOF {
		c.failAt(d.at(d.pos), errCut.Error())
		c.damage = d.brokenOff()
	}
	return true
}

// bad reports the value at pos and goes behind it; when its end cannot be
// found, the rest is not read.
func (d *docReader) bad(c *chunk, at mark, err error) bool {
	c.failAt(at, err.Error())
	if end, err := d.value(d.pos); err == nil {
		d.pos = end
		return false
	}
	if d.over() {
		return false
	}
	if d.pos < len(d.buf) {
		c.damage = fmt.Sprintf("it is not read behind line %d: %v", at.line, err)
	} else {
		c.damage = d.brokenOff()
	}
	d.pos = len(d.buf)
	return true
}

// over goes behind the object or list at pos by counting brackets, however
// deep and long it is.
func (d *docReader) over() bool {
	if b := d.buf[d.pos]; b != '{' && b != '[' {
		return false
	}
	depth, quoted := 0, false
	for {
		for ; d.pos < len(d.buf); d.pos++ {
			switch b := d.buf[d.pos]; {
			case quoted && b == '\\':
				if d.pos++; d.pos >= len(d.buf) && !d.more() {
					return false
				}
			case b == '"':
				quoted = !quoted
			case quoted:
			case b == '{' || b == '[':
				depth++
			case b == '}' || b == ']':
				if depth--; depth == 0 {
					d.pos++
					return true
				}
			}
		}
		if d.compact(); !d.more() {
			return false
		}
	}
}

// answer is what an object was seen to have of a query answer.
type answer struct {
	columns, rows string
	kind          string
	frame         bool
}

// wanted says whether the rows are those of the result, and not of another
// frame of the answer.
func (a *answer) wanted() bool { return a.kind == "" || a.kind == "PrimaryResult" }

// object reads an object: a record, or a wrapper, which is entered.
func (d *docReader) object(c *chunk) bool {
	start, at := d.pos, d.at(d.pos)
	var a answer
	i := start + 1
	for {
		var b byte
		i, b = d.skip(i)
		switch {
		case i >= len(d.buf):
			c.failAt(at, errCut.Error())
			c.damage = d.brokenOff()
			return true
		case b == ',':
			i++
			continue
		case b == '}':
			d.pos = i + 1
			d.finish(c, &a, at, start, i+1)
			return false
		}
		key, v, err := d.key(i)
		if err != nil {
			return d.bad(c, at, err)
		}
		i = v
		if d.buf[i] == '[' && len(d.frames) < maxFrames {
			if f, ok := d.list(key, i, &a); ok {
				d.pos = i + 1
				d.frames = append(d.frames, frame{kind: inRest}, f)
				return false
			}
		}
		end, err := d.value(i)
		if err == nil && end-start > d.max {
			err = fmt.Errorf("the record is longer than %d bytes", d.max)
		}
		if err != nil {
			return d.bad(c, at, err)
		}
		a.note(key, asString(d.buf[i:end]))
		i = end
	}
}

// brokenOff is why there is no more text in the middle of a value.
func (d *docReader) brokenOff() string {
	if d.err != nil && d.err != io.EOF {
		return plainError(d.err)
	}
	return cutOff
}

// key reads a key of an object at i, and gives the place of its value.
func (d *docReader) key(i int) (string, int, error) {
	if d.buf[i] != '"' {
		return "", i, errComma
	}
	end, err := d.value(i)
	if err != nil {
		return "", i, err
	}
	key := asString(d.buf[i+1 : end-1]) // buf is not moved before the next step
	v, b := d.skip(end)
	if b != ':' {
		if v >= len(d.buf) {
			return "", i, errCut
		}
		return "", i, errComma
	}
	if v, _ = d.skip(v + 1); v >= len(d.buf) {
		return "", i, errCut
	}
	return key, v, nil
}

// note keeps what tells a query answer from a record.
func (a *answer) note(key, value string) {
	switch key {
	case "columns", "Columns":
		a.columns = strings.Clone(value)
	case "rows", "Rows":
		a.rows = strings.Clone(value)
	case "TableKind":
		a.kind = strings.Clone(text(value))
	case "FrameType":
		a.frame = true
	}
}

// list says how the list at i, under a key of an object, is read when it is
// entered; false when it is a value like others.
func (d *docReader) list(key string, i int, a *answer) (frame, bool) {
	_, first := d.skip(i + 1)
	switch {
	case key == "tables", key == "Tables":
		return frame{kind: inList}, first == '{'
	case key == "rows", key == "Rows":
		if a.columns == "" || first != '[' {
			return frame{}, false
		}
		if !a.wanted() {
			return frame{kind: inOther}, true
		}
		names, err := columnNames(a.columns)
		return frame{kind: inRows, names: names}, err == nil
	case slices.Contains(wrappers, key):
		// An empty list within a record is a value; alone it is an empty export.
		return frame{kind: inList}, first == '{' || first == ']' && len(d.frames) == 0
	}
	return frame{}, false
}

// finish is the end of an object that was not entered.
func (d *docReader) finish(c *chunk, a *answer, at mark, start, end int) {
	switch {
	case a.rows != "" && a.columns != "" && a.rows[0] == '[' && a.columns[0] == '[':
		if !a.wanted() {
			return
		}
		names, err := columnNames(a.columns)
		rows, err2 := dynamic.Parse(a.rows)
		if err := errors.Join(err, err2); err != nil {
			c.failAt(at, err.Error())
			return
		}
		for n, row := range rows.Items() {
			c.answerRow(names, row, n+1, at)
		}
	case a.frame, a.kind != "": // another frame of a Kusto answer
	default:
		c.marks = append(c.marks, at)
		c.record(asString(d.buf[start:end]))
	}
}

// member passes over a member of an object behind its list, or enters it when
// it is another one.
func (d *docReader) member(c *chunk) bool {
	at := d.at(d.pos)
	key, v, err := d.key(d.pos)
	if err != nil {
		c.failAt(at, err.Error())
		if c.damage = fmt.Sprintf("it is not read behind line %d: %v", at.line, err); errors.Is(err, errCut) {
			c.damage = d.brokenOff()
		}
		d.pos = len(d.buf)
		return true
	}
	d.pos = v
	if d.buf[v] == '[' && len(d.frames) < maxFrames {
		if f, ok := d.list(key, v, &answer{}); ok {
			d.pos++
			d.frames = append(d.frames, f)
			return false
		}
	}
	end, err := d.value(v)
	if err != nil {
		return d.bad(c, at, err)
	}
	d.pos = end
	return false
}

// row reads a row of a query answer.
func (d *docReader) row(c *chunk, f *frame) bool {
	at := d.at(d.pos)
	end, err := d.value(d.pos)
	if err != nil {
		return d.bad(c, at, err)
	}
	v, err := dynamic.Parse(asString(d.buf[d.pos:end]))
	if err != nil {
		c.failAt(at, err.Error())
	} else {
		c.answerRow(f.names, v, f.n, at)
	}
	d.pos = end
	return false
}

// columnNames are the quoted names of an answer's columns.
func columnNames(columns string) ([]string, error) {
	v, err := dynamic.Parse(columns)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, col := range v.Items() {
		name := col.Get("name")
		if name.IsNull() {
			name = col.Get("ColumnName")
		}
		names = append(names, string(dynamic.AppendQuoted(nil, name.String())))
	}
	return names, nil
}

// answerRow turns the n-th row of a query answer into a record.
func (c *chunk) answerRow(names []string, row dynamic.Value, n int, at mark) {
	if row.Kind() != dynamic.Array {
		c.failAt(at, fmt.Sprintf("row %d of the answer is no list", n))
		return
	}
	cells := row.Items()
	if len(cells) != len(names) {
		c.failAt(at, fmt.Sprintf("row %d of the answer has %d cells, not %d", n, len(cells), len(names)))
		return
	}
	c.marks = append(c.marks, at)
	c.data = append(c.data, '{')
	for i, cell := range cells {
		if i > 0 {
			c.data = append(c.data, ',')
		}
		c.data = append(append(c.data, names[i]...), ':')
		c.data = cell.AppendJSON(c.data)
	}
	c.data = append(c.data, '}', '\n')
}
