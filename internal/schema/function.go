package schema

import (
	_ "embed" // for functions.bin
	"sort"
	"strconv"
	"strings"
	"sync"

	"goshawk/internal/types"
)

//go:embed functions.bin
var packedFunctions []byte

// Func is what is known about a public workspace function without its body:
// how it is called and what it gives.
type Func struct {
	Name    string
	Params  []Param
	Columns types.Schema
	// Open says that the result may have more columns than Columns.
	Open bool
	// Extends says that the result is the input's columns and Columns.
	Extends bool
}

// Param is a parameter. Table is the columns it asks for, e.g. "(a:long)" or
// "(*)", when it takes a table; Type is Unknown then.
type Param struct {
	Name     string
	Type     types.Type
	Table    string
	Optional bool
}

// Declaration writes the parameters as KQL declares them. The documented
// default of an optional parameter is not known; a null of its type stands
// for it.
func (f *Func) Declaration() string {
	var ps []string
	for _, p := range f.Params {
		text := p.Name + ":" + p.Type.String()
		switch {
		case p.Table != "":
			text = p.Name + ":" + p.Table
		case p.Optional && p.Type == types.String:
			text += `=""`
		case p.Optional:
			text += "=" + p.Type.String() + "(null)"
		}
		ps = append(ps, text)
	}
	return strings.Join(ps, ", ")
}

// functionGroup is a group of functions.
type functionGroup struct {
	group
	once  sync.Once
	funcs []*Func
}

// functionIndex is the groups of functions; the first group holds the schemas
// that many functions share.
var functionIndex = sync.OnceValue(func() []*functionGroup {
	var out []*functionGroup
	for _, g := range readIndex(packedFunctions) {
		out = append(out, &functionGroup{group: g})
	}
	return out
})

var sharedSchemas = sync.OnceValue(func() []types.Schema {
	var out []types.Schema
	for _, line := range functionIndex()[0].lines(packedFunctions) {
		out = append(out, columns(line))
	}
	return out
})

// Function finds a public workspace function. What it gives is shared and must
// not be changed.
func Function(name string) (*Func, bool) {
	groups := functionIndex()[1:]
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
		for i, line := range g.lines(packedFunctions) {
			g.funcs = append(g.funcs, readFunc(g.names[i], line))
		}
	})
	return g.funcs[k], true
}

// FunctionNames lists the public workspace functions in order.
func FunctionNames() []string {
	var out []string
	for _, g := range functionIndex()[1:] {
		out = append(out, g.names...)
	}
	return out
}

var parameterTypes = sync.OnceValue(func() map[string]types.Type {
	out := map[string]types.Type{}
	for _, n := range FunctionNames() {
		f, _ := Function(n)
		for _, p := range f.Params {
			if _, ok := out[p.Name]; !ok && p.Table == "" {
				out[p.Name] = p.Type
			}
		}
	}
	return out
})

// ParameterType is the type of a parameter that public functions have; the
// first by name counts where they differ.
func ParameterType(name string) (types.Type, bool) {
	t, ok := parameterTypes()[name]
	return t, ok
}

// readFunc reads a line: flags, parameters, the number of a shared schema, and
// the columns that come before those of the schema, which decides on types.
func readFunc(name, line string) *Func {
	part := strings.SplitN(line, "\t", 4)
	f := &Func{Name: name, Open: strings.Contains(part[0], "o"), Extends: strings.Contains(part[0], "x")}
	for _, text := range strings.Split(part[1], ";") {
		if text == "" {
			continue
		}
		var p Param
		text, p.Optional = strings.CutSuffix(text, "?")
		p.Name, text, _ = strings.Cut(text, ":")
		if strings.HasPrefix(text, "(") {
			p.Table = text
		} else {
			p.Type, _ = types.Parse(text)
		}
		f.Params = append(f.Params, p)
	}
	f.Columns = columns(part[3])
	if part[2] == "" {
		return f
	}
	n, err := strconv.Atoi(part[2])
	if err != nil {
		panic("bug: the embedded functions are damaged: " + err.Error())
	}
	at := map[string]int{}
	for i, c := range f.Columns {
		at[c.Name] = i
	}
	for _, c := range sharedSchemas()[n] {
		if i, ok := at[c.Name]; ok {
			f.Columns[i].Type = c.Type
		} else {
			f.Columns = append(f.Columns, c)
		}
	}
	return f
}
