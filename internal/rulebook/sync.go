package rulebook

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"goshawk/internal/rule"
	"goshawk/internal/source"
	"goshawk/internal/upstream"
)

// Change is what a snapshot did to one rule.
type Change struct {
	// What is "new", "changed", "moved", "removed" or "returned".
	What   string
	Record *Record
	// From is the path before, for moved rules.
	From string
	// Note says in one line what is different.
	Note string
}

// Report is what a snapshot brought.
type Report struct {
	Counts  Counts
	Changes []Change
	// Broken are the problems of files that were not taken in, or only in part.
	Broken source.Diagnostics
	Notes  []string
	// Unchanged says that the snapshot is the one taken before.
	Unchanged bool
}

// moveLeast is how much of a query must have stayed for a rule of the same
// name at another path to be the same one, edited.
const moveLeast = 0.5

// arrival is a rule in a snapshot.
type arrival struct {
	rule     *rule.Rule
	path     string
	text     string // the file's text
	hash     string // of what identifies this rule's text
	shingles []uint64
	record   *Record
	twin     *arrival // the arrival whose rule this is too
}

// Take takes a snapshot of an upstream into the book. Nothing is written
// before Save.
func (b *Book) Take(name string, s *upstream.Snapshot, at time.Time) (*Report, error) {
	u := b.Upstream(name)
	if u == nil {
		return nil, fmt.Errorf("there is no upstream %q", name)
	}
	rep := &Report{Notes: s.Notes}
	if last := u.Last(); last != nil && last.Commit == s.Commit {
		rep.Unchanged, rep.Counts = true, Counts{Rules: last.Counts.Rules}
		return rep, nil
	}
	arrivals := readAll(s, rep)
	if err := b.fillShingles(); err != nil {
		return nil, err
	}
	m := newMatcher(b, name, arrivals)
	m.match()
	sort.SliceStable(arrivals, func(i, j int) bool { return arrivals[i].twin == nil && arrivals[j].twin != nil })
	for _, a := range arrivals {
		if err := b.arrive(u, s, a, at, rep, m); err != nil {
			return nil, err
		}
	}
	b.depart(name, arrivals, at, rep)
	b.sameIDs()
	b.index()
	if err := b.findNear(); err != nil {
		return nil, err
	}
	sort.SliceStable(rep.Changes, func(i, j int) bool { return rep.Changes[i].Record.Name < rep.Changes[j].Record.Name })
	rep.Counts.Rules, rep.Counts.Broken = len(arrivals), countFiles(rep.Broken)
	u.Syncs = append(u.Syncs, Sync{At: at, Commit: s.Commit, Time: s.Time, Licence: s.Licence, Counts: rep.Counts})
	return rep, nil
}

func countFiles(ds source.Diagnostics) int {
	files := map[string]bool{}
	for _, d := range ds {
		if d.Text != nil {
			files[d.Text.Name] = true
		}
	}
	return len(files)
}

// readAll reads the rules of a snapshot. A broken file is reported and the
// rest goes on.
func readAll(s *upstream.Snapshot, rep *Report) []*arrival {
	var out []*arrival
	for _, f := range s.Files {
		rules, ds := rule.Parse(f.Path, f.Data)
		for _, d := range ds {
			if d.Severity == source.Error {
				rep.Broken = append(rep.Broken, d)
			}
		}
		for _, r := range rules {
			if strings.TrimSpace(r.Query) == "" {
				continue
			}
			text := string(f.Data)
			a := &arrival{rule: r, path: f.Path, text: text, hash: hashOf(text), shingles: shinglesOf(r.Query)}
			if len(rules) > 1 {
				// Of a file with several rules only this one's part counts.
				a.hash = hashOf(r.Name + "\x00" + r.Query)
			}
			out = append(out, a)
		}
	}
	return out
}

// place is a path and a number in the file.
type place struct {
	path  string
	index int
}

// matcher finds the record of each arrival.
type matcher struct {
	b        *Book
	name     string
	arrivals []*arrival
	taken    map[*Record]bool
	here     map[place]*Record    // what the upstream published before
	byID     map[string][]*Record // over the whole book
	byHash   map[string][]*Record
	byName   map[string][]*Record // of this upstream
	now      map[place]bool       // the places of the snapshot
}

func newMatcher(b *Book, name string, arrivals []*arrival) *matcher {
	m := &matcher{b: b, name: name, arrivals: arrivals, taken: map[*Record]bool{}, here: map[place]*Record{},
		byID: map[string][]*Record{}, byHash: map[string][]*Record{}, byName: map[string][]*Record{}}
	for _, r := range b.Records {
		if r.ID != "" {
			m.byID[strings.ToLower(r.ID)] = append(m.byID[strings.ToLower(r.ID)], r)
		}
		for _, v := range r.Versions {
			m.byHash[v.Text] = append(m.byHash[v.Text], r)
		}
		for _, p := range r.Places {
			if p.Upstream == name {
				m.here[place{p.Path, p.Index}] = r
				m.byName[r.Name] = append(m.byName[r.Name], r)
			}
		}
	}
	return m
}

// match goes from the surest sign to the weakest, so that a rule that moved
// is not taken by another one that only looks like it.
func (m *matcher) match() {
	steps := []func(*arrival) *Record{
		func(a *arrival) *Record { // same place, same rule
			r := m.here[place{a.path, a.rule.Index}]
			if r != nil && (sameID(a, r) || same(a.shingles, r.shingles) >= moveLeast) {
				return r
			}
			return nil
		},
		func(a *arrival) *Record { return m.first(m.byID[strings.ToLower(a.rule.ID)], a, m.publishedHere, 0) },
		func(a *arrival) *Record { return m.first(m.byHash[a.hash], a, m.any, 0) },
		func(a *arrival) *Record { return m.first(m.byID[strings.ToLower(a.rule.ID)], a, m.any, moveLeast) },
		func(a *arrival) *Record { return m.first(m.byName[a.rule.Name], a, m.any, moveLeast) },
	}
	m.now = map[place]bool{}
	for _, a := range m.arrivals {
		m.now[place{a.path, a.rule.Index}] = true
	}
	for _, step := range steps {
		for _, a := range m.arrivals {
			if a.record != nil {
				continue
			}
			if r := step(a); r != nil {
				a.record = r
				m.taken[r] = true
			}
		}
	}
	m.twins()
}

// twinLeast is how much two rules with one id must share to be one rule that
// a repository holds twice, as some do under Detections and under Solutions.
const twinLeast = 0.8

// twins finds arrivals that are another arrival's rule at a second path.
func (m *matcher) twins() {
	first := map[string]*arrival{}
	for _, a := range m.arrivals {
		keys := []string{"hash " + a.hash}
		if isGUID(strings.ToLower(a.rule.ID)) {
			keys = append(keys, "id "+strings.ToLower(a.rule.ID))
		}
		for _, k := range keys {
			o := first[k]
			if o == nil {
				first[k] = a
			} else if a.record == nil && o.twin == nil && same(a.shingles, o.shingles) >= twinLeast {
				a.twin = o
			}
		}
	}
}

func sameID(a *arrival, r *Record) bool { return a.rule.ID != "" && strings.EqualFold(a.rule.ID, r.ID) }

func (m *matcher) any(*Record) bool { return true }

func (m *matcher) publishedHere(r *Record) bool {
	for _, p := range r.Places {
		if p.Upstream == m.name {
			return true
		}
	}
	return false
}

// first is the most similar record of a list that no other arrival has taken
// and that shares at least so much with the arrival.
func (m *matcher) first(list []*Record, a *arrival, fits func(*Record) bool, least float64) *Record {
	if a.rule.ID == "" && len(list) > 0 && list[0].ID == "" && least == 0 && len(list) > 50 {
		return nil
	}
	var best *Record
	most := least
	for _, r := range list {
		if m.taken[r] || !fits(r) {
			continue
		}
		if s := same(a.shingles, r.shingles); s >= most && (best == nil || s > most) {
			best, most = r, s
		}
	}
	return best
}

// arrive puts an arrival into the book.
func (b *Book) arrive(u *Upstream, s *upstream.Snapshot, a *arrival, at time.Time, rep *Report, m *matcher) error {
	text, err := b.texts.put(a.text)
	if err != nil {
		return err
	}
	p := Place{Upstream: u.Name, Path: a.path, Index: a.rule.Index, Commit: s.Commit, Licence: s.Licence.SPDX, Text: text, Retrieved: at}
	v := Version{Text: text, Seen: at, Upstream: u.Name, Path: a.path, Index: a.rule.Index, Commit: s.Commit}
	if a.twin != nil {
		a.record = a.twin.record
		a.record.setPlace(p, m.now)
		return nil
	}
	r := a.record
	if r == nil {
		r = &Record{Key: b.newKey(u.Name, a), Summary: summarize(a.rule), Places: []Place{p}, Versions: []Version{v}, shingles: a.shingles}
		b.Records = append(b.Records, r)
		b.byKey[r.Key] = r
		a.record = r
		rep.Counts.New++
		rep.Changes = append(rep.Changes, Change{What: "new", Record: r})
		return nil
	}
	gone := r.Gone()
	old := r.setPlace(p, m.now)
	switch {
	case gone:
		r.Removed = time.Time{}
		rep.Counts.Returned++
		rep.Changes = append(rep.Changes, Change{What: "returned", Record: r})
	case old != nil && old.Path != p.Path:
		rep.Counts.Moved++
		rep.Changes = append(rep.Changes, Change{What: "moved", Record: r, From: old.Path})
	}
	return b.edit(r, a, v, old, rep)
}

// edit adds a version when the text is one that the rule did not have. A
// second repository that publishes an old version changes nothing.
func (b *Book) edit(r *Record, a *arrival, v Version, old *Place, rep *Report) error {
	for _, x := range r.Versions {
		if x.Text == v.Text {
			if old != nil && old.Text != v.Text && r.Newest().Text != v.Text {
				break // the author went back to an earlier text
			}
			return nil
		}
	}
	before, err := b.Rule(r)
	if err != nil {
		return err
	}
	note := describe(before, a.rule)
	if note == "" {
		r.Versions[len(r.Versions)-1] = v // only the rest of its file changed
		return nil
	}
	v.Change = note
	r.Versions = append(r.Versions, v)
	r.Summary, r.shingles = summarize(a.rule), a.shingles
	rep.Counts.Changed++
	rep.Changes = append(rep.Changes, Change{What: "changed", Record: r, Note: note})
	return nil
}

// setPlace puts a place in, and gives the one it takes the place of: the same
// path, else a path of the same upstream that its snapshot no longer has.
func (r *Record) setPlace(p Place, now map[place]bool) *Place {
	at := -1
	for i, x := range r.Places {
		if x.Upstream != p.Upstream {
			continue
		}
		if x.Path == p.Path && x.Index == p.Index {
			at = i
			break
		}
		if at < 0 && !now[place{x.Path, x.Index}] {
			at = i
		}
	}
	if at < 0 {
		r.Places = append(r.Places, p)
		return nil
	}
	old := r.Places[at]
	if old.Text == p.Text {
		p.Retrieved = old.Retrieved
	}
	r.Places[at] = p
	return &old
}

// depart takes off the places of an upstream that its snapshot no longer has.
func (b *Book) depart(name string, arrivals []*arrival, at time.Time, rep *Report) {
	now := map[*Record]map[place]bool{}
	for _, a := range arrivals {
		if now[a.record] == nil {
			now[a.record] = map[place]bool{}
		}
		now[a.record][place{a.path, a.rule.Index}] = true
	}
	for _, r := range b.Records {
		had := len(r.Places)
		kept := r.Places[:0]
		for _, p := range r.Places {
			if p.Upstream != name || now[r][place{p.Path, p.Index}] {
				kept = append(kept, p)
			}
		}
		r.Places = kept
		if had > 0 && len(kept) == 0 {
			r.Removed = at
			rep.Counts.Removed++
			rep.Changes = append(rep.Changes, Change{What: "removed", Record: r})
		}
	}
}

// newKey names a new record.
func (b *Book) newKey(upstreamName string, a *arrival) string {
	id := strings.ToLower(strings.TrimSpace(a.rule.ID))
	if isGUID(id) && b.byKey[id] == nil {
		return id
	}
	seed := fmt.Sprintf("%s\x00%s\x00%d", upstreamName, a.path, a.rule.Index)
	for n := 0; ; n++ {
		k := "r-" + hashOf(fmt.Sprintf("%s\x00%d", seed, n))[:16]
		if b.byKey[k] == nil {
			return k
		}
	}
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdef", c) {
			return false
		}
	}
	return true
}

// sameIDs notes records whose authors gave them one id.
func (b *Book) sameIDs() {
	byID := map[string][]*Record{}
	for _, r := range b.Records {
		r.SameID = nil
		if id := strings.ToLower(r.ID); id != "" && !r.Gone() {
			byID[id] = append(byID[id], r)
		}
	}
	for _, list := range byID {
		for _, r := range list {
			for _, o := range list {
				if o != r {
					r.SameID = append(r.SameID, o.Key)
				}
			}
		}
	}
}

func summarize(r *rule.Rule) Summary {
	return Summary{
		ID: r.ID, Name: r.Name, Description: r.Description, Kind: r.Kind, Severity: r.Severity, Version: r.Version,
		Author: r.Author, Tactics: r.Tactics, Techniques: r.Techniques, Tags: r.Tags,
	}
}
