package rulebook

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"goshawk/internal/upstream"
)

var day1 = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

const (
	idA = "aaaaaaaa-1111-4111-8111-111111111111"
	idB = "bbbbbbbb-2222-4222-8222-222222222222"
)

// yaml is a rule as a repository publishes it.
func yaml(id, name, severity, query string) string {
	return fmt.Sprintf("id: %s\nname: %s\nkind: Scheduled\nseverity: %s\ntactics:\n  - InitialAccess\nrelevantTechniques:\n  - T1078\nquery: |\n  %s\n",
		id, name, severity, strings.ReplaceAll(query, "\n", "\n  "))
}

const (
	spray  = "SigninLogs\n| where ResultType in ('50126', '50053')\n| summarize Users = dcount(UserPrincipalName), Tries = count() by IPAddress\n| where Users > 10"
	travel = "SigninLogs\n| where ResultType == '0'\n| sort by UserPrincipalName asc, TimeGenerated asc\n| extend Before = prev(Location)\n| where Before != Location"
)

// world is a book with a clock.
type world struct {
	t   *testing.T
	dir string
	day int
}

func (w *world) open() *Book {
	w.t.Helper()
	b, err := Open(w.dir, true)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// sync takes a snapshot in a book of its own, as one command does.
func (w *world) sync(name string, files map[string]string) (*Report, *Book) {
	w.t.Helper()
	b := w.open()
	defer func() {
		if err := b.Close(); err != nil {
			w.t.Fatal(err)
		}
	}()
	if b.Upstream(name) == nil {
		if err := b.Add(upstream.Config{Name: name, Kind: "folder", URL: "x", Preset: "any"}); err != nil {
			w.t.Fatal(err)
		}
	}
	w.day++
	s := &upstream.Snapshot{Commit: fmt.Sprint("c", w.day), Licence: upstream.Licence{SPDX: "MIT"}}
	for p, text := range files {
		s.Files = append(s.Files, upstream.File{Path: p, Data: []byte(text)})
	}
	rep, err := b.Take(name, s, day1.AddDate(0, 0, w.day))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := b.Save(); err != nil {
		w.t.Fatal(err)
	}
	read, err := Open(w.dir, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return rep, read
}

func whats(rep *Report) string {
	var out []string
	for _, c := range rep.Changes {
		out = append(out, c.What)
	}
	return strings.Join(out, " ")
}

// TestHistory follows two rules through a year of a repository.
func TestHistory(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	rep, b := w.sync("one", map[string]string{"a.yaml": yaml(idA, "Spray", "Medium", spray), "b.yaml": yaml(idB, "Travel", "Low", travel), "broken.yaml": "id: [\nquery"})
	if whats(rep) != "new new" || rep.Counts.Broken != 1 || len(b.Records) != 2 || len(rep.Broken) == 0 {
		t.Fatalf("first: %s %+v", whats(rep), rep.Counts)
	}
	// An edit: the threshold and the severity.
	edited := yaml(idA, "Spray", "High", strings.Replace(spray, "> 10", "> 20", 1))
	rep, b = w.sync("one", map[string]string{"a.yaml": edited, "b.yaml": yaml(idB, "Travel", "Low", travel)})
	if whats(rep) != "changed" || !strings.Contains(rep.Changes[0].Note, "severity Medium → High") {
		t.Fatalf("edit: %s %+v", whats(rep), rep.Changes)
	}
	r := b.Record(idA)
	diff, err := b.Diff(r, &r.Versions[0], r.Newest())
	if err != nil || !strings.Contains(diff, "-  | where Users > 10") || !strings.Contains(diff, "+  | where Users > 20") {
		t.Errorf("diff: %v\n%s", err, diff)
	}
	// A move, and a move with an edit.
	rep, b = w.sync("one", map[string]string{"x/a.yaml": edited, "x/b2.yaml": yaml(idB, "Travel", "Low", travel+"\n| take 5")})
	if whats(rep) != "moved moved changed" || b.Record(idA).Places[0].Path != "x/a.yaml" || len(b.Record(idB).Versions) != 2 {
		t.Fatalf("move: %s", whats(rep))
	}
	// One goes, and comes back.
	rep, b = w.sync("one", map[string]string{"x/a.yaml": edited})
	if whats(rep) != "removed" || !b.Record(idB).Gone() || b.Record(idB).Removed.IsZero() {
		t.Fatalf("removal: %s", whats(rep))
	}
	rep, b = w.sync("one", map[string]string{"x/a.yaml": edited, "y.yaml": yaml(idB, "Travel", "Low", travel+"\n| take 5")})
	if whats(rep) != "returned" || b.Record(idB).Gone() {
		t.Fatalf("return: %s", whats(rep))
	}
	// A second repository with the same rule is a second place.
	rep, b = w.sync("two", map[string]string{"copy.yaml": edited})
	if whats(rep) != "" || len(b.Records) != 2 || len(b.Record(idA).Places) != 2 || len(b.Record(idA).Versions) != 2 {
		t.Fatalf("copy: %s, %d places", whats(rep), len(b.Record(idA).Places))
	}
	// The second repository goes: the rule stays.
	bw := w.open()
	if err := bw.Remove("two", day1); err != nil {
		t.Fatal(err)
	}
	if bw.Record(idA).Gone() || len(bw.Record(idA).Places) != 1 {
		t.Errorf("after removing the second repository: %+v", bw.Record(idA).Places)
	}
	if err := bw.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSameID says that one id on two different rules makes two records.
func TestSameID(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	w.sync("one", map[string]string{"a.yaml": yaml(idA, "Spray", "Medium", spray)})
	rep, b := w.sync("two", map[string]string{"b.yaml": yaml(idA, "Travel", "Low", travel)})
	if whats(rep) != "new" || len(b.Records) != 2 || len(b.Record(idA).SameID) != 1 {
		t.Errorf("%s %d %v", whats(rep), len(b.Records), b.Record(idA).SameID)
	}
}

// TestTwins says that a repository that holds a rule twice has one record
// with two places, also after the next snapshot.
func TestTwins(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	for _, what := range []string{"new", ""} {
		rep, b := w.sync("one", map[string]string{"Detections/a.yaml": yaml(idA, "Spray", "Medium", spray), "Solutions/a.yaml": yaml(idA, "Spray", "Medium", spray)})
		if whats(rep) != what || len(b.Records) != 1 || len(b.Record(idA).Places) != 2 {
			t.Errorf("%s: %d records, %+v", whats(rep), len(b.Records), b.Records[0].Places)
		}
	}
}

func TestNear(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	longer := spray + "\n| extend Severity = 'high'"
	_, b := w.sync("one", map[string]string{"a.yaml": yaml(idA, "Spray", "Medium", spray), "c.kql": longer, "b.yaml": yaml(idB, "Travel", "Low", travel)})
	near := b.Record(idA).Near
	if len(near) != 1 || near[0].Same < nearLeast || len(b.Record(idB).Near) != 0 {
		t.Errorf("near: %+v", near)
	}
}

// TestKilled says that what was not saved leaves the book as it was, and that
// texts behind the end of the last save are written over.
func TestKilled(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	w.sync("one", map[string]string{"a.yaml": yaml(idA, "Spray", "Medium", spray)})
	b := w.open()
	if _, err := b.Take("one", &upstream.Snapshot{Commit: "lost", Files: []upstream.File{{Path: "b.yaml", Data: []byte(yaml(idB, "Travel", "Low", travel))}}}, day1); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil { // no Save: the process was killed
		t.Fatal(err)
	}
	rep, b := w.sync("one", map[string]string{"a.yaml": yaml(idA, "Spray", "High", spray)})
	if whats(rep) != "changed" || len(b.Records) != 1 {
		t.Fatalf("%s, %d records", whats(rep), len(b.Records))
	}
	for _, v := range b.Record(idA).Versions {
		if _, err := b.RuleAt(b.Record(idA), &v); err != nil {
			t.Error(err)
		}
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	b, err := Open(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, true); !errors.Is(err, ErrLocked) {
		t.Errorf("a second writer: %v", err)
	}
	if _, err := Open(dir, false); err != nil {
		t.Errorf("a reader beside a writer: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSearch(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	_, b := w.sync("one", map[string]string{"a.yaml": yaml(idA, "Password spray", "Medium", spray), "b.yaml": yaml(idB, "Impossible travel", "High", travel)})
	x, err := NewIndex(b, func(r *Record) Facts {
		if r.Key == idA {
			return Facts{Runs: "yes", Tables: []string{"SigninLogs"}}
		}
		return Facts{Runs: "refused", Tables: []string{"SigninLogs", "AuditLogs"}}
	})
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]string{
		"":                                     idB + " " + idA, // by name: Impossible, Password
		"spray":                                idA,
		"dcount":                               idA,
		"impos":                                idB,
		`"where Before"`:                       idB,
		"severity:>=medium":                    idB + " " + idA,
		"severity:>medium":                     idB,
		"table:AuditLogs":                      idB,
		"table:signinlogs -runs:yes":           idB,
		"runs:no":                              idB,
		"technique:T1078 runs:yes":             idA,
		"tactic:initialaccess spray":           idA,
		"source:one kind:scheduled -id:" + idB: idA,
		"nothing-like-this":                    "",
	} {
		got, err := x.Search(q)
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		var keys []string
		for _, r := range got {
			keys = append(keys, r.Key)
		}
		if strings.Join(keys, " ") != want {
			t.Errorf("%s: got %v", q, keys)
		}
	}
	for _, bad := range []string{"color:red", "severity:purple", "table:>5", "table:"} {
		if _, err := x.Search(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// BenchmarkSearch searches 10,000 rules.
func BenchmarkSearch(b *testing.B) {
	x := &Index{words: map[string][]int32{}}
	for i := range 10_000 {
		q := strings.ReplaceAll(spray, "10", fmt.Sprint(i))
		r := &Record{Key: fmt.Sprint(i), Summary: Summary{Name: fmt.Sprint("Rule ", i), Severity: "Medium", Techniques: []string{"T1078"}}}
		x.records, x.facts, x.low = append(x.records, r), append(x.facts, Facts{Runs: "yes"}), append(x.low, strings.ToLower(q))
		for _, w := range splitWords(strings.ToLower(q)) {
			x.words[w] = append(x.words[w], int32(i))
		}
	}
	for w := range x.words {
		x.sorted = append(x.sorted, w)
	}
	sort.Strings(x.sorted)
	for _, q := range []string{"dcount severity:>=medium technique:T1078 runs:yes", `"where users"`} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Search(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
