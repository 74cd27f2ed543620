package fn

import (
	"regexp"
	"slices"

	"goshawk/internal/dynamic"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// schema is what shapes the values at one place have had.
type schema struct {
	names map[string]bool // of the plain types
	keys  []string        // of bags, in the order of their first sight
	bag   map[string]*schema
	array *schema // of the elements of arrays
	size  int
}

// indexer is the key that stands for the elements of arrays.
const indexer = "`indexer`"

// maxSchemaDepth bounds the schema of values deep in one another.
const maxSchemaDepth = 100

// guidText is how a text looks that counts as a guid.
var guidText = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (s *schema) see(v dynamic.Value, depth int) {
	if depth > maxSchemaDepth {
		return
	}
	switch v.Kind() {
	case dynamic.Null:
		return
	case dynamic.Array:
		if s.array == nil {
			s.array = &schema{}
			s.size += 64
		}
		for _, it := range v.Items() {
			s.array.see(it, depth+1)
		}
		return
	case dynamic.Bag:
		keys, items := v.Entries()
		for i, k := range keys {
			s.at(k).see(items[i], depth+1)
		}
		if s.bag == nil {
			s.bag = map[string]*schema{}
		}
		return
	}
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[plainName(v)] = true
}

// at is the schema under a key.
func (s *schema) at(key string) *schema {
	if s.bag == nil {
		s.bag = map[string]*schema{}
	}
	if s.bag[key] == nil {
		s.bag[key] = &schema{}
		s.keys = append(s.keys, key)
		s.size += 96 + len(key)
	}
	return s.bag[key]
}

func plainName(v dynamic.Value) string {
	switch v.Kind() {
	case dynamic.Bool:
		return "bool"
	case dynamic.Long:
		return "long"
	case dynamic.Real:
		return "double"
	case dynamic.Datetime:
		return "datetime"
	case dynamic.Timespan:
		return "timespan"
	case dynamic.Guid:
		return "guid"
	case dynamic.Decimal:
		return "decimal"
	}
	if guidText.MatchString(v.Text()) {
		return "guid"
	}
	return "string"
}

func (s *schema) merge(o *schema) {
	for n := range o.names {
		if s.names == nil {
			s.names = map[string]bool{}
		}
		s.names[n] = true
	}
	if o.array != nil {
		if s.array == nil {
			s.array = &schema{}
		}
		s.array.merge(o.array)
	}
	if o.bag != nil && s.bag == nil {
		s.bag = map[string]*schema{}
	}
	for _, k := range o.keys {
		s.at(k).merge(o.bag[k])
	}
	s.size += o.size
}

// value writes the schema: one shape as it is, several in an array.
func (s *schema) value() dynamic.Value {
	var shapes []dynamic.Value
	if s.bag != nil || s.array != nil {
		var keys []string
		var vals []dynamic.Value
		if s.array != nil {
			keys, vals = append(keys, indexer), append(vals, s.array.value())
		}
		for _, k := range s.keys {
			keys, vals = append(keys, k), append(vals, s.bag[k].value())
		}
		shapes = append(shapes, dynamic.FromBag(keys, vals))
	}
	names := make([]string, 0, len(s.names))
	for n := range s.names {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		shapes = append(shapes, dynamic.FromString(n))
	}
	switch len(shapes) {
	case 0:
		return dynamic.FromArray([]dynamic.Value{})
	case 1:
		return shapes[0]
	}
	return dynamic.FromArray(shapes)
}

// bytes is about what the schema takes.
func (s *schema) bytes() int {
	sum := s.size + 64
	for _, b := range s.bag {
		sum += b.bytes()
	}
	if s.array != nil {
		sum += s.array.bytes()
	}
	return sum
}

var _ = aggregate(Aggregate{
	Name: "buildschema", Summary: "The schema that admits all of some dynamic values.",
	New: func(AggArgs) (State, error) {
		return &sketchState[schema]{
			fresh: func() *schema { return &schema{} },
			add: func(s *schema, args []*vector.Vector, i int) error {
				s.see(args[0].ToDynamic(i), 0)
				return nil
			},
			merge: func(s, o *schema) { s.merge(o) },
			value: func(s *schema) vector.Datum { return vector.Datum{T: types.Dynamic, V: s.value()} },
			size:  (*schema).bytes,
		}, nil
	},
})
