package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unsafe"

	"goshawk/internal/dynamic"
)

// chunkSize is how many bytes of a stream one goroutine parses at a time, where
// memory allows: large enough for dictionaries to pay, small enough that threads
// times this is little memory.
const chunkSize = 4 << 20

// chunk is a run of records, one JSON object a line.
type chunk struct {
	data []byte
	// offset is where data begins in the (unpacked) file; for documents it is
	// only a number that tells chunks apart.
	offset int64
	// read is how many bytes of the file it stands for.
	read int64
	// line is the number of data's first line; 0 when it is not known.
	line int
	// text is the document that the records were taken from, and starts where
	// in it each of them stood. Both are empty for lines.
	text   string
	starts []int64
	// header has the keys that records can have, for most CSV.
	header []string
	// lines has the line of each record's begin, for CSV.
	lines  []int
	bad    []BadLine
	nbad   int64
	values []BadValues
	// newest is the latest TimeGenerated, in ticks.
	newest int64
	// other counts the records that no table takes, by reason.
	other map[string]int64
	// damage is why the file ends here before its end.
	damage string
}

func (c *chunk) fail(b BadLine) {
	c.nbad++
	if len(c.bad) < maxBadLines {
		c.bad = append(c.bad, b)
	}
}

// others counts a record of a kind that the file was not known to have.
func (c *chunk) others(l *layout, kind string) {
	if l.known[kind] {
		return
	}
	if c.other == nil {
		c.other = map[string]int64{}
	}
	why := l.other(kind)
	if len(c.other) >= maxOther && c.other[why] == 0 {
		why = "of further kinds are not read"
	}
	c.other[why]++
}

// maxOther bounds how many kinds of records are told apart.
const maxOther = 20

// failText reports something at an offset of the document.
func (c *chunk) failText(offset int64, reason string) {
	if len(c.bad) >= maxBadLines {
		c.nbad++
		return
	}
	c.fail(c.inText(BadLine{Offset: offset, Reason: reason}))
}

// inText adds line and column of an offset of the document.
func (c *chunk) inText(b BadLine) BadLine {
	before := c.text[:min(b.Offset, int64(len(c.text)))]
	b.Line = 1 + strings.Count(before, "\n")
	b.Column = len(before) - strings.LastIndexByte(before, '\n')
	return b
}

// place says where the record that begins at data[at] stood in the file.
func (c *chunk) place(at int) BadLine {
	nth := bytes.Count(c.data[:at], []byte{'\n'})
	switch {
	case nth < len(c.starts):
		return c.inText(BadLine{Offset: c.starts[nth]})
	case nth < len(c.lines):
		return BadLine{Line: c.lines[nth], Offset: c.offset + int64(at)}
	case c.line > 0:
		return BadLine{Line: c.line + nth, Offset: c.offset + int64(at)}
	}
	return BadLine{Offset: c.offset + int64(at)}
}

// maxBadLines is how many bad lines of a file are told in full.
const maxBadLines = 5

// asString looks at bytes as a string; they must not change while it is used.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// producer gives chunks until io.EOF; a chunk may come together with an error.
type producer func() (*chunk, error)

// chunkSize is the size for files read with o.
func (o Options) chunkSize() int { return min(chunkSize, int(o.rangeSize()/2)) }

// lines cuts a stream of lines into chunks of about size bytes.
func lines(r io.Reader, maxLine, size int) producer {
	br := bufio.NewReaderSize(r, sniffSize)
	var offset int64
	if b, _ := br.Peek(3); string(b) == "\xef\xbb\xbf" {
		_, _ = br.Discard(3)
		offset = 3
	}
	var end error
	line := 1
	return func() (*chunk, error) {
		if end != nil {
			return nil, end
		}
		c := &chunk{offset: offset, line: line}
		if offset > 3 { // the one before was full
			c.data = make([]byte, 0, size+64<<10)
		}
		long := false
		lineStart := 0
		for {
			piece, err := br.ReadSlice('\n')
			offset += int64(len(piece))
			c.read += int64(len(piece))
			if !long {
				c.data = append(c.data, piece...)
				if len(c.data)-lineStart > maxLine {
					long = true
					c.fail(BadLine{Line: line, Offset: c.offset + int64(lineStart), Reason: tooLong(maxLine)})
					c.data = append(c.data[:lineStart], '\n')
				}
			}
			if err == bufio.ErrBufferFull {
				continue
			}
			if err != nil {
				if end = err; err != io.EOF {
					c.damage = plainError(err)
				}
				return c, nil
			}
			long = false
			line++
			lineStart = len(c.data)
			if c.read >= int64(size) {
				return c, nil
			}
		}
	}
}

func tooLong(maxLine int) string { return fmt.Sprintf("the line is longer than %d bytes", maxLine) }

// document reads a whole JSON text: objects or arrays one behind the other,
// wrapped record lists opened.
func document(r io.Reader, limit int64) producer {
	var text string
	pos := 0
	started := false
	var made int64
	queue := []piece{}
	return func() (*chunk, error) {
		c := &chunk{offset: int64(pos) + made}
		made++ // keeps chunks of one document apart
		if !started {
			started = true
			b, err := io.ReadAll(io.LimitReader(r, limit+1))
			if int64(len(b)) > limit {
				return nil, fmt.Errorf("the JSON document is larger than the memory bound of %d bytes", limit)
			}
			c.read = int64(len(b))
			if err != nil {
				c.damage = plainError(err)
			}
			b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
			text = asString(b)
		}
		c.text = text
		for len(c.data) < chunkSize {
			if len(queue) > 0 {
				p := queue[len(queue)-1]
				queue = queue[:len(queue)-1]
				p.open(c, &queue)
				continue
			}
			pos = blank(text, pos)
			for pos < len(text) && text[pos] == ',' {
				pos = blank(text, pos+1)
			}
			if pos >= len(text) {
				if c.read > 0 || len(c.data) > 0 || c.nbad > 0 || c.damage != "" {
					return c, nil
				}
				return nil, io.EOF
			}
			end, err := skipValue(text, pos)
			if err != nil || end > len(text) {
				if errors.Is(err, errCut) && (text[pos] == '[' || text[pos] == '{') {
					// A document cut off: its whole records are kept.
					if at := arrayStart(text, pos); at >= 0 {
						if c.damage == "" {
							c.damage = "the JSON document is cut off"
						}
						queue = append(queue, piece{text: text[at:], offset: int64(at), cut: true})
						pos = len(text)
						continue
					}
				}
				if errors.Is(err, errCut) && c.damage == "" {
					c.damage = "the JSON document is cut off"
				}
				c.failText(int64(pos), fmt.Sprint(err))
				pos = len(text)
				continue
			}
			queue = append(queue, piece{text: text[pos:end], offset: int64(pos)})
			pos = end
		}
		return c, nil
	}
}

// arrayStart finds the record list of a document that is cut off, or -1.
func arrayStart(s string, at int) int {
	if s[at] == '[' {
		return at
	}
	for _, k := range wrappers {
		for _, form := range []string{`"` + k + `":`, `"` + k + `" :`} {
			if i := strings.Index(s, form); i >= 0 {
				if j := blank(s, i+len(form)); j < len(s) && s[j] == '[' {
					return j
				}
			}
		}
	}
	return -1
}

// wrappers are the keys under which exports keep a list of records.
var wrappers = []string{"value", "records", "Records"}

// piece is a value of a document that may be a record or a list of them.
type piece struct {
	text   string
	offset int64
	cut    bool
	// inner is a list's tail: then text goes on behind a comma.
	inner bool
}

// open adds the records of p to c. A long list is put back with its rest, so
// that chunks stay small.
func (p piece) open(c *chunk, queue *[]piece) {
	if p.text[0] == '{' && !p.inner {
		p.object(c, queue)
		return
	}
	if p.text[0] != '[' && !p.inner {
		c.failText(p.offset, errShape.Error())
		return
	}
	s, i := p.text, 1
	if p.inner {
		i = 0
	}
	for {
		i = blank(s, i)
		if i >= len(s) {
			if p.cut {
				c.failText(p.offset+int64(i), errCut.Error())
			}
			return
		}
		switch s[i] {
		case ']':
			return
		case ',':
			i++
			continue
		}
		end, err := skipValue(s, i)
		if err != nil {
			c.failText(p.offset+int64(i), err.Error())
			return
		}
		if s[i] == '{' {
			(piece{text: s[i:end], offset: p.offset + int64(i)}).object(c, queue)
		} else {
			c.failText(p.offset+int64(i), errShape.Error())
		}
		i = end
		if len(c.data) >= chunkSize && i < len(s) {
			*queue = append(*queue, piece{text: s[i:], offset: p.offset + int64(i), cut: p.cut, inner: true})
			return
		}
	}
}

// object is a record, a wrapper, or an answer of a query.
func (p piece) object(c *chunk, queue *[]piece) {
	root := newNode()
	keys := append([]string{"tables", "Tables", "Rows", "rows", "Columns", "columns", "TableKind"}, wrappers...)
	for i, k := range keys {
		root.child(k).slot = i
	}
	slots := make([]string, len(keys))
	if err := scanRecord(root, p.text, slots); err != nil {
		c.failText(p.offset, err.Error())
		return
	}
	for i, v := range slots {
		if v == "" || v[0] != '[' {
			continue
		}
		switch {
		case i <= 1, i >= 7 && listOfObjects(v):
			*queue = append(*queue, piece{text: v, offset: p.offset})
			return
		case i == 2 || i == 3:
			cols := slots[4] + slots[5]
			if cols == "" || cols[0] != '[' {
				continue
			}
			if kind := text(slots[6]); kind == "" || kind == "PrimaryResult" {
				answer(c, p.offset, cols, v)
			}
			return
		}
	}
	if text(slots[6]) != "" || strings.Contains(p.text[:min(len(p.text), 200)], `"FrameType"`) {
		return // another frame of a Kusto answer: no rows of the result
	}
	c.starts = append(c.starts, p.offset)
	c.record(p.text)
}

func listOfObjects(v string) bool {
	i := blank(v, 1)
	return i < len(v) && (v[i] == '{' || v[i] == ']')
}

// record adds one record on a line of its own. Line breaks in valid JSON stand
// between values only, so they may become blanks.
func (c *chunk) record(s string) {
	at := len(c.data)
	c.data = append(c.data, s...)
	for i, b := range c.data[at:] {
		if b == '\n' || b == '\r' {
			c.data[at+i] = ' '
		}
	}
	c.data = append(c.data, '\n')
}

// answer turns columns and rows of a query answer into records.
func answer(c *chunk, offset int64, cols, rows string) {
	v, err := dynamic.Parse(cols)
	if err != nil {
		c.failText(offset, err.Error())
		return
	}
	var names []string
	for _, col := range v.Items() {
		name := col.Get("name")
		if name.IsNull() {
			name = col.Get("ColumnName")
		}
		names = append(names, string(dynamic.AppendQuoted(nil, name.String())))
	}
	list, err := dynamic.Parse(rows)
	if err != nil {
		c.failText(offset, err.Error())
		return
	}
	for n, row := range list.Items() {
		if row.Kind() != dynamic.Array {
			c.failText(offset, fmt.Sprintf("row %d of the answer is no array", n+1))
			continue
		}
		cells := row.Items()
		if len(cells) != len(names) {
			c.failText(offset, fmt.Sprintf("row %d of the answer has %d cells, not %d", n+1, len(cells), len(names)))
			continue
		}
		c.starts = append(c.starts, offset)
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
}
