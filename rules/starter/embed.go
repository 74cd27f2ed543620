// Package starter embeds the rules that come with Goshawk: hunting and
// analytic rules over SigninLogs, written for it and tested against the sample
// tenant.
package starter

import "embed"

// Files holds the rules as published, one YAML file each.
//
//go:embed *.yaml
var Files embed.FS
