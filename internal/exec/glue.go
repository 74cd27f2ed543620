package exec

import (
	"goshawk/internal/plan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// glue makes one batch of several. The columns of a single batch stay as they
// are; dictionaries that share their values stay dictionaries.
func glue(cols []*plan.Col, batches []*vector.Batch) *vector.Batch {
	if len(batches) == 1 {
		return batches[0]
	}
	out := &vector.Batch{Cols: make([]*vector.Vector, len(cols))}
	for _, b := range batches {
		out.N += b.N
	}
	parts := make([]*vector.Vector, len(batches))
	for i, c := range cols {
		for k, b := range batches {
			parts[k] = b.Cols[i]
		}
		out.Cols[i] = glueVectors(c.Type, parts, out.N)
	}
	return out
}

func glueVectors(t types.Type, parts []*vector.Vector, n int) *vector.Vector {
	if oneDict(parts) {
		codes := make([]int32, 0, n)
		for _, p := range parts {
			codes = append(codes, p.Codes...)
		}
		return vector.NewDict(parts[0].Values, codes)
	}
	out := vector.NewBuilder(t, n)
	for _, p := range parts {
		for i := 0; i < p.N; i++ {
			out.AppendFrom(p, i)
		}
	}
	return out.Done()
}

// oneDict says whether all parts are dictionaries over the same values.
func oneDict(parts []*vector.Vector) bool {
	for _, p := range parts {
		if p.Form != vector.Dict || p.Values != parts[0].Values {
			return false
		}
	}
	return len(parts) > 0
}

// columnIndex finds a column by identity, -1 when it is not there.
func columnIndex(cols []*plan.Col, c *plan.Col) int {
	for i := range cols {
		if cols[i] == c {
			return i
		}
	}
	return -1
}
