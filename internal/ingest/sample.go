package ingest

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"goshawk/internal/schema"
	"goshawk/internal/types"
)

const (
	// maxSample bounds how many bytes of a file whose records belong to several
	// tables are looked at to know the tables. What turns up behind is counted
	// when it is read, see Other in FileReport.
	maxSample = 64 << 20
	// fullSample is how many records are looked at in full, for their columns.
	fullSample = 500
)

// sampler learns from a file's first records which tables they belong to and
// how they spell the columns.
type sampler struct {
	file    *file
	want    string // the table that the user named, if any
	tables  map[string]*found
	cache   map[string]string
	unknown string
	nbad    int64
	reason  string // why the first bad record is bad
	// header has the keys that records can have, for CSV.
	header []string
	// several is set for files whose records say which table they belong to,
	// and pickKey is the key that says it. known has its values that lead to a
	// table of this file, looked all values that were met, nested those met in
	// objects within records.
	several               bool
	pickKey               string
	known, looked, nested map[string]bool
}

// found is what is known of one table in a file.
type found struct {
	shape   *shape
	spelled map[string]string
	types   map[string]types.Type
	keys    map[string]*keySeen
}

// keySeen is a key as it stands in the records, and the column it may become.
type keySeen struct {
	name string
	typ  types.Type
	more bool // whether the column's type is to be guessed
}

// sample looks at the first records of f; nil when there is none to read.
func (f *file) sample(s Spec) *sampler {
	next, cl, err := f.records()
	if err != nil {
		f.unread(err)
		return nil
	}
	defer cl.Close()
	m := &sampler{file: f, want: s.Table, tables: map[string]*found{}, cache: map[string]string{}, known: map[string]bool{}, looked: map[string]bool{}, nested: map[string]bool{}}
	var broken error
	full := 0
	for total := int64(0); total < maxSample && (total == 0 || m.several); {
		c, err := next()
		if c == nil {
			if err != nil && err != io.EOF {
				broken = err
			}
			break
		}
		total += max(c.read, 1)
		m.failed(c.nbad, c.bad, c.damage)
		m.header = c.header
		rest := asString(c.data)
		for rest != "" && (full < fullSample || m.several) {
			line, more, _ := strings.Cut(rest, "\n")
			rest = more
			if full >= fullSample && m.familiar(line) {
				continue
			}
			full++
			m.record(line, full <= fullSample)
		}
	}
	if len(m.tables) == 0 && !m.namedEmpty(broken) {
		m.tell(broken)
		return nil
	}
	return m
}

func (m *sampler) failed(n int64, bad []BadLine, damage string) {
	m.nbad += n
	if m.reason == "" && len(bad) > 0 {
		m.reason = bad[0].Reason
	}
	if m.reason == "" && damage != "" {
		m.nbad, m.reason = m.nbad+1, damage
	}
}

// tell says why nothing of the file is read.
func (m *sampler) tell(broken error) {
	switch {
	case broken != nil:
		m.file.unread(broken)
	case m.unknown != "":
		m.file.report.Skipped = m.unknown
	case m.nbad > 0:
		m.file.unread(fmt.Errorf("no record in it can be read: %s", m.reason))
	default:
		m.file.report.Skipped = "it has no records"
	}
}

// namedEmpty makes an empty table of a file without records when the user
// named the table, or a header tells it: an export that found nothing.
func (m *sampler) namedEmpty(broken error) bool {
	if broken != nil || m.nbad > 0 || m.unknown != "" {
		return false
	}
	name := m.want
	if name == "" && len(m.header) > 0 {
		name = bestTable(m.header)
	}
	if name != "" {
		m.table(name, nil)
	}
	return name != ""
}

// complete adds the keys of a CSV header that the record has no value for.
func (m *sampler) complete(keys, vals []string) ([]string, []string) {
	for _, k := range m.header {
		if pick(keys, vals, k) == "" {
			keys, vals = append(keys, k), append(vals, "null")
		}
	}
	return keys, vals
}

func (m *sampler) table(name string, sh *shape) *found {
	t := m.tables[name]
	if t == nil {
		t = &found{shape: sh, spelled: map[string]string{}, types: map[string]types.Type{}, keys: map[string]*keySeen{}}
		m.tables[name] = t
	}
	return t
}

// record looks at one record; with columns it learns their spelling and types.
func (m *sampler) record(line string, columns bool) {
	keys, vals := topLevel(line)
	if len(keys) == 0 {
		if err := whole(line); err != nil {
			m.failed(1, []BadLine{{Reason: err.Error()}}, "")
		}
		return
	}
	keys, vals = m.complete(keys, vals)
	sh, name := classify(keys, vals, m.want, m.cache)
	if m.picks(sh, name, keys, vals, line); sh != nil && sh.picks != "" && sh.has(m.want) {
		m.table(m.want, sh) // even when these records are of another
	}
	if name == "" {
		m.unknown = "no table is known whose columns or record kind it has; name one with --logs TABLE=" + m.file.path
		if sh != nil && sh.picks != "" {
			m.unknown = fmt.Sprintf("%s: no table is known for %s %q", sh.name, sh.picks, text(pick(keys, vals, sh.picks)))
		}
		return
	}
	t := m.table(name, sh)
	if !columns && len(t.keys) > 0 {
		return
	}
	for i, k := range keys {
		t.note("", k, vals[i], sh == nil)
		if sh != nil && sh.prefix == k+"." {
			sub, subVals := topLevel(vals[i])
			for j, k2 := range sub {
				t.note(sh.prefix, k2, subVals[j], true)
			}
		}
	}
}

// picks learns which values of the key that tells the table there are.
func (m *sampler) picks(sh *shape, table string, keys, vals []string, line string) {
	key := ""
	switch {
	case sh != nil:
		key = sh.picks
	case m.want == "":
		key = typeKey(keys, vals)
	}
	if key == "" {
		return
	}
	if m.pickKey == "" {
		m.several, m.pickKey = true, key
	}
	own := text(pick(keys, vals, key))
	m.looked[strings.Clone(own)] = true
	if table != "" && (sh != nil || isTable(own)) {
		m.known[strings.Clone(own)] = true
	}
	eachValue(line, m.pickKey, func(v string) bool {
		if v != own && (sh == nil || sh.tables[v] == "") {
			m.nested[strings.Clone(v)] = true
		}
		return true
	})
}

// typeKey is the key under which rows name their table, if they do.
func typeKey(keys, vals []string) string {
	for _, k := range []string{"Type", "$table"} {
		if isTable(text(pick(keys, vals, k))) {
			return k
		}
	}
	return ""
}

// isTable says whether a name is a documented table's, or a custom table's.
func isTable(name string) bool {
	_, ok := schema.Table(name)
	return ok || strings.HasSuffix(name, "_CL")
}

// familiar says that a line's record is of a kind that was looked at before.
// It looks for the deciding key only, so that it runs at the speed of a search.
func (m *sampler) familiar(line string) bool {
	some, all := false, true
	eachValue(line, m.pickKey, func(v string) bool {
		some = some || m.looked[v]
		all = all && (m.looked[v] || m.nested[v])
		return all
	})
	return some && all
}

// eachValue calls f for each string that stands behind the key in a line, at
// any depth, until it gives false.
func eachValue(line, key string, f func(v string) bool) {
	quoted := `"` + key + `"`
	for {
		i := strings.Index(line, quoted)
		if i < 0 {
			return
		}
		line = line[i+len(quoted):]
		i = blank(line, 0)
		if i >= len(line) || line[i] != ':' {
			continue
		}
		i = blank(line, i+1)
		if i >= len(line) || line[i] != '"' {
			continue
		}
		end, err := stringEnd(line, i)
		if err != nil || !f(text(line[i:end])) {
			return
		}
		line = line[end:]
	}
}

// join adds the sampled file to its tables.
func (w *Workspace) joinSampled(m *sampler) {
	f := m.file
	var names []string
	for n := range m.tables {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		t := m.tables[n]
		f.report.Tables = append(f.report.Tables, n)
		if t.shape != nil {
			f.report.Shape = t.shape.name + ", " + strings.TrimPrefix(f.report.Shape, t.shape.name+", ")
		}
		l := newLayout(t.shape, n, t.spelled)
		if t.shape == nil && m.several {
			l.filter, l.bare = m.pickKey, len(names) == 1
		}
		l.known, l.named = m.known, m.want != ""
		for _, k := range t.keys {
			if k.more {
				t.guess(k)
			}
		}
		w.join(n, f, l, t.types)
	}
}

// note learns a key and, for columns that no mapping has, its type.
func (t *found) note(prefix, key, raw string, more bool) {
	k := t.keys[key]
	if prefix != "" {
		k = t.keys[prefix+key]
	}
	if k == nil {
		k = &keySeen{name: strings.Clone(key), more: more}
		t.keys[prefix+k.name] = k
		low := strings.ToLower(prefix + key)
		if _, ok := t.spelled[low]; !ok {
			t.spelled[low] = k.name
		}
		if prefix != "" {
			k.name = upperFirst(k.name)
		}
	}
	if more {
		k.typ = widest(k.typ, guessType(raw))
	}
}

// guess notes the type of a column, which two keys may lead to.
func (t *found) guess(k *keySeen) { t.types[k.name] = widest(t.types[k.name], k.typ) }

// widest is a type that holds values of both.
func widest(a, b types.Type) types.Type {
	switch {
	case a == types.Unknown:
		return b
	case b == types.Unknown || a == b:
		return a
	case a.Numeric() && b.Numeric():
		return types.Real
	}
	return types.Dynamic
}

// unread says that err keeps the file from being read at all.
func (f *file) unread(err error) {
	f.report.Damage = plainError(err)
	f.report.Skipped = f.report.Damage
}

// whole says what is wrong with a line, nil for a record and a blank line.
func whole(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	return scanRecord(newNode(), line, nil)
}

// topLevel lists the keys of a record and their raw values.
func topLevel(s string) (keys, vals []string) {
	i := blank(s, 0)
	if i >= len(s) || s[i] != '{' {
		return nil, nil
	}
	i = blank(s, i+1)
	for i < len(s) && s[i] == '"' {
		end, err := stringEnd(s, i)
		if err != nil {
			return nil, nil
		}
		key := text(s[i:end])
		i = blank(s, end)
		if i >= len(s) || s[i] != ':' {
			return nil, nil
		}
		i = blank(s, i+1)
		end, err = skipValue(s, i)
		if err != nil || end > len(s) {
			return nil, nil
		}
		keys, vals = append(keys, key), append(vals, s[i:end])
		i = blank(s, end)
		if i < len(s) && s[i] == ',' {
			i = blank(s, i+1)
		}
	}
	return keys, vals
}

func pick(keys, vals []string, key string) string {
	for i, k := range keys {
		if k == key {
			return vals[i]
		}
	}
	return ""
}

// classify finds the shape of a record and its table; want is the table that
// the user named, if any.
func classify(keys, vals []string, want string, cache map[string]string) (*shape, string) {
next:
	for _, sh := range shapes {
		for _, k := range sh.keys {
			if pick(keys, vals, k) == "" {
				continue next
			}
		}
		table := sh.table
		if sh.picks != "" {
			got := text(pick(keys, vals, sh.picks))
			table = sh.tables[got]
			if t, ok := strings.CutPrefix(got, "AdvancedHunting-"); ok {
				table = t
			}
		}
		if want == "" || want == table {
			return sh, table
		}
		if sh.picks != "" && table != "" {
			return sh, ""
		}
		// The user knows better: rows that happen to have such keys.
		break
	}
	if want != "" {
		return nil, want
	}
	for _, k := range []string{"Type", "$table"} {
		if name := text(pick(keys, vals, k)); isTable(name) {
			return nil, strings.Clone(name)
		}
	}
	id := strings.Join(keys, "\x00")
	name, ok := cache[id]
	if !ok {
		name = bestTable(keys)
		cache[strings.Clone(id)] = name
	}
	return nil, name
}

// favourites win when a file fits several tables equally well.
var favourites = []string{"SigninLogs", "AuditLogs", "SecurityEvent", "OfficeActivity", "AzureActivity", "AWSCloudTrail", "CommonSecurityLog", "Syslog",
	"DeviceProcessEvents", "DeviceNetworkEvents", "DeviceFileEvents", "DeviceRegistryEvents", "DeviceLogonEvents", "DeviceEvents"}

// columnTables says which tables have a column of a name.
var columnTables = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for _, name := range schema.TableNames() {
		s, _ := schema.Table(name)
		for _, c := range s {
			m[c.Name] = append(m[c.Name], name)
		}
	}
	return m
})

// bestTable finds the table that has most of the columns, if it has at least
// two in three of them and five at all. Of equals a favourite wins, then the
// first by name.
func bestTable(keys []string) string {
	hits := map[string]int{}
	most := 0
	for _, k := range keys {
		for _, t := range columnTables()[k] {
			hits[t]++
			most = max(most, hits[t])
		}
	}
	if most < 5 || most*3 < len(keys)*2 {
		return ""
	}
	for _, t := range append(append([]string(nil), favourites...), schema.TableNames()...) {
		if hits[t] == most {
			return t
		}
	}
	return ""
}
