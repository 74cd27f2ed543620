// Command gen packs table schemas (a JSON object of table to column to type)
// into the compressed file that package schema embeds.
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

// groupSize is how many tables are packed together: small groups make one
// lookup cheap, large ones compress better.
const groupSize = 48

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gen tables.json tables.bin")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	src, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var tables map[string]map[string]string
	if err := json.Unmarshal(src, &tables); err != nil {
		return fmt.Errorf("read %s: %w", in, err)
	}
	names := make([]string, 0, len(tables))
	for n, cols := range tables {
		// Names with a blank behind them, or with a remark in brackets, are slips
		// of the source: the first is mended, the second no name of a table.
		if name := strings.TrimSpace(n); name != n {
			delete(tables, n)
			tables[name] = cols
		}
	}
	for n := range tables {
		if n != "" && !strings.Contains(n, " ") && len(tables[n]) > 0 {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	var index strings.Builder
	var body bytes.Buffer
	for len(names) > 0 {
		n := min(groupSize, len(names))
		var text strings.Builder
		for _, name := range names[:n] {
			line, err := columns(tables[name])
			if err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
			text.WriteString(line + "\n")
		}
		packed := deflate(text.String())
		fmt.Fprintf(&index, "%d %d %s\n", body.Len(), len(packed), strings.Join(names[:n], " "))
		body.Write(packed)
		names = names[n:]
	}
	head := deflate(index.String())
	all := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	all = append(append(all, head...), body.Bytes()...)
	return os.WriteFile(out, all, 0o644)
}

// columns is a table as one line: name, blank, first letters of the type.
func columns(cols map[string]string) (string, error) {
	names := make([]string, 0, len(cols))
	for n := range cols {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	for i, n := range names {
		t, ok := types.Parse(cols[n])
		if !ok || strings.ContainsAny(n, "\t\n") {
			return "", fmt.Errorf("column %q has type %q", n, cols[n])
		}
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(n)
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
