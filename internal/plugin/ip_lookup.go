package plugin

import (
	"net/netip"
	"strings"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// A lookup gives a row for each pair of an input row and a row of the table
// whose network holds the address, in the order of the table.
var _ = plugin(Plugin{
	Name:    "ipv4_lookup",
	Summary: "Looks IPv4 addresses up in a table of networks and adds its columns.",
	Columns: func(u *Use) ([]Column, error) { return lookupColumns(u, "IPv4LookupKey", true), nil },
	Start:   func(r *Run) error { return startLookup(r, "SourceIPv4Key", "IPv4LookupKey", true) },
	Each:    ipLookup,
})

// The service puts the columns of the table first for this one.
var _ = plugin(Plugin{
	Name:    "ipv6_lookup",
	Summary: "Looks IPv6 addresses up in a table of networks and adds its columns.",
	Columns: func(u *Use) ([]Column, error) {
		all := lookupColumns(u, "IPv6LookupKey", true)
		return append(all[len(u.In):len(all):len(all)], all[:len(u.In)]...), nil
	},
	Start: func(r *Run) error { return startLookup(r, "SourceIPv6Key", "IPv6LookupKey", false) },
	Each:  ipLookup,
})

// lookupColumns are the input's columns and those of the table, without the
// keys that must be equal and, unless withKey, without the key looked up by.
func lookupColumns(u *Use, key string, withKey bool) []Column {
	out := u.passed()
	taken := map[string]bool{}
	for _, c := range u.In {
		taken[c.Name] = true
	}
	for _, i := range tableColumns(u, key, withKey) {
		c := u.Table[i]
		n := unused(taken, c.Name)
		taken[n] = true
		out = append(out, Made(n, c.Type))
	}
	return out
}

// tableColumns are the places of the table's columns that the result has.
func tableColumns(u *Use, key string, withKey bool) []int {
	skip := map[string]bool{}
	for _, a := range u.All("ExtraKey") {
		skip[a.Name] = true
	}
	if a := u.Arg(key); a != nil && !withKey {
		skip[a.Name] = true
	}
	var out []int
	for i, c := range u.Table {
		if !skip[c.Name] {
			out = append(out, i)
		}
	}
	return out
}

// network is an address with the length of its prefix, counted within 128
// bits; IPv4 is mapped into IPv6.
type network struct {
	addr netip.Addr
	bits int
}

// lookup is the table, by prefix length and network.
type lookup struct {
	v4    bool
	rows  map[network][]int32
	bits  []int // the lengths that occur
	extra []*vector.Vector
	show  []*vector.Vector
	// unmatched keeps rows that are in no network.
	unmatched bool
	key       int // the argument holding addresses
	extras    []int
}

func startLookup(r *Run, source, key string, v4 bool) error {
	u := r.Use
	l := &lookup{v4: v4, rows: map[network][]int32{}, unmatched: u.truth("return_unmatched"), key: u.Arg(source).Index}
	for _, a := range u.All("ExtraKey") {
		l.extra = append(l.extra, r.Table.Cols[u.Table.Index(a.Name)])
		l.extras = append(l.extras, a.Index)
	}
	for _, i := range tableColumns(u, key, true) {
		l.show = append(l.show, r.Table.Cols[i])
	}
	nets, err := convert(r.Env, r.Table.Cols[u.Arg(key).Col], types.String)
	if err != nil {
		return err
	}
	const entry = 64 // of the map, with its slice
	if err := r.Charge(int64(nets.N) * entry); err != nil {
		return err
	}
	var has [129]bool
	for i := range nets.N {
		n, ok := parseNetwork(nets.Str(i), v4)
		if !ok {
			continue // what is no network holds no address
		}
		l.rows[n] = append(l.rows[n], int32(i))
		has[n.bits] = true
	}
	for b := range has {
		if has[b] {
			l.bits = append(l.bits, b)
		}
	}
	r.State = l
	return nil
}

// parseNetwork reads an address with or without a prefix length.
func parseNetwork(s string, v4 bool) (network, bool) {
	s = strings.TrimSpace(s)
	host, mask, masked := strings.Cut(s, "/")
	a, err := netip.ParseAddr(host)
	if err != nil || a.Zone() != "" || v4 && !a.Is4() {
		return network{}, false
	}
	offset := 128 - a.BitLen()
	bits := a.BitLen()
	if masked {
		bits = 0
		if mask == "" || len(mask) > 3 {
			return network{}, false
		}
		for i := range len(mask) {
			if mask[i] < '0' || mask[i] > '9' {
				return network{}, false
			}
			bits = bits*10 + int(mask[i]-'0')
		}
		if bits > a.BitLen() {
			return network{}, false
		}
	}
	n := network{netip.AddrFrom16(a.As16()), bits + offset}
	return n.cut(n.bits), true
}

// cut is the network of the first bits of n.
func (n network) cut(bits int) network {
	p, err := n.addr.Prefix(bits)
	if err != nil {
		return network{}
	}
	return network{p.Addr(), bits}
}

// find lists the rows of the table whose network holds the address, in order.
func (l *lookup) find(text string) []int32 {
	n, ok := parseNetwork(text, l.v4)
	if !ok {
		return nil
	}
	var out []int32
	parts := 0
	for _, b := range l.bits {
		if b > n.bits {
			break
		}
		if rows := l.rows[n.cut(b)]; rows != nil {
			out = append(out, rows...)
			parts++
		}
	}
	if parts > 1 {
		sortRows(out)
	}
	return out
}

// ipLookup matches the rows of a batch.
func ipLookup(r *Run, in *Rows) (*Result, error) {
	l := r.State.(*lookup)
	keys, err := convert(r.Env, in.Args[l.key], types.String)
	if err != nil {
		return nil, err
	}
	extra := make([]*vector.Vector, len(l.extras))
	for i, a := range l.extras {
		extra[i] = in.Args[a]
	}
	var from, row []int32
	seen := map[string][]int32{}
	for i := range in.N {
		text := keys.Str(i)
		found, ok := seen[text]
		if !ok {
			found = l.find(text)
			seen[text] = found
		}
		matched := false
		for _, t := range found {
			if l.equal(extra, i, int(t)) {
				matched = true
				from, row = append(from, int32(i)), append(row, t)
			}
		}
		if !matched && l.unmatched {
			from, row = append(from, int32(i)), append(row, -1)
		}
	}
	out := &Result{N: len(from), From: from}
	if from == nil {
		out.From = []int32{}
	}
	for _, v := range l.show {
		out.Made = append(out.Made, gatherOuter(v, row))
	}
	return out, nil
}

// equal says whether the further keys of an input row and a table row agree.
func (l *lookup) equal(extra []*vector.Vector, i, t int) bool {
	for k, v := range extra {
		a, b := v.ToDynamic(i), l.extra[k].ToDynamic(t)
		if string(a.AppendKey(nil)) != string(b.AppendKey(nil)) {
			return false
		}
	}
	return true
}
