package bind

import (
	"goshawk/internal/ast"
	"goshawk/internal/plan"
)

// serviceFunctions are functions of Defender's portal whose answers come from
// a service and not from tables.
var serviceFunctions = map[string]string{
	"FileProfile": "Microsoft's service of file reputations",
	"SeenBy":      "Defender's inventory of discovered devices",
}

// columnArguments writes the columns that FileProfile(SHA1) names as text,
// which is what the function's parameter is.
func columnArguments(in plan.Rel, c *ast.Call) *ast.Call {
	if serviceFunctions[c.Name.Text] == "" {
		return c
	}
	out := *c
	out.Args = append([]ast.Expr(nil), c.Args...)
	for i, a := range out.Args {
		if n, ok := unparen(a).(*ast.Name); ok && findCol(in.Cols(), n.Text) != nil {
			out.Args[i] = &ast.String{Pos: n.Pos, Value: n.Text}
		}
	}
	return &out
}
