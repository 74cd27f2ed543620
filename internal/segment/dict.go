package segment

import (
	"math/bits"
	"strings"
	"sync"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxNumbered bounds the dictionaries whose texts are numbered: larger ones
// hardly repeat from part to part.
const maxNumbered = 1 << 17

// dictSlot holds the values of a dictionary while they are in the cache. Its
// mutex sees to it that they are read once, however many ask: operators know
// a dictionary by its pointer.
type dictSlot struct {
	mu    sync.Mutex // guards the rest
	paths map[string]*vector.Vector
}

func (r *Reader) slot(n *node) *dictSlot {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.dicts[n]
	if s == nil {
		s = &dictSlot{paths: map[string]*vector.Vector{}}
		r.dicts[n] = s
	}
	return s
}

// values is the values of a dictionary, by the codes of its stream, with the
// rest of the column's path followed.
func (r *Reader) values(c *Column) (*vector.Vector, error) {
	s := r.slot(c.node)
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.Join(c.path, "\x00")
	if v := s.paths[key]; v != nil {
		r.cache.touch(s)
		return v, nil
	}
	v := s.paths[""]
	if v == nil {
		var err error
		if v, err = r.readDict(c.node, "dictionary of column "+c.name); err != nil {
			return nil, r.named(err)
		}
		if r.space != nil && c.node.typ == types.String && c.has == types.String && v.N <= maxNumbered {
			v.Number(r.space(c.name))
		}
		s.paths[""] = v
		r.cache.add(s, v.Bytes())
	}
	if len(c.path) > 0 {
		for _, k := range c.path {
			v = v.Path(k)
		}
		v = v.Flatten()
		s.paths[key] = v
		r.cache.add(s, v.Bytes())
	}
	return v, nil
}

// drop forgets the values.
func (s *dictSlot) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.paths)
}

func (r *Reader) readDict(n *node, where string) (*vector.Vector, error) {
	b, err := r.fetch(n.run, 0, where)
	if err != nil {
		return nil, err
	}
	v, err := readValues(b, n.typ, n.n)
	if err != nil {
		return nil, in(where, err)
	}
	if len(n.run.lens) == 1 {
		return v, nil
	}
	if b, err = r.fetch(n.run, 1, where); err != nil {
		return nil, err
	}
	if b, err = unsqueeze(b); err != nil {
		return nil, in(where, err)
	}
	of := make([]int32, r.dir.streams[n.stream-1].n)
	top, ok := unpackCodes(b, bits.Len(uint(n.n-1)), 0, of)
	if !ok || int(top) >= n.n {
		return nil, in(where, damagef("", "the places of the values are cut or out of range"))
	}
	return v.Gather(of), nil
}

// in puts the place into damage that has none.
func in(where string, err error) error {
	if d, ok := err.(*Damage); ok && d.Where == "" {
		d.Where = where
	}
	return err
}

// absents says for each code of a dictionary's stream whether it stands for a
// key that is not there.
func (r *Reader) absents(n *node, where string) ([]bool, error) {
	if n.stream == 0 {
		return []bool{n.absent == 1}, nil
	}
	out := make([]bool, r.dir.streams[n.stream-1].n)
	if n.absent == 0 {
		return out, nil
	}
	if len(n.run.lens) == 1 {
		out[n.absent-1] = true
		return out, nil
	}
	b, err := r.fetch(n.run, 1, where)
	if err != nil {
		return nil, err
	}
	if b, err = unsqueeze(b); err != nil {
		return nil, in(where, err)
	}
	of := make([]int32, len(out))
	if top, ok := unpackCodes(b, bits.Len(uint(n.n-1)), 0, of); !ok || int(top) >= n.n {
		return nil, in(where, damagef("", "the places of the values are cut or out of range"))
	}
	for i, x := range of {
		out[i] = int(x) == n.absent-1
	}
	return out, nil
}

// zero is the value of a column that the part does not have.
func zero(t types.Type, n int) *vector.Vector {
	if t == types.Unknown {
		t = types.Dynamic
	}
	return vector.Nulls(t, n)
}
