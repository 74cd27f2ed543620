package rule

import "strings"

// details reads how results become entities and alerts, and what data the
// rule needs.
func (f *fieldReader) details(r *Rule) {
	if fd, ok := f.get("entityMappings"); ok {
		f.expect(fd, List)
		r.EntityMappings = entityMappings(fd.Value)
	}
	if fd, ok := f.get("customDetails"); ok {
		f.expect(fd, Map)
		r.CustomDetails = fd.Value.pairs()
	}
	if fd, ok := f.get("alertDetailsOverride"); ok {
		f.expect(fd, Map)
		r.AlertDetails = alertDetails(fd.Value)
	}
	if fd, ok := f.get("eventGroupingSettings"); ok {
		f.expect(fd, Map)
		r.EventGrouping = fd.Value.text("aggregationKind")
	}
	if fd, ok := f.get("requiredDataConnectors"); ok {
		r.RequiredDataConnectors = connectors(fd.Value)
	}
	if fd, ok := f.get("metadata"); ok {
		r.Metadata = fd.Value.Map
	}
	r.Function, _ = f.text("functionName")
	if fd, ok := f.get("functionParams"); ok {
		r.ParamText = strings.Join(fd.Value.texts(), ", ")
		for _, e := range fd.Value.List {
			d, has := e.find("Default")
			r.Params = append(r.Params, Param{Name: e.text("Name"), Type: e.text("Type"), Default: e.text("Default"), Optional: has && d.Kind != Null})
		}
	}
	for _, fd := range f.fields {
		if strings.EqualFold(fd.Key, "EquivalentBuiltInParser") && fd.Value.scalar() {
			r.AlsoFunction = strings.TrimSpace(fd.Value.Text)
		}
	}
}

// expect reports a field of another shape; nothing at all is fine.
func (f *fieldReader) expect(fd Field, want ValueKind) {
	if k := fd.Value.Kind; k != want && k != Null {
		f.rep.wrongType(fd.Span, fd.Key, want.String(), k)
	}
}

func entityMappings(v Value) []EntityMapping {
	var out []EntityMapping
	for _, e := range v.List {
		m := EntityMapping{Type: e.text("entityType")}
		fields, _ := e.find("fieldMappings")
		for _, fm := range fields.List {
			m.Fields = append(m.Fields, EntityField{Identifier: fm.text("identifier"), Column: fm.text("columnName")})
		}
		if m.Type != "" {
			out = append(out, m)
		}
	}
	return out
}

func alertDetails(v Value) AlertDetails {
	d := AlertDetails{
		NameFormat:        v.text("alertDisplayNameFormat", "alertnameFormat"),
		DescriptionFormat: v.text("alertDescriptionFormat"),
		SeverityColumn:    v.text("alertSeverityColumnName", "alertSeverity"),
		TacticsColumn:     v.text("alertTacticsColumnName", "alertTactics"),
	}
	props, _ := v.find("alertDynamicProperties")
	for _, e := range props.List {
		d.Properties = append(d.Properties, Pair{Name: e.text("alertProperty"), Column: e.text("value")})
	}
	return d
}

// connectors reads the required data: maps with an id and tables, or only
// names of tables.
func connectors(v Value) []Connector {
	var out []Connector
	items := v.List
	if v.Kind == Map {
		items = []Value{v}
	}
	for _, e := range items {
		if e.scalar() {
			out = append(out, Connector{DataTypes: []string{strings.TrimSpace(e.Text)}})
			continue
		}
		c := Connector{ID: e.text("connectorId")}
		if t, ok := e.find("dataTypes", "datatype"); ok {
			c.DataTypes = t.texts()
		}
		if c.ID != "" || len(c.DataTypes) > 0 {
			out = append(out, c)
		}
	}
	return out
}
