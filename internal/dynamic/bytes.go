package dynamic

// Bytes is about how much memory hangs on v beyond the value itself.
func (v Value) Bytes() int64 {
	n := int64(len(v.text))
	if v.node != nil {
		for _, it := range v.node.items {
			n += 48 + it.Bytes()
		}
		for _, k := range v.node.keys {
			n += 16 + int64(len(k))
		}
	}
	return n
}
