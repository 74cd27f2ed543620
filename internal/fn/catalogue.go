package fn

import "goshawk/internal/types"

// The catalogue is the facts about every function, aggregate and plugin of
// the language: names, signatures, naming of unnamed results, what is
// obsolete. catalogue_gen.go is made from the language service's symbol list
// by `make generate`; a Scalar or Aggregate row adds what the thing does.

//go:generate go run ./gen -out catalogue_gen.go

// Entry is one function, aggregate, plugin or operator of the language.
type Entry struct {
	Name   string
	Doc    string // documentation page, without folder and extension
	Naming Naming
	Prefix string // for the Prefix namings
	Sigs   []Sig
	Hidden bool
	// Obsolete names still work; Alternative is what to write instead.
	Obsolete    bool
	Alternative string
	// Foldable says that constant arguments give a constant.
	Foldable bool
}

// Sig is one way to call an Entry.
type Sig struct {
	Params []Param
	// Returns is a type name ("long") or a rule: Parameter0, Parameter1,
	// Parameter0Array, Parameter0Promoted, Widest, Common, CommonNonDynamic,
	// Parameter0Literal, ParameterNLiteral, Custom.
	Returns string
	// MinArgs and MaxArgs bound the number of arguments.
	MinArgs, MaxArgs int
	Hidden           bool
}

// Param is one parameter of a Sig.
type Param struct {
	Name string
	// Types lists what is accepted; when empty, Kind says it.
	Types []types.Type
	// Kind is Scalar, Number, Integer, Summable, Orderable, NotDynamic,
	// NotBool, NotRealOrBool, NumberOrBool, DynamicArray, DynamicBag,
	// StringOrDynamic, StringOrArray, IntegerOrArray, CommonScalar,
	// CommonScalarOrDynamic, CommonOrderable, Tabular, Any, Parameter0 or
	// Parameter1.
	Kind string
	// Arg narrows the argument: Literal, LiteralNotEmpty, Constant, Column,
	// StarOnly, StarAllowed, Aggregate.
	Arg string
	// Min and Max say how often the parameter may occur.
	Min, Max int
	// Values are the words allowed for a literal.
	Values []string
}

// Naming says how an unnamed result column of a call is called.
type Naming uint8

// The namings. NoName gives Column1 and the like in project and print_0 in
// print; FirstArgument keeps the name of the first argument if it has one.
const (
	NoName Naming = iota
	FirstArgument
	FirstArgumentValueIfColumn
	NameAndFirstArgument
	PrefixAndFirstArgument
	PrefixOnly
	OnlyArgument
)

// Find looks up an entry by name in one of Functions, Aggregates, Plugins or
// Operators, which are sorted by name.
func Find(list []Entry, name string) *Entry {
	lo, hi := 0, len(list)
	for lo < hi {
		mid := (lo + hi) / 2
		if list[mid].Name < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(list) && list[lo].Name == name {
		return &list[lo]
	}
	return nil
}
