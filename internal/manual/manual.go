// Package manual holds the pages on operators and on the codes of messages. They ship inside the binary
// and their examples are run by the tests; functions have theirs in fn.
package manual

import "embed"

// Operators holds operators/NAME.md for each operator described.
//
//go:embed operators/*.md
var Operators embed.FS

// Errors holds errors/CODE.md for the codes of messages that need more words
// than the message has.
//
//go:embed errors/*.md
var Errors embed.FS
