package vector

// Bytes is about how much memory the batch's columns hold. Storage shared
// with other vectors is counted in each.
func (b *Batch) Bytes() int64 {
	n := int64(64)
	for _, c := range b.Cols {
		n += c.Bytes()
	}
	return n
}

// Bytes is about how much memory v holds.
func (v *Vector) Bytes() int64 {
	if v == nil {
		return 0
	}
	n := int64(160) + int64(len(v.Valid)+len(v.Absent))*8 + int64(len(v.Codes))*4
	n += int64(len(v.Bools)) + int64(len(v.Ints)+len(v.Reals))*8 + int64(len(v.Guids))*16
	n += int64(len(v.Decs))*64 + int64(len(v.Dyns))*48
	for _, s := range v.Strs {
		n += 16 + int64(len(s))
	}
	for i := range v.Dyns {
		n += v.Dyns[i].Bytes()
	}
	n += v.Values.Bytes() + v.Inner.Bytes()
	if f := v.Fields; f != nil {
		for _, c := range f.Cols {
			n += c.Bytes()
		}
		for _, x := range f.Rest {
			n += 64 + x.Bytes()
		}
	}
	return n
}
