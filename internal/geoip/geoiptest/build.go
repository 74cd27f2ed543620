// Package geoiptest writes small databases in MaxMind's format for tests, so
// that no real one needs to be kept.
package geoiptest

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"sort"
)

// Place is an entry. A country alone has no coordinates.
type Place struct {
	Prefix               string
	Country, State, City string
	Latitude, Longitude  float64
	Located              bool
}

// node is a node of the search tree: each side is another node, an entry, or
// nothing.
type node struct {
	next  [2]*node
	entry [2]int // index of the place, or -1
}

func newNode() *node { return &node{entry: [2]int{-1, -1}} }

// Build writes a database of a kind, e.g. "GeoLite2-City", with 28-bit
// records and addresses of version 6.
func Build(kind string, places []Place) ([]byte, error) {
	root := newNode()
	var data []byte
	offsets := make([]int, len(places))
	for i, p := range places {
		prefix, err := netip.ParsePrefix(p.Prefix)
		if err != nil {
			return nil, err
		}
		offsets[i] = len(data)
		data = append(data, encode(p.record())...)
		insert(root, prefix, i)
	}
	order := number(root, nil)
	index := map[*node]int{}
	for i, n := range order {
		index[n] = i
	}
	var out []byte
	for _, n := range order {
		var rec [2]uint32
		for side := range 2 {
			switch {
			case n.next[side] != nil:
				rec[side] = uint32(index[n.next[side]])
			case n.entry[side] >= 0:
				rec[side] = uint32(len(order) + 16 + offsets[n.entry[side]])
			default:
				rec[side] = uint32(len(order))
			}
		}
		out = append(out, byte(rec[0]>>16), byte(rec[0]>>8), byte(rec[0]), byte(rec[0]>>24<<4)|byte(rec[1]>>24&0xf),
			byte(rec[1]>>16), byte(rec[1]>>8), byte(rec[1]))
	}
	out = append(out, make([]byte, 16)...)
	out = append(out, data...)
	out = append(out, "\xab\xcd\xefMaxMind.com"...)
	return append(out, encode(map[string]any{
		"node_count": uint32(len(order)), "record_size": uint16(28), "ip_version": uint16(6), "database_type": kind,
		"languages": []any{"en"}, "binary_format_major_version": uint16(2), "binary_format_minor_version": uint16(0),
		"build_epoch": uint64(1700000000), "description": map[string]any{"en": "a test"},
	})...), nil
}

func (p Place) record() map[string]any {
	names := func(n string) map[string]any { return map[string]any{"names": map[string]any{"en": n}} }
	m := map[string]any{"country": names(p.Country)}
	if p.State != "" {
		m["subdivisions"] = []any{names(p.State)}
	}
	if p.City != "" {
		m["city"] = names(p.City)
	}
	if p.Located {
		m["location"] = map[string]any{"latitude": p.Latitude, "longitude": p.Longitude}
	}
	return m
}

// insert hangs a place at its prefix; addresses of version 4 lie in ::/96.
func insert(root *node, prefix netip.Prefix, place int) {
	bits, ip := prefix.Bits(), prefix.Addr().As16()
	if prefix.Addr().Is4() {
		four := prefix.Addr().As4()
		ip = [16]byte{12: four[0], 13: four[1], 14: four[2], 15: four[3]}
		bits += 96
	}
	n := root
	for i := range bits {
		side := ip[i/8] >> (7 - i%8) & 1
		if i == bits-1 {
			n.entry[side] = place
			return
		}
		if n.next[side] == nil {
			n.next[side] = newNode()
		}
		n = n.next[side]
	}
}

func number(n *node, list []*node) []*node {
	list = append(list, n)
	for _, next := range n.next {
		if next != nil {
			list = number(next, list)
		}
	}
	return list
}

// encode writes a value in the format's data section.
func encode(v any) []byte {
	switch v := v.(type) {
	case string:
		return append(control(2, len(v)), v...)
	case float64:
		return binary.BigEndian.AppendUint64(control(3, 8), math.Float64bits(v))
	case uint16:
		return binary.BigEndian.AppendUint16(control(5, 2), v)
	case uint32:
		return binary.BigEndian.AppendUint32(control(6, 4), v)
	case uint64:
		return binary.BigEndian.AppendUint64(control(9, 8), v)
	case []any:
		out := control(11, len(v))
		for _, e := range v {
			out = append(out, encode(e)...)
		}
		return out
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		out := control(7, len(v))
		for _, k := range keys {
			out = append(append(out, encode(k)...), encode(v[k])...)
		}
		return out
	}
	panic(fmt.Sprintf("bug: no encoding for %T", v))
}

// control writes the type and size of a value; sizes up to 284 are enough.
func control(kind, size int) []byte {
	var tail []byte
	low := size
	if size >= 29 {
		low, tail = 29, []byte{byte(size - 29)}
	}
	if kind > 7 {
		return append([]byte{byte(low), byte(kind - 7)}, tail...)
	}
	return append([]byte{byte(kind<<5 | low)}, tail...)
}
