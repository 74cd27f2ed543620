package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"goshawk/internal/dynamic"
)

var (
	errOpenQuote = errors.New("a quoted cell does not end")
	errLongRow   = errors.New("the row is too long")
)

// maxResync bounds how often the reader goes back behind a row whose quote is
// left open, since each time it may look at everything that follows.
const maxResync = 100

// minResync: rows of so few cells are not trusted behind an open quote; text
// inside the quoted cell could look like them.
const minResync = 3

// csvReader cuts CSV text into rows. It is as lenient as real exports need: a
// quote inside a cell that does not begin with one is text, and so is a quote
// inside a quoted cell that neither a separator nor the row's end follows.
type csvReader struct {
	r     io.Reader
	comma byte
	max   int
	buf   []byte
	pos   int
	err   error // of r; io.EOF at its end
	// offset is where buf begins in the file, line the number of the line at pos.
	offset int64
	line   int
	cells  []string
}

func newCSVReader(r io.Reader, comma byte, maxRow int) *csvReader {
	c := &csvReader{r: r, comma: comma, max: maxRow, line: 1}
	for c.fill(0) && len(c.buf) < 3 {
	}
	if bytes.HasPrefix(c.buf, []byte("\xef\xbb\xbf")) {
		c.pos = 3
	}
	return c
}

// at is the place in the file that is read next.
func (c *csvReader) at() int64 { return c.offset + int64(c.pos) }

// fill reads more behind buf, whose text before keep is done with. It says
// whether anything is new: more text, or that the end is reached.
func (c *csvReader) fill(keep int) bool {
	if c.err != nil {
		return false
	}
	if keep > 0 {
		c.offset += int64(keep)
		c.pos -= keep
		c.buf = append(c.buf[:0], c.buf[keep:]...)
	}
	if len(c.buf) == cap(c.buf) {
		c.buf = append(make([]byte, 0, max(sniffSize, 2*cap(c.buf))), c.buf...)
	}
	for c.err == nil {
		n, err := c.r.Read(c.buf[len(c.buf):cap(c.buf)])
		c.buf, c.err = c.buf[:len(c.buf)+n], err
		if n > 0 || err == io.EOF {
			return true
		}
	}
	return false
}

// next gives the next row, valid until the call after, and the number of its
// first line. With errOpenQuote and errLongRow reading goes on behind that
// line.
func (c *csvReader) next() (row []string, line int, err error) {
	for {
		end, ok := c.parse()
		switch {
		case ok:
			line = c.line
			c.line += bytes.Count(c.buf[c.pos:end], []byte{'\n'})
			c.pos = end
			return c.cells, line, nil
		case len(c.buf)-c.pos > c.max:
			return nil, c.skipLine(), fmt.Errorf("%w: more than %d bytes; a quote may be left open", errLongRow, c.max)
		case c.fill(c.pos):
			continue
		case c.err != io.EOF:
			return nil, c.line, c.err
		case c.pos >= len(c.buf):
			return nil, c.line, io.EOF
		}
		return nil, c.skipLine(), errOpenQuote
	}
}

// skipLine goes behind the line at pos and gives its number.
func (c *csvReader) skipLine() int {
	line := c.line
	c.line++
	for {
		if i := bytes.IndexByte(c.buf[c.pos:], '\n'); i >= 0 {
			c.pos += i + 1
			return line
		}
		c.pos = len(c.buf)
		if !c.fill(c.pos) {
			return line
		}
	}
}

// parse cuts the row at pos into cells. It gives the place behind the row, or
// false when the text read so far does not hold its end.
func (c *csvReader) parse() (int, bool) {
	s := asString(c.buf)
	i := c.pos
	if i >= len(s) {
		return 0, false
	}
	last := c.err == io.EOF
	c.cells = c.cells[:0]
	for {
		var cell string
		end := i
		if i < len(s) && s[i] == '"' {
			text, n, ok := c.quoted(s[i+1:], last)
			if !ok {
				return 0, false
			}
			cell, end = text, i+1+n
		} else {
			for end < len(s) && s[end] != c.comma && s[end] != '\n' {
				end++
			}
			if end == len(s) && !last {
				return 0, false
			}
			cell = strings.TrimSuffix(s[i:end], "\r")
		}
		c.cells = append(c.cells, cell)
		if end >= len(s) {
			return end, last
		}
		i = end + 1
		if s[end] == '\n' {
			return i, true
		}
	}
}

// quoted reads a cell behind its first quote: its text, and where the
// separator or line break behind it stands.
func (c *csvReader) quoted(s string, last bool) (string, int, bool) {
	plain := true
	for i := 0; ; {
		k := strings.IndexByte(s[i:], '"')
		if k < 0 {
			return "", 0, false
		}
		i += k + 1
		behind := i
		if behind < len(s) && s[behind] == '\r' {
			behind++
		}
		switch {
		case behind == len(s) && !last:
			return "", 0, false
		case behind == len(s), s[behind] == c.comma && behind == i, s[behind] == '\n':
			text := s[:i-1]
			if !plain {
				text = strings.ReplaceAll(text, `""`, `"`)
			}
			if strings.IndexByte(text, '\r') >= 0 {
				text = strings.ReplaceAll(text, "\r\n", "\n")
			}
			return text, behind, true
		case s[i] == '"':
			plain = false
			i++
		}
	}
}

// csvRecords reads a CSV file as records; the header gives the keys.
func csvRecords(r io.Reader, comma byte, maxLine int) producer {
	cr := newCSVReader(r, comma, maxLine)
	var names, keys []string
	var put func(c *chunk, row []string, at BadLine)
	done := false
	resyncs := 0
	return func() (*chunk, error) {
		if done {
			return nil, io.EOF
		}
		c := &chunk{offset: cr.at()}
		defer func() { c.read = cr.at() - c.offset }()
		if names == nil {
			head, _, err := cr.next()
			if err != nil {
				return nil, fmt.Errorf("read the header: %w", err)
			}
			names = header(head)
			put, keys = csvRow(names)
		}
		c.header = keys
		for cr.at()-c.offset < chunkSize {
			begin := cr.at()
			row, line, err := cr.next()
			bad := BadLine{Line: line, Offset: begin}
			switch {
			case err == io.EOF:
				done = true
				return c, nil
			case errors.Is(err, errOpenQuote), errors.Is(err, errLongRow):
				bad.Reason = err.Error()
				c.fail(bad)
				if errors.Is(err, errOpenQuote) {
					c.damage = fmt.Sprintf("a quoted cell that begins on line %d does not end: the file may be cut off", line)
				}
				if resyncs++; resyncs > maxResync || len(names) < minResync {
					c.damage = fmt.Sprintf("it is not read behind line %d: %v", line, err)
					done = true
					return c, nil
				}
			case err != nil:
				c.damage, done = plainError(err), true
				return c, nil
			case len(row) == 1 && row[0] == "" && len(names) > 1: // a blank line
			case len(row) != len(names):
				bad.Reason = fmt.Sprintf("the row has %d cells, the header %d", len(row), len(names))
				if end := cr.line - 1; end > line {
					bad.Reason += fmt.Sprintf("; it reaches to line %d, so a quote may be left open", end)
				}
				c.fail(bad)
			default:
				put(c, row, bad)
			}
		}
		return c, nil
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

// csvRow chooses how rows under a header become records. keys are the keys that
// a record can have, where that is known.
func csvRow(names []string) (put func(c *chunk, row []string, at BadLine), keys []string) {
	at := map[string]int{}
	for i, n := range names {
		at[n] = i
	}
	if i, ok := at["AuditData"]; ok {
		return func(c *chunk, row []string, at BadLine) {
			if strings.HasPrefix(row[i], "{") {
				c.marks = append(c.marks, mark{line: at.Line, offset: at.Offset})
				c.record(row[i])
				return
			}
			at.Reason = "the AuditData cell is no JSON object"
			c.fail(at)
		}, nil
	}
	_, date := at["Date (UTC)"]
	if _, id := at["Request ID"]; date && id {
		return func(c *chunk, row []string, line BadLine) {
			c.marks = append(c.marks, mark{line: line.Line, offset: line.Offset})
			portalRow(c, at, row)
		}, nil
	}
	city, hasCity := at["City"]
	country, hasCountry := at["Country"]
	_, whole := at["LocationDetails"]
	_, signin := at["UserPrincipalName"]
	oldPortal := hasCity && hasCountry && signin && !whole
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
		keys = append(keys, n)
	}
	return func(c *chunk, row []string, at BadLine) {
		c.marks = append(c.marks, mark{line: at.Line, offset: at.Offset})
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
		if oldPortal && !first {
			// The portal's older download has the place in columns of its own.
			c.data = append(c.data, `,"Location":`...)
			c.data = dynamic.AppendQuoted(c.data, row[country])
			c.data = append(c.data, `,"LocationDetails":`...)
			c.data = bag("city", dynamic.FromString(row[city]), "countryOrRegion", dynamic.FromString(row[country])).AppendJSON(c.data)
		}
		c.data = append(c.data, '}', '\n')
	}, keys
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
		switch v := cell(m[0]); {
		case v != "":
			put(m[1], dynamic.FromString(v))
		case m[1] == "createdDateTime", m[1] == "userPrincipalName", m[1] == "appDisplayName":
			put(m[1], dynamic.NullValue) // by these keys the shape is known
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
