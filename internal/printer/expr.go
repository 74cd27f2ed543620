package printer

import (
	"goshawk/internal/ast"
	"goshawk/internal/parser"
)

// expr writes an expression. Parentheses are nodes of the tree, so that none
// need be added.
func (p *printer) expr(x ast.Expr) {
	if p.over {
		return
	}
	switch x := x.(type) {
	case nil:
	case *ast.Name:
		p.name(x)
	case *ast.Wildcard:
		if x.Quote == ast.Bracketed {
			p.write("[", x.Pattern, "]")
		} else {
			p.write(x.Pattern)
		}
	case *ast.Literal:
		if x.Type != "" {
			p.write(x.Type, "(", x.Text, ")")
		} else {
			p.write(x.Text)
		}
	case *ast.String:
		for i, part := range x.Parts {
			if i > 0 {
				p.write(" ")
			}
			p.write(part.Raw)
		}
	case *ast.Star:
		p.write("*")
	case *ast.Paren:
		p.block("(", x.X, ")", x)
	case *ast.Binary:
		p.binary(x)
	case *ast.Unary:
		p.write(x.Op)
		p.expr(x.X)
	case *ast.Between:
		p.between(x)
	case *ast.In:
		p.in(x)
	case *ast.Assign:
		p.assign(x)
	case *ast.Call:
		p.name(x.Name)
		if x.Name != nil && x.Name.Quote == ast.Plain && parser.HasTypedForm(x.Name.Text) {
			p.write(" ") // guid() without it is a literal
		}
		p.write("(")
		p.exprs(x.Args)
		p.write(")")
	case *ast.Path:
		p.path(x)
	case *ast.Element:
		p.expr(x.X)
		p.write("[")
		p.expr(x.Index)
		p.write("]")
	case *ast.Brackets:
		p.write("[")
		p.expr(x.X)
		p.write("]")
	case *ast.List:
		p.exprs(x.Items)
	case *ast.Pipe:
		p.query(x)
	case *ast.Head:
		p.operator(x.Op)
	case *ast.ToScalar:
		p.write("toscalar")
		p.sub(x.Params, x.X, x)
	case *ast.ToTable:
		p.write("totable")
		p.sub(x.Params, x.X, x)
	case *ast.Materialize:
		p.block("materialize(", x.X, ")", x)
	case *ast.Function:
		p.function(x)
	case *ast.EntityGroup:
		p.write("entity_group [")
		p.exprs(x.Items)
		p.write("]")
	default:
		p.data(x)
	}
}

func (p *printer) sub(params []*ast.Param, x ast.Expr, outer ast.Node) {
	p.params(params)
	if len(params) > 0 {
		p.write(" ")
	}
	p.block("(", x, ")", outer)
}

// spine takes a chain of operators of one rank apart, without recursion: left
// operand first, then the nodes in order.
func spine(x *ast.Binary) (ast.Expr, []*ast.Binary) {
	rank := rankOf(x.Op)
	nodes := []*ast.Binary{x}
	left := x.Left
	for {
		b, ok := left.(*ast.Binary)
		if !ok || rankOf(b.Op) != rank {
			break
		}
		nodes = append(nodes, b)
		left = b.Left
	}
	for i, j := 0, len(nodes)-1; i < j; i, j = i+1, j-1 {
		nodes[i], nodes[j] = nodes[j], nodes[i]
	}
	return left, nodes
}

func rankOf(op ast.BinaryOp) int {
	switch op {
	case ast.OpOr:
		return 1
	case ast.OpAnd:
		return 2
	case ast.OpAdd, ast.OpSub:
		return 3
	case ast.OpMul, ast.OpDiv, ast.OpMod:
		return 4
	}
	return 5
}

func (p *printer) binary(x *ast.Binary) {
	left, nodes := spine(x)
	logical := rankOf(x.Op) <= 2
	flat := func(m *printer) {
		m.expr(left)
		for _, b := range nodes {
			if m.over {
				return
			}
			if b.Op == ast.OpSearch {
				m.write(":")
			} else {
				m.write(" ", string(b.Op), " ")
			}
			m.expr(b.Right)
		}
	}
	last := nodes[len(nodes)-1].Right.Span().Start
	if p.inline || !logical || !p.notesBefore(last) && p.fits(width-p.indent-12, flat) {
		flat(p)
		return
	}
	p.indent += step
	p.expr(left)
	for _, b := range nodes {
		p.notes(b.Right.Span().Start, true)
		p.newline()
		p.write(string(b.Op), " ")
		p.expr(b.Right)
	}
	p.indent -= step
}

func (p *printer) between(x *ast.Between) {
	p.expr(x.X)
	if x.Not {
		p.write(" !between (")
	} else {
		p.write(" between (")
	}
	p.expr(x.Low)
	p.write(" .. ")
	p.expr(x.High)
	p.write(")")
}

func (p *printer) in(x *ast.In) {
	p.expr(x.X)
	p.write(" ", string(x.Op), " ")
	if len(x.List) == 1 {
		p.block("(", x.List[0], ")", x)
		return
	}
	p.write("(")
	p.exprs(x.List)
	p.write(")")
}

func (p *printer) assign(x *ast.Assign) {
	if x.Multi {
		p.write("(")
		list(p, x.Names, (*printer).name)
		p.write(")")
	} else {
		for _, n := range x.Names {
			p.name(n)
		}
	}
	p.write(" = ")
	p.expr(x.Value)
}

// path writes `x.sel`. The blank keeps `1 .e5` from being read as a number
// and `hint .strategy` as a keyword.
func (p *printer) path(x *ast.Path) {
	p.expr(x.X)
	switch left := x.X.(type) {
	case *ast.Literal:
		if left.Type == "" {
			p.write(" ")
		}
	case *ast.Name:
		if left.Text == "hint" && left.Quote == ast.Plain {
			p.write(" ")
		}
	}
	p.write(".")
	p.expr(x.Sel)
}

func (p *printer) function(f *ast.Function) {
	if f.View {
		p.write("view ")
	}
	p.write("(")
	list(p, f.Params, (*printer).funcParam)
	p.write(") ")
	p.body(f.Body)
}
