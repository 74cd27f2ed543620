package ingest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unsafe"
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
	// marks say where each record stood, for CSV and documents.
	marks []mark
	// header has the keys that records can have, for most CSV.
	header []string
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
		why = "they are of further kinds"
	}
	c.other[why]++
}

// maxOther bounds how many kinds of records are told apart.
const maxOther = 20

// mark is a place in a file. Column, in bytes from 1, is 0 for whole rows.
type mark struct {
	line, column int
	offset       int64
}

// failAt reports what is wrong at a place.
func (c *chunk) failAt(m mark, reason string) {
	c.fail(BadLine{Line: m.line, Column: m.column, Offset: m.offset, Reason: reason})
}

// place says where the record that begins at data[at] stood in the file.
func (c *chunk) place(at int) BadLine {
	nth := bytes.Count(c.data[:at], []byte{'\n'})
	switch {
	case nth < len(c.marks):
		m := c.marks[nth]
		return BadLine{Line: m.line, Column: m.column, Offset: m.offset}
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

// record adds one record on a line of its own. Line breaks in valid JSON stand
// between values only, so they may become blanks.
func (c *chunk) record(s string) {
	at := len(c.data)
	c.data = append(c.data, s...)
	for _, b := range []byte{'\n', '\r'} {
		for rest := c.data[at:]; ; {
			i := bytes.IndexByte(rest, b)
			if i < 0 {
				break
			}
			rest[i] = ' '
			rest = rest[i+1:]
		}
	}
	c.data = append(c.data, '\n')
}
