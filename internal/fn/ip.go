package fn

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// network is an address as 16 bytes (an IPv4 one mapped into IPv6) and the
// length of its prefix, counted within 128 bits. An IPv6 address written with
// an IPv4 one at its end (::192.0.2.1) is dotted.
type network struct {
	addr   [16]byte
	bits   int
	v4     bool
	dotted bool
}

// parseNetwork reads an address with or without a prefix length. What ends in
// an IPv4 address counts its prefix from the start of that address.
func parseNetwork(s string) (network, bool) {
	s = strings.TrimSpace(s)
	host, mask, masked := strings.Cut(s, "/")
	a, err := netip.ParseAddr(host)
	if err != nil || a.Zone() != "" {
		return network{}, false
	}
	n := network{addr: a.As16(), bits: 128, v4: a.Is4()}
	n.dotted = !n.v4 && strings.Contains(host, ".")
	if masked {
		m, err := strconv.Atoi(mask)
		limit := 128
		if n.v4 {
			limit = 32
		}
		if err != nil || m < 0 || m > limit {
			return network{}, false
		}
		n.bits = m + 128 - limit
		if n.dotted && m <= 32 {
			n.bits = m + 96
		}
	}
	return n, true
}

// mapped is the network as it is compared: ::192.0.2.1 stands for the IPv4
// address at its end.
func (n network) mapped() network {
	if n.dotted && [12]byte(n.addr[:12]) == ([12]byte{}) {
		n.addr[10], n.addr[11] = 0xff, 0xff
	}
	return n
}

func parseV4(s string) (network, bool) {
	n, ok := parseNetwork(s)
	return n, ok && n.v4
}

// masked is the address with the bits behind the prefix cleared.
func (n network) masked(bits int) [16]byte {
	out := n.addr
	for i := range out {
		switch left := bits - 8*i; {
		case left <= 0:
			out[i] = 0
		case left < 8:
			out[i] &= 0xff << (8 - left)
		}
	}
	return out
}

// word is the IPv4 address as a number, cut to its prefix.
func (n network) word(bits int) int64 {
	m := n.masked(bits)
	return int64(m[12])<<24 | int64(m[13])<<16 | int64(m[14])<<8 | int64(m[15])
}

func v4Text(word int64) string {
	return strconv.Itoa(int(word>>24&255)) + "." + strconv.Itoa(int(word>>16&255)) + "." + strconv.Itoa(int(word>>8&255)) + "." + strconv.Itoa(int(word&255))
}

func v6Text(b [16]byte) string {
	var out []byte
	for i := 0; i < 16; i += 2 {
		if i > 0 {
			out = append(out, ':')
		}
		const hex = "0123456789abcdef"
		out = append(out, hex[b[i]>>4], hex[b[i]&15], hex[b[i+1]>>4], hex[b[i+1]&15])
	}
	return string(out)
}

// in says whether n lies in the network of r.
func (n network) in(r network) bool {
	return n.bits >= r.bits && n.mapped().masked(r.bits) == r.mapped().masked(r.bits)
}

var privateRanges = func() []network {
	var out []network
	for _, s := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} {
		n, _ := parseNetwork(s)
		out = append(out, n)
	}
	return out
}()

// ranked compares two addresses over the shortest of their prefixes and the
// one given (128: none).
func ranked(parse func(string) (network, bool)) func(a, b string, bits int) (int64, bool) {
	return func(a, b string, bits int) (int64, bool) {
		x, ok := parse(a)
		y, ok2 := parse(b)
		if !ok || !ok2 {
			return 0, false
		}
		bits = min(bits, x.bits, y.bits)
		p, q := x.mapped().masked(bits), y.mapped().masked(bits)
		return int64(bytes.Compare(p[:], q[:])), true
	}
}

// compared makes the kernel of the compare and match functions: two
// addresses and maybe a prefix length out of width bits.
func compared[R vector.Elem](width int, parse func(string) (network, bool), result func(int64) R) Kernel {
	cmp := ranked(parse)
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		a, b := texts(args[0]), texts(args[1])
		return collect[R](c, nil, func(i int) (R, bool) {
			bits := 128
			if len(args) > 2 && !args[2].IsNull(i) {
				m := ints(args[2]).at(i)
				if m < 0 || m > int64(width) {
					var none R
					return none, false
				}
				bits = int(m) + 128 - width
			}
			n, ok := cmp(a.at(i), b.at(i), bits)
			return result(n), ok
		}), nil
	}
}

// inRanges makes the kernel of the range functions. A range that cannot be
// read is passed over when several are given; alone it gives null.
func inRanges(parse func(string) (network, bool), any bool) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		ip := texts(args[0])
		fixed := constant(args[1:])
		var list []network
		bad := false
		return collect[bool](c, nil, func(i int) (bool, bool) {
			if i == 0 || !fixed {
				list, bad = list[:0], false
				for _, s := range stringsOf(args[1:], i) {
					if r, ok := parse(s); ok {
						list = append(list, r)
					} else {
						bad = true
					}
				}
			}
			n, ok := parse(ip.at(i))
			if !ok || bad && !any {
				return false, false
			}
			for _, r := range list {
				if n.in(r) {
					return true, true
				}
			}
			return false, true
		}), nil
	}
}

// stringsOf is row i of arguments that are texts or arrays of texts.
func stringsOf(args []*vector.Vector, i int) []string {
	var out []string
	for _, a := range args {
		v := a.ToDynamic(i)
		if v.Kind() != dynamic.Array {
			out = append(out, v.String())
			continue
		}
		for _, it := range v.Items() {
			out = append(out, it.String())
		}
	}
	return out
}

// eachV4 calls f for the IPv4 addresses that stand in s without a letter,
// digit or dot beside them, until f says true.
func eachV4(s string, f func(ip string) bool) bool {
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			i++
			continue
		}
		start := i
		for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
			i++
		}
		ip := strings.TrimRight(s[start:i], ".")
		if termBefore(s, start) || termAfter(s, start+len(ip)) {
			continue
		}
		if _, ok := parseV4(ip); ok && f(ip) {
			return true
		}
	}
	return false
}

// hasV4 makes the kernel of has_ipv4 and its like.
func hasV4(match func(ip, want string) bool) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s := texts(args[0])
		return collect[bool](c, nil, func(i int) (bool, bool) {
			list := stringsOf(args[1:], i)
			return eachV4(s.at(i), func(ip string) bool {
				for _, w := range list {
					if match(ip, w) {
						return true
					}
				}
				return false
			}), true
		}), nil
	}
}

// prefixV4 wants a prefix that ends in a dot, or a whole address.
func prefixV4(ip, want string) bool {
	if strings.HasSuffix(want, ".") {
		return strings.HasPrefix(ip, want)
	}
	return ip == want
}

func formatV4(withMask bool) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s := texts(args[0])
		return collect[string](c, nil, func(i int) (string, bool) {
			n, ok := parseV4(s.at(i))
			if args[0].Type.Numeric() || args[0].Type == types.Dynamic && !ok {
				w, isWhole := parseWhole(64)(s.at(i))
				if !isWhole || w < 0 || w > 1<<32-1 {
					return "", false
				}
				n, ok = parseV4(v4Text(w))
			}
			if len(args) > 1 && !args[1].IsNull(i) {
				m := ints(args[1]).at(i)
				if m < 0 || m > 32 {
					return "", false
				}
				n.bits = min(n.bits, int(m)+96)
			}
			if !ok {
				return "", false
			}
			if text := v4Text(n.word(n.bits)); !withMask {
				return text, true
			} else {
				return text + "/" + strconv.Itoa(n.bits-96), true
			}
		}), nil
	}
}

// parseMasked reads an address and takes a prefix length out of width bits.
func parseMasked[R vector.Elem](width int, parse func(string) (network, bool), result func(n network, bits int) R) Kernel {
	return func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s := texts(args[0])
		return collect[R](c, nil, func(i int) (R, bool) {
			n, ok := parse(s.at(i))
			bits := n.bits
			if len(args) > 1 && !args[1].IsNull(i) {
				m := ints(args[1]).at(i)
				ok = ok && m >= 0 && m <= int64(width)
				bits = min(bits, int(m)+128-width)
			}
			if !ok {
				var none R
				return none, false
			}
			return result(n, bits), true
		}), nil
	}
}

func init() {
	add := func(name, summary string, k Kernel) {
		scalar(Scalar{Name: name, Summary: summary, Nulls: Handles, Kernel: k})
	}
	order := func(n int64) int64 { return n }
	same := func(n int64) bool { return n == 0 }
	word := func(n network, bits int) int64 { return n.word(bits) }
	long := func(n network, bits int) string { return v6Text(n.masked(bits)) }
	add("parse_ipv4", "Reads an IPv4 address as a number.", parseMasked(32, parseV4, word))
	add("parse_ipv4_mask", "Reads an IPv4 address under a prefix length as a number.", parseMasked(32, parseV4, word))
	add("parse_ipv6", "Writes an address as a full IPv6 one.", parseMasked(128, parseNetwork, long))
	add("parse_ipv6_mask", "Writes an address under a prefix length as a full IPv6 one.", parseMasked(128, parseNetwork, long))
	add("format_ipv4", "Writes a number or address as an IPv4 address.", formatV4(false))
	add("format_ipv4_mask", "Writes a number or address as an IPv4 network.", formatV4(true))
	add("ipv4_compare", "Orders two IPv4 addresses.", compared(32, parseV4, order))
	add("ipv4_is_match", "Says whether two IPv4 addresses agree in their prefix.", compared(32, parseV4, same))
	add("ipv6_compare", "Orders two addresses.", compared(128, parseNetwork, order))
	add("ipv6_is_match", "Says whether two addresses agree in their prefix.", compared(128, parseNetwork, same))
	add("ipv4_is_in_range", "Says whether an IPv4 address lies in a network.", inRanges(parseV4, false))
	add("ipv4_is_in_any_range", "Says whether an IPv4 address lies in one of several networks.", inRanges(parseV4, true))
	add("ipv6_is_in_range", "Says whether an address lies in a network.", inRanges(parseNetwork, false))
	add("ipv6_is_in_any_range", "Says whether an address lies in one of several networks.", inRanges(parseNetwork, true))
	add("has_ipv4", "Says whether an IPv4 address stands in a text.", hasV4(func(ip, want string) bool { return ip == want }))
	add("has_any_ipv4", "Says whether one of several IPv4 addresses stands in a text.", hasV4(func(ip, want string) bool { return ip == want }))
	add("has_ipv4_prefix", "Says whether an IPv4 address that starts so stands in a text.", hasV4(prefixV4))
	add("has_any_ipv4_prefix", "Says whether an IPv4 address with one of several starts stands in a text.", hasV4(prefixV4))
	textRow("ipv4_netmask_suffix", "Gives the prefix length of an IPv4 network.", func(s string) (int64, bool) {
		n, ok := parseV4(s)
		return int64(n.bits - 96), ok
	})
	textRow("ipv4_is_private", "Says whether an IPv4 address is from a private network.", func(s string) (bool, bool) {
		n, ok := parseV4(s)
		for _, r := range privateRanges {
			if n.in(r) {
				return true, ok
			}
		}
		return false, ok
	})
}
