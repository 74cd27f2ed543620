package plugin

import (
	"context"
	"fmt"
	"math"
	"sort"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// maxPatterns bounds the patterns looked at: independent columns with few
// values have more combinations than anybody reads.
const maxPatterns = 200_000

// free is the code of a value that is too rare to stand in a pattern.
const free = int32(-1)

// baskets is an input made ready for finding patterns: rows that agree in all
// values that are frequent enough are one, with the sum of their weights.
type baskets struct {
	cols   [][]int32 // by column, then basket: the code of the value
	first  [][]int32 // by column, then code: an input row with the value
	freq   [][]float64
	weight []float64
	count  []int // input rows
	total  float64
	// side says to which of two sets a basket belongs (diffpatterns).
	side []int8
}

// pattern is some values that rows share.
type pattern struct {
	value  []int32 // by column: a code, or free
	rows   []int32 // the baskets with these values
	weight float64
	items  int
	score  float64
}

// segmentColumns are the columns of the plugins that find segments: some
// measures and every column of the input.
func segmentColumns(measures ...Column) func(*Use) ([]Column, error) {
	return func(u *Use) ([]Column, error) {
		out := append([]Column(nil), measures...)
		for _, c := range u.In {
			out = append(out, Made(c.Name, c.Type))
		}
		return out, nil
	}
}

// newBaskets codes the rows for which side is not negative. Values whose
// weight is below least of its side's total are free; skipped columns are free
// everywhere.
func newBaskets(r *Run, in *Rows, least float64, skip map[int]bool, side []int8) (*baskets, error) {
	weights, err := rowWeights(r.Use, in)
	if err != nil {
		return nil, err
	}
	b := &baskets{}
	totals := [2]float64{}
	for i, w := range weights {
		if side == nil || side[i] >= 0 {
			b.total += w
			totals[sideOf(side, i)] += w
		}
	}
	codes := make([][]int32, len(in.Cols))
	if err := r.Charge(int64(in.N) * int64(8+8*len(in.Cols))); err != nil {
		return nil, err
	}
	for k, c := range in.Cols {
		if err := r.Ctx.Err(); err != nil {
			return nil, err
		}
		g := newGroups([]*vector.Vector{c}, in.N)
		freq := make([][2]float64, g.n)
		for i, id := range g.of {
			if side == nil || side[i] >= 0 {
				freq[id][sideOf(side, i)] += weights[i]
			}
		}
		sum := make([]float64, g.n)
		for id, f := range freq {
			sum[id] = f[0] + f[1]
			if skip[k] || f[0] < least*totals[0] && (side == nil || f[1] < least*totals[1]) || sum[id] == 0 {
				sum[id] = -1
			}
		}
		for i, id := range g.of {
			if sum[id] < 0 {
				g.of[i] = free
			}
		}
		codes[k] = g.of
		b.first, b.freq = append(b.first, g.first), append(b.freq, sum)
	}
	b.merge(codes, weights, side, in.N)
	return b, nil
}

func sideOf(side []int8, i int) int8 {
	if side == nil {
		return 0
	}
	return side[i]
}

// merge makes one basket of equal rows.
func (b *baskets) merge(codes [][]int32, weights []float64, side []int8, n int) {
	b.cols = make([][]int32, len(codes))
	index := map[string]int32{}
	key := make([]byte, 0, 4*len(codes)+1)
	for i := range n {
		if side != nil && side[i] < 0 {
			continue
		}
		key = append(key[:0], byte(sideOf(side, i)))
		for _, c := range codes {
			v := uint32(c[i])
			key = append(key, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
		}
		id, ok := index[string(key)]
		if !ok {
			id = int32(len(b.weight))
			index[string(key)] = id
			b.weight, b.count, b.side = append(b.weight, 0), append(b.count, 0), append(b.side, sideOf(side, i))
			for k := range codes {
				b.cols[k] = append(b.cols[k], codes[k][i])
			}
		}
		b.weight[id] += weights[i]
		b.count[id]++
	}
}

// rowWeights is the weight of each row: 1, or what the weight column says.
func rowWeights(u *Use, in *Rows) ([]float64, error) {
	out := make([]float64, in.N)
	a := u.Arg("WeightColumn")
	for i := range out {
		out[i] = 1
	}
	if a == nil {
		return out, nil
	}
	v := in.Args[a.Index]
	for i := range out {
		switch {
		case v.IsNull(i):
			out[i] = 0
		case v.Type.Integer():
			out[i] = float64(v.Int(i))
		case v.Type == types.Real:
			out[i] = v.Real(i)
		default:
			return nil, argErrorf(a, "a weight is a number, not a %s", v.Type)
		}
		if out[i] < 0 || math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			return nil, argErrorf(a, "a weight is not negative, NaN or infinite")
		}
	}
	return out, nil
}

// all is the pattern of everything: what every basket shares.
func (b *baskets) all() *pattern {
	rows := make([]int32, len(b.weight))
	for i := range rows {
		rows[i] = int32(i)
	}
	return b.close(rows, nil)
}

// close is the pattern of all values that the baskets share.
func (b *baskets) close(rows []int32, from *pattern) *pattern {
	p := &pattern{value: make([]int32, len(b.cols)), rows: rows}
	for _, r := range rows {
		p.weight += b.weight[r]
	}
	for k, col := range b.cols {
		p.value[k] = free
		if from != nil && from.value[k] != free {
			p.value[k] = from.value[k]
			p.items++
			continue
		}
		if len(rows) == 0 || col[rows[0]] == free {
			continue
		}
		shared := true
		for _, r := range rows {
			if col[r] != col[rows[0]] {
				shared = false
				break
			}
		}
		if shared {
			p.value[k] = col[rows[0]]
			p.items++
		}
	}
	return p
}

// search finds each closed pattern (one to which no value can be added without
// losing rows) that keep accepts, once. A pattern is extended by a value of a
// column behind its last one; an extension whose closure gains a value before
// that column has been found elsewhere. deep is how many values may be chosen;
// those that come with them do not count.
func (b *baskets) search(ctx context.Context, deep int, keep func(*pattern) bool, found func(*pattern)) error {
	looked := 0
	var extend func(p *pattern, from, chosen int) error
	extend = func(p *pattern, from, chosen int) error {
		if p.items > 0 {
			found(p)
		}
		if chosen == deep {
			return nil
		}
		for k := from; k < len(b.cols); k++ {
			if p.value[k] != free {
				continue
			}
			for _, rows := range b.split(p.rows, k) {
				if looked++; looked%256 == 0 {
					if err := ctx.Err(); err != nil {
						return err
					}
				}
				if looked > maxPatterns {
					return fmt.Errorf("the rows have more than %d combinations of values to look at; project fewer columns or raise the threshold", maxPatterns)
				}
				q := b.close(rows, p)
				if !keep(q) || gainsBefore(p, q, k) {
					continue
				}
				if err := extend(q, k+1, chosen+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return extend(b.all(), 0, 0)
}

// gainsBefore says whether q has a value before column k that p lacks.
func gainsBefore(p, q *pattern, k int) bool {
	for c := range k {
		if q.value[c] != p.value[c] {
			return true
		}
	}
	return false
}

// split parts baskets by their value in a column, in the order of the values'
// codes; those without are left out.
func (b *baskets) split(rows []int32, k int) [][]int32 {
	by := map[int32][]int32{}
	var codes []int32
	for _, r := range rows {
		c := b.cols[k][r]
		if c == free {
			continue
		}
		if by[c] == nil {
			codes = append(codes, c)
		}
		by[c] = append(by[c], r)
	}
	sort.Slice(codes, func(i, j int) bool { return codes[i] < codes[j] })
	out := make([][]int32, len(codes))
	for i, c := range codes {
		out[i] = by[c]
	}
	return out
}

// byScore puts the best patterns first; equal ones in the order of their
// values.
func byScore(list []*pattern) {
	sort.SliceStable(list, func(i, j int) bool {
		p, q := list[i], list[j]
		switch {
		case p.score != q.score:
			return p.score > q.score
		case p.weight != q.weight:
			return p.weight > q.weight
		}
		for k := range p.value {
			if p.value[k] != q.value[k] {
				return p.value[k] < q.value[k]
			}
		}
		return false
	})
}

// wildcards are what stands for "any value", by type: null, an empty text, or
// what the query says.
func (u *Use) wildcards() map[types.Type]vector.Datum {
	out := map[types.Type]vector.Datum{}
	for _, a := range u.All("CustomWildcard") {
		if a.Const != nil {
			out[a.Const.T] = *a.Const
		}
	}
	if w, ok := out[types.Long]; ok && out[types.Int].V == nil {
		out[types.Int] = vector.Datum{T: types.Int, V: w.V}
	}
	return out
}

// segments makes the result: number, measures, then the values of each
// pattern.
func (b *baskets) segments(u *Use, in *Rows, list []*pattern, measures ...func(*pattern) vector.Datum) *Result {
	wild := u.wildcards()
	made := u.made()
	out := &Result{N: len(list)}
	numbers := make([]int64, len(list))
	for i := range numbers {
		numbers[i] = int64(i)
	}
	out.Made = append(out.Made, vector.Of(types.Long, numbers, nil))
	for m, f := range measures {
		col := vector.NewBuilder(made[m+1].Type, len(list))
		for _, p := range list {
			col.Append(f(p))
		}
		out.Made = append(out.Made, col.Done())
	}
	for k, c := range in.Cols {
		w, ok := wild[c.Type]
		if !ok {
			w = vector.Datum{T: c.Type}
		}
		col := vector.NewBuilder(c.Type, len(list))
		for _, p := range list {
			if v := p.value[k]; v != free {
				col.AppendFrom(c, int(b.first[k][v]))
			} else {
				col.Append(w)
			}
		}
		out.Made = append(out.Made, col.Done())
	}
	return out
}

func longDatum(f float64) vector.Datum {
	return vector.Datum{T: types.Long, V: int64(math.Round(f))}
}

func realDatum(f float64) vector.Datum { return vector.Datum{T: types.Real, V: f} }

// counted are the measures of basket and autocluster.
func (b *baskets) counted() []func(*pattern) vector.Datum {
	return []func(*pattern) vector.Datum{
		func(p *pattern) vector.Datum { return longDatum(p.weight) },
		func(p *pattern) vector.Datum { return realDatum(100 * p.weight / b.total) },
	}
}

// ratio is a constant between least and 1.
func (u *Use) ratio(param string, otherwise, least float64) (float64, error) {
	f := u.number(param, otherwise)
	if f < least || f > 1 || math.IsNaN(f) {
		return 0, argErrorf(u.Arg(param), "%s is between %g and 1, not %g", param, least, f)
	}
	return f, nil
}

// skipped are the places of columns that no pattern looks at.
func (u *Use) skipped(params ...string) map[int]bool {
	out := map[int]bool{}
	for _, p := range params {
		if a := u.Arg(p); a != nil && a.Col >= 0 {
			out[a.Col] = true
		}
	}
	return out
}
