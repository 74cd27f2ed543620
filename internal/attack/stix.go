package attack

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// maxBundle bounds a STIX bundle; the published one has some 45 MB.
const maxBundle = 256 << 20

// stixObject is what is read of an object of a bundle.
type stixObject struct {
	Type         string `json:"type"`
	ID           string `json:"id"`
	Name         string `json:"name"`
	Revoked      bool   `json:"revoked"`
	Deprecated   bool   `json:"x_mitre_deprecated"`
	Sub          bool   `json:"x_mitre_is_subtechnique"`
	Version      string `json:"x_mitre_version"`
	ShortName    string `json:"x_mitre_shortname"`
	Relationship string `json:"relationship_type"`
	Source       string `json:"source_ref"`
	Target       string `json:"target_ref"`
	References   []struct {
		Source string `json:"source_name"`
		ID     string `json:"external_id"`
	} `json:"external_references"`
	Phases []struct {
		Chain string `json:"kill_chain_name"`
		Name  string `json:"phase_name"`
	} `json:"kill_chain_phases"`
	Platforms   []string `json:"x_mitre_platforms"`
	DataSources []string `json:"x_mitre_data_sources"`
	TacticRefs  []string `json:"tactic_refs"`
	Domains     []string `json:"x_mitre_domains"`
}

func (o *stixObject) mitreID() string {
	for _, r := range o.References {
		if r.Source == "mitre-attack" {
			return r.ID
		}
	}
	return ""
}

// FromSTIX reads a published bundle of the enterprise matrix.
func FromSTIX(r io.Reader) (*Matrix, error) {
	var bundle struct {
		Type    string       `json:"type"`
		Objects []stixObject `json:"objects"`
	}
	limited := &io.LimitedReader{R: r, N: maxBundle}
	if err := json.NewDecoder(bufio.NewReaderSize(limited, 1<<20)).Decode(&bundle); err != nil {
		if limited.N <= 0 {
			return nil, fmt.Errorf("the bundle is larger than %d MiB", maxBundle>>20)
		}
		return nil, fmt.Errorf("read STIX bundle: %w", err)
	}
	if bundle.Type != "bundle" {
		return nil, errors.New("this is no STIX bundle: its type is not \"bundle\"")
	}
	m := &Matrix{replaced: map[string]string{}}
	m.stixTactics(bundle.Objects)
	m.stixTechniques(bundle.Objects)
	if len(m.Tactics) == 0 || len(m.Techniques) == 0 {
		return nil, errors.New("the bundle has no tactics or no techniques; is it the enterprise matrix?")
	}
	m.index()
	return m, nil
}

// stixTactics takes the tactics in the order of the matrix.
func (m *Matrix) stixTactics(objects []stixObject) {
	byRef := map[string]*stixObject{}
	var refs []string
	for i := range objects {
		o := &objects[i]
		switch o.Type {
		case "x-mitre-tactic":
			byRef[o.ID] = o
		case "x-mitre-matrix":
			refs = o.TacticRefs
		case "x-mitre-collection":
			m.Version = o.Version
		}
	}
	if refs == nil {
		for ref := range byRef {
			refs = append(refs, ref)
		}
		sort.Slice(refs, func(i, j int) bool { return byRef[refs[i]].mitreID() < byRef[refs[j]].mitreID() })
	}
	for _, ref := range refs {
		if o := byRef[ref]; o != nil {
			m.Tactics = append(m.Tactics, Tactic{ID: o.mitreID(), Short: o.ShortName, Name: o.Name})
		}
	}
}

func (m *Matrix) stixTechniques(objects []stixObject) {
	phase := map[string]string{}
	for _, t := range m.Tactics {
		phase[t.Short] = t.Key()
	}
	ids, sources := map[string]string{}, map[string]map[string]bool{}
	component := stixComponents(objects)
	for i := range objects {
		o := &objects[i]
		if o.Type == "attack-pattern" {
			ids[o.ID] = o.mitreID()
		}
		if name := component[o.Source]; o.Type == "relationship" && o.Relationship == "detects" && name != "" {
			if sources[o.Target] == nil {
				sources[o.Target] = map[string]bool{}
			}
			sources[o.Target][name] = true
		}
	}
	for i := range objects {
		o := &objects[i]
		id := ids[o.ID]
		switch {
		case o.Type == "relationship" && o.Relationship == "revoked-by" && ids[o.Source] != "":
			m.replaced[ids[o.Source]] = ids[o.Target]
		case o.Type != "attack-pattern" || id == "":
		case o.Revoked || o.Deprecated:
			if _, ok := m.replaced[id]; !ok {
				m.replaced[id] = ""
			}
		default:
			m.Techniques = append(m.Techniques, o.technique(id, phase, sources[o.ID]))
		}
	}
}

func (o *stixObject) technique(id string, phase map[string]string, sources map[string]bool) *Technique {
	t := &Technique{ID: id, Name: o.Name, Platforms: o.Platforms, DataSources: o.DataSources}
	if base, _, ok := strings.Cut(id, "."); ok {
		t.Parent = base
	}
	for _, p := range o.Phases {
		if p.Chain == "mitre-attack" && phase[p.Name] != "" {
			t.Tactics = append(t.Tactics, phase[p.Name])
		}
	}
	if len(t.DataSources) == 0 {
		for s := range sources {
			t.DataSources = append(t.DataSources, s)
		}
		sort.Strings(t.DataSources)
	}
	return t
}

// stixComponents names the data components, "Source: Component".
func stixComponents(objects []stixObject) map[string]string {
	out := map[string]string{}
	for i := range objects {
		if objects[i].Type == "x-mitre-data-component" {
			out[objects[i].ID] = objects[i].Name
		}
	}
	return out
}

// Write stores a matrix as lines of JSON that Load reads.
func (m *Matrix) Write(w io.Writer) error {
	return json.NewEncoder(w).Encode(stored{m.Version, m.Tactics, m.Techniques, m.replaced})
}

type stored struct {
	Version    string
	Tactics    []Tactic
	Techniques []*Technique
	Replaced   map[string]string
}

// Load reads what Write wrote.
func Load(r io.Reader) (*Matrix, error) {
	var s stored
	if err := json.NewDecoder(io.LimitReader(r, maxBundle)).Decode(&s); err != nil {
		return nil, fmt.Errorf("read stored ATT&CK facts: %w", err)
	}
	m := &Matrix{Version: s.Version, Tactics: s.Tactics, Techniques: s.Techniques, replaced: s.Replaced}
	if m.replaced == nil {
		m.replaced = map[string]string{}
	}
	if len(m.Tactics) == 0 || len(m.Techniques) == 0 {
		return nil, errors.New("the stored ATT&CK facts are empty")
	}
	m.index()
	return m, nil
}
