package plugin

import (
	"fmt"
	"sort"
	"strings"

	"goshawk/internal/dynamic"
	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxUnpacked bounds the columns that one bag_unpack may make: bags keyed by
// data (an address, an id) would otherwise give a column each.
const maxUnpacked = 10_000

// What columnsConflict may say.
const (
	conflictError   = "error"
	conflictReplace = "replace_source"
	conflictKeep    = "keep_source"
)

// bag_unpack finds its columns in the data: input columns keep their place,
// new ones follow in the order of their names.
var _ = plugin(Plugin{
	Name:    "bag_unpack",
	Summary: "Makes a column of each key of the bags in a column.",
	Params: []fn.Param{
		{Name: "column", Kind: "Scalar", Arg: "Column", Min: 1, Max: 1},
		{Name: "column_prefix", Types: []types.Type{types.String}, Arg: "LiteralNotEmpty", Max: 1},
		{Name: "columnsConflict", Types: []types.Type{types.String}, Arg: "Literal", Max: 1},
		{Name: "ignoredProperties", Kind: "DynamicArray", Arg: "Literal", Max: 1},
	},
	Columns: func(u *Use) ([]Column, error) {
		_, err := newUnpacking(u)
		return u.passed(u.Args[0].Col), err
	},
	Observe: func(u *Use) Observer {
		o, err := newUnpacking(u)
		if err == nil {
			err = o.dynamic()
		}
		return &bagObserver{unpacking: o, err: err, slots: map[string]types.Type{}}
	},
	Declare: declareUnpacked,
	Keys: func(u *Use) []string {
		o, err := newUnpacking(u)
		if err != nil {
			return nil
		}
		var out []string
		for _, c := range u.made() {
			if !o.unpacks(c) {
				return nil
			}
			out = append(out, c.Key)
		}
		return out
	},
	Each: unpack,
})

// unpacking is what the arguments say.
type unpacking struct {
	use      *Use
	prefix   string
	conflict string
	ignored  map[string]bool
}

func newUnpacking(u *Use) (*unpacking, error) {
	o := &unpacking{use: u, prefix: u.text("column_prefix", ""), conflict: u.text("columnsConflict", conflictError), ignored: map[string]bool{}}
	switch o.conflict {
	case conflictError, conflictReplace, conflictKeep:
	default:
		return o, argErrorf(u.Arg("columnsConflict"), "columnsConflict is %s, %s or %s, not %q", conflictError, conflictReplace, conflictKeep, o.conflict)
	}
	if v, ok := u.constant("ignoredProperties").V.(dynamic.Value); ok {
		for _, it := range v.Items() {
			o.ignored[it.String()] = true
		}
	}
	return o, nil
}

// dynamic refuses columns that hold no bags. A check lets them pass, as the
// language service does; the service refuses them when it runs.
func (o *unpacking) dynamic() error {
	if a := o.use.Args[0]; a.Type != types.Dynamic && a.Type != types.Unknown {
		return fmt.Errorf("bag_unpack unpacks a dynamic column, and %q is a %s: convert it with parse_json() first", a.Name, a.Type)
	}
	return nil
}

// source is the place of an input column that stays, -1 without.
func (o *unpacking) source(name string) int {
	for i, c := range o.use.In {
		if i != o.use.Args[0].Col && c.Name == name {
			return i
		}
	}
	return -1
}

// slotColumn is the column of a name that the bags fill; a name without the
// prefix stands for no key.
func (o *unpacking) slotColumn(name string, t types.Type) Column {
	c := Made(name, t)
	c.Key = strings.TrimPrefix(name, o.prefix)
	return c
}

// unpacks says whether a column that is made stands for a key.
func (o *unpacking) unpacks(c Column) bool {
	return !o.ignored[c.Key] && strings.HasPrefix(c.Name, o.prefix)
}

// columns are the result columns when the bags have slots.
func (o *unpacking) columns(slots map[string]types.Type) ([]Column, error) {
	out := o.use.passed(o.use.Args[0].Col)
	at := map[string]int{}
	for i, c := range out {
		at[c.Name] = i
	}
	names := make([]string, 0, len(slots))
	for s := range slots {
		names = append(names, o.prefix+s)
	}
	sort.Strings(names)
	for _, n := range names {
		c := o.slotColumn(n, slots[n[len(o.prefix):]])
		i, taken := at[n]
		switch {
		case n == "":
			return nil, fmt.Errorf("bag_unpack: a bag has an empty key, which names no column; give a prefix")
		case !taken:
			out = append(out, c)
		case o.conflict == conflictReplace:
			out[i] = c
		case o.conflict == conflictError:
			return nil, fmt.Errorf("bag_unpack: the bags have a key for column %q, which is there already; give a prefix, or columnsConflict=%q or %q", n, conflictReplace, conflictKeep)
		}
	}
	return out, nil
}

// bagObserver gathers keys with the types of their values. Values of several
// types make the column dynamic; nulls have none.
type bagObserver struct {
	*unpacking
	err   error
	slots map[string]types.Type
}

// Add looks at the keys of a batch, once per entry of a dictionary.
func (o *bagObserver) Add(in *Rows) error {
	if o.err != nil {
		return o.err
	}
	switch v := in.Args[0]; {
	case v.N == 0:
	case v.Form == vector.Const:
		o.bag(v.Dyn(0))
	case v.Form == vector.Dict && v.Values.N <= v.N:
		seen := make([]bool, v.Values.N)
		for _, c := range v.Codes {
			if !seen[c] {
				seen[c] = true
				o.bag(v.Values.Dyn(int(c)))
			}
		}
	case v.Form == vector.Struct:
		o.shredded(v.Fields, v.N)
	default:
		for i := range v.N {
			o.bag(v.Dyn(i))
		}
	}
	return o.bounded()
}

// Merge adds what another observer saw.
func (o *bagObserver) Merge(other Observer) error {
	for k, t := range other.(*bagObserver).slots {
		o.typed(k, t)
	}
	return o.bounded()
}

func (o *bagObserver) bounded() error {
	if len(o.slots) > maxUnpacked {
		return fmt.Errorf("bag_unpack: the bags have more than %d keys; write the columns wanted as : (name:type, ...)", maxUnpacked)
	}
	return nil
}

// shredded looks at bags that are kept a column a key.
func (o *bagObserver) shredded(f *vector.Shredded, n int) {
	for k, key := range f.Keys {
		if o.ignored[key] {
			continue
		}
		for i := range n {
			if !f.Whole.Get(i) && (f.Has[k] == nil || f.Has[k].Get(i)) {
				o.slot(key, f.Cols[k].Dyn(i))
			}
		}
	}
	for i := range n {
		if f.Whole.Get(i) {
			o.bag(f.Rest[i])
		}
	}
}

func (o *bagObserver) bag(d dynamic.Value) {
	keys, values := d.Entries()
	for i, k := range keys {
		if !o.ignored[k] {
			o.slot(k, values[i])
		}
	}
}

func (o *bagObserver) slot(key string, v dynamic.Value) {
	if v.IsNull() {
		o.typed(key, types.Unknown)
		return
	}
	o.typed(key, v.Type())
}

// typed notes that values of a key have type t, Unknown for nulls.
func (o *bagObserver) typed(key string, t types.Type) {
	switch had, ok := o.slots[key]; {
	case !ok || had == types.Unknown:
		o.slots[key] = t
	case t != had && t != types.Unknown:
		o.slots[key] = types.Dynamic
	}
}

// Columns are the columns found.
func (o *bagObserver) Columns() ([]Column, error) {
	if o.err != nil {
		return nil, o.err
	}
	for k, t := range o.slots {
		if t == types.Unknown { // nothing but null
			o.slots[k] = types.Dynamic
		}
	}
	return o.columns(o.slots)
}

// declareUnpacked gives the columns of a schema written in the query: those of
// the input by their names, the others from the bags.
func declareUnpacked(u *Use, want []types.Column, star bool) ([]Column, error) {
	o, err := newUnpacking(u)
	if err == nil {
		err = o.dynamic()
	}
	if err != nil {
		return nil, err
	}
	var out []Column
	if star {
		out = without(u.passed(u.Args[0].Col), want)
	}
	for _, w := range want {
		c := o.slotColumn(w.Name, w.Type)
		if from := o.source(w.Name); from >= 0 && o.conflict != conflictReplace {
			if u.In[from].Type != w.Type {
				return nil, fmt.Errorf("the column %q is %s in the input, not %s", w.Name, u.In[from].Type, w.Type)
			}
			c.From = from
		}
		out = append(out, c)
	}
	return out, nil
}

// unpack takes the bags of a batch apart.
func unpack(r *Run, in *Rows) (*Result, error) {
	o, err := newUnpacking(r.Use)
	if err != nil {
		return nil, err
	}
	made := r.Use.made()
	out := &Result{N: in.N, Made: make([]*vector.Vector, len(made))}
	slots := in.Parts
	if slots == nil {
		keys := make([]string, len(made))
		for i, c := range made {
			keys[i] = c.Key
		}
		slots = o.slots(in.Args[0], keys)
	}
	for i, c := range made {
		v := slots[i]
		if v == nil {
			continue
		}
		if !o.unpacks(c) {
			out.Made[i] = vector.Nulls(c.Type, in.N)
			continue
		}
		if v.Form == vector.Typed && v.Inner.Type == c.Type && v.Absent == nil {
			out.Made[i] = v.Inner
			continue
		}
		if out.Made[i], err = convert(r.Env, v, c.Type); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// slots is the value of each key in each bag. Shredded columns are handed out
// as they are; others are read once for all keys.
func (o *unpacking) slots(bags *vector.Vector, keys []string) []*vector.Vector {
	out := make([]*vector.Vector, len(keys))
	switch bags.Form {
	case vector.Struct:
		for i, k := range keys {
			out[i] = bags.Path(k)
		}
		return out
	case vector.Dict:
		if bags.Values.N <= bags.N {
			for i, v := range o.slots(bags.Values, keys) {
				out[i] = vector.NewDict(v.Flatten(), bags.Codes)
			}
			return out
		}
	case vector.Const:
		one := *bags
		one.Form, one.N = vector.Flat, 1
		for i, v := range o.slots(&one, keys) {
			out[i] = vector.Constant(v.Datum(0), bags.N)
		}
		return out
	}
	at := make(map[string]int, len(keys))
	values := make([][]dynamic.Value, len(keys))
	for i, k := range keys {
		at[k] = i
		values[i] = make([]dynamic.Value, bags.N)
	}
	for row := range bags.N {
		d := bags.Dyn(row)
		names, items := d.Entries()
		for j, k := range names {
			if i, ok := at[k]; ok {
				values[i][row] = items[j]
			}
		}
	}
	for i := range out {
		out[i] = vector.Of(types.Dynamic, values[i], nil)
	}
	return out
}
