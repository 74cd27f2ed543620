package fn

import (
	"encoding/xml"
	"io"
	"strings"

	"goshawk/internal/dynamic"
)

// The bounds of parse_xml(): text beyond them gives null.
const (
	maxXML      = 1 << 20
	maxXMLDepth = 200
)

// element is an XML element being read.
type element struct {
	name string
	keys []string
	vals map[string][]dynamic.Value
	text strings.Builder
}

func (e *element) put(key string, v dynamic.Value) {
	if e.vals == nil {
		e.vals = map[string][]dynamic.Value{}
	}
	if _, ok := e.vals[key]; !ok {
		e.keys = append(e.keys, key)
	}
	e.vals[key] = append(e.vals[key], v)
}

// value is the element as a dynamic: text alone, else a bag of its
// attributes, text and children.
func (e *element) value() dynamic.Value {
	text := strings.TrimSpace(e.text.String())
	if len(e.keys) == 0 {
		if text == "" {
			return dynamic.NullValue
		}
		return xmlText(text)
	}
	if text != "" {
		e.put("#text", xmlText(text))
	}
	vals := make([]dynamic.Value, len(e.keys))
	for i, k := range e.keys {
		if list := e.vals[k]; len(list) == 1 {
			vals[i] = list[0]
		} else {
			vals[i] = dynamic.FromArray(list)
		}
	}
	return dynamic.FromBag(e.keys, vals)
}

// xmlText is a number when it prints again as the same text, else text.
func xmlText(s string) dynamic.Value {
	if c := s[0]; c == '-' || c >= '0' && c <= '9' {
		v, err := dynamic.Parse(s)
		if _, ok := v.Number(); err == nil && ok && v.String() == s {
			return v
		}
	}
	return dynamic.FromString(s)
}

func xmlName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// parseXML reads an XML document; what is none gives null.
func parseXML(s string) (dynamic.Value, bool) {
	if len(s) > maxXML || !strings.Contains(s, "<") {
		return dynamic.NullValue, false
	}
	d := xml.NewDecoder(strings.NewReader(s))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &element{}
	stack := []*element{root}
	var open []xml.Name
	for {
		// Raw tokens keep the prefixes of names as they are written.
		tok, err := d.RawToken()
		if err == io.EOF && len(stack) == 1 && len(root.keys) == 1 && len(root.vals[root.keys[0]]) == 1 {
			return root.value(), true
		}
		if err != nil {
			return dynamic.NullValue, false
		}
		top := stack[len(stack)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			if len(stack) > maxXMLDepth {
				return dynamic.NullValue, false
			}
			e := &element{name: xmlName(t.Name)}
			for _, a := range t.Attr {
				e.put("@"+xmlName(a.Name), attributeText(a.Value))
			}
			stack, open = append(stack, e), append(open, t.Name)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != t.Name {
				return dynamic.NullValue, false
			}
			stack, open = stack[:len(stack)-1], open[:len(open)-1]
			stack[len(stack)-1].put(top.name, top.value())
		case xml.CharData:
			if len(stack) > 1 {
				top.text.Write(t)
			} else if strings.TrimSpace(string(t)) != "" {
				return dynamic.NullValue, false
			}
		}
	}
}

// attributeText is the value of an attribute, which may be empty.
func attributeText(s string) dynamic.Value {
	if s == "" {
		return dynamic.FromString(s)
	}
	return xmlText(s)
}

func init() {
	textRow("parse_xml", "Reads XML.", parseXML)
}
