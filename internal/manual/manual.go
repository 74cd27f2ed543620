// Package manual holds the pages on operators. They ship inside the binary
// and their examples are run by the tests; functions have theirs in fn.
package manual

import "embed"

// Operators holds operators/NAME.md for each operator described.
//
//go:embed operators/*.md
var Operators embed.FS
