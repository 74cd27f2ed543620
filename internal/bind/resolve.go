package bind

import (
	"goshawk/internal/fn"
	"goshawk/internal/types"
)

// match is a signature that fits, with what follows from it.
type match struct {
	sig  *fn.Sig
	want []types.Type
}

// paramAt is the parameter that argument i of n stands for, or nil. Repeated
// parameters next to each other repeat as a group, as in case() and bag_pack().
func paramAt(sig *fn.Sig, i, n int) *fn.Param {
	ps := sig.Params
	lead := 0
	for lead < len(ps) && ps[lead].Max <= 1 {
		lead++
	}
	if lead == len(ps) {
		if i < len(ps) {
			return &ps[i]
		}
		return nil
	}
	end := lead
	for end < len(ps) && ps[end].Max > 1 {
		end++
	}
	tail := len(ps) - end
	for tail > 0 && n < lead+tail+(end-lead) && ps[end+tail-1].Min == 0 {
		tail--
	}
	switch {
	case i < lead:
		return &ps[i]
	case i >= n-tail:
		return &ps[end+i-(n-tail)]
	}
	return &ps[lead+(i-lead)%(end-lead)]
}

// paramFor is paramAt, except that a last argument which does not fit an
// optional last parameter is one more of the repeated ones.
func paramFor(sig *fn.Sig, i int, args []types.Type) *fn.Param {
	p := paramAt(sig, i, len(args))
	if p == nil || i != len(args)-1 || p.Min > 0 || p.Max > 1 || fits(p, args[i], args) > 0 {
		return p
	}
	for k := len(sig.Params) - 1; k >= 0; k-- {
		if sig.Params[k].Max > 1 {
			return &sig.Params[k]
		}
	}
	return p
}

// fits says how well a type fits a parameter: 0 not at all, 4 exactly.
func fits(p *fn.Param, t types.Type, args []types.Type) int {
	if t == types.Unknown {
		return 2
	}
	if len(p.Types) > 0 {
		best := 0
		for _, d := range p.Types {
			best = max(best, fitsParam(d, t))
		}
		return best
	}
	return fitsKind(p.Kind, t, args)
}

// fitsParam is fitsType for a parameter of type d. Where int is declared the
// engine takes a long, as the documented `series_fit_poly(y, x, 5)` shows; the
// analyzer objects.
func fitsParam(d, t types.Type) int {
	if d == types.Int && t == types.Long {
		return 1
	}
	return fitsType(d, t)
}

// fitsType says how well a value of type t can stand where d is declared.
func fitsType(d, t types.Type) int {
	switch {
	case d == t || d == types.Unknown:
		return 4
	case d == types.Long && t == types.Int, d == types.Real && t.Integer(), d == types.Decimal && t.Numeric():
		return 3
	case d == types.String && t == types.Dynamic:
		return 1
	}
	return 0
}

func fitsKind(kind string, t types.Type, args []types.Type) int {
	yes := false
	switch kind {
	case "Number":
		yes = t.Numeric()
	case "Integer":
		yes = t.Integer()
		if yes {
			return 3
		}
	case "Summable":
		yes = t.Summable()
	case "Orderable", "CommonOrderable":
		yes = t.Orderable()
	case "NotDynamic":
		yes = t != types.Dynamic
	case "NotBool":
		yes = t != types.Bool
	case "NotRealOrBool":
		yes = t != types.Bool && t != types.Real
	case "NumberOrBool":
		yes = t.Numeric() || t == types.Bool
	case "DynamicArray", "DynamicBag":
		yes = t == types.Dynamic
	case "StringOrDynamic", "StringOrArray":
		yes = t == types.Dynamic || t == types.String
	case "IntegerOrArray":
		yes = t == types.Dynamic || t.Integer()
	case "Parameter0":
		return fitsOther(args, 0, t)
	case "Parameter1":
		return fitsOther(args, 1, t)
	case "Tabular":
		return 0
	default:
		return 1
	}
	if yes {
		return 2
	}
	return 0
}

// fitsOther says how well t fits the type of another argument.
func fitsOther(args []types.Type, i int, t types.Type) int {
	if i >= len(args) || args[i] == types.Unknown {
		return 2
	}
	return fitsType(args[i], t)
}

// resolve finds the signature that fits argument types best. at is the first
// argument that fits no signature, for the message; it is -1 when each one
// fits somewhere but not together.
func resolve(sigs []fn.Sig, args []types.Type, star []bool) (m match, at int, ok bool) {
	best, far := -1, 0
	for k := range sigs {
		sig := &sigs[k]
		if len(args) < sig.MinArgs || len(args) > sig.MaxArgs {
			continue
		}
		score, i := 0, 0
		for ; i < len(args); i++ {
			p := paramFor(sig, i, args)
			if p == nil {
				break
			}
			if star != nil && star[i] {
				if p.Arg != "StarOnly" && p.Arg != "StarAllowed" {
					break
				}
				score += 2
				continue
			}
			if p.Arg == "StarOnly" {
				break
			}
			f := fits(p, args[i], args)
			if f == 0 {
				break
			}
			score += f
		}
		if i < len(args) {
			far = max(far, i)
			continue
		}
		if score > best {
			best, m = score, match{sig: sig}
		}
	}
	if best < 0 {
		return m, far, false
	}
	m.want = make([]types.Type, len(args))
	for i := range args {
		m.want[i] = wanted(paramFor(m.sig, i, args), args[i])
	}
	return m, 0, true
}

// wanted is the type an argument of type t is converted to for p.
func wanted(p *fn.Param, t types.Type) types.Type {
	if len(p.Types) == 0 || t == types.Unknown {
		return t
	}
	best, to := 0, t
	for _, d := range p.Types {
		if f := fitsParam(d, t); f > best && d != types.Unknown {
			best, to = f, d
		}
	}
	return to
}

// widest is the widest of numeric types: long, real, decimal.
func widest(ts []types.Type) types.Type {
	out := types.Unknown
	for _, t := range ts {
		switch {
		case t == types.Unknown:
		case t.Integer() && out == types.Unknown:
			out = types.Long
		case t == types.Real && out != types.Decimal, t == types.Decimal:
			out = t
		case !t.Numeric():
			return t
		}
	}
	return out
}

// common is the type that values of types ts share: the one type they have,
// or the widest number. Dynamic gives way to the others. ok is false when
// there is none.
func common(ts []types.Type) (t types.Type, ok bool) {
	dyn := false
	for _, x := range ts {
		switch {
		case x == types.Unknown:
		case x == types.Dynamic:
			dyn = true
		case t == types.Unknown || t == x:
			t = x
		case t.Numeric() && x.Numeric():
			t = wider(t, x)
		default:
			return types.Dynamic, false
		}
	}
	if t == types.Unknown && dyn {
		t = types.Dynamic
	}
	return t, true
}

func wider(a, b types.Type) types.Type {
	rank := map[types.Type]int{types.Int: 0, types.Long: 1, types.Real: 2, types.Decimal: 3}
	if rank[a] > rank[b] {
		return a
	}
	return b
}
