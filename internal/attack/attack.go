// Package attack holds facts of MITRE ATT&CK for enterprises: tactics,
// techniques, their parents, and what became of withdrawn ids. The facts in
// the binary are ids, names and tactics; a published STIX bundle adds
// platforms and data sources (see FromSTIX).
//
// ATT&CK is a registered trademark of The MITRE Corporation.
package attack

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"goshawk/internal/source"
)

// enterprise is the matrix, a fact a line: see read.
//
//go:embed enterprise.txt
var enterprise string

// Tactic is a column of the matrix.
type Tactic struct {
	ID    string // "TA0001"
	Short string // two letters, as enterprise.txt writes them
	Name  string // "Initial Access"
}

// Key is the name as Sentinel writes it: "InitialAccess".
func (t Tactic) Key() string { return key(t.Name) }

func key(name string) string {
	var b strings.Builder
	for _, w := range strings.Fields(name) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// Technique is a technique or sub-technique.
type Technique struct {
	ID   string // "T1078.004"
	Name string // "Cloud Accounts"
	// Parent is the technique of a sub-technique, "" for a technique.
	Parent string
	// Tactics are keys of tactics, as Sentinel writes them, in matrix order.
	Tactics []string
	// Platforms and DataSources are known only from a STIX bundle.
	Platforms   []string
	DataSources []string
}

// Full is the name with the parent's: "Valid Accounts: Cloud Accounts".
func (m *Matrix) Full(t *Technique) string {
	if p := m.byID[t.Parent]; p != nil {
		return p.Name + ": " + t.Name
	}
	return t.Name
}

// URL is the technique's page.
func (t *Technique) URL() string {
	return "https://attack.mitre.org/techniques/" + strings.ReplaceAll(t.ID, ".", "/") + "/"
}

// Matrix is one version of the facts.
type Matrix struct {
	Version    string
	Tactics    []Tactic
	Techniques []*Technique // sorted by id

	byID     map[string]*Technique
	replaced map[string]string // withdrawn id -> what stands for it, "" for nothing
}

var builtin = sync.OnceValue(func() *Matrix {
	m, err := read(strings.NewReader(enterprise))
	if err != nil {
		panic("attack: the built-in facts are broken: " + err.Error())
	}
	return m
})

// Builtin is the matrix in the binary.
func Builtin() *Matrix { return builtin() }

// read reads the facts: "version V", "tactic ID SHORT NAME", "SHORT,SHORT ID
// NAME" for a technique, ".NNN NAME" for a sub-technique of the one before,
// "revoked ID ID", "deprecated ID".
func read(r io.Reader) (*Matrix, error) {
	m := &Matrix{replaced: map[string]string{}}
	short := map[string]string{}
	var last *Technique
	in := bufio.NewScanner(r)
	for no := 1; in.Scan(); no++ {
		line := in.Text()
		first, rest, ok := strings.Cut(line, " ")
		switch {
		case line == "":
		case !ok:
			return nil, fmt.Errorf("line %d: %q has no second word", no, line)
		case first == "version":
			m.Version = rest
		case first == "tactic":
			f := strings.SplitN(rest, " ", 3)
			if len(f) != 3 {
				return nil, fmt.Errorf("line %d: a tactic has an id, letters and a name", no)
			}
			m.Tactics = append(m.Tactics, Tactic{f[0], f[1], f[2]})
			short[f[1]] = key(f[2])
		case first == "revoked":
			from, to, _ := strings.Cut(rest, " ")
			m.replaced[from] = to
		case first == "deprecated":
			m.replaced[rest] = ""
		case first[0] == '.':
			if last == nil {
				return nil, fmt.Errorf("line %d: a sub-technique before any technique", no)
			}
			m.Techniques = append(m.Techniques, &Technique{ID: last.ID + first, Name: rest, Parent: last.ID, Tactics: last.Tactics})
		default:
			id, name, _ := strings.Cut(rest, " ")
			last = &Technique{ID: id, Name: name}
			for _, s := range strings.Split(first, ",") {
				if short[s] == "" {
					return nil, fmt.Errorf("line %d: no tactic %q", no, s)
				}
				last.Tactics = append(last.Tactics, short[s])
			}
			m.Techniques = append(m.Techniques, last)
		}
	}
	m.index()
	return m, in.Err()
}

// index sorts and makes the lookups.
func (m *Matrix) index() {
	order := map[string]int{}
	for i, t := range m.Tactics {
		order[t.Key()] = i
	}
	m.byID = map[string]*Technique{}
	for _, t := range m.Techniques {
		m.byID[t.ID] = t
		sort.SliceStable(t.Tactics, func(i, j int) bool { return order[t.Tactics[i]] < order[t.Tactics[j]] })
	}
	sort.Slice(m.Techniques, func(i, j int) bool { return m.Techniques[i].ID < m.Techniques[j].ID })
}

// Technique finds a technique by its exact id, nil when there is none.
func (m *Matrix) Technique(id string) *Technique { return m.byID[id] }

// Tactic finds a tactic by its key or id.
func (m *Matrix) Tactic(name string) (Tactic, bool) {
	for _, t := range m.Tactics {
		if strings.EqualFold(t.Key(), name) || t.ID == name || strings.EqualFold(t.Name, name) {
			return t, true
		}
	}
	return Tactic{}, false
}

// Children are the sub-techniques of a technique.
func (m *Matrix) Children(id string) []*Technique {
	i := sort.Search(len(m.Techniques), func(i int) bool { return m.Techniques[i].ID > id })
	var out []*Technique
	for ; i < len(m.Techniques) && m.Techniques[i].Parent == id; i++ {
		out = append(out, m.Techniques[i])
	}
	return out
}

// Problem says what is wrong with an id that a rule gives.
type Problem uint8

// The problems of ids.
const (
	Fine        Problem = iota
	Spelling            // "t1078", "T1078.4": read as the right id
	Revoked             // withdrawn; another one stands for it
	Deprecated          // withdrawn; nothing stands for it
	OtherMatrix         // an id of the matrix for industry or for phones
	Unknown             // no such id
)

// Resolved is what an id in a rule stands for.
type Resolved struct {
	Given     string
	Technique *Technique // nil for Deprecated, OtherMatrix and Unknown
	Problem   Problem
	// Note says it in words, "" when all is fine.
	Note string
}

// Resolve reads an id as rules write it. Withdrawn ids are followed to what
// stands for them; an unknown sub-technique is not taken for its parent.
func (m *Matrix) Resolve(given string) Resolved {
	r := Resolved{Given: given}
	id := normal(given)
	if t := m.byID[id]; t != nil {
		r.Technique = t
		if id != given {
			r.Problem, r.Note = Spelling, fmt.Sprintf("%q is read as %s", given, id)
		}
		return r
	}
	to, withdrawn := m.replaced[id]
	for n := 0; n < 4 && m.byID[to] == nil && m.replaced[to] != ""; n++ {
		to = m.replaced[to]
	}
	switch {
	case withdrawn && m.byID[to] != nil:
		r.Technique, r.Problem = m.byID[to], Revoked
		r.Note = fmt.Sprintf("%s was withdrawn; ATT&CK %s has it as %s (%s)", id, m.Version, to, m.Full(r.Technique))
	case withdrawn:
		r.Problem, r.Note = Deprecated, fmt.Sprintf("%s was withdrawn from ATT&CK without a successor", id)
	case strings.HasPrefix(id, "T0"):
		r.Problem, r.Note = OtherMatrix, fmt.Sprintf("%s belongs to the ATT&CK matrix for industrial control systems", id)
	case strings.HasPrefix(id, "T14") && len(id) >= 5 || strings.HasPrefix(id, "T16") && m.byID[id] == nil && mobile[id]:
		r.Problem, r.Note = OtherMatrix, fmt.Sprintf("%s belongs to the ATT&CK matrix for phones", id)
	default:
		r.Problem, r.Note = Unknown, fmt.Sprintf("ATT&CK %s has no technique %q", m.Version, given)
		if near := source.Nearest(id, m.ids()); near != "" {
			r.Note += fmt.Sprintf("; did the author mean %s (%s)?", near, m.Full(m.byID[near]))
		}
	}
	return r
}

// mobile are ids of the phones' matrix above T1600.
var mobile = map[string]bool{
	"T1603": true, "T1604": true, "T1616": true, "T1617": true, "T1623": true, "T1624": true, "T1625": true, "T1626": true,
	"T1627": true, "T1628": true, "T1629": true, "T1630": true, "T1631": true, "T1632": true, "T1633": true, "T1634": true,
	"T1635": true, "T1636": true, "T1637": true, "T1638": true, "T1639": true, "T1640": true, "T1641": true, "T1642": true,
	"T1643": true, "T1644": true, "T1645": true, "T1646": true, "T1655": true, "T1658": true, "T1660": true, "T1661": true,
	"T1662": true, "T1663": true, "T1664": true,
}

func (m *Matrix) ids() []string {
	out := make([]string, len(m.Techniques))
	for i, t := range m.Techniques {
		out[i] = t.ID
	}
	return out
}

// normal is an id in its usual form: "t1078.4" becomes "T1078.004".
func normal(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	base, sub, ok := strings.Cut(s, ".")
	if !ok {
		base, sub, ok = strings.Cut(s, "/")
	}
	if !ok || sub == "" {
		return base
	}
	for len(sub) < 3 {
		sub = "0" + sub
	}
	return base + "." + sub
}
