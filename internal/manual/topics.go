package manual

import "embed"

// Topics holds topics/NAME.md for what is neither an operator nor a message.
//
//go:embed topics/*.md
var Topics embed.FS
