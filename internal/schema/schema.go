// Package schema knows the documented columns of the built-in tables. They
// are packed in groups that are read when first asked for, so that a start of
// the program costs nothing.
package schema

import (
	"bytes"
	"compress/flate"
	_ "embed" // for tables.bin
	"encoding/binary"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"goshawk/internal/types"
)

//go:generate go run ./gen ../../../shared/schemas/tables.json tables.bin

//go:embed tables.bin
var packed []byte

// group is some neighbouring tables in name order.
type group struct {
	offset, size int
	names        []string
	once         sync.Once
	tables       []types.Schema
}

var index = sync.OnceValue(func() []*group {
	n := int(binary.LittleEndian.Uint32(packed))
	var out []*group
	for _, line := range strings.Split(strings.TrimSpace(inflate(packed[4:4+n])), "\n") {
		g := &group{}
		f := strings.SplitN(line, " ", 3)
		if _, err := fmt.Sscan(f[0]+" "+f[1], &g.offset, &g.size); err != nil {
			panic("bug: the embedded schemas are damaged: " + err.Error())
		}
		g.offset += 4 + n
		g.names = strings.Split(f[2], " ")
		out = append(out, g)
	}
	return out
})

// Table finds the documented schema of a table, the
// columns by name. The schema is shared and must not be changed.
func Table(name string) (types.Schema, bool) {
	groups := index()
	i := sort.Search(len(groups), func(i int) bool { return groups[i].names[0] > name }) - 1
	if i < 0 {
		return nil, false
	}
	g := groups[i]
	k := sort.SearchStrings(g.names, name)
	if k == len(g.names) || g.names[k] != name {
		return nil, false
	}
	g.once.Do(g.open)
	return g.tables[k], true
}

// TableNames lists all built-in tables in order.
func TableNames() []string {
	var out []string
	for _, g := range index() {
		out = append(out, g.names...)
	}
	return out
}

func (g *group) open() {
	text := inflate(packed[g.offset : g.offset+g.size])
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		cols := strings.Split(line, "\t")
		s := make(types.Schema, 0, len(cols))
		for _, c := range cols {
			if c == "" {
				continue
			}
			last := len(c) - 1
			s = append(s, types.Column{Name: c[:last], Type: types.Type(c[last] - 'a')})
		}
		g.tables = append(g.tables, s)
	}
}

func inflate(b []byte) string {
	out, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	if err != nil {
		panic("bug: the embedded schemas are damaged: " + err.Error())
	}
	return string(out)
}
