package exec

import (
	"context"
	"fmt"

	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// joinName is what errors and explain call a join.
const joinName = "join"

// buildJoin builds a hash join. The right side is held; the left side streams
// past it, so rows come in the order of the left, and for one left row in the
// order of the right. Right rows without a match follow at the end.
func (b *builder) buildJoin(r *plan.Join) (Operator, error) {
	j := &join{b: b, kind: r.Kind, rightCols: r.Right.Cols()}
	switch r.Kind {
	case plan.InnerUnique, plan.Inner, plan.LeftOuter, plan.RightOuter, plan.FullOuter,
		plan.LeftSemi, plan.RightSemi, plan.LeftAnti, plan.RightAnti:
	default:
		return nil, fmt.Errorf("bug: unknown kind of join %q", r.Kind)
	}
	if len(r.LeftKeys) != len(r.RightKeys) || len(r.LeftKeys) == 0 || len(r.From) != len(r.Columns) {
		return nil, fmt.Errorf("bug: join with %d left keys, %d right keys, %d of %d columns", len(r.LeftKeys), len(r.RightKeys), len(r.From), len(r.Columns))
	}
	leftCols := r.Left.Cols()
	for _, c := range r.From {
		from := joinColumn{left: columnIndex(leftCols, c), right: columnIndex(j.rightCols, c)}
		if (from.left < 0) == (from.right < 0) {
			return nil, fmt.Errorf("bug: column %q of a join is not on exactly one side", c.Name)
		}
		from.typ = c.Type
		j.from = append(j.from, from)
	}
	var err error
	if j.left, err = b.build(r.Left); err != nil {
		return nil, err
	}
	if j.right, err = b.build(r.Right); err != nil {
		return nil, err
	}
	if j.leftKeys, err = b.compileAll(leftCols, r.LeftKeys); err != nil {
		return nil, err
	}
	j.rightKeys, err = b.compileAll(j.rightCols, r.RightKeys)
	return j, err
}

// joinColumn says which column of which side a result column shows.
type joinColumn struct {
	left, right int
	typ         types.Type
}

type join struct {
	b         *builder
	kind      plan.JoinKind
	left      Operator
	right     Operator
	rightCols []*plan.Col
	leftKeys  []evaluator
	rightKeys []evaluator
	from      []joinColumn

	// The held right side: rows of key number k are order[start[k]:start[k+1]].
	built   bool
	index   *keyIndex
	rows    *vector.Batch
	start   []int32
	order   []int32
	matched vector.Bitmap // right rows that met a left row
	seen    vector.Bitmap // keys that a left row had (innerunique)

	// The left batch being joined, and where in it.
	batch *vector.Batch
	ids   []int32
	row   int
	match int
	ended bool
	rest  *held
}

// pads says whether left rows without a match are given out.
func (j *join) pads() bool { return j.kind == plan.LeftOuter || j.kind == plan.FullOuter }

// leftOnly says whether a left row comes out at most once, alone.
func (j *join) leftOnly() bool { return j.kind == plan.LeftSemi || j.kind == plan.LeftAnti }

// rightOnly says whether only right rows come out.
func (j *join) rightOnly() bool { return j.kind == plan.RightSemi || j.kind == plan.RightAnti }

// Next gives the next joined rows.
func (j *join) Next(ctx context.Context) (*vector.Batch, error) {
	if !j.built {
		if err := j.hold(ctx); err != nil {
			return nil, err
		}
		j.built = true
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if j.ended {
			return j.leftovers(ctx)
		}
		if j.batch == nil {
			in, err := j.left.Next(ctx)
			if err != nil {
				return nil, err
			}
			if in == nil {
				j.ended = true
				continue
			}
			keys, err := evalAll(ctx, j.leftKeys, in)
			if err != nil {
				return nil, err
			}
			j.batch, j.row, j.match = in, 0, 0
			j.ids = j.index.numbers(keys, in.N, false)
		}
		if out := j.piece(); out != nil {
			return out, nil
		}
	}
}

func evalAll(ctx context.Context, xs []evaluator, in *vector.Batch) ([]*vector.Vector, error) {
	out := make([]*vector.Vector, len(xs))
	for i, x := range xs {
		var err error
		if out[i], err = x.Eval(ctx, in); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// hold reads the right side and groups its rows by key.
func (j *join) hold(ctx context.Context) error {
	batches, err := j.b.drain(ctx, j.right, joinName)
	if err != nil {
		return err
	}
	j.index = newKeyIndex()
	var ids []int32
	for _, batch := range batches {
		keys, err := evalAll(ctx, j.rightKeys, batch)
		if err != nil {
			return err
		}
		before := j.index.bytes
		ids = append(ids, j.index.numbers(keys, batch.N, true)...)
		if err := j.b.cfg.Memory.Charge(joinName, j.index.bytes-before+12*int64(batch.N)); err != nil {
			return err
		}
	}
	if len(batches) == 0 {
		j.rows = &vector.Batch{}
		for _, c := range j.rightCols {
			j.rows.Cols = append(j.rows.Cols, vector.Make(c.Type, 0))
		}
	} else {
		j.rows = glue(j.rightCols, batches)
	}
	j.start = make([]int32, j.index.n+1)
	for _, id := range ids {
		j.start[id+1]++
	}
	for k := 1; k < len(j.start); k++ {
		j.start[k] += j.start[k-1]
	}
	j.order = make([]int32, len(ids))
	next := append([]int32(nil), j.start...)
	for i, id := range ids {
		j.order[next[id]] = int32(i)
		next[id]++
	}
	j.matched = vector.NewBitmap(j.rows.N)
	j.seen = vector.NewBitmap(int(j.index.n))
	return nil
}

// matches are the right rows of key number id.
func (j *join) matches(id int32) []int32 {
	if id < 0 {
		return nil
	}
	return j.order[j.start[id]:j.start[id+1]]
}

// piece joins rows of the left batch until the piece is full or the batch
// ends; nil when that gave no row.
func (j *join) piece() *vector.Batch {
	size := j.b.cfg.BatchSize
	var left, right []int32
	for j.row < j.batch.N && len(left) < size {
		id := j.ids[j.row]
		found := j.matches(id)
		switch {
		case j.rightOnly():
			j.mark(found)
		case j.leftOnly():
			if (len(found) > 0) == (j.kind == plan.LeftSemi) {
				left, right = append(left, int32(j.row)), append(right, noKey)
			}
		case len(found) == 0:
			if j.pads() {
				left, right = append(left, int32(j.row)), append(right, noKey)
			}
		default:
			if j.kind == plan.InnerUnique {
				if j.match == 0 && j.seen.Get(int(id)) {
					break
				}
				j.seen.Set(int(id))
			}
			take := min(len(found)-j.match, size-len(left))
			part := found[j.match : j.match+take]
			for _, r := range part {
				left, right = append(left, int32(j.row)), append(right, r)
			}
			j.mark(part)
			if j.match += take; j.match < len(found) {
				return j.assemble(left, right)
			}
		}
		j.row, j.match = j.row+1, 0
	}
	out := j.assemble(left, right)
	if j.row >= j.batch.N {
		j.batch = nil
	}
	return out
}

func (j *join) mark(rows []int32) {
	if j.kind == plan.Inner || j.kind == plan.InnerUnique || j.kind == plan.LeftOuter {
		return
	}
	for _, r := range rows {
		j.matched.Set(int(r))
	}
}

// assemble pairs left rows of the batch with held right rows; a right row of
// noKey is padded.
func (j *join) assemble(left, right []int32) *vector.Batch {
	if len(left) == 0 {
		return nil
	}
	l := j.batch.Gather(left)
	out := &vector.Batch{N: len(left), Cols: make([]*vector.Vector, len(j.from))}
	pads := j.pads()
	for i, from := range j.from {
		switch {
		case from.left >= 0:
			out.Cols[i] = l.Cols[from.left]
		case pads:
			out.Cols[i] = gatherPadded(j.rows.Cols[from.right], right)
		default:
			out.Cols[i] = j.rows.Cols[from.right].Gather(right)
		}
	}
	return out
}

// gatherPadded is Gather that puts null, or an empty string, where a row is
// noKey.
func gatherPadded(v *vector.Vector, rows []int32) *vector.Vector {
	missing := 0
	for _, r := range rows {
		if r == noKey {
			missing++
		}
	}
	switch missing {
	case 0:
		return v.Gather(rows)
	case len(rows):
		return vector.Nulls(v.Type, len(rows))
	}
	b := vector.NewBuilder(v.Type, len(rows))
	for _, r := range rows {
		if r == noKey {
			b.AppendNull()
		} else {
			b.AppendFrom(v, int(r))
		}
	}
	return b.Done()
}

// leftovers gives the right rows that the kind still owes after the left side
// has ended.
func (j *join) leftovers(ctx context.Context) (*vector.Batch, error) {
	if j.rest == nil {
		j.rest = &held{name: joinName, size: j.b.cfg.BatchSize}
		if rows := j.owed(); len(rows) > 0 {
			right := j.rows.Gather(rows)
			out := &vector.Batch{N: len(rows), Cols: make([]*vector.Vector, len(j.from))}
			for i, from := range j.from {
				if from.right >= 0 {
					out.Cols[i] = right.Cols[from.right]
				} else {
					out.Cols[i] = vector.Nulls(from.typ, len(rows))
				}
			}
			j.rest.batches = []*vector.Batch{out}
		}
	}
	return j.rest.Next(ctx)
}

func (j *join) owed() []int32 {
	var want bool
	switch j.kind {
	case plan.RightSemi:
		want = true
	case plan.RightAnti, plan.RightOuter, plan.FullOuter:
	default:
		return nil
	}
	var rows []int32
	for i := 0; i < j.rows.N; i++ {
		if j.matched.Get(i) == want {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// Close closes both sides and drops the held rows.
func (j *join) Close() error {
	j.built, j.ended, j.batch = true, true, nil
	j.rest = &held{name: joinName}
	j.rows, j.index, j.start, j.order = nil, nil, nil, nil
	err := j.left.Close()
	if rerr := j.right.Close(); err == nil {
		err = rerr
	}
	return err
}

// Describe names the operator and its kind.
func (j *join) Describe() string { return joinName + " kind=" + string(j.kind) }
