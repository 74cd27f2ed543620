package parser

import "goshawk/internal/ast"

const renderProperties = "title xcolumn series ycolumns anomalycolumns kind xtitle ytitle xaxis yaxis legend ysplit accumulate ymin ymax xmin xmax"

// chartWords are the charts whose names are keywords.
const chartWords = "anomalychart areachart barchart card columnchart graph ladderchart linechart piechart pivotchart plotly scatterchart stackedareachart timechart timeline timepivot treemap 3Dchart"

func (p *parser) render() ast.Operator {
	o := &ast.Render{}
	switch {
	case p.tok().kind == Ident, hasWord(chartWords, p.word()):
		o.Chart = p.wordName()
	default:
		p.report(msgName("the kind of chart", p.found()), p.span())
	}
	for {
		switch {
		case p.is("with") && p.isAt(p.i+1, "("):
			p.i += 2
			o.With = p.properties(renderProperties, p.renderValue)
			p.close(")")
			return o
		case p.is("by"):
			start := p.start()
			a := &ast.Param{Name: p.wordName()}
			p.accept("=")
			a.Value = p.nameList()
			a.Pos = p.pos(start)
			o.Params = append(o.Params, a)
		case p.isAt(p.i+1, "=") && hasWord("kind title accumulate with", p.word()):
			start := p.start()
			a := &ast.Param{Name: p.wordName()}
			p.i++
			if a.Value = p.renderValue(a.Name.Text); a.Value == nil {
				a.Value = p.propertyValue()
			}
			a.Pos = p.pos(start)
			o.Params = append(o.Params, a)
		default:
			return o
		}
	}
}

// renderValue reads the value of a property that is no literal or word, or
// gives nil.
func (p *parser) renderValue(name string) ast.Expr {
	switch name {
	case "title", "xtitle", "ytitle":
		return p.expr()
	case "ycolumns", "anomalycolumns", "series":
		return p.nameList()
	}
	return nil
}

// nameList reads columns between commas; the comma before the next property
// is not part of it.
func (p *parser) nameList() ast.Expr {
	start := p.start()
	l := &ast.List{}
	for {
		if t := p.tok(); t.kind == Keyword && isLetter(p.src[t.start]) {
			l.Items = append(l.Items, p.wordName())
		} else {
			l.Items = append(l.Items, p.name(nameAsReference, "the name of a column"))
		}
		if !p.is(",") || p.isAt(p.i+2, "=") || p.nameEnd(p.i+1) == 0 {
			break
		}
		p.i++
	}
	l.Pos = p.pos(start)
	return l
}
