// Package rulebook is the catalogue of rules: one record per rule, however
// many repositories publish it, with where it came from, its versions, and
// what changed. It keeps the author's text as it was; verdicts and guidance
// are made elsewhere and stand beside it.
package rulebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/gofrs/flock"
	"github.com/klauspost/compress/zstd"

	"goshawk/internal/rule"
	"goshawk/internal/upstream"
)

// format is the version of the files on disk.
const format = 1

// Book is a rulebook in memory; Save writes it back. It is not for use by
// several goroutines while it is changed.
type Book struct {
	Upstreams []*Upstream
	Records   []*Record // sorted by Key

	dir   string
	lock  *flock.Flock
	byKey map[string]*Record
	texts *texts
}

// Upstream is a repository that the book follows.
type Upstream struct {
	upstream.Config
	// Syncs are the snapshots taken, newest last.
	Syncs []Sync `json:",omitempty"`
}

// Last is the newest snapshot taken, nil when there is none.
func (u *Upstream) Last() *Sync {
	if len(u.Syncs) == 0 {
		return nil
	}
	return &u.Syncs[len(u.Syncs)-1]
}

// Sync is one snapshot that was taken in.
type Sync struct {
	At      time.Time // when it was taken
	Commit  string
	Time    time.Time // of the commit
	Licence upstream.Licence
	Counts  Counts
}

// Counts is what a snapshot brought.
type Counts struct {
	Rules, New, Changed, Moved, Removed, Returned, Broken int
}

// Record is one rule.
type Record struct {
	// Key names the rule for good: its own id if it is alone in having it,
	// else a name made from where it was first seen.
	Key string
	// Summary is read off the newest version.
	Summary
	// Places are where it is published now; none when it was removed.
	Places []Place `json:",omitempty"`
	// Versions are the texts it had, newest last.
	Versions []Version
	// Removed is when its last place went, zero while it has one.
	Removed time.Time `json:"-"`
	// RemovedAt is Removed on disk.
	RemovedAt *time.Time `json:",omitempty"`
	// Near are rules with nearly the same query, nearest first.
	Near []Near `json:",omitempty"`
	// SameID are keys of other rules whose author gave them the same id.
	SameID []string `json:",omitempty"`

	shingles []uint64
}

// Summary is what lists show of a rule: the author's words, normalised by
// package rule.
type Summary struct {
	ID          string        `json:",omitempty"`
	Name        string        `json:",omitempty"`
	Description string        `json:",omitempty"`
	Kind        rule.Kind     `json:",omitempty"`
	Severity    rule.Severity `json:",omitempty"`
	Version     string        `json:",omitempty"`
	Author      string        `json:",omitempty"`
	Tactics     []string      `json:",omitempty"`
	Techniques  []string      `json:",omitempty"`
	Tags        []string      `json:",omitempty"`
}

// Place is one file that publishes a rule.
type Place struct {
	Upstream string
	Path     string
	Index    int `json:",omitempty"`
	Commit   string
	Licence  string `json:",omitempty"`
	// Text is the hash of the rule's text there; it may be older than the
	// newest version.
	Text string
	// Retrieved is when this text was first taken from here.
	Retrieved time.Time
}

// Version is one text of a rule.
type Version struct {
	// Text is the hash of the text.
	Text     string
	Seen     time.Time
	Upstream string
	Path     string
	Index    int `json:",omitempty"`
	Commit   string
	// Change says in one line what is different from the version before.
	Change string `json:",omitempty"`
}

// Near is a rule with nearly the same query.
type Near struct {
	Key string
	// Same is the share of three-word runs that both queries have, 0 to 1.
	Same float64
}

// Newest is the newest version.
func (r *Record) Newest() *Version { return &r.Versions[len(r.Versions)-1] }

// Gone says whether no repository publishes the rule any more.
func (r *Record) Gone() bool { return len(r.Places) == 0 }

// stored is a book on disk.
type stored struct {
	Format    int
	Upstreams []*Upstream
	Records   []*Record
	Texts     map[string]extent
	TextsEnd  int64
}

// ErrLocked says that another process is changing the book.
var ErrLocked = errors.New("another process is changing the rulebook")

// Open reads the book in a folder; a folder without one is an empty book.
// With write, no other process can change it until Close.
func Open(dir string, write bool) (*Book, error) {
	b := &Book{dir: dir}
	if write {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("make rulebook folder: %w", err)
		}
		b.lock = flock.New(filepath.Join(dir, "lock"))
		ok, err := b.lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock rulebook: %w", err)
		}
		if !ok {
			return nil, fmt.Errorf("%w in %s", ErrLocked, dir)
		}
	}
	s, err := readStored(filepath.Join(dir, "book.json.zst"))
	if err == nil {
		b.texts, err = openTexts(filepath.Join(dir, "texts.bin"), s.Texts, s.TextsEnd, write)
	}
	if err != nil {
		_ = b.Close()
		return nil, err
	}
	b.Upstreams, b.Records = s.Upstreams, s.Records
	for _, r := range b.Records {
		if r.RemovedAt != nil {
			r.Removed = *r.RemovedAt
		}
	}
	b.index()
	return b, nil
}

func readStored(path string) (*stored, error) {
	s := &stored{Format: format, Texts: map[string]extent{}}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open rulebook: %w", err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderMaxMemory(4<<30))
	if err != nil {
		return nil, fmt.Errorf("open rulebook: %w", err)
	}
	defer z.Close()
	if err := json.NewDecoder(z).Decode(s); err != nil {
		return nil, fmt.Errorf("read rulebook %s: %w", path, err)
	}
	if s.Format != format {
		return nil, fmt.Errorf("the rulebook %s has format %d; this goshawk reads %d", path, s.Format, format)
	}
	return s, nil
}

// Close lets other processes change the book. What was not saved is lost.
func (b *Book) Close() error {
	if b.texts != nil {
		b.texts.close()
	}
	if b.lock != nil {
		return b.lock.Unlock()
	}
	return nil
}

// index makes the lookups after records were added.
func (b *Book) index() {
	sort.Slice(b.Records, func(i, j int) bool { return b.Records[i].Key < b.Records[j].Key })
	b.byKey = make(map[string]*Record, len(b.Records))
	for _, r := range b.Records {
		b.byKey[r.Key] = r
	}
}

// Record finds a rule by key, nil when there is none.
func (b *Book) Record(key string) *Record { return b.byKey[key] }

// Upstream finds a repository by name, nil when there is none.
func (b *Book) Upstream(name string) *Upstream {
	for _, u := range b.Upstreams {
		if u.Name == name {
			return u
		}
	}
	return nil
}

// Add follows a repository from now on.
func (b *Book) Add(c upstream.Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	if b.Upstream(c.Name) != nil {
		return fmt.Errorf("there is an upstream %q already", c.Name)
	}
	b.Upstreams = append(b.Upstreams, &Upstream{Config: c})
	return nil
}

// Remove forgets a repository and takes its places off the rules; a rule that
// only it published stays in the book as removed.
func (b *Book) Remove(name string, at time.Time) error {
	if b.Upstream(name) == nil {
		return fmt.Errorf("there is no upstream %q", name)
	}
	for _, r := range b.Records {
		kept := r.Places[:0]
		for _, p := range r.Places {
			if p.Upstream != name {
				kept = append(kept, p)
			}
		}
		if len(kept) == 0 && len(r.Places) > 0 {
			r.Removed = at
		}
		r.Places = kept
	}
	for i, u := range b.Upstreams {
		if u.Name == name {
			b.Upstreams = append(b.Upstreams[:i], b.Upstreams[i+1:]...)
			break
		}
	}
	return nil
}

// Save writes the book. A process that is killed meanwhile leaves the book as
// it was before: the texts are appended first, and the list of records takes
// the old one's place in one step.
func (b *Book) Save() error {
	if b.lock == nil {
		return errors.New("the rulebook was opened for reading only")
	}
	if err := b.texts.sync(); err != nil {
		return fmt.Errorf("write rulebook texts: %w", err)
	}
	b.index()
	for _, r := range b.Records {
		r.RemovedAt = nil
		if !r.Removed.IsZero() {
			at := r.Removed
			r.RemovedAt = &at
		}
	}
	s := stored{format, b.Upstreams, b.Records, b.texts.at, b.texts.end}
	tmp, err := os.CreateTemp(b.dir, "book-*.tmp")
	if err != nil {
		return fmt.Errorf("write rulebook: %w", err)
	}
	defer os.Remove(tmp.Name())
	if err := writeStored(tmp, &s); err != nil {
		_ = tmp.Close()
		return fmt.Errorf("write rulebook: %w", err)
	}
	if err := os.Rename(tmp.Name(), filepath.Join(b.dir, "book.json.zst")); err != nil {
		return fmt.Errorf("write rulebook: %w", err)
	}
	return nil
}

func writeStored(f *os.File, s *stored) error {
	z, err := zstd.NewWriter(f)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(z).Encode(s); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// Text is the text of a version: the file it was published in.
func (b *Book) Text(hash string) (string, error) { return b.texts.get(hash) }

// Rule reads the newest version of a record.
func (b *Book) Rule(r *Record) (*rule.Rule, error) { return b.RuleAt(r, r.Newest()) }

// RuleAt reads a version of a record.
func (b *Book) RuleAt(r *Record, v *Version) (*rule.Rule, error) {
	text, err := b.Text(v.Text)
	if err != nil {
		return nil, fmt.Errorf("read rule %s: %w", r.Key, err)
	}
	rules, _ := rule.Parse(v.Path, []byte(text))
	for _, x := range rules {
		if x.Index == v.Index {
			return x, nil
		}
	}
	return nil, fmt.Errorf("read rule %s: its text no longer holds it", r.Key)
}
