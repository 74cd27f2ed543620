package upstream

import (
	"path"
	"regexp"
	"sort"
	"strings"
)

// Licence is what a repository says of its terms.
type Licence struct {
	// SPDX is the identifier, "" when there is no licence file, and
	// "LicenseRef-unknown" when there is one that is not recognised.
	SPDX string
	// Path is the file it was read from.
	Path string `json:",omitempty"`
}

// isLicence says whether a file at the root of a repository states terms.
func isLicence(name string) bool {
	if strings.Contains(name, "/") {
		return false
	}
	base := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
	return base == "license" || base == "licence" || base == "copying" || base == "unlicense"
}

// marks are words that stand in a licence's text and in no other of the list;
// the first whose marks all occur is it.
var marks = []struct {
	spdx  string
	words []string
}{
	{"Apache-2.0", []string{"apache license", "version 2.0"}},
	{"AGPL-3.0", []string{"gnu affero general public license"}},
	{"LGPL-3.0", []string{"gnu lesser general public license", "version 3"}},
	{"LGPL-2.1", []string{"gnu lesser general public license"}},
	{"GPL-3.0", []string{"gnu general public license", "version 3"}},
	{"GPL-2.0", []string{"gnu general public license", "version 2"}},
	{"MPL-2.0", []string{"mozilla public license"}},
	{"CC0-1.0", []string{"cc0 1.0"}},
	{"CC-BY-NC-SA-4.0", []string{"attribution-noncommercial-sharealike 4.0"}},
	{"CC-BY-SA-4.0", []string{"attribution-sharealike 4.0"}},
	{"CC-BY-NC-4.0", []string{"attribution-noncommercial 4.0"}},
	{"CC-BY-4.0", []string{"attribution 4.0 international"}},
	{"LicenseRef-DRL-1.1", []string{"detection rule license"}},
	{"Elastic-2.0", []string{"elastic license 2.0"}},
	{"Unlicense", []string{"free and unencumbered software released into the public domain"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "neither the name"}},
	{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}},
	{"MIT", []string{"permission is hereby granted, free of charge", "without restriction"}},
	{"ISC", []string{"permission to use, copy, modify, and/or distribute"}},
}

var spaces = regexp.MustCompile(`\s+`)

// licenceOf reads the terms from the licence files of a root.
func licenceOf(files map[string][]byte) Licence {
	var names []string
	for n := range files {
		names = append(names, n)
	}
	sort.Strings(names)
	out := Licence{}
	for _, n := range names {
		text := strings.ToLower(spaces.ReplaceAllString(string(files[n]), " "))
		for _, m := range marks {
			if containsAll(text, m.words) {
				return Licence{m.spdx, n}
			}
		}
		out = Licence{"LicenseRef-unknown", n}
	}
	return out
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
