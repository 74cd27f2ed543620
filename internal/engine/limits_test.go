package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"goshawk/internal/source"
)

// large are queries that hold much, by the operator that holds it.
var large = map[string]string{
	"sample":          `range x from 1 to 3000000 step 1 | extend s = strcat("row ", x) | sample 2000000`,
	"sample-distinct": `range x from 1 to 3000000 step 1 | extend s = strcat("row ", x) | sample-distinct 2000000 of s`,
	"top-nested":      `range x from 1 to 3000000 step 1 | extend s = strcat("row ", x) | top-nested 3 of s by max(x), top-nested of x by count()`,
	"partition":       `range x from 1 to 3000000 step 1 | extend s = strcat("row ", x) | partition hint.strategy=native by s (take 1)`,
	"reduce":          `range x from 1 to 3000000 step 1 | extend s = strcat("row ", x) | reduce by s`,
	"scan steps":      `range x from 1 to 3000000 step 1 | extend s = strcat("row ", x) | scan partition by s with (step a: true;)`,
}

// TestLimitsReachOperators runs queries that need more memory than they may
// have, and queries that are cancelled.
func TestLimitsReachOperators(t *testing.T) {
	e := &Engine{Catalog: NewCatalog(nil)}
	for op, q := range large {
		t.Run(op, func(t *testing.T) {
			_, _, err := e.Query(context.Background(), source.New("q", q+" | count"), Options{Memory: 4 << 20, Threads: 1})
			if err == nil || !strings.HasPrefix(err.Error(), op+" needs ") {
				t.Errorf("with 4 MiB: got %v, want %s to say what it needs", err, op)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, _, err = e.Query(ctx, source.New("q", q+" | count"), Options{Threads: 1})
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("cancelled: got %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("cancelling took %v", took)
			}
		})
	}
}
