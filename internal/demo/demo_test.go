package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"goshawk/internal/rule"
	"goshawk/rules/starter"
)

// small is the smallest sample, which still tells all stories.
var small = Config{Signins: minSignins}

func sample(t *testing.T, cfg Config) ([]byte, Truth) {
	t.Helper()
	var b bytes.Buffer
	truth, err := Write(&b, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), truth
}

func TestSameConfigGivesSameBytes(t *testing.T) {
	a, _ := sample(t, small)
	b, _ := sample(t, small)
	if sha256.Sum256(a) != sha256.Sum256(b) {
		t.Error("two runs differ")
	}
	c, _ := sample(t, Config{Signins: minSignins, Seed: 2})
	if bytes.Equal(a, c) {
		t.Error("another seed gives the same bytes")
	}
}

func TestDayFilesAreTheStream(t *testing.T) {
	whole, _ := sample(t, small)
	_, paths, err := WriteDays(t.TempDir(), small)
	if err != nil {
		t.Fatal(err)
	}
	var days []byte
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		days = append(days, data...)
	}
	if len(paths) != Days || !bytes.Equal(whole, days) {
		t.Errorf("%d files of %d bytes, the stream has %d", len(paths), len(days), len(whole))
	}
}

// record is what the tests read of a record.
type record struct {
	Time              time.Time
	Category          string
	ResultType        string
	ResultDescription string
	CallerIPAddress   string
	Properties        struct {
		ID                string
		CreatedDateTime   time.Time
		UserPrincipalName string
		IPAddress         string
		UserType          string
		Status            struct{ ErrorCode json.Number }
		Location          struct {
			GeoCoordinates struct{ Latitude, Longitude *float64 }
		}
	}
}

func records(t *testing.T, data []byte) []record {
	t.Helper()
	var out []record
	for line := range bytes.Lines(data) {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		out = append(out, r)
	}
	return out
}

func TestRecordsAreWhole(t *testing.T) {
	data, _ := sample(t, small)
	rs := records(t, data)
	if n := len(rs); n < minSignins*9/10 || n > minSignins*11/10 {
		t.Errorf("%d records, want about %d", n, minSignins)
	}
	ids := map[string]bool{}
	last := Now.AddDate(0, 0, -Days)
	for i, r := range rs {
		p := r.Properties
		switch {
		case r.Time.Before(last) || !r.Time.Before(Now):
			t.Fatalf("record %d at %v is out of order or outside the sample", i, r.Time)
		case !p.CreatedDateTime.Equal(r.Time), p.IPAddress != r.CallerIPAddress, p.Status.ErrorCode.String() != r.ResultType:
			t.Fatalf("record %d contradicts itself: %+v", i, r)
		case r.ResultType != "0" && r.ResultDescription == "":
			t.Fatalf("record %d: result %s has no description", i, r.ResultType)
		case p.Location.GeoCoordinates.Latitude == nil, r.Category != "SignInLogs", ids[p.ID]:
			t.Fatalf("record %d lacks something: %+v", i, r)
		case !documentation(p.IPAddress), !strings.HasSuffix(p.UserPrincipalName, ".example"):
			t.Fatalf("record %d has a real name or address: %+v", i, r)
		}
		ids[p.ID] = true
		last = r.Time
	}
}

func documentation(addr string) bool {
	return slices.ContainsFunc([]string{"192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"}, func(p string) bool {
		return strings.HasPrefix(addr, p)
	})
}

func TestTruthIsInTheRecords(t *testing.T) {
	data, truth := sample(t, small)
	rs := records(t, data)
	owner := map[string]string{}
	attacks := 0
	for _, s := range truth.Stories {
		if s.Attack {
			attacks++
		}
		n := 0
		for _, r := range rs {
			named := slices.Contains(s.Users, r.Properties.UserPrincipalName) || slices.Contains(s.Addresses, r.CallerIPAddress)
			if named && !r.Time.Before(s.From) && !r.Time.After(s.To) {
				n++
			}
		}
		if n < s.Signins || s.Signins == 0 {
			t.Errorf("%s: %d records between %v and %v, want at least %d", s.ID, n, s.From, s.To, s.Signins)
		}
		if s.Title == "" || s.Why == "" || len(s.Rules) == 0 || len(s.Users)+len(s.Addresses) == 0 {
			t.Errorf("%s is not told to the end", s.ID)
		}
		for _, who := range slices.Concat(s.Users, s.Addresses) {
			if o := owner[who]; o != "" {
				t.Errorf("%s is in the stories %s and %s", who, o, s.ID)
			}
			owner[who] = s.ID
		}
	}
	if attacks < 15 || len(truth.Stories)-attacks < 15 || !truth.Now.Equal(Now) {
		t.Errorf("%d attacks, %d look-alikes", attacks, len(truth.Stories)-attacks)
	}
}

func TestStoriesNameStarterRules(t *testing.T) {
	set := rule.LoadFS(starter.Files)
	ids := map[string]bool{}
	for _, r := range set.Rules {
		ids[r.ID] = true
	}
	_, truth := sample(t, small)
	used := map[string]bool{}
	for _, s := range truth.Stories {
		for _, id := range s.Rules {
			if !ids[id] {
				t.Errorf("%s speaks of the rule %s, which is not a starter rule", s.ID, id)
			}
			used[id] = used[id] || s.Attack
		}
	}
	for id := range ids {
		if !used[id] {
			t.Errorf("no attack is planted for the rule %s", id)
		}
	}
}

func TestCheckTellsRightFromWrong(t *testing.T) {
	truth := Truth{Stories: []Story{
		{ID: "a", Attack: true, Users: []string{"ida.holm@x.example"}, Addresses: []string{"203.0.113.7"}, Rules: []string{"r"}},
		{ID: "b", Users: []string{"lea.dahl@x.example"}, Rules: []string{"r"}},
	}}
	cases := []struct {
		name         string
		rows         []string
		found, alone int
		strange      int
	}{
		{"right", []string{`{"u":"ida.holm@x.example"}`}, 1, 1, 0},
		{"by address", []string{`["203.0.113.7"]`}, 1, 1, 0},
		{"nothing", nil, 0, 1, 0},
		{"longer name", []string{"frida.holm@x.example 203.0.113.77"}, 0, 1, 1},
		{"look-alike too", []string{"ida.holm@x.example", "lea.dahl@x.example"}, 1, 0, 1},
	}
	for _, c := range cases {
		v := truth.Check(map[string][]string{"r": c.rows, RulePortal: {"anybody"}})
		found, _ := v.Count(true)
		alone, _ := v.Count(false)
		if found != c.found || alone != c.alone || v.Strange["r"] != c.strange || v.Right() != (found+alone == 2 && c.strange == 0) {
			t.Errorf("%s: found %d, left alone %d, strange %v", c.name, found, alone, v.Strange)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		if _, err := Write(discard{}, Config{}); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
