package site

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// properties are a rule as the Sentinel API takes it: an alert rule for
// scheduled and near-real-time rules, a saved search for hunting queries.
func properties(r *Rule) (kind string, props map[string]any) {
	if r.Kind != "Scheduled" && r.Kind != "NRT" {
		return "", map[string]any{
			"category": "Hunting Queries", "displayName": r.Name, "query": r.Query, "version": 2,
			"tags": []map[string]string{{"name": "description", "value": r.Description}, {"name": "tactics", "value": strings.Join(r.Tactics, ",")}, {"name": "techniques", "value": strings.Join(r.Techniques, ",")}},
		}
	}
	severity := r.Severity
	if severity == "" {
		severity = "Medium"
	}
	props = map[string]any{
		"displayName": r.Name, "description": r.Description, "severity": severity, "enabled": false, "query": r.Query,
		"tactics": notNil(r.Tactics), "techniques": notNil(parents(r.Techniques)), "suppressionEnabled": false, "suppressionDuration": "PT5H",
	}
	if r.Kind == "Scheduled" {
		for k, v := range r.Deploy {
			props[k] = v
		}
	}
	return r.Kind, props
}

// parents are techniques without their sub-techniques, which the API takes in
// a field of its own.
func parents(ids []string) []string {
	var out []string
	for _, id := range ids {
		base, _, _ := strings.Cut(id, ".")
		out = append(out, base)
	}
	return unique(out)
}

// armTemplate is an ARM template that deploys the rule, switched off.
func armTemplate(r *Rule) []byte {
	kind, props := properties(r)
	id := r.ID
	if id == "" {
		id = r.Key
	}
	res := map[string]any{"properties": props}
	if kind != "" {
		res["type"], res["apiVersion"], res["kind"] = "Microsoft.OperationalInsights/workspaces/providers/alertRules", "2023-02-01", kind
		res["name"] = "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/" + armText(id) + "')]"
	} else {
		res["type"], res["apiVersion"] = "Microsoft.OperationalInsights/workspaces/savedSearches", "2020-08-01"
		res["name"] = "[concat(parameters('workspace'), '/" + armText(id) + "')]"
	}
	raw, err := json.MarshalIndent(map[string]any{
		"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
		"parameters": map[string]any{"workspace": map[string]any{"type": "string"}}, "resources": []any{res},
	}, "", "  ")
	if err != nil {
		return nil
	}
	return raw
}

// armText keeps a text from ending the expression that it stands in.
func armText(s string) string { return strings.ReplaceAll(s, "'", "''") }

// bicep is the same as a Bicep file.
func bicep(r *Rule) []byte {
	kind, props := properties(r)
	id := r.ID
	if id == "" {
		id = r.Key
	}
	var b strings.Builder
	b.WriteString("param workspace string\n\nresource ws 'Microsoft.OperationalInsights/workspaces@2022-10-01' existing = {\n  name: workspace\n}\n\n")
	if kind != "" {
		fmt.Fprintf(&b, "resource rule 'Microsoft.SecurityInsights/alertRules@2023-02-01' = {\n  scope: ws\n  name: %s\n  kind: %s\n  properties: ", bicepText(id), bicepText(kind))
	} else {
		fmt.Fprintf(&b, "resource rule 'Microsoft.OperationalInsights/workspaces/savedSearches@2020-08-01' = {\n  parent: ws\n  name: %s\n  properties: ", bicepText(id))
	}
	writeBicep(&b, props, "  ")
	b.WriteString("\n}\n")
	return []byte(b.String())
}

// bicepText quotes a text; ${ would begin an expression.
func bicepText(s string) string {
	r := strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", `\${`)
	return "'" + r.Replace(s) + "'"
}

func writeBicep(b *strings.Builder, v any, indent string) {
	switch v := v.(type) {
	case map[string]any:
		var keys []string
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b.WriteString("{\n")
		for _, k := range keys {
			b.WriteString(indent + "  " + k + ": ")
			writeBicep(b, v[k], indent+"  ")
			b.WriteString("\n")
		}
		b.WriteString(indent + "}")
	case []any:
		b.WriteString("[\n")
		for _, x := range v {
			b.WriteString(indent + "  ")
			writeBicep(b, x, indent+"  ")
			b.WriteString("\n")
		}
		b.WriteString(indent + "]")
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		writeBicep(b, list, indent)
	case []map[string]string:
		list := make([]any, len(v))
		for i, m := range v {
			x := map[string]any{}
			for k, s := range m {
				x[k] = s
			}
			list[i] = x
		}
		writeBicep(b, list, indent)
	case string:
		b.WriteString(bicepText(v))
	default:
		fmt.Fprintf(b, "%v", v)
	}
}
