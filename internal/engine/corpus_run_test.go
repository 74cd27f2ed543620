package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"goshawk/internal/dynamic"
	"goshawk/internal/scan"
	"goshawk/internal/schema"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// corpusQuery is a public query that the official analyzer accepts.
type corpusQuery struct {
	ID, Query string
	Oracle    struct {
		BindOK bool `json:"bind_ok"`
		Tables []string
	}
}

// corpus reads one of every queries of the corpus, or skips the test.
func corpus(t *testing.T, every int) []corpusQuery {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "corpus", "rules.jsonl"))
	if err != nil {
		t.Skip("no ../shared/corpus/rules.jsonl beside the repository")
	}
	defer f.Close()
	var out []corpusQuery
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<26)
	for n := 0; in.Scan(); n++ {
		var q corpusQuery
		if n%every == 0 && json.Unmarshal(in.Bytes(), &q) == nil && q.Oracle.BindOK {
			out = append(out, q)
		}
	}
	return out
}

// corpusTime bounds one query; rows are few, so more is a loop.
const corpusTime = 30 * time.Second

// TestCorpusRuns runs the public queries that bind, over no data and over a
// few rows of each of their tables. What comes out is not judged here, but
// nothing may end in an error of our own.
func TestCorpusRuns(t *testing.T) {
	every := 1
	if testing.Short() {
		every = 41
	}
	queries := corpus(t, every)
	var mu sync.Mutex
	var ran, refused, failed int
	why := map[string]int{}
	note := func(q corpusQuery, where string, err error) {
		mu.Lock()
		defer mu.Unlock()
		failed++
		why[strings.SplitN(err.Error(), "\n", 2)[0]]++
		if ours(err) {
			t.Errorf("%s over %s: %v\n%s", q.ID, where, err, q.Query)
		}
	}
	work := make(chan corpusQuery)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for q := range work {
				bound := false
				for where, e := range map[string]*Engine{"no data": {Catalog: NewCatalog(nil)}, "rows": generated(q.Oracle.Tables)} {
					ctx, cancel := context.WithTimeout(context.Background(), corpusTime)
					_, _, err := e.Query(ctx, source.New(q.ID, q.Query), Options{Now: corpusNow, Threads: 2, Memory: 512 << 20})
					cancel()
					var ds *source.DiagnosticsError
					switch {
					case errors.As(err, &ds) && !ours(err):
						mu.Lock()
						why["refused: "+strings.SplitN(err.Error(), "error ", 2)[1]]++
						mu.Unlock()
						continue
					case err != nil:
						note(q, where, err)
					}
					bound = true
				}
				mu.Lock()
				if ran++; !bound {
					ran--
					refused++
				}
				mu.Unlock()
			}
		}()
	}
	for _, q := range queries {
		work <- q
	}
	close(work)
	wg.Wait()
	t.Logf("%d queries ran, %d are refused, %d runs ended in an error", ran, refused, failed)
	for _, w := range sortedCounts(why) {
		t.Log(w)
	}
}

// ours says whether an error is a fault of the engine and not of the query.
func ours(err error) bool {
	text := err.Error()
	return strings.Contains(text, "bug: ") || strings.Contains(text, "bug in Goshawk") || strings.Contains(text, "KQL9001") || errors.Is(err, context.DeadlineExceeded)
}

func sortedCounts(m map[string]int) []string {
	var out []string
	for k, n := range m {
		out = append(out, fmt.Sprintf("%5d %s", n, k))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(out)))
	return out
}

// corpusNow is the clock of the generated rows.
var corpusNow = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// generated is a workspace of tables with a few rows, the same each time.
func generated(names []string) *Engine {
	tables := map[string]scan.Table{}
	for _, name := range names {
		if s, ok := schema.Table(name); ok {
			tables[name] = rowsOf(name, s)
		}
	}
	return &Engine{Catalog: NewCatalog(tables)}
}

// rowsOf makes three batches of rows with values that such columns hold, odd
// ones and nulls among them.
func rowsOf(name string, s types.Schema) scan.Table {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	out := &scan.Memory{Cols: s}
	for range 3 {
		b := &vector.Batch{N: 4}
		for _, c := range s {
			col := vector.NewBuilder(c.Type, b.N)
			for range b.N {
				if r.IntN(6) == 0 {
					col.AppendNull()
				} else {
					col.Append(vector.Datum{T: c.Type, V: value(r, c)})
				}
			}
			b.Cols = append(b.Cols, col.Done())
		}
		out.Batches = append(out.Batches, b)
	}
	return out
}

// texts are what string columns of logs hold.
var texts = []string{
	"", "admin@contoso.com", "CONTOSO\\svc-backup", "10.0.0.4", "203.0.113.77:443", "fe80::1%eth0", "powershell.exe -enc SQBFAFgA",
	"C:\\Windows\\System32\\cmd.exe", "https://login.example.com/a/b?c=d&e=f#g", "50126", "Success", "true", "0", "-1", "4688",
	"{\"a\":1,\"b\":[{\"c\":\"d\"},null]}", "[\"x\",\"y\"]", "{broken", "<Data Name=\"A\">b</Data>", "2026-03-04T05:00:00Z", "a,b;c|d e=f",
	"74be27de-1e4e-49d9-b579-fe0b331d3642", "d41d8cd98f00b204e9800998ecf8427e", "Microsoft.Compute/virtualMachines/write", "Ünïcödé 日本 😀",
	"aGVsbG8gd29ybGQ=", "%41%zz", "1e308", "GET", "text/html; charset=utf-8", "(", "^[a-z]+$",
}

// documents are what dynamic columns hold.
var documents = []string{
	`{}`, `[]`, `{"displayName":"Ann","id":"1","modifiedProperties":[{"displayName":"Role","newValue":"\"Admin\"","oldValue":null}]}`,
	`[{"type":"User","userPrincipalName":"a@b.c","ipAddress":"10.0.0.1"},{"type":"Other"}]`, `"text"`, `5`, `1.5`, `true`, `["a","b",["c"]]`,
	`{"errorCode":50126,"additionalDetails":"MFA","browser":"Edge","geoCoordinates":{"latitude":1.5,"longitude":-2}}`, `{"a":{"b":{"c":[1,2,{"d":null}]}}}`,
}

func value(r *rand.Rand, c types.Column) any {
	switch c.Type {
	case types.Bool:
		return r.IntN(2) == 0
	case types.Int, types.Long:
		return []int64{0, 1, -1, 22, 443, 4624, 4688, 1 << 30}[r.IntN(8)]
	case types.Datetime:
		at, _ := types.FromTime(corpusNow.Add(-time.Duration(r.Int64N(int64(40 * 24 * time.Hour)))))
		return at
	case types.Timespan:
		return r.Int64N(1 << 40)
	case types.Real:
		return []float64{0, 1.5, -2.25, 1e9, 99.9}[r.IntN(5)]
	case types.String:
		return texts[r.IntN(len(texts))]
	case types.Guid:
		g, _ := vector.ParseGuid("74be27de-1e4e-49d9-b579-fe0b331d3642")
		return g
	case types.Decimal:
		d, _ := vector.ParseDecimal("12.5")
		return d
	}
	d, err := dynamic.Parse(documents[r.IntN(len(documents))])
	if err != nil {
		panic(err)
	}
	return d
}
