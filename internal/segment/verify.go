package segment

import "fmt"

// Verify reads every piece of the part, also those that no column asks for,
// and lists what is damaged.
func (r *Reader) Verify() []error {
	var found []error
	check := func(x run, where string, each func(i int, b []byte) error) {
		for i := range x.lens {
			b, err := r.fetch(x, i, fmt.Sprintf("%s, piece %d", where, i))
			if err == nil {
				err = r.named(in(where, each(i, b)))
			}
			if err != nil {
				found = append(found, err)
			}
		}
	}
	for s := range r.dir.streams {
		e := &r.dir.streams[s]
		check(e.run, fmt.Sprintf("codes %d", s+1), func(i int, b []byte) error {
			return readCodes(b, make([]int32, r.Block(i).n), e.n)
		})
	}
	any := func(_ int, b []byte) error {
		_, err := unsqueeze(b)
		return err
	}
	var visit func(n *node, where string)
	visit = func(n *node, where string) {
		if n == nil || n.kind == nodeNone {
			return
		}
		switch n.kind {
		case nodeDict:
			check(n.run, "dictionary of "+where, any)
			if _, err := r.readDict(n, "dictionary of "+where); err != nil && len(found) == 0 {
				found = append(found, r.named(err))
			}
		case nodeTexts, nodeReals:
			check(n.run, where, any)
		case nodeInts, nodeBits:
			check(n.run, where, func(int, []byte) error { return nil })
		}
		visit(n.tag, "tags of "+where)
		visit(n.inner, where)
		for i, k := range n.kids {
			visit(k, where+"."+n.keys[i])
		}
		visit(n.rest, "rest of "+where)
	}
	for i := range r.dir.columns {
		c := &r.dir.columns[i]
		visit(c.root, "column "+c.name)
		if c.index != nil {
			check(c.index.run, "token index of column "+c.name, any)
		}
	}
	if len(found) > 0 {
		return found
	}
	// The pieces are as they were written; do they make sense?
	for i := range r.dir.columns {
		c := r.Column(r.dir.columns[i].name, nil, r.dir.columns[i].typ)
		for b := range r.Blocks() {
			if _, err := r.Block(b).Column(c, nil); err != nil {
				return append(found, err)
			}
		}
	}
	return found
}
