package stored

// The codes of this package. Each has a page in manual/errors.
const (
	codeRead  = "KQL5201" // file cannot be read
	codeNone  = "KQL5203" // a named file without a function
	codeTwice = "KQL5204" // two functions with one name
	codeParam = "KQL5205" // a parameter that cannot be read
)
