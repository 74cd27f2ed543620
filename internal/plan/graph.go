package plan

// Graphs: a graph is a relation without columns that only the graph operators
// take. Its nodes and edges have columns all the same, which GraphNodes and
// GraphEdges give; they are found by identity like those of any relation.

// MakeGraph makes a graph of the rows of Edges. A node is a value of Source or
// Target, or of the ID of a row of Nodes.
type MakeGraph struct {
	Edges          Rel
	Source, Target *Col
	Nodes          []NodeTable
	// NodeCols are the properties of nodes. IDs are those among them that hold
	// the node's id also when the node has no row.
	NodeCols []*Col
	IDs      []*Col
	// By cuts the edges into graphs of their own, one for each value; nil makes
	// one graph.
	By *Col
}

// NodeTable is a table with a row for each of some nodes. From[i] is its column
// for node property i, nil when it has none.
type NodeTable struct {
	Rel  Rel
	ID   *Col
	From []*Col
}

// Cols gives nothing: a graph is no table.
func (*MakeGraph) Cols() []*Col { return nil }

// MarkComponents numbers the connected components of a graph in a new node
// property.
type MarkComponents struct {
	Graph  Rel
	Strong bool
	Col    *Col
}

// Cols gives nothing: a graph is no table.
func (*MarkComponents) Cols() []*Col { return nil }

// PartGraph is the graph that a surrounding GraphParts is at.
type PartGraph struct{ Graph *MakeGraph }

// Cols gives nothing: a graph is no table.
func (*PartGraph) Cols() []*Col { return nil }

// GraphParts runs Sub over the graph of each value of Graph.By.
type GraphParts struct {
	Graph *MakeGraph
	Part  *PartGraph
	Sub   Rel
}

// Cols gives the subquery's columns.
func (g *GraphParts) Cols() []*Col { return g.Sub.Cols() }

// IsGraph says whether a relation is a graph.
func IsGraph(r Rel) bool {
	switch r.(type) {
	case *MakeGraph, *MarkComponents, *PartGraph:
		return true
	}
	return false
}

// GraphNodes are the properties of a graph's nodes.
func GraphNodes(r Rel) []*Col {
	switch r := r.(type) {
	case *MakeGraph:
		return r.NodeCols
	case *MarkComponents:
		in := GraphNodes(r.Graph)
		return append(in[:len(in):len(in)], r.Col)
	case *PartGraph:
		return r.Graph.NodeCols
	}
	return nil
}

// GraphEdges are the properties of a graph's edges.
func GraphEdges(r Rel) []*Col {
	switch r := r.(type) {
	case *MakeGraph:
		return r.Edges.Cols()
	case *MarkComponents:
		return GraphEdges(r.Graph)
	case *PartGraph:
		return r.Graph.Edges.Cols()
	}
	return nil
}

// GraphID is the first node id column's type source: the column that holds ids
// at the beginning of edges.
func GraphID(r Rel) *Col {
	switch r := r.(type) {
	case *MakeGraph:
		return r.Source
	case *MarkComponents:
		return GraphID(r.Graph)
	case *PartGraph:
		return r.Graph.Source
	}
	return nil
}

// GraphTable gives the nodes or the edges of a graph as rows. From[i] is the
// property that column i shows; where it is nil the column is the hash of the
// node, or of the source or target of an edge.
type GraphTable struct {
	Out
	Graph  Rel
	Edges  bool
	From   []*Col
	Target []bool // for each column: the hash of the target and not the source
}

// What a GraphCol is when it is no property.
const (
	NodeID    = "node_id"
	DegreeIn  = "node_degree_in"
	DegreeOut = "node_degree_out"
)

// GraphCol is a column that shows a property of an element, or, where From is
// nil, what Special says.
type GraphCol struct {
	Col     *Col
	From    *Col
	Special string
}

// GraphVar is an element of a pattern: a node, an edge, or an edge of varying
// length, which is a path of Min to Max edges. Cols are what expressions read
// of it (not of paths: see GraphFold).
type GraphVar struct {
	Name     string
	Edge     bool
	Ranged   bool
	Min, Max int64
	Cols     []GraphCol
}

// GraphHop is an edge of the pattern between two nodes, all of them places in
// Vars. Forward and Backward say which way the edge may point, seen from Left.
type GraphHop struct {
	Edge, Left, Right int
	Forward, Backward bool
}

// FoldKind says what becomes of a value for each element of a path.
type FoldKind string

// The folds.
const (
	FoldMap FoldKind = "map"
	FoldAll FoldKind = "all"
	FoldAny FoldKind = "any"
)

// GraphFold computes Col from Expr over each element of a path: its edges, or
// its nodes but the first and last when Inner is set. Elem are the element's
// columns; Expr may read those of other elements too.
type GraphFold struct {
	Col   *Col
	Kind  FoldKind
	Var   int
	Inner bool
	Elem  []GraphCol
	Expr  Expr
}

// GraphMatch finds a pattern in a graph. Where are conditions that must all
// hold. Items, Where and folds read the columns of Vars and of Folds.
type GraphMatch struct {
	Graph Rel
	Vars  []*GraphVar
	Hops  []GraphHop
	Where []Expr
	Folds []*GraphFold
	Items []Item
	// Cycles is all, none or unique_edges.
	Cycles string
	// Shortest asks for the shortest paths between first and last node: one, or
	// with AllShortest all of them.
	Shortest, AllShortest bool
}

// Cols gives the items' columns.
func (g *GraphMatch) Cols() []*Col {
	out := make([]*Col, len(g.Items))
	for i := range g.Items {
		out[i] = g.Items[i].Col
	}
	return out
}

// graphCols are all columns of a match that show properties.
func (g *GraphMatch) graphCols() []GraphCol {
	var out []GraphCol
	for _, v := range g.Vars {
		out = append(out, v.Cols...)
	}
	for _, f := range g.Folds {
		out = append(out, f.Elem...)
	}
	return out
}

// Reads are the properties of the graph that a match looks at.
func (g *GraphMatch) Reads() []*Col {
	var out []*Col
	for _, c := range g.graphCols() {
		if c.From != nil {
			out = append(out, c.From)
		}
	}
	return out
}
