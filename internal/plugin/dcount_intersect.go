package plugin

import (
	"fmt"
	"math/bits"
	"strconv"

	"goshawk/internal/fn"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// mostSketches bounds the sketches of one call: the unions grow with a power of
// their number.
const mostSketches = 16

// dcount_intersect counts what the first 1, 2, ... sketches have in common, by
// inclusion and exclusion of the counts of their unions.
var _ = plugin(Plugin{
	Name:    "dcount_intersect",
	Summary: "Counts the distinct values that the first 1, 2, … hll() sketches have in common.",
	Columns: func(u *Use) ([]Column, error) {
		out := u.passed()
		taken := map[string]bool{}
		for _, c := range out {
			taken[c.Name] = true
		}
		list := u.All("hll")
		if len(list) > mostSketches {
			return nil, argErrorf(list[mostSketches], "dcount_intersect takes at most %d sketches", mostSketches)
		}
		for i := range list {
			name := unused(taken, "s"+strconv.Itoa(i))
			taken[name] = true
			out = append(out, Made(name, types.Long))
		}
		return out, nil
	},
	Each: dcountIntersect,
})

func dcountIntersect(r *Run, in *Rows) (*Result, error) {
	n := len(in.Args)
	counts := make([][]int64, 1<<n) // by set of sketches: the count of their union
	for set := 1; set < len(counts); set++ {
		if err := r.Ctx.Err(); err != nil {
			return nil, err
		}
		var some []*vector.Vector
		for k := range n {
			if set&(1<<k) != 0 {
				some = append(some, in.Args[k])
			}
		}
		var err error
		if counts[set], err = unionCounts(r, some, in.N); err != nil {
			return nil, err
		}
	}
	out := &Result{N: in.N}
	for k := range n {
		first := 1<<(k+1) - 1
		made := make([]int64, in.N)
		for set := 1; set <= first; set++ {
			sign := int64(1)
			if bits.OnesCount(uint(set))%2 == 0 {
				sign = -1
			}
			for i := range made {
				made[i] += sign * counts[set][i]
			}
		}
		for i := range made {
			made[i] = max(made[i], 0) // the counts may be estimates
		}
		out.Made = append(out.Made, vector.Of(types.Long, made, nil))
	}
	return out, nil
}

// unionCounts counts the union of sketches in each row.
func unionCounts(r *Run, sketches []*vector.Vector, n int) ([]int64, error) {
	v := sketches[0]
	if len(sketches) > 1 {
		var err error
		if v, err = apply(r, "hll_merge", types.Dynamic, sketches, n); err != nil {
			return nil, err
		}
	}
	c, err := apply(r, "dcount_hll", types.Long, []*vector.Vector{v}, n)
	if err != nil {
		return nil, err
	}
	out := make([]int64, n)
	for i := range out {
		if !c.IsNull(i) {
			out[i] = c.Int(i)
		}
	}
	return out, nil
}

// apply calls a function of the language.
func apply(r *Run, name string, ret types.Type, args []*vector.Vector, n int) (*vector.Vector, error) {
	row := fn.ScalarNamed(name)
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type
	}
	if row != nil {
		if k := row.KernelFor(ts, ret); k != nil {
			return fn.Apply(row, k, &fn.Call{Env: r.Env, N: n, Ret: ret}, args)
		}
	}
	return nil, fmt.Errorf("the function %s() is not supported", name)
}
