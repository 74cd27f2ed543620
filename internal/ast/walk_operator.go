package ast

func (v visitor) operatorChildren(n Operator) {
	switch n := n.(type) {
	case *Where:
		each(v, n.Params)
		v.expr(n.Cond)
	case *Extend:
		each(v, n.Items)
	case *Project:
		each(v, n.Items)
	case *ProjectAway:
		each(v, n.Items)
	case *ProjectKeep:
		each(v, n.Items)
	case *ProjectRename:
		each(v, n.Items)
	case *ProjectReorder:
		each(v, n.Items)
	case *ProjectByNames:
		each(v, n.Items)
	case *Summarize:
		each(v, n.Params)
		each(v, n.Aggs)
		each(v, n.By)
		v.expr(n.Bin)
	case *Distinct:
		each(v, n.Params)
		each(v, n.Items)
	case *Count:
		each(v, n.Params)
		v.name(n.As)
	case *Sort:
		each(v, n.Params)
		each(v, n.By)
	case *Top:
		each(v, n.Params)
		v.expr(n.N)
		v.order(n.By)
	case *Take:
		each(v, n.Params)
		v.expr(n.N)
	case *Join:
		each(v, n.Params)
		v.expr(n.Right)
		each(v, n.On)
		v.expr(n.Where)
	case *Lookup:
		each(v, n.Params)
		v.expr(n.Right)
		each(v, n.On)
	case *Union:
		each(v, n.Params)
		each(v, n.Sources)
	case *MvExpand:
		each(v, n.Params)
		each(v, n.Items)
		v.expr(n.Limit)
	case *MvApply:
		each(v, n.Params)
		each(v, n.Items)
		v.expr(n.Limit)
		v.expr(n.ID)
		v.expr(n.Sub)
	case *Parse:
		each(v, n.Params)
		v.expr(n.X)
		each(v, n.Pattern)
	case *ParseWhere:
		each(v, n.Params)
		v.expr(n.X)
		each(v, n.Pattern)
	case *ParseKv:
		each(v, n.Params)
		v.expr(n.X)
		v.schema(n.Keys)
		each(v, n.With)
	case *Print:
		each(v, n.Items)
	case *Range:
		v.name(n.Name)
		v.expr(n.From)
		v.expr(n.To)
		v.expr(n.Step)
	case *As:
		each(v, n.Params)
		v.name(n.Name)
	case *Serialize:
		each(v, n.Params)
		each(v, n.Items)
	case *Render:
		v.name(n.Chart)
		each(v, n.Params)
		each(v, n.With)
	case *GetSchema:
		each(v, n.Params)
	case *Invoke:
		v.expr(n.Call)
	case *Evaluate:
		each(v, n.Params)
		v.expr(n.Call)
		v.schema(n.Schema)
	case *MakeSeries:
		each(v, n.Params)
		each(v, n.Aggs)
		v.expr(n.On)
		v.expr(n.From)
		v.expr(n.To)
		v.expr(n.Step)
		each(v, n.By)
	case *TopNested:
		each(v, n.Levels)
	case *TopHitters:
		v.expr(n.N)
		v.expr(n.Of)
		v.expr(n.By)
	case *Sample:
		each(v, n.Params)
		v.expr(n.N)
	case *SampleDistinct:
		each(v, n.Params)
		v.expr(n.N)
		v.expr(n.Of)
	default:
		v.rareChildren(n)
	}
}

// rareChildren is the other half of the operators.
func (v visitor) rareChildren(n Operator) {
	switch n := n.(type) {
	case *Search:
		each(v, n.Params)
		each(v, n.In)
		v.expr(n.Cond)
	case *Find:
		v.name(n.DataScope)
		each(v, n.Params)
		each(v, n.In)
		v.expr(n.Cond)
		each(v, n.Columns)
	case *Facet:
		each(v, n.By)
		v.expr(n.With)
	case *Fork:
		each(v, n.Branches)
	case *Reduce:
		each(v, n.Params)
		v.expr(n.By)
		each(v, n.With)
	case *Partition:
		each(v, n.Params)
		v.expr(n.By)
		v.expr(n.In)
		v.expr(n.Sub)
	case *PartitionBy:
		each(v, n.Params)
		v.expr(n.By)
		v.expr(n.ID)
		v.expr(n.Sub)
	case *Scan:
		each(v, n.Params)
		each(v, n.OrderBy)
		each(v, n.PartitionBy)
		each(v, n.Declare)
		each(v, n.Steps)
	case *Consume:
		each(v, n.Params)
	case *AssertSchema:
		v.schema(n.Schema)
	case *MacroExpand:
		each(v, n.Params)
		v.expr(n.Group)
		v.name(n.As)
		v.body(n.Body)
	case *MakeGraph:
		each(v, n.Params)
		v.expr(n.Source)
		v.expr(n.Target)
		each(v, n.With)
		v.name(n.WithNodeID)
		v.expr(n.PartitionedBy)
		v.expr(n.Sub)
	case *GraphMatch:
		each(v, n.Params)
		each(v, n.Patterns)
		v.expr(n.Where)
		each(v, n.Project)
	case *GraphShortestPaths:
		each(v, n.Params)
		each(v, n.Patterns)
		v.expr(n.Where)
		each(v, n.Project)
	case *GraphMarkComponents:
		each(v, n.Params)
	case *GraphToTable:
		each(v, n.Outputs)
	case *GraphWhereNodes:
		v.expr(n.Cond)
	case *GraphWhereEdges:
		v.expr(n.Cond)
	}
}
