package ast

import "goshawk/internal/source"

// Walk calls f for n and, as long as f says true, for the nodes below it, in
// the order of the text.
func Walk(n Node, f func(Node) bool) {
	if n == nil || !f(n) {
		return
	}
	Children(n, func(c Node) { Walk(c, f) })
}

// Children calls f for each node directly below n, in the order of the text.
// Missing parts are left out.
func Children(n Node, f func(Node)) {
	v := visitor{f}
	switch n := n.(type) {
	case *Query:
		each(v, n.Stmts)
	case *Body:
		each(v, n.Stmts)
		v.expr(n.Result)
	case *Param:
		v.name(n.Name)
		v.expr(n.Value)
	case *Schema:
		each(v, n.Columns)
	case *ColumnDecl:
		v.name(n.Name)
		v.typ(n.Type)
		v.schema(n.Schema)
	case *FuncParam:
		v.name(n.Name)
		v.typ(n.Type)
		v.schema(n.Schema)
		v.expr(n.Default)
	case *Order:
		v.expr(n.X)
	case Stmt:
		v.stmtChildren(n)
	case Expr:
		v.exprChildren(n)
	case Operator:
		v.operatorChildren(n)
	default:
		v.partChildren(n)
	}
}

type visitor struct{ f func(Node) }

func (v visitor) expr(e Expr) {
	if e != nil {
		v.f(e)
	}
}

func (v visitor) name(n *Name) {
	if n != nil {
		v.f(n)
	}
}

func (v visitor) typ(t *TypeName) {
	if t != nil {
		v.f(t)
	}
}

func (v visitor) typeOf(t *TypeOf) {
	if t != nil {
		v.f(t)
	}
}

func (v visitor) schema(s *Schema) {
	if s != nil {
		v.f(s)
	}
}

func (v visitor) body(b *Body) {
	if b != nil {
		v.f(b)
	}
}

func (v visitor) param(p *FuncParam) {
	if p != nil {
		v.f(p)
	}
}

func (v visitor) order(o *Order) {
	if o != nil {
		v.f(o)
	}
}

func each[T Node](v visitor, ns []T) {
	for _, n := range ns {
		v.f(n)
	}
}

func (v visitor) stmtChildren(n Stmt) {
	switch n := n.(type) {
	case *Let:
		v.name(n.Name)
		v.expr(n.Value)
	case *ExprStmt:
		v.expr(n.X)
	case *Set:
		v.name(n.Name)
		v.expr(n.Value)
	case *DeclareQueryParameters:
		each(v, n.Params)
	case *DeclarePattern:
		v.name(n.Name)
		each(v, n.Params)
		v.param(n.Path)
		each(v, n.Cases)
	case *Restrict:
		each(v, n.Targets)
		each(v, n.With)
	case *AliasDatabase:
		v.name(n.Name)
		v.expr(n.Value)
	}
}

func (v visitor) exprChildren(n Expr) {
	switch n := n.(type) {
	case *Dynamic:
		v.expr(n.Value)
	case *Array:
		each(v, n.Items)
	case *Bag:
		each(v, n.Pairs)
	case *TypeOf:
		each(v, n.Items)
	case *Binary:
		v.expr(n.Left)
		v.expr(n.Right)
	case *Unary:
		v.expr(n.X)
	case *Between:
		v.expr(n.X)
		v.expr(n.Low)
		v.expr(n.High)
	case *In:
		v.expr(n.X)
		each(v, n.List)
	case *Paren:
		v.expr(n.X)
	case *Assign:
		each(v, n.Names)
		v.expr(n.Value)
	case *Call:
		v.name(n.Name)
		each(v, n.Args)
	case *Path:
		v.expr(n.X)
		v.expr(n.Sel)
	case *Element:
		v.expr(n.X)
		v.expr(n.Index)
	case *Brackets:
		v.expr(n.X)
	case *List:
		each(v, n.Items)
	case *Pipe:
		v.expr(n.Source)
		each(v, n.Ops)
	case *Head:
		v.f(n.Op)
	case *DataTable:
		each(v, n.Params)
		v.schema(n.Schema)
		each(v, n.Values)
	case *ExternalData:
		each(v, n.Params)
		v.schema(n.Schema)
		each(v, n.URIs)
		each(v, n.With)
	case *InlineExternalTable:
		v.schema(n.Schema)
		each(v, n.Params)
		each(v, n.Partitions)
		each(v, n.PathFormat)
		each(v, n.URIs)
		each(v, n.With)
	case *ContextualDataTable:
		v.expr(n.ID)
		v.schema(n.Schema)
	case *MaterializedViewCombine:
		v.expr(n.View)
		v.expr(n.Base)
		v.expr(n.Delta)
		v.expr(n.Aggs)
	case *ToScalar:
		each(v, n.Params)
		v.expr(n.X)
	case *ToTable:
		each(v, n.Params)
		v.expr(n.X)
	case *Materialize:
		v.expr(n.X)
	case *Function:
		each(v, n.Params)
		v.body(n.Body)
	case *EntityGroup:
		each(v, n.Items)
	}
}

// partChildren handles the parts of operators and literals that are neither
// expressions nor operators.
func (v visitor) partChildren(n Node) {
	switch n := n.(type) {
	case *BagPair:
		v.f(n.Key)
		v.expr(n.Value)
	case *TypeOfItem:
		v.name(n.Name)
		v.typ(n.Type)
		v.schema(n.Schema)
	case *PatternCase:
		each(v, n.Args)
		v.expr(n.Path)
		v.body(n.Body)
	case *InlinePartition:
		v.f(n.Column)
		v.expr(n.Value)
	case *MvItem:
		v.expr(n.X)
		v.typeOf(n.To)
	case *ParsePart:
		v.expr(n.Text)
		v.name(n.Column)
		v.typ(n.Type)
	case *SeriesAgg:
		v.expr(n.X)
		v.expr(n.Default)
	case *TopNestedLevel:
		v.expr(n.N)
		v.expr(n.Of)
		v.expr(n.WithOthers)
		v.order(n.By)
	case *FindColumn:
		v.expr(n.X)
		v.typ(n.Type)
	case *ForkBranch:
		v.name(n.Name)
		v.expr(n.Sub)
	case *ScanStep:
		v.name(n.Name)
		v.expr(n.Cond)
		each(v, n.Assigns)
	case *GraphNodes:
		v.expr(n.Table)
		v.expr(n.On)
	case *GraphPattern:
		each(v, n.Elements)
	case *GraphElement:
		v.name(n.Name)
		v.expr(n.From)
		v.expr(n.To)
	case *GraphOutput:
		v.name(n.As)
		each(v, n.Params)
	}
}

// Cover makes every node below n cover the nodes below it. A parser calls it
// when placeholders for missing text stand outside of their parents.
func Cover(n Node) {
	cover(n)
}

func cover(n Node) source.Span {
	sp := n.Span()
	Children(n, func(c Node) { sp = sp.Join(cover(c)) })
	if w, ok := n.(interface{ setSpan(source.Span) }); ok {
		w.setSpan(sp)
	}
	return sp
}
