package fn

import (
	"math"
	"strings"
	"unicode/utf8"
)

// The parameters of punycode (RFC 3492).
const (
	punyBase, punyMin, punyMax, punySkew, punyDamp = 36, 1, 26, 38, 700
	punyStart, punyBias                            = 128, 72
)

// punyDigits bounds one text: encoding compares every character with every
// other, so a long one would take too long.
const punyDigits = 4096

func punyDigit(d int) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

func punyAdapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyMin)*punyMax/2; k += punyBase {
		delta /= punyBase - punyMin
	}
	return k + (punyBase-punyMin+1)*delta/(delta+punySkew)
}

func punyLimit(k, bias int) int { return min(max(k-bias, punyMin), punyMax) }

// punyEncode writes a text in ASCII; ok is false when it is too long.
func punyEncode(s string) (string, bool) {
	runes := []rune(s)
	if len(runes) > punyDigits || !utf8.ValidString(s) {
		return "", false
	}
	var out []byte
	for _, r := range runes {
		if r < punyStart {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(punyStart), 0, punyBias
	for done := basic; done < len(runes); n++ {
		next := rune(math.MaxInt32)
		for _, r := range runes {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := punyBase; ; k += punyBase {
				t := punyLimit(k, bias)
				if q < t {
					break
				}
				out = append(out, punyDigit(t+(q-t)%(punyBase-t)))
				q = (q - t) / (punyBase - t)
			}
			out = append(out, punyDigit(q))
			bias = punyAdapt(delta, done+1, done == basic)
			delta = 0
			done++
		}
		delta++
	}
	return string(out), true
}

// punyDecode reads what punyEncode writes; ok is false for other text.
func punyDecode(s string) (string, bool) {
	if len(s) > 8*punyDigits {
		return "", false
	}
	var out []rune
	rest := s
	if i := strings.LastIndexByte(s, '-'); i >= 0 {
		for _, r := range s[:i] {
			if r >= punyStart {
				return "", false
			}
			out = append(out, r)
		}
		rest = s[i+1:]
	}
	n, at, bias := punyStart, 0, punyBias
	for len(rest) > 0 {
		before, weight := at, 1
		for k := punyBase; ; k += punyBase {
			if rest == "" {
				return "", false
			}
			d := punyValue(rest[0])
			rest = rest[1:]
			if d < 0 || d > (math.MaxInt32-at)/weight {
				return "", false
			}
			at += d * weight
			t := punyLimit(k, bias)
			if d < t {
				break
			}
			if weight > math.MaxInt32/(punyBase-t) {
				return "", false
			}
			weight *= punyBase - t
		}
		bias = punyAdapt(at-before, len(out)+1, before == 0)
		n += at / (len(out) + 1)
		at %= len(out) + 1
		if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) || len(out) >= punyDigits {
			return "", false
		}
		out = append(out[:at], append([]rune{rune(n)}, out[at:]...)...)
		at++
	}
	return string(out), true
}

func punyValue(c byte) int {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a')
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= '0' && c <= '9':
		return int(c-'0') + 26
	}
	return -1
}

const punyPrefix = "xn--"

var otherDots = strings.NewReplacer("。", ".", "．", ".", "｡", ".")

// punyDomain changes the parts of a domain name; any of the four dots that
// name standards know stands between them.
func punyDomain(s string, part func(string) (string, bool)) (string, bool) {
	parts := strings.Split(otherDots.Replace(s), ".")
	for i, p := range parts {
		out, ok := part(p)
		if !ok {
			return "", false
		}
		parts[i] = out
	}
	return strings.Join(parts, "."), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func init() {
	textRow("punycode_from_string", "Writes a text in ASCII as punycode, without a prefix.", punyEncode)
	textRow("punycode_to_string", "Reads punycode without a prefix; empty when it is none.", punyDecode)
	textRow("punycode_domain_to_string", "Writes a domain name in ASCII.", func(s string) (string, bool) {
		return punyDomain(s, func(part string) (string, bool) {
			if isASCII(part) {
				return part, true
			}
			out, ok := punyEncode(part)
			return punyPrefix + out, ok
		})
	})
	textRow("punycode_domain_from_string", "Reads a domain name that is written in ASCII; empty when it cannot be read.", func(s string) (string, bool) {
		return punyDomain(s, func(part string) (string, bool) {
			if len(part) < len(punyPrefix) || !strings.EqualFold(part[:len(punyPrefix)], punyPrefix) {
				return part, true
			}
			return punyDecode(part[len(punyPrefix):])
		})
	})
}
