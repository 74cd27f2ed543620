package ast

import (
	"fmt"
	"reflect"

	"goshawk/internal/source"
)

// Equal says whether two trees are the same, apart from places in the text
// and from comments.
func Equal(a, b Node) bool { return Diff(a, b) == "" }

// Diff names the first difference of two trees apart from places and
// comments, or is "" when there is none. It is meant for tests.
func Diff(a, b Node) string {
	return diff("", reflect.ValueOf(a), reflect.ValueOf(b))
}

var (
	posType     = reflect.TypeFor[Pos]()
	spanType    = reflect.TypeFor[source.Span]()
	opPosType   = reflect.TypeFor[OpPos]()
	commentType = reflect.TypeFor[[]Comment]()
)

func diff(path string, a, b reflect.Value) string {
	if !a.IsValid() || !b.IsValid() {
		if a.IsValid() == b.IsValid() {
			return ""
		}
		return path + ": one side is missing"
	}
	if a.Type() != b.Type() {
		return fmt.Sprintf("%s: %s and %s", path, a.Type(), b.Type())
	}
	switch a.Type() {
	case posType, spanType, opPosType, commentType:
		return ""
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() == b.IsNil() {
				return ""
			}
			return path + ": one side is missing"
		}
		return diff(path, a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d and %d elements", path, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if d := diff(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i)); d != "" {
				return d
			}
		}
		return ""
	case reflect.Struct:
		for i := range a.NumField() {
			if d := diff(path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i)); d != "" {
				return d
			}
		}
		return ""
	}
	if !a.Equal(b) {
		return fmt.Sprintf("%s: %v and %v", path, a, b)
	}
	return ""
}
