package fn

import (
	"math"
	"math/rand/v2"
	"sync/atomic"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// dice gives each call numbers of its own: repeatable ones when the query has
// a seed.
func (e *Env) dice() *rand.Rand {
	if e.Seed == 0 {
		return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	return rand.New(rand.NewPCG(e.Seed, atomic.AddUint64(&e.draws, 1)))
}

var _ = scalar(Scalar{
	Name: "rand", Summary: "Gives a random number from 0 to 1, or a random whole number below a bound.", Nulls: Handles, Impure: true,
	Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		dice := c.Env.dice()
		out := make([]float64, c.N)
		for i := range out {
			if out[i] = dice.Float64(); len(args) == 1 && !args[0].IsNull(i) && args[0].Int(i) > 1 {
				out[i] = math.Floor(out[i] * float64(args[0].Int(i)))
			}
		}
		return vector.Of(types.Real, out, nil), nil
	},
})

var _ = scalar(Scalar{
	Name: "new_guid", Summary: "Gives a random guid.", Nulls: Handles, Impure: true,
	Kernel: func(c *Call, _ []*vector.Vector) (*vector.Vector, error) {
		dice := c.Env.dice()
		out := make([]vector.Guid, c.N)
		for i := range out {
			for k := range out[i] {
				out[i][k] = byte(dice.Uint32())
			}
			out[i][6] = out[i][6]&0x0f | 0x40
			out[i][8] = out[i][8]&0x3f | 0x80
		}
		return vector.Of(types.Guid, out, nil), nil
	},
})
