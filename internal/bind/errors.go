package bind

// The codes of the binder's diagnostics; each has a page.
const (
	codeUnknownColumn   = "KQL2002"
	codeUnknownTable    = "KQL2003"
	codeUnknownFunction = "KQL2004"
	codeDuplicate       = "KQL2006" // a name defined twice
	codeArity           = "KQL2101" // wrong number of arguments
	codeType            = "KQL2102" // a value of another type is expected
	codeOperands        = "KQL2103" // an operator does not take these types
	codeConstant        = "KQL2104" // a constant is expected
	codeLiteral         = "KQL2105" // a literal that cannot be read
	codeTabular         = "KQL2106" // a table where a value stands, or the reverse
	codeAggregate       = "KQL2107" // an aggregate outside summarize
	codeWindow          = "KQL2108" // a window function over rows without order
	codeArgument        = "KQL2109" // an argument that is no column, word, star ...
	codeParameter       = "KQL2110" // an unknown or wrong operator parameter
	codeSchema          = "KQL2111" // columns that do not fit
	codeTooLarge        = "KQL2190"
	codeObsolete        = "KQL2301" // a hint: the name is old
	codeLeftOut         = "KQL2304" // a warning: a source of a fuzzy union is not there
	codeNoArrival       = "KQL2305" // a warning: ingestion_time() is null
	codeTwoPlaces       = "KQL2306" // a warning: a table of two places
	codeNoPlace         = "KQL2905" // refused: a table of another place that is not here
	codePlaceholder     = "KQL2307" // a warning: nothing fills a placeholder
	codeOption          = "KQL2308" // a hint: the option changes nothing here
	codeNoGeo           = "KQL2906" // refused: places of addresses without a database
	codeConverted       = "KQL2303" // a hint: a column is converted
	codeHanded          = "KQL2302" // a hint: the name is taken for a parameter of the function
	codeUnsupported     = "KQL2901" // refused: a function, operator or form not supported
	codeBrokenBody      = "KQL2112" // a workspace function whose text has an error
	codeExternal        = "KQL2904" // refused: external data that may not be read
	codeNoWatchlist     = "KQL2903" // refused: a watchlist that is not there
	codeNoBody          = "KQL2902" // refused: a workspace function without a body
)
