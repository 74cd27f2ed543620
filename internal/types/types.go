// Package types names KQL's scalar types and the schemas of tables. It knows
// no values and no text.
package types

// Type is one of the ten scalar types, or what stands in for one.
type Type uint8

// The types. Unknown is the type of a thing that already has a diagnostic, or
// of a column whose type only the data tells; Null is the type of the literal
// null inside dynamic() before it meets a target.
const (
	Unknown Type = iota
	Bool
	Datetime
	Decimal
	Dynamic
	Guid
	Int
	Long
	Real
	String
	Timespan
)

var names = [...]string{"unknown", "bool", "datetime", "decimal", "dynamic", "guid", "int", "long", "real", "string", "timespan"}

// String is the type's name as KQL prints it.
func (t Type) String() string { return names[t] }

// Parse finds a type by its name or one of its aliases (reference.json lists
// them under scalar_types).
func Parse(name string) (Type, bool) {
	t, ok := byName[name]
	return t, ok
}

var byName = map[string]Type{
	"bool": Bool, "boolean": Bool,
	"datetime": Datetime, "date": Datetime,
	"decimal": Decimal,
	"dynamic": Dynamic,
	"guid":    Guid, "uuid": Guid, "uniqueid": Guid,
	"int": Int, "int32": Int, "uint": Int, "uint32": Int, "int8": Int, "uint8": Int, "int16": Int, "uint16": Int,
	"long": Long, "int64": Long, "ulong": Long, "uint64": Long,
	"real": Real, "double": Real, "float": Real,
	"string":   String,
	"timespan": Timespan, "time": Timespan,
}

// Integer says whether t is int or long.
func (t Type) Integer() bool { return t == Int || t == Long }

// Numeric says whether t is int, long, real or decimal.
func (t Type) Numeric() bool { return t == Int || t == Long || t == Real || t == Decimal }

// Summable says whether values of t add up: numbers, datetime, timespan.
func (t Type) Summable() bool { return t.Numeric() || t == Datetime || t == Timespan }

// Orderable says whether < and sort accept t.
func (t Type) Orderable() bool { return t != Dynamic && t != Guid && t != Unknown }

// CLR is the .NET name that getschema prints (bool is System.SByte there;
// golden page manual/operators/getschema.md).
func (t Type) CLR() string {
	return [...]string{"System.Object", "System.SByte", "System.DateTime", "System.Data.SqlTypes.SqlDecimal", "System.Object",
		"System.Guid", "System.Int32", "System.Int64", "System.Double", "System.String", "System.TimeSpan"}[t]
}

// Column is a named, typed column.
type Column struct {
	Name string
	Type Type
}

// Schema is the columns of a table in order.
type Schema []Column

// Index is the position of the column called name, or -1. Names are
// case-sensitive, as in Kusto.
func (s Schema) Index(name string) int {
	for i := range s {
		if s[i].Name == name {
			return i
		}
	}
	return -1
}

// Names lists the column names in order.
func (s Schema) Names() []string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = s[i].Name
	}
	return out
}
