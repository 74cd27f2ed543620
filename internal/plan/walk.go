package plan

// Inputs are the relations that r reads directly, not those inside its
// expressions.
func Inputs(r Rel) []Rel {
	switch r := r.(type) {
	case *Filter:
		return []Rel{r.Input}
	case *Project:
		return []Rel{r.Input}
	case *Summarize:
		return []Rel{r.Input}
	case *Sort:
		return []Rel{r.Input}
	case *Take:
		return []Rel{r.Input}
	case *Join:
		return []Rel{r.Left, r.Right}
	case *Union:
		return r.Inputs
	case *MvExpand:
		return []Rel{r.Input}
	case *Parse:
		return []Rel{r.Input}
	case *Materialize:
		return []Rel{r.Input}
	case *Alias:
		return []Rel{r.Input}
	case *Serialize:
		return []Rel{r.Input}
	case *Apply:
		return []Rel{r.Input, r.Sub}
	case *Given:
		return []Rel{r.Input}
	case *MakeSeries:
		return []Rel{r.Input}
	case *Plugin:
		if r.Table != nil {
			return []Rel{r.Input, r.Table}
		}
		return []Rel{r.Input}
	case *Observe:
		return []Rel{r.Input}
	case *MakeGraph:
		out := []Rel{r.Edges}
		for _, n := range r.Nodes {
			out = append(out, n.Rel)
		}
		return out
	case *MarkComponents:
		return []Rel{r.Graph}
	case *GraphTable:
		return []Rel{r.Graph}
	case *GraphMatch:
		return []Rel{r.Graph}
	case *GraphParts:
		return []Rel{r.Graph, r.Sub}
	case *PartGraph:
		return []Rel{r.Graph}
	case *Sample:
		return []Rel{r.Input}
	case *SampleDistinct:
		return []Rel{r.Input}
	case *Consume:
		return []Rel{r.Input}
	case *TopNested:
		return []Rel{r.Input}
	case *Partition:
		return []Rel{r.Input, r.Sub}
	case *ScanSteps:
		return []Rel{r.Input}
	case *Reduce:
		return []Rel{r.Input}
	}
	return nil
}

// Exprs are the expressions of r itself.
func Exprs(r Rel) []Expr {
	var out []Expr
	items := func(list []Item) {
		for _, it := range list {
			out = append(out, it.Expr)
		}
	}
	switch r := r.(type) {
	case *Filter:
		out = append(out, r.Cond)
	case *Project:
		items(r.Items)
	case *Summarize:
		items(r.Keys)
		for _, a := range r.Aggs {
			out = append(out, a.Call.Args...)
		}
	case *Sort:
		for _, k := range r.Keys {
			out = append(out, k.Expr)
		}
		if r.Limit != nil {
			out = append(out, r.Limit)
		}
	case *Take:
		out = append(out, r.Count)
	case *Join:
		out = append(append(out, r.LeftKeys...), r.RightKeys...)
	case *Union:
		for _, m := range r.Maps {
			out = append(out, m...)
		}
	case *MvExpand:
		for _, it := range r.Items {
			out = append(out, it.Expr)
		}
	case *Parse:
		out = append(out, r.Expr)
	case *MakeSeries:
		for _, e := range append([]Expr{r.From, r.To, r.Step}, r.Defaults...) {
			if e != nil {
				out = append(out, e)
			}
		}
	case *Range:
		out = append(out, r.From, r.To, r.Step)
	case *GraphMatch:
		items(r.Items)
		out = append(out, r.Where...)
		for _, f := range r.Folds {
			out = append(out, f.Expr)
		}
	case *Plugin:
		out = append(given(r.Args), given(r.Parts)...)
	case *Observe:
		out = given(r.Args)
	case *Sample:
		out = append(out, r.Count)
	case *SampleDistinct:
		out = append(out, r.Count)
	case *Partition:
		out = append(out, &ColRef{Col: r.Key})
	case *Reduce:
		out = append(out, &ColRef{Col: r.Key})
	case *ScanSteps:
		for _, s := range r.Steps {
			if s.Cond != nil {
				out = append(out, s.Cond)
			}
			for _, c := range r.Filled() {
				if x := s.Values[c]; x != nil {
					out = append(out, x)
				}
			}
		}
	case *TopNested:
		for _, l := range r.Levels {
			out = append(out, &ColRef{Col: l.Key})
			for _, a := range l.Aggs {
				out = append(out, a.Call.Args...)
			}
		}
	}
	return out
}

// WalkExpr calls f for e and the expressions inside it. Relations inside
// (toscalar, in with a subquery) are not entered; SubRel names them.
func WalkExpr(e Expr, f func(Expr)) {
	if e == nil {
		return
	}
	f(e)
	switch e := e.(type) {
	case *Call:
		for _, a := range e.Args {
			WalkExpr(a, f)
		}
	case *Path:
		WalkExpr(e.X, f)
	case *Element:
		WalkExpr(e.X, f)
		WalkExpr(e.Index, f)
	case *In:
		WalkExpr(e.X, f)
		for _, a := range e.List {
			WalkExpr(a, f)
		}
	}
}

// SubRel is the relation inside an expression, nil for most.
func SubRel(e Expr) Rel {
	switch e := e.(type) {
	case *In:
		return e.Sub
	case *Scalar:
		return e.Rel
	case *List:
		return e.Rel
	}
	return nil
}

// Walk calls f once for each relation under r, r last, also for those inside
// expressions.
func Walk(r Rel, f func(Rel)) { walk(r, f, map[Rel]bool{}) }

func walk(r Rel, f func(Rel), seen map[Rel]bool) {
	if r == nil || seen[r] {
		return
	}
	seen[r] = true
	for _, in := range Inputs(r) {
		walk(in, f, seen)
	}
	for _, e := range Exprs(r) {
		WalkExpr(e, func(e Expr) {
			if sub := SubRel(e); sub != nil {
				walk(sub, f, seen)
			}
		})
	}
	f(r)
}
