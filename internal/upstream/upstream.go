// Package upstream fetches rule repositories: git by branch, tarballs, and
// folders. What it gives is a Snapshot: the files that can hold rules, with
// the commit, its time and the licence. What is a rule, and what changed
// since the last snapshot, is decided elsewhere.
package upstream

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// Bounds on one snapshot. All public collections together stay far below.
const (
	maxFile  = 8 << 20
	maxFiles = 200_000
	maxTotal = 2 << 30
)

// Config is one upstream as the user added it.
type Config struct {
	// Name is what the user calls it: letters, digits, - and _.
	Name string
	// Kind is "git", "archive" or "folder".
	Kind string
	// URL is an https, ssh or file URL of a git repository, or a path.
	URL string
	// Branch is the git branch; "" for the repository's own choice.
	Branch string `json:",omitempty"`
	// Preset is the layout, one of Presets.
	Preset string
	// Include and Exclude are path patterns with ** that add to the preset's.
	Include []string `json:",omitempty"`
	Exclude []string `json:",omitempty"`
}

// File is one file of a snapshot.
type File struct {
	Path string // slash-separated, within the upstream
	Data []byte
}

// Snapshot is an upstream at one moment.
type Snapshot struct {
	// Commit is the git commit, or a hash of the content for others.
	Commit string
	// Time is when the commit was made; for folders and archives the newest
	// modification.
	Time    time.Time
	Licence Licence
	Files   []File // sorted by path
	// Notes are things the user should know: files left out and why.
	Notes []string
}

// Preset is a known layout of a repository.
type Preset struct {
	Name    string
	Summary string
	Include []string
	Exclude []string
}

// Presets are the known layouts.
var Presets = []Preset{
	{"any", "every file that can hold a rule", []string{"**/*.{yaml,yml,kql,kusto,csl,md,markdown}"}, []string{"**/node_modules/**", "**/.github/**"}},
	{"azure-sentinel", "Microsoft's Sentinel repository and its forks", []string{
		"Detections/**/*.{yaml,yml}", "Hunting Queries/**/*.{yaml,yml,kql,md}", "Solutions/*/Analytic Rules/**/*.{yaml,yml}",
		"Solutions/*/Analytics Rules/**/*.{yaml,yml}", "Solutions/*/Detections/**/*.{yaml,yml}", "Solutions/*/Hunting Queries/**/*.{yaml,yml}",
		"Solutions/*/Parsers/**/*.{yaml,yml,kql,txt}", "Parsers/**/*.{yaml,yml}", "Summary rules/**/*.{yaml,yml}",
	}, []string{"**/Package/**", "**/test/**"}},
	{"markdown", "pages with KQL blocks", []string{"**/*.{md,markdown}"}, nil},
	{"kql", "one query a file", []string{"**/*.{kql,kusto,csl,txt}"}, nil},
	{"yaml", "Sentinel YAML anywhere", []string{"**/*.{yaml,yml}"}, []string{"**/.github/**"}},
}

// PresetNamed finds a preset.
func PresetNamed(name string) (Preset, bool) {
	i := slices.IndexFunc(Presets, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Preset{}, false
	}
	return Presets[i], true
}

// Check says what is wrong with a configuration.
func (c Config) Check() error {
	if c.Name == "" || strings.Trim(strings.ToLower(c.Name), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return fmt.Errorf("the name %q may hold only letters, digits, - and _", c.Name)
	}
	if c.URL == "" {
		return errors.New("an upstream needs a URL or a path")
	}
	if strings.Contains(c.URL, "@") && strings.Contains(c.URL, "://") && strings.Contains(strings.SplitN(c.URL, "@", 2)[0], ":") &&
		strings.Count(strings.SplitN(c.URL, "@", 2)[0], ":") > 1 {
		return errors.New("the URL holds a password, which would be kept in clear; use a credential helper or ssh")
	}
	if _, ok := PresetNamed(c.Preset); !ok {
		return fmt.Errorf("there is no preset %q; there are %s", c.Preset, presetNames())
	}
	for _, p := range append(append([]string(nil), c.Include...), c.Exclude...) {
		if !doublestar.ValidatePattern(p) {
			return fmt.Errorf("%q is no path pattern", p)
		}
	}
	switch c.Kind {
	case "git", "archive", "folder":
		return nil
	}
	return fmt.Errorf("the kind %q is none of git, archive, folder", c.Kind)
}

func presetNames() string {
	var names []string
	for _, p := range Presets {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// wants says whether a path is taken.
func (c Config) wants(name string) bool {
	p, _ := PresetNamed(c.Preset)
	include, exclude := p.Include, append(slices.Clone(p.Exclude), c.Exclude...)
	if len(c.Include) > 0 {
		include = c.Include
	}
	return matchAny(include, name) && !matchAny(exclude, name)
}

func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := doublestar.Match(p, name)
		return ok && err == nil
	})
}

// Fetch takes a snapshot. cache is a folder that keeps what makes the next
// fetch cheaper; a fetch that is interrupted leaves it usable.
func Fetch(ctx context.Context, c Config, cache string) (*Snapshot, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	var s *Snapshot
	var err error
	switch c.Kind {
	case "git":
		s, err = fetchGit(ctx, c, cache)
	case "archive":
		s, err = fetchArchive(ctx, c)
	default:
		s, err = fetchFolder(ctx, c)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch upstream %s: %w", c.Name, err)
	}
	sort.Slice(s.Files, func(i, j int) bool { return s.Files[i].Path < s.Files[j].Path })
	return s, nil
}

// taker collects files within the bounds.
type taker struct {
	c        Config
	s        *Snapshot
	total    int64
	licences map[string][]byte
	leftOut  int
}

func newTaker(c Config) *taker { return &taker{c: c, s: &Snapshot{}, licences: map[string][]byte{}} }

// errFull ends taking when a snapshot is larger than the bounds.
var errFull = errors.New("the upstream is larger than the bounds")

// needs says whether a file's content is wanted at all.
func (t *taker) needs(name string) bool { return t.c.wants(name) || isLicence(name) }

// take adds a file.
func (t *taker) take(name string, size int64, read func() ([]byte, error)) error {
	name = path.Clean(name)
	if !t.needs(name) {
		return nil
	}
	if size > maxFile {
		t.leftOut++
		t.s.Notes = append(t.s.Notes, fmt.Sprintf("%s is larger than %d MiB and was left out", name, maxFile>>20))
		return nil
	}
	data, err := read()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if isLicence(name) {
		t.licences[name] = data
	}
	if !t.c.wants(name) {
		return nil
	}
	if t.total += int64(len(data)); len(t.s.Files) >= maxFiles || t.total > maxTotal {
		return fmt.Errorf("%w of %d files and %d GiB", errFull, maxFiles, maxTotal>>30)
	}
	t.s.Files = append(t.s.Files, File{name, data})
	return nil
}

// done gives the snapshot.
func (t *taker) done() *Snapshot {
	t.s.Licence = licenceOf(t.licences)
	return t.s
}
