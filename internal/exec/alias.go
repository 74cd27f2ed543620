package exec

import "goshawk/internal/plan"

// buildAlias is the input itself: columns flow by position, only their
// identity differs.
func (b *builder) buildAlias(r *plan.Alias) (Operator, error) { return b.build(r.Input) }
