package rule

import (
	"slices"
	"strings"

	"goshawk/internal/source"
)

// readKeys are the keys whose values are read, in the spelling of Sentinel.
var readKeys = []string{
	"id", "name", "description", "kind", "version", "status", "author", "severity", "tactics",
	"relevantTechniques", "tags", "query", "queryFrequency", "queryPeriod", "triggerOperator",
	"triggerThreshold", "eventGroupingSettings", "suppressionEnabled", "suppressionDuration",
	"entityMappings", "customDetails", "alertDetailsOverride", "requiredDataConnectors",
	"metadata", "functionName", "functionParams",
}

// aliases are other keys for the same things, in lower case: those of ARM
// templates, of functions and parsers, and of entity exploration queries.
var aliases = map[string]string{
	"displayname": "name", "title": "name",
	"techniques": "relevantTechniques", "subtechniques": "relevantTechniques",
	"functionquery": "query", "parserquery": "query", "kql": "query",
	"functionname": "functionName", "parsername": "functionName", "functionalias": "functionName",
	"functionparams": "functionParams", "parserparams": "functionParams", "functionparameters": "functionParams",
	"datasources": "requiredDataConnectors",
}

// keptKeys are known keys that are only kept; they are listed so that they are
// not taken for misspelt ones.
var keptKeys = []string{
	"incidentConfiguration", "sentinelEntitiesMappings", "enabled", "templateVersion",
	"alertRuleTemplateName", "references", "falsepositives", "Product", "Parser", "Normalization",
	"EquivalentBuiltInParser", "Parsers", "Category", "InputEntityType", "InputFields",
	"OutputEntityTypes", "QueryPeriodBefore", "QueryPeriodAfter", "logsource", "detection", "date",
	"modified", "type", "dataTypes", "data", "source", "url", "links", "notes", "level", "license",
	"properties", "resources", "parameters", "variables", "customQuery", "entities", "tuning", "test",
}

// marks are keys that only a detection rule has; a map with one of them and no
// query is a broken rule, a map without any is not a rule.
var marks = []string{
	"queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold", "relevantTechniques",
	"requiredDataConnectors", "entityMappings",
}

// knownKey is the canonical key that key means, and whether it was written in
// an accepted way.
func knownKey(key string) (name string, exact bool) {
	if slices.Contains(readKeys, key) {
		return key, true
	}
	low := strings.ToLower(key)
	if a, ok := aliases[low]; ok {
		return a, true
	}
	for _, k := range keptKeys {
		if strings.EqualFold(k, key) {
			return "", true
		}
	}
	for _, k := range readKeys {
		if strings.EqualFold(k, squeeze(key)) {
			return k, false
		}
	}
	return source.Nearest(key, readKeys), false
}

// fieldSet is a map of a file with its keys understood.
type fieldSet struct {
	fields []Field
	byName map[string]int
}

// understand names the fields of a rule. Of two fields with one meaning the
// one spelt right wins, then the later one. In the capitalised dialect of
// functions and exploration queries, capitals are not a mistake.
func understand(fields []Field, rep *report) *fieldSet {
	fs := &fieldSet{fields: slices.Clone(fields), byName: map[string]int{}}
	var late []int
	for i := range fs.fields {
		f := &fs.fields[i]
		name, exact := knownKey(f.Key)
		if !exact {
			late = append(late, i)
			continue
		}
		f.Name = name
		j, taken := fs.byName[name]
		if taken && fs.fields[j].Key == name && f.Key != name {
			continue // an alias beside the key itself
		}
		if name != "" {
			fs.byName[name] = i
		}
	}
	capitals := capitalised(fields)
	for _, i := range late {
		f := &fs.fields[i]
		name, _ := knownKey(f.Key)
		if name == "" {
			continue
		}
		if _, taken := fs.byName[name]; taken {
			rep.nearKey(f.Span, f.Key, name)
			continue
		}
		f.Name = name
		fs.byName[name] = i
		if !capitals || !strings.EqualFold(name, f.Key) {
			rep.misspelt(f.Span, f.Key, name)
		}
	}
	return fs
}

// capitalised says whether most keys begin with a capital.
func capitalised(fields []Field) bool {
	n := 0
	for _, f := range fields {
		if f.Key != "" && f.Key[0] >= 'A' && f.Key[0] <= 'Z' {
			n++
		}
	}
	return n*2 > len(fields)
}

// get is the value of a canonical key.
func (fs *fieldSet) get(name string) (Field, bool) {
	i, ok := fs.byName[name]
	if !ok {
		return Field{}, false
	}
	return fs.fields[i], true
}
