package fn

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"goshawk/internal/dynamic"
	"goshawk/internal/vector"
)

// urlKeep are the marks that url_encode and url_encode_component leave.
const urlKeep = "-_.~"

// encodeURL writes what is not plain as %xx; whole leaves the marks of a URL.
func encodeURL(s string, space, digits, keep string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < utf8.RuneSelf && termRune(rune(c)), strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteString(space)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case lower(c) >= 'a' && lower(c) <= 'f':
		return int(lower(c)-'a') + 10
	}
	return -1
}

// decodeURL reads %xx and plus signs; a percent sign that starts nothing
// stays.
func decodeURL(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		} else if s[i] == '+' {
			out = append(out, ' ')
		} else {
			out = append(out, s[i])
		}
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// bag makes a bag of keys and texts in turn.
func bag(pairs ...string) dynamic.Value {
	keys, vals := []string{}, []dynamic.Value{}
	at := map[string]int{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if k, ok := at[pairs[i]]; ok {
			vals[k] = dynamic.FromString(pairs[i+1])
			continue
		}
		at[pairs[i]] = len(keys)
		keys, vals = append(keys, pairs[i]), append(vals, dynamic.FromString(pairs[i+1]))
	}
	return dynamic.FromBag(keys, vals)
}

func queryBag(q string) dynamic.Value {
	var pairs []string
	for part := range strings.SplitSeq(strings.TrimPrefix(q, "?"), "&") {
		if k, v, _ := strings.Cut(part, "="); part != "" {
			pairs = append(pairs, decodeURL(k), decodeURL(v))
		}
	}
	return bag(pairs...)
}

// parseURL takes an absolute URL apart; other text gives empty parts.
func parseURL(s string) dynamic.Value {
	var scheme, host, port, path, user, pass, fragment, query string
	if u, err := url.Parse(strings.TrimSpace(s)); err == nil && u.Scheme != "" {
		scheme, host, port, path, fragment, query = u.Scheme, u.Hostname(), u.Port(), u.EscapedPath(), u.Fragment, u.RawQuery
		if u.Opaque != "" {
			path = u.Opaque
		}
		if u.User != nil {
			user = u.User.Username()
			pass, _ = u.User.Password()
		}
	}
	texts := bag("Scheme", scheme, "Host", host, "Port", port, "Path", path, "Username", user, "Password", pass)
	keys := append(append([]string(nil), texts.Keys()...), "Query Parameters", "Fragment")
	vals := append(append([]dynamic.Value(nil), texts.Items()...), queryBag(query), dynamic.FromString(fragment))
	return dynamic.FromBag(keys, vals)
}

// decode64 reads base64, with or without its padding.
func decode64(s string) ([]byte, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(s)
	}
	return b, err == nil
}

// swapGuid turns a guid between the order of its text and that of .NET.
func swapGuid(g vector.Guid) vector.Guid {
	g[0], g[1], g[2], g[3] = g[3], g[2], g[1], g[0]
	g[4], g[5], g[6], g[7] = g[5], g[4], g[7], g[6]
	return g
}

func init() {
	textRow("url_encode_component", "Writes a text as a part of a URL.", sure(func(s string) string { return encodeURL(s, "%20", "0123456789ABCDEF", urlKeep) }))
	textRow("url_encode", "Writes a text as a part of a URL, spaces as plus signs.", sure(func(s string) string { return encodeURL(s, "+", "0123456789abcdef", urlKeep+"!*()") }))
	textRow("url_decode", "Reads the escapes of a URL.", sure(decodeURL))
	for _, name := range []string{"parse_url", "parseurl"} {
		textRow(name, "Takes a URL apart.", sure(parseURL))
	}
	for _, name := range []string{"parse_urlquery", "parseurlquery"} {
		textRow(name, "Takes the query of a URL apart.", sure(func(s string) dynamic.Value {
			return dynamic.FromBag([]string{"Query Parameters"}, []dynamic.Value{queryBag(s)})
		}))
	}
	for _, name := range []string{"base64_decode_tostring", "base64_decodestring"} {
		textRow(name, "Reads base64 as text; what is no UTF-8 gives the empty text.", func(s string) (string, bool) {
			b, ok := decode64(s)
			return string(b), ok && utf8.Valid(b)
		})
	}
	for _, name := range []string{"base64_encode_tostring", "base64_encodestring"} {
		textRow(name, "Writes a text as base64.", sure(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }))
	}
	textRow("base64_decode_toarray", "Reads base64 as an array of bytes.", func(s string) (dynamic.Value, bool) {
		b, ok := decode64(s)
		out := make([]dynamic.Value, len(b))
		for i, c := range b {
			out[i] = dynamic.FromLong(int64(c))
		}
		return dynamic.FromArray(out), ok
	})
	textRow("base64_decode_toguid", "Reads base64 as a guid.", func(s string) (vector.Guid, bool) {
		b, ok := decode64(s)
		if !ok || len(b) != 16 {
			return vector.Guid{}, false
		}
		return swapGuid(vector.Guid(b)), true
	})
	scalar(Scalar{Name: "base64_encode_fromguid", Summary: "Writes a guid as base64.", Nulls: NullIfAny, Kernel: lift1(func(g vector.Guid) string {
		g = swapGuid(g)
		return base64.StdEncoding.EncodeToString(g[:])
	})})
	scalar(Scalar{Name: "base64_encode_fromarray", Summary: "Writes an array of bytes as base64.", Nulls: Handles, Kernel: each(func(args []dynamic.Value) (string, bool) {
		var b []byte
		for _, it := range args[0].Items() {
			if it.Kind() != dynamic.Long || it.Long() < 0 || it.Long() > 255 {
				return "", false
			}
			b = append(b, byte(it.Long()))
		}
		return base64.StdEncoding.EncodeToString(b), true
	})})
}
