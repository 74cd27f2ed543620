package external

import (
	"fmt"
	"path"
	"strings"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// form is how a source is written: the format with its properties.
type form struct {
	format      string
	ignoreFirst bool
	ignoreLast  bool
	mapping     []mapped
}

// separators are the delimited formats.
var separators = map[string]rune{"csv": ',', "tsv": '\t', "psv": '|', "scsv": ';', "sohsv": '\x01'}

// formats are all that are read; the others of Kusto are refused by name.
var formats = map[string]bool{
	"csv": true, "tsv": true, "psv": true, "scsv": true, "sohsv": true, "txt": true, "raw": true, "json": true, "multijson": true, "singlejson": true,
}

// formOf reads the properties of an externaldata operator. Without a format
// the ending of the source tells, and else it is csv.
func formOf(uri string, node *plan.External) (form, error) {
	f := form{format: strings.ToLower(node.Format)}
	if f.format == "" {
		f.format = formatOfName(uri)
	}
	if !formats[f.format] {
		return f, &Refused{fmt.Sprintf("the format %q is not supported", f.format), "convert the file to csv or json and give it with --external URL=FILE"}
	}
	for name, value := range node.Props {
		var err error
		switch strings.ToLower(name) {
		case "format", "recreateschema", "creationtime", "tags":
		case "ignorefirstrecord":
			f.ignoreFirst = strings.EqualFold(value, "true")
		case "ignorelastrecord":
			f.ignoreLast = strings.EqualFold(value, "true")
		case "ingestionmapping", "mapping":
			f.mapping, err = readMapping(value)
		default:
			err = &Refused{fmt.Sprintf("the property %q of externaldata is not supported", name), ""}
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

func formatOfName(uri string) string {
	p, _, _ := strings.Cut(uri, "?")
	p, _, _ = strings.Cut(p, ";")
	for {
		ext := strings.ToLower(path.Ext(p))
		switch ext {
		case ".gz", ".zip":
			p = p[:len(p)-len(ext)]
			continue
		case ".ndjson", ".jsonl":
			return "json"
		case ".json":
			return "multijson"
		case ".parquet", ".avro", ".orc", ".w3clogfile", ".sstream", ".tsve":
			return ext[1:]
		}
		if len(ext) > 1 && formats[ext[1:]] {
			return ext[1:]
		}
		return "csv"
	}
}

// decode reads the rows of a source.
func (f form) decode(data []byte, cols []*plan.Col) (*vector.Batch, error) {
	switch f.format {
	case "txt":
		return f.lines(string(data), cols)
	case "raw":
		return f.typed([][]string{{string(data)}}, cols)
	case "json", "multijson", "singlejson":
		return f.records(string(data), cols)
	}
	return f.delimited(string(data), separators[f.format], cols)
}
