package engine

import (
	"sort"
	"sync"

	"goshawk/internal/bind"
	"goshawk/internal/parser"
	"goshawk/internal/schema"
	"goshawk/internal/source"
)

// AddFunction makes a stored function known under its name. Params is the
// text between the parentheses of its declaration, e.g. "a:long, b:string=”".
func (c *Catalog) AddFunction(name, params string, body *source.Text) source.Diagnostics {
	ps, ds := parser.ParseParams(source.New(name+" parameters", "("+params+")"))
	b, more := parser.ParseBody(body)
	if ds = append(ds, more...); ds.HasErrors() {
		return ds
	}
	c.Add(&bind.Function{Name: name, Params: ps, Body: b, Text: body})
	return ds
}

// Add makes a stored function known, or one whose Problem a call reports.
func (c *Catalog) Add(f *bind.Function) {
	if f.Problem != "" {
		// What is known about it otherwise serves a check of its callers.
		if known, ok := publicFunction(f.Name); ok {
			g := *known
			g.From, g.Problem = f.From, f.Problem
			f = &g
		} else {
			f.Body, f.Open = nil, true
		}
	}
	if c.functions == nil {
		c.functions = map[string]*bind.Function{}
	}
	c.functions[f.Name] = f
}

// Function finds a stored function, else what is known about a public one
// without its body.
func (c *Catalog) Function(name string) (*bind.Function, bool) {
	if f, ok := c.functions[name]; ok {
		return f, true
	}
	return publicFunction(name)
}

// public holds the public functions that were asked for, by name.
var public sync.Map

// publicFunction is a public workspace function of which only the parameters
// and result columns are known.
func publicFunction(name string) (*bind.Function, bool) {
	if f, ok := public.Load(name); ok {
		return f.(*bind.Function), true
	}
	known, ok := schema.Function(name)
	if !ok {
		return nil, false
	}
	text := source.New(name+" parameters", "("+known.Declaration()+")")
	ps, ds := parser.ParseParams(text)
	if ds.HasErrors() {
		panic("bug: the embedded parameters of " + name + " do not parse: " + ds.Err().Error())
	}
	f := &bind.Function{Name: name, Params: ps, Text: text, Schema: known.Columns, Open: known.Open, Extends: known.Extends}
	public.Store(name, f)
	return f, true
}

// FunctionNames lists the stored and the public functions, sorted.
func (c *Catalog) FunctionNames() []string {
	out := append([]string(nil), schema.FunctionNames()...)
	for n := range c.functions {
		if _, ok := schema.Function(n); !ok {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}
