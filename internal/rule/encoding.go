package rule

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoded is the text of a file and what its bytes needed.
type decoded struct {
	text string // UTF-8, LF line ends, no byte order mark
	// note is "" or a sentence on what had to be guessed, at is its place.
	note string
	at   int
}

// windows1252 is what the bytes 0x80 to 0x9f mean in that code page.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// decode makes text of the bytes of a file; ok is false when they are none.
func decode(data []byte) (d decoded, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decoded{text: lineFeeds(fromUTF16(data[2:], false))}, true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decoded{text: lineFeeds(fromUTF16(data[2:], true))}, true
	default:
		if big, wide := looksUTF16(data); wide {
			return decoded{
				text: lineFeeds(fromUTF16(data, big)),
				note: "the file is UTF-16 without a byte order mark",
			}, true
		}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return decoded{}, false
	}
	s := string(data)
	if utf8.ValidString(s) {
		return decoded{text: lineFeeds(s)}, true
	}
	s, at := fromWindows1252(lineFeeds(s))
	return decoded{text: s, note: "the file is not UTF-8; other bytes are read as Windows-1252", at: at}, true
}

// lineFeeds makes every line end LF.
func lineFeeds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// looksUTF16 says whether nearly every second byte of the start is zero, and
// whether the zero comes first.
func looksUTF16(data []byte) (big, wide bool) {
	head := data[:min(len(data), 512)&^1]
	if len(head) < 4 {
		return false, false
	}
	var even, odd int
	for i := 0; i < len(head); i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	most := len(head) / 2 * 9 / 10
	switch {
	case even > most && odd == 0:
		return true, true
	case odd > most && even == 0:
		return false, true
	}
	return false, false
}

func fromUTF16(data []byte, big bool) string {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		lo, hi := data[i], data[i+1]
		if big {
			lo, hi = hi, lo
		}
		units = append(units, uint16(lo)|uint16(hi)<<8)
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}

// fromWindows1252 reads the bytes that are not UTF-8 as Windows-1252 and gives
// the place of the first one.
func fromWindows1252(s string) (string, int) {
	var b strings.Builder
	first := -1
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			if first < 0 {
				first = b.Len()
			}
			if r = rune(s[i]); r < 0xa0 {
				r = windows1252[r-0x80]
			}
		}
		b.WriteRune(r)
		i += n
	}
	return b.String(), max(first, 0)
}
