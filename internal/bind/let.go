package bind

import "goshawk/internal/ast"

// statements binds statements in order and gives the names in force after
// them. At the top the tabular ones are results.
func (b *binder) statements(en *env, stmts []ast.Stmt, top bool) *env { return en }
