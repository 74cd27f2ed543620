package ingest

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader turns UTF-16, as older PowerShell writes files, into UTF-8.
type utf16Reader struct {
	r    *bufio.Reader
	big  bool
	left []byte // encoded already
	high uint16 // first half of a pair that is to be completed
}

// fromUTF16 gives a reader of UTF-8 when the text begins with the mark of
// UTF-16, and r as it is otherwise.
func fromUTF16(r *bufio.Reader) (io.Reader, bool) {
	head, _ := r.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) && !bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}):
		return &utf16Reader{r: r}, true
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return &utf16Reader{r: r, big: true}, true
	}
	return r, false
}

// Read gives UTF-8; half a pair becomes U+FFFD.
func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.left) == 0 {
		if err := u.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.left)
	u.left = u.left[n:]
	return n, nil
}

func (u *utf16Reader) fill() error {
	var raw [8192]byte
	n, err := io.ReadFull(u.r, raw[:])
	if n < 2 {
		if u.high != 0 {
			u.high = 0
			u.left = utf8.AppendRune(u.left, utf8.RuneError)
			return nil
		}
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		return err
	}
	out := make([]byte, 0, 2*n)
	for i := 0; i+1 < n; i += 2 {
		c := uint16(raw[i]) | uint16(raw[i+1])<<8
		if u.big {
			c = c<<8 | c>>8
		}
		switch {
		case u.high != 0 && utf16.IsSurrogate(rune(c)) && c >= 0xdc00:
			out = utf8.AppendRune(out, utf16.DecodeRune(rune(u.high), rune(c)))
			u.high = 0
			continue
		case u.high != 0:
			out = utf8.AppendRune(out, utf8.RuneError)
			u.high = 0
		}
		if c >= 0xd800 && c < 0xdc00 {
			u.high = c
			continue
		}
		out = utf8.AppendRune(out, rune(c)) // a lone second half becomes U+FFFD
	}
	u.left = out
	return nil
}
