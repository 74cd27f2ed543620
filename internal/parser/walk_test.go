package parser

import (
	"reflect"
	"testing"

	"goshawk/internal/ast"
	"goshawk/internal/source"
)

// TestWalkReachesEveryNode compares ast.Walk with a walk by reflection, so
// that a new field of a node cannot be forgotten.
func TestWalkReachesEveryNode(t *testing.T) {
	kinds := map[string]bool{}
	for _, query := range lines(t, "testdata/accepted.txt") {
		q, _ := Parse(source.New("query", query))
		want := map[ast.Node]bool{}
		collect(reflect.ValueOf(q), want)
		got := map[ast.Node]bool{}
		ast.Walk(q, func(n ast.Node) bool {
			got[n] = true
			kinds[reflect.TypeOf(n).Elem().Name()] = true
			return true
		})
		for n := range want {
			if !got[n] {
				t.Errorf("Walk does not reach the %T of %s", n, query)
			}
		}
		if len(got) != len(want) {
			t.Errorf("Walk finds %d nodes, reflection %d, in %s", len(got), len(want), query)
		}
	}
	for _, k := range []string{"Scan", "MakeSeries", "GraphMatch", "MacroExpand", "Find", "TopNested", "InlineExternalTable", "DeclarePattern"} {
		if !kinds[k] {
			t.Errorf("the accepted queries hold no %s", k)
		}
	}
}

func collect(v reflect.Value, into map[ast.Node]bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), into)
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if n, ok := v.Interface().(ast.Node); ok {
			into[n] = true
		}
		collect(v.Elem(), into)
	case reflect.Struct:
		for i := range v.NumField() {
			collect(v.Field(i), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), into)
		}
	}
}
