package vector

import (
	"bytes"
	"cmp"
	"strings"

	"goshawk/internal/types"
)

// Compare orders entry i of a before entry j of b, both of one type: less
// than 0, 0 or more than 0. Null comes before every value, NaN behind null.
// Texts compare ordinally.
func Compare(a *Vector, i int, b *Vector, j int) int {
	an, bn := a.IsNull(i), b.IsNull(j)
	if an || bn {
		return int(toInt(bn)) - int(toInt(an))
	}
	switch a.Type {
	case types.Bool:
		return int(toInt(a.Bool(i))) - int(toInt(b.Bool(j)))
	case types.Int, types.Long, types.Datetime, types.Timespan:
		return cmp.Compare(a.Int(i), b.Int(j))
	case types.Real:
		return cmp.Compare(a.Real(i), b.Real(j))
	case types.String:
		return strings.Compare(a.Str(i), b.Str(j))
	case types.Guid:
		x, y := a.Guid(i), b.Guid(j)
		return bytes.Compare(x[:], y[:])
	case types.Decimal:
		return a.Dec(i).Cmp(b.Dec(j))
	}
	return strings.Compare(a.Dyn(i).String(), b.Dyn(j).String())
}

func toInt(b bool) int8 {
	if b {
		return 1
	}
	return 0
}

// Concat puts vectors of type t one behind the other.
func Concat(t types.Type, parts []*Vector) *Vector {
	switch len(parts) {
	case 0:
		return Make(t, 0)
	case 1:
		return parts[0]
	}
	n := 0
	for _, p := range parts {
		n += p.N
	}
	if d := concatNumbered(parts, n); d != nil {
		return d
	}
	if d := concatDicts(t, parts, n); d != nil {
		return d
	}
	out := Make(t, n)
	at := 0
	for _, p := range parts {
		f := p.Flatten()
		copy(out.Bools[min(at, len(out.Bools)):], f.Bools)
		copy(out.Ints[min(at, len(out.Ints)):], f.Ints)
		copy(out.Reals[min(at, len(out.Reals)):], f.Reals)
		copy(out.Strs[min(at, len(out.Strs)):], f.Strs)
		copy(out.Guids[min(at, len(out.Guids)):], f.Guids)
		copy(out.Decs[min(at, len(out.Decs)):], f.Decs)
		copy(out.Dyns[min(at, len(out.Dyns)):], f.Dyns)
		if f.Valid != nil {
			if out.Valid == nil {
				out.Valid = FullBitmap(n)
			}
			for i := 0; i < f.N; i++ {
				if !f.Valid.Get(i) {
					out.Valid.Clear(at + i)
				}
			}
		}
		at += p.N
	}
	return out
}

// concatDicts puts dictionaries together behind one another, which keeps four
// bytes a row; nil when not all parts are small dictionaries. An entry may
// then stand in several of them, as it may in a dictionary that a filter made.
func concatDicts(t types.Type, parts []*Vector, n int) *Vector {
	entries := 0
	seen := map[*Vector]int32{} // where a part's entries begin
	var values []*Vector
	for _, p := range parts {
		if p.Form != Dict {
			return nil
		}
		if _, ok := seen[p.Values]; !ok {
			if entries += p.Values.N; entries > n/2 {
				return nil
			}
			seen[p.Values] = int32(entries - p.Values.N)
			values = append(values, p.Values)
		}
	}
	codes := make([]int32, 0, n)
	for _, p := range parts {
		from := seen[p.Values]
		for _, c := range p.Codes {
			codes = append(codes, c+from)
		}
	}
	return NewDict(Concat(t, values).Flatten(), codes)
}

// concatNumbered puts dictionaries behind one another that are the same, or
// whose texts are numbered in one space; nil for anything else.
func concatNumbered(parts []*Vector, n int) *Vector {
	same := true
	var space *Space
	for i, p := range parts {
		if p.Form != Dict {
			return nil
		}
		sp, _ := p.Values.Numbered()
		if i == 0 {
			space = sp
		}
		same = same && p.Values == parts[0].Values
		if sp != space {
			space = nil
		}
	}
	if !same && space == nil {
		return nil
	}
	codes := make([]int32, 0, n)
	for _, p := range parts {
		if same {
			codes = append(codes, p.Codes...)
			continue
		}
		_, nums := p.Values.Numbered()
		for _, c := range p.Codes {
			codes = append(codes, nums[c])
		}
	}
	if same {
		return NewDict(parts[0].Values, codes)
	}
	return NewDict(space.Values(), codes)
}

// ConcatBatches puts batches with columns of these types together.
func ConcatBatches(ts []types.Type, batches []*Batch) *Batch {
	if len(batches) == 1 {
		return batches[0]
	}
	out := &Batch{Cols: make([]*Vector, len(ts))}
	for _, b := range batches {
		out.N += b.N
	}
	for c, t := range ts {
		parts := make([]*Vector, len(batches))
		for k, b := range batches {
			parts[k] = b.Cols[c]
		}
		out.Cols[c] = Concat(t, parts)
	}
	return out
}
