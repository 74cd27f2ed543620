package ingest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unsafe"

	"goshawk/internal/dynamic"
)

// chunkSize is how many bytes one goroutine parses at a time: large enough for
// dictionaries to pay, small enough that threads times this is little memory.
const chunkSize = 4 << 20

// chunk is a run of records, one JSON object a line.
type chunk struct {
	data []byte
	// offset is where data begins in the (unpacked) file.
	offset int64
	// read is how many bytes of the file it stands for.
	read int64
	bad  []BadLine
	nbad int64
}

func (c *chunk) fail(offset int64, reason string) {
	c.nbad++
	if len(c.bad) < maxBadLines {
		c.bad = append(c.bad, BadLine{Offset: offset, Reason: reason})
	}
}

// maxBadLines is how many bad lines of a file are told in full.
const maxBadLines = 5

// asString looks at bytes as a string; they must not change while it is used.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// producer gives chunks until io.EOF; a chunk may come together with an error.
type producer func() (*chunk, error)

// lines cuts a stream of lines into chunks.
func lines(r io.Reader, maxLine int) producer {
	br := bufio.NewReaderSize(r, 256<<10)
	var offset int64
	var end error
	return func() (*chunk, error) {
		if end != nil {
			return nil, end
		}
		c := &chunk{offset: offset}
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
					c.fail(c.offset+int64(lineStart), fmt.Sprintf("the line is longer than %d bytes", maxLine))
					c.data = c.data[:lineStart]
				}
			}
			if err == bufio.ErrBufferFull {
				continue
			}
			if err != nil {
				end = err
				return c, nil
			}
			long = false
			lineStart = len(c.data)
			if c.read >= chunkSize {
				return c, nil
			}
		}
	}
}

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
				c.fail(int64(len(b)), err.Error())
			}
			b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
			text = asString(b)
		}
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
				if c.read > 0 || len(c.data) > 0 || c.nbad > 0 {
					return c, nil
				}
				return nil, io.EOF
			}
			end, err := skipValue(text, pos)
			if err != nil || end > len(text) {
				if errors.Is(err, errCut) && (text[pos] == '[' || text[pos] == '{') {
					// A document cut off: its whole records are kept.
					if at := arrayStart(text, pos); at >= 0 {
						queue = append(queue, piece{text: text[at:], offset: int64(at), cut: true})
						pos = len(text)
						continue
					}
				}
				c.fail(int64(pos), fmt.Sprint(err))
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
		c.fail(p.offset, errShape.Error())
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
				c.fail(p.offset+int64(i), errCut.Error())
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
			c.fail(p.offset+int64(i), err.Error())
			return
		}
		if s[i] == '{' {
			(piece{text: s[i:end], offset: p.offset + int64(i)}).object(c, queue)
		} else {
			c.fail(p.offset+int64(i), errShape.Error())
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
		c.fail(p.offset, err.Error())
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
		c.fail(offset, err.Error())
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
		c.fail(offset, err.Error())
		return
	}
	for _, row := range list.Items() {
		if row.Kind() != dynamic.Array {
			c.fail(offset, "a row is no array")
			continue
		}
		cells := row.Items()
		if len(cells) != len(names) {
			c.fail(offset, fmt.Sprintf("a row has %d cells, not %d", len(cells), len(names)))
			continue
		}
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

// guard stops a row that never ends, such as one with a quote left open.
type guard struct {
	r      io.Reader
	n, max int
}

func (g *guard) Read(p []byte) (int, error) {
	if g.n > g.max {
		return 0, fmt.Errorf("the row is longer than %d bytes; a quote may be left open", g.max)
	}
	n, err := g.r.Read(p)
	g.n += n
	return n, err
}

// csvRecords reads a CSV file as records; the header gives the keys.
func csvRecords(r io.Reader, comma rune, maxLine int) producer {
	g := &guard{r: r, max: maxLine}
	br := bufio.NewReaderSize(g, 256<<10)
	if b, _ := br.Peek(3); string(b) == "\xef\xbb\xbf" {
		_, _ = br.Discard(3)
	}
	cr := csv.NewReader(br)
	cr.Comma, cr.FieldsPerRecord, cr.ReuseRecord, cr.LazyQuotes = comma, -1, true, true
	var names []string
	var put func(c *chunk, names, row []string)
	done := false
	return func() (*chunk, error) {
		if done {
			return nil, io.EOF
		}
		c := &chunk{offset: cr.InputOffset()}
		defer func() { c.read = cr.InputOffset() - c.offset }()
		if names == nil {
			head, err := cr.Read()
			if err != nil {
				return nil, fmt.Errorf("read the header: %w", err)
			}
			names = header(head)
			put = csvRow(names)
		}
		for cr.InputOffset()-c.offset < chunkSize {
			g.n = 0
			row, err := cr.Read()
			if err == io.EOF {
				done = true
				break
			}
			line := 0
			if len(row) > 0 {
				line, _ = cr.FieldPos(0)
			}
			if err != nil {
				c.badRow(line, err.Error())
				var pe *csv.ParseError
				if !errors.As(err, &pe) {
					done = true
					break
				}
				continue
			}
			if len(row) != len(names) {
				c.badRow(line, fmt.Sprintf("the row has %d cells, the header %d", len(row), len(names)))
				continue
			}
			put(c, names, row)
		}
		return c, nil
	}
}

func (c *chunk) badRow(line int, reason string) {
	c.fail(0, reason)
	if n := int(c.nbad); n <= len(c.bad) {
		c.bad[n-1].Line = line
	}
}

// header mends the names of a header row: blanks around, the zone behind
// times; a name that repeats gets a number.
func header(head []string) []string {
	seen := map[string]int{}
	var out []string
	for _, h := range head {
		h = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(h), "[UTC]"))
		seen[h]++
		if n := seen[h]; n > 1 {
			h = fmt.Sprintf("%s_%d", h, n)
		}
		out = append(out, strings.Clone(h))
	}
	return out
}

// csvRow chooses how rows under a header become records.
func csvRow(names []string) func(c *chunk, names, row []string) {
	at := map[string]int{}
	for i, n := range names {
		at[n] = i
	}
	if i, ok := at["AuditData"]; ok {
		return func(c *chunk, _, row []string) {
			if strings.HasPrefix(row[i], "{") {
				c.record(row[i])
				return
			}
			c.fail(0, "the AuditData cell is no JSON object")
		}
	}
	_, date := at["Date (UTC)"]
	if _, id := at["Request ID"]; date && id {
		return func(c *chunk, _, row []string) { portalRow(c, at, row) }
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		// After a union of different types an export has X_dynamic and X_string.
		for _, end := range []string{"_dynamic", "_string"} {
			if base, ok := strings.CutSuffix(n, end); ok {
				if _, whole := at[base]; !whole {
					n = base
				}
			}
		}
		if n == "$table" {
			if _, has := at["Type"]; !has {
				n = "Type"
			}
		}
		quoted[i] = string(dynamic.AppendQuoted(nil, n)) + ":"
	}
	return func(c *chunk, _, row []string) {
		c.data = append(c.data, '{')
		first := true
		for i, cell := range row {
			if cell == "" {
				continue
			}
			if !first {
				c.data = append(c.data, ',')
			}
			first = false
			c.data = append(c.data, quoted[i]...)
			c.data = dynamic.AppendQuoted(c.data, cell)
		}
		c.data = append(c.data, '}', '\n')
	}
}

// portalRow turns a row of the Entra portal's sign-in CSV into the record that
// the portal's JSON download has for the same sign-in.
func portalRow(c *chunk, at map[string]int, row []string) {
	cell := func(name string) string {
		if i, ok := at[name]; ok {
			return row[i]
		}
		return ""
	}
	var keys []string
	var vals []dynamic.Value
	put := func(key string, v dynamic.Value) { keys, vals = append(keys, key), append(vals, v) }
	for _, m := range portalColumns {
		if v := cell(m[0]); v != "" {
			put(m[1], dynamic.FromString(v))
		}
	}
	code := cell("Sign-in error code")
	if code == "" && cell("Status") == "Success" {
		code = "0"
	}
	put("status", bag("errorCode", dyn(code), "failureReason", dynamic.FromString(cell("Failure reason")),
		"additionalDetails", dynamic.FromString(cell("Multifactor authentication result"))))
	put("deviceDetail", bag("deviceId", dynamic.FromString(cell("Device ID")), "operatingSystem", dynamic.FromString(cell("Operating System")),
		"browser", dynamic.FromString(cell("Browser")), "isCompliant", dyn(cell("Compliant")), "isManaged", dyn(cell("Managed")),
		"trustType", dynamic.FromString(cell("Join Type"))))
	if place := strings.Split(cell("Location"), ", "); len(place) >= 3 {
		n := len(place)
		put("location", bag("city", dynamic.FromString(strings.Join(place[:n-2], ", ")), "state", dynamic.FromString(place[n-2]),
			"countryOrRegion", dynamic.FromString(place[n-1])))
	} else if cell("Location") != "" {
		put("location", bag("countryOrRegion", dynamic.FromString(place[len(place)-1])))
	}
	c.data = dynamic.FromBag(keys, vals).AppendJSON(c.data)
	c.data = append(c.data, '\n')
}

func bag(kv ...any) dynamic.Value {
	var keys []string
	var vals []dynamic.Value
	for i := 0; i < len(kv); i += 2 {
		keys, vals = append(keys, kv[i].(string)), append(vals, kv[i+1].(dynamic.Value))
	}
	return dynamic.FromBag(keys, vals)
}
