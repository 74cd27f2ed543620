package fn

// Signs are the operators' rows with how the language writes them. Those of
// `in` have no row: exec looks lists up itself.
var Signs = []struct{ Name, Sign string }{
	{"Add", "+"}, {"Subtract", "-"}, {"Multiply", "*"}, {"Divide", "/"}, {"Modulo", "%"}, {"UnaryMinus", "-"}, {"UnaryPlus", "+"},
	{"Equal", "=="}, {"NotEqual", "!="}, {"EqualTilde", "=~"}, {"BangTilde", "!~"},
	{"LessThan", "<"}, {"LessThanOrEqual", "<="}, {"GreaterThan", ">"}, {"GreaterThanOrEqual", ">="},
	{"And", "and"}, {"Or", "or"}, {"Between", "between"}, {"NotBetween", "!between"},
	{"Has", "has"}, {"NotHas", "!has"}, {"HasCs", "has_cs"}, {"NotHasCs", "!has_cs"},
	{"HasPrefix", "hasprefix"}, {"NotHasPrefix", "!hasprefix"}, {"HasPrefixCs", "hasprefix_cs"}, {"NotHasPrefixCs", "!hasprefix_cs"},
	{"HasSuffix", "hassuffix"}, {"NotHasSuffix", "!hassuffix"}, {"HasSuffixCs", "hassuffix_cs"}, {"NotHasSuffixCs", "!hassuffix_cs"},
	{"Contains", "contains"}, {"NotContains", "!contains"}, {"ContainsCs", "contains_cs"}, {"NotContainsCs", "!contains_cs"},
	{"StartsWith", "startswith"}, {"NotStartsWith", "!startswith"}, {"StartsWithCs", "startswith_cs"}, {"NotStartsWithCs", "!startswith_cs"},
	{"EndsWith", "endswith"}, {"NotEndsWith", "!endswith"}, {"EndsWithCs", "endswith_cs"}, {"NotEndsWithCs", "!endswith_cs"},
	{"HasAny", "has_any"}, {"HasAll", "has_all"}, {"MatchRegex", "matches regex"},
	{"In", "in~"}, {"InCs", "in"}, {"NotIn", "!in~"}, {"NotInCs", "!in"},
}
