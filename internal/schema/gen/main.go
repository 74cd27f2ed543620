// Command gen packs table schemas (a JSON object of table to column to type)
// or the facts on workspace functions into the compressed files that package
// schema embeds.
package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"goshawk/internal/types"
)

// groupSize is how many tables or functions are packed together: small groups
// make one lookup cheap, large ones compress better.
const groupSize = 48

func main() {
	if len(os.Args) != 4 || os.Args[1] != "tables" && os.Args[1] != "functions" {
		fmt.Fprintln(os.Stderr, "usage: gen tables|functions IN.json OUT.bin")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(what, in, out string) error {
	src, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	lines, first, err := map[string]func([]byte) (map[string]string, string, error){"tables": tables, "functions": functions}[what](src)
	if err != nil {
		return fmt.Errorf("read %s: %w", in, err)
	}
	return os.WriteFile(out, pack(lines, first), 0o644)
}

// pack writes an index and groups of lines. First is a text that stands in a
// group of its own, without names, before the others; it may be empty.
func pack(lines map[string]string, first string) []byte {
	names := make([]string, 0, len(lines))
	for n := range lines {
		names = append(names, n)
	}
	sort.Strings(names)
	var index strings.Builder
	var body bytes.Buffer
	group := func(names []string, text string) {
		packed := deflate(text)
		fmt.Fprintf(&index, "%d %d %s\n", body.Len(), len(packed), strings.Join(names, " "))
		body.Write(packed)
	}
	if first != "" {
		group(nil, first)
	}
	for len(names) > 0 {
		n := min(groupSize, len(names))
		var text strings.Builder
		for _, name := range names[:n] {
			text.WriteString(lines[name] + "\n")
		}
		group(names[:n], text.String())
		names = names[n:]
	}
	head := deflate(index.String())
	all := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	return append(append(all, head...), body.Bytes()...)
}

// tables gives each table's columns as a line, sorted by name.
func tables(src []byte) (map[string]string, string, error) {
	var all map[string]map[string]string
	if err := json.Unmarshal(src, &all); err != nil {
		return nil, "", err
	}
	for n, cols := range all {
		// Names with a blank behind them, or with a remark in brackets, are slips
		// of the source: the first is mended, the second no name of a table.
		if name := strings.TrimSpace(n); name != n {
			delete(all, n)
			all[name] = cols
		}
	}
	lines := map[string]string{}
	for n, cols := range all {
		if n == "" || strings.Contains(n, " ") || len(cols) == 0 {
			continue
		}
		var list []column
		for c, t := range cols {
			list = append(list, column{c, t})
		}
		sort.Slice(list, func(i, k int) bool { return list[i].name < list[k].name })
		line, err := columns(list)
		if err != nil {
			return nil, "", fmt.Errorf("table %s: %w", n, err)
		}
		lines[n] = line
	}
	return lines, "", nil
}

// column is a column with the name of its type.
type column struct{ name, typ string }

// columns is a list of columns as one line: name and a letter for the type.
func columns(cols []column) (string, error) {
	var b strings.Builder
	for i, c := range cols {
		t, ok := types.Parse(c.typ)
		if !ok || strings.ContainsAny(c.name, "\t\n") {
			return "", fmt.Errorf("column %q has type %q", c.name, c.typ)
		}
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(c.name)
		b.WriteByte(byte('a' + t))
	}
	return b.String(), nil
}

func deflate(s string) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic("bug: " + err.Error())
	}
	if _, err := w.Write([]byte(s)); err != nil {
		panic("bug: " + err.Error())
	}
	if err := w.Close(); err != nil {
		panic("bug: " + err.Error())
	}
	return b.Bytes()
}
