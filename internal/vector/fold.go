package vector

import (
	"strings"
	"unicode"

	"github.com/cockroachdb/apd/v3"
)

// Fold maps texts that differ only in case to one text.
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'a' && c <= 'z' || c >= 0x80 {
			return strings.Map(unicode.ToUpper, s)
		}
	}
	return s
}

// DecimalKey is the same text for equal decimals: 1.0 and 1.00.
func DecimalKey(d Decimal) string {
	if d == nil {
		return ""
	}
	var r apd.Decimal
	r.Reduce(d)
	return r.Text('E')
}
