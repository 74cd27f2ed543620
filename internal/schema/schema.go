// Package schema knows the documented columns of the built-in tables, and the
// parameters and result columns of public workspace functions. They are packed
// in groups that are read when first asked for, so that a start of the program
// costs nothing.
package schema

import (
	"bytes"
	"compress/flate"
	_ "embed" // for the packed files
	"encoding/binary"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"goshawk/internal/types"
)

//go:generate go run ./gen tables ../../../shared/schemas/tables.json tables.bin
//go:generate go run ./gen functions ../../../shared/schemas/functions.json functions.bin

//go:embed tables.bin
var packedTables []byte

// group is some neighbours in name order, a line for each.
type group struct {
	offset, size int
	names        []string
}

var tableIndex = sync.OnceValue(func() []*tableGroup {
	var out []*tableGroup
	for _, g := range readIndex(packedTables) {
		out = append(out, &tableGroup{group: g})
	}
	return out
})

// tableGroup is a group of tables.
type tableGroup struct {
	group
	once   sync.Once
	tables []types.Schema
}

// Table finds the documented schema of a table, the
// columns by name. The schema is shared and must not be changed.
func Table(name string) (types.Schema, bool) {
	groups := tableIndex()
	i := sort.Search(len(groups), func(i int) bool { return groups[i].names[0] > name }) - 1
	if i < 0 {
		return nil, false
	}
	g := groups[i]
	k := g.find(name)
	if k < 0 {
		return nil, false
	}
	g.once.Do(func() {
		for _, line := range g.lines(packedTables) {
			g.tables = append(g.tables, columns(line))
		}
	})
	return g.tables[k], true
}

// TableNames lists all built-in tables in order.
func TableNames() []string {
	var out []string
	for _, g := range tableIndex() {
		out = append(out, g.names...)
	}
	return out
}

// readIndex reads where the groups of a packed file are.
func readIndex(packed []byte) []group {
	n := int(binary.LittleEndian.Uint32(packed))
	var out []group
	for _, line := range strings.Split(strings.TrimSpace(inflate(packed[4:4+n])), "\n") {
		var g group
		f := strings.SplitN(line, " ", 3)
		if _, err := fmt.Sscan(f[0]+" "+f[1], &g.offset, &g.size); err != nil {
			panic("bug: the embedded schemas are damaged: " + err.Error())
		}
		g.offset += 4 + n
		g.names = strings.Split(f[2], " ")
		out = append(out, g)
	}
	return out
}

// find is the place of a name in the group, or -1.
func (g *group) find(name string) int {
	k := sort.SearchStrings(g.names, name)
	if k == len(g.names) || g.names[k] != name {
		return -1
	}
	return k
}

// lines unpacks the group.
func (g *group) lines(packed []byte) []string {
	text := inflate(packed[g.offset : g.offset+g.size])
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// columns reads a line of columns: names, each with a letter for its type.
func columns(line string) types.Schema {
	cols := strings.Split(line, "\t")
	s := make(types.Schema, 0, len(cols))
	for _, c := range cols {
		if c == "" {
			continue
		}
		last := len(c) - 1
		s = append(s, types.Column{Name: c[:last], Type: types.Type(c[last] - 'a')})
	}
	return s
}

func inflate(b []byte) string {
	out, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	if err != nil {
		panic("bug: the embedded schemas are damaged: " + err.Error())
	}
	return string(out)
}
