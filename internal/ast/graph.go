package ast

// MakeGraph makes a graph of an edge table.
type MakeGraph struct {
	OpPos
	Params []*Param
	Source Expr
	Target Expr
	// Arrow is `-->` or `--`.
	Arrow string
	// With are the node tables; WithNodeID the name of `with_node_id=`.
	With       []*GraphNodes
	WithNodeID *Name
	// PartitionedBy and Sub are `partitioned-by col (subquery)`.
	PartitionedBy Expr
	Sub           Expr
}

// GraphNodes is `with table on column`.
type GraphNodes struct {
	Pos
	Table Expr
	On    Expr
}

// GraphPattern is one path of a graph pattern: nodes and edges in turn.
type GraphPattern struct {
	Pos
	Elements []*GraphElement
}

// GraphElement is `(name)`, an edge such as `-[name*1..3]->`, `-->`, `<--`
// or `--`.
type GraphElement struct {
	Pos
	// Edge says that it is an edge; Left and Right which way it points.
	Edge  bool
	Left  bool
	Right bool
	// Brackets says that an edge has `[...]`.
	Brackets bool
	// Name is nil for an element without a name.
	Name *Name
	// Ranged says that the edge has `*from..to`.
	Ranged bool
	From   Expr
	To     Expr
}

// GraphMatch finds patterns in a graph.
type GraphMatch struct {
	OpPos
	Params   []*Param
	Patterns []*GraphPattern
	Where    Expr
	Project  []Expr
}

// GraphShortestPaths finds shortest paths in a graph.
type GraphShortestPaths struct {
	OpPos
	Params   []*Param
	Patterns []*GraphPattern
	Where    Expr
	Project  []Expr
}

// GraphMarkComponents marks connected components.
type GraphMarkComponents struct {
	OpPos
	Params []*Param
}

// GraphToTable gives the nodes and edges of a graph as tables.
type GraphToTable struct {
	OpPos
	Outputs []*GraphOutput
}

// GraphOutput is `nodes as N with_node_id=id` or `edges as E ...`.
type GraphOutput struct {
	Pos
	// What is "nodes" or "edges".
	What   string
	As     *Name
	Params []*Param
}

// GraphWhereNodes keeps nodes.
type GraphWhereNodes struct {
	OpPos
	Cond Expr
}

// GraphWhereEdges keeps edges.
type GraphWhereEdges struct {
	OpPos
	Cond Expr
}
