package segment

import "encoding/binary"

// tokenEntry is the token index of a column in the directory.
type tokenEntry struct {
	run    run
	pieces []piece
}

func (t *tokenEntry) append(b []byte) []byte {
	if t == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	return appendRun(binary.AppendUvarint(b, 0), t.run)
}

func (r *dirReader) index() *tokenEntry {
	if r.c.byte() == 0 {
		return nil
	}
	r.c.uvarint()
	t := &tokenEntry{run: r.c.run()}
	r.check(t.run, len(t.run.lens))
	return t
}

func (e *encoder) tokens(f *field) {}
