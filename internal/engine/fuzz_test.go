package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"goshawk/internal/scan"
	"goshawk/internal/schema"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// own are seeds that work without the shared test material.
var own = []string{
	`SigninLogs | where ResultType == "50126" | summarize count(), dcount(IPAddress), make_set(Location, 3) by UserPrincipalName, bin(TimeGenerated, 1h)`,
	`SigninLogs | extend b = tostring(DeviceDetail.browser), c = todouble(LocationDetails.geoCoordinates.latitude) | project-away Id | sort by b asc, c desc | take 5`,
	`let t = datatable(a:long, b:string, d:dynamic)[1, "x", dynamic([1,2]), 2, "y", dynamic({"k":null})]; t | join kind=fullouter t on a | mv-expand d | lookup t on b`,
	`range x from 1 to 20 step 3 | extend y = case(x % 2 == 0, "even", "odd"), z = iff(x > 5, real(null), 1.5 / x) | summarize percentile(z, 50), arg_max(x, *) by y`,
	`print a = parse_json('{"a":[1,{"b":"c"}]}'), t = datetime(2020-02-30), s = timespan(1.02:03:04.5), g = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), d = decimal(1.1)`,
	`SigninLogs | parse UserPrincipalName with user "@" domain | parse kind=regex AppDisplayName with @"(\w+) " rest | distinct user, domain, rest`,
	`union withsource=T isfuzzy=true SigninLogs, (print x = 1), Nowhere* | make-series n = count() default=0 on TimeGenerated from datetime(2026-03-01) to datetime(2026-03-02) step 6h`,
	`let f = (a:long, b:string = "q") { print c = strcat(b, a) }; f(3) | union f(4, "r") | serialize n = row_number(), p = prev(c)`,
	`print x = substring("abc", -1, 99), y = extract("(", 1, "x"), z = split("a,b", ",", 7), w = array_slice(dynamic([1,2,3]), -9, 9), v = strcat_array(dynamic(null), "-")`,
	`search in (SigninLogs, Nowhere*) kind=case_sensitive "a*" and (UserPrincipalName:"*b*" or * has "c") | top-nested 2 of $table with others="o" by count(), top-nested of UserPrincipalName by max(1)`,
	`find withsource=S in (SigninLogs) where "x" or ResultType == "0" project UserPrincipalName, AppDisplayName:long, pack(*) | sample-distinct 3 of S`,
	`SigninLogs | partition hint.strategy=native by UserPrincipalName (as P | sort by TimeGenerated asc | scan with_match_id=id declare (n:long=0, s:string) with (step a: true => n = a.n + 1; step b output=last: a.n > 1 => s = a.s;) | extend c = toscalar(P | count))`,
	`SigninLogs | fork a=(reduce kind=source by UserPrincipalName with threshold=0.2, characters=" ") (top-hitters 3 of UserPrincipalName by DurationMs) (sample 2)`,
	`SigninLogs | facet by UserPrincipalName, ResultType with (project-by-names "A*", dynamic(["Id"]) | getschema kind=csl)`,
	`macro-expand entity_group [database("d"), SigninLogs] as X (X | assert-schema (a:long) | consume); SigninLogs | mv-apply d = DeviceDetail to typeof(string) on (summarize make_list(d)) | make-series kind=nonempty count() on TimeGenerated from now() to now() + 1d step 1h`,
	// Found by fuzzing.
	`("")|evaluate pivot(A)`,
	`print 1 | evaluate bag_unpack()`,
}

// seeds are our own queries and, where the shared test material is there, a
// part of what the public writes.
func seeds(f *testing.F, every int) {
	for _, q := range own {
		f.Add(q)
	}
	for _, name := range []string{"corpus/rules.jsonl", "kql/answers.jsonl"} {
		file, err := os.Open(filepath.Join("..", "..", "..", "shared", name))
		if err != nil {
			continue
		}
		sc := bufio.NewScanner(file)
		sc.Buffer(nil, 16<<20)
		for n := 0; sc.Scan(); n++ {
			var r struct{ Query string }
			if n%every == 0 && json.Unmarshal(sc.Bytes(), &r) == nil && len(r.Query) < 3000 {
				f.Add(r.Query)
			}
		}
		file.Close()
	}
}

// workspace is a few rows of SigninLogs, with nulls and odd values.
func workspace() *Engine {
	s, _ := schema.Table("SigninLogs")
	table := &scan.Memory{Cols: s}
	for k := range 3 {
		b := &vector.Batch{N: 7}
		for _, c := range s {
			col := vector.NewBuilder(c.Type, b.N)
			for i := range b.N {
				col.AppendFrom(odd(c.Type), (i+k)%3)
			}
			b.Cols = append(b.Cols, col.Done())
		}
		table.Batches = append(table.Batches, b)
	}
	return &Engine{Catalog: NewCatalog(map[string]scan.Table{"SigninLogs": table})}
}

// odd is three values of a type, the first of them null.
func odd(t types.Type) *vector.Vector {
	b := vector.NewBuilder(t, 3)
	b.AppendNull()
	switch t {
	case types.String:
		b.Append(vector.Datum{T: t, V: "anna@example.test"})
		b.Append(vector.Datum{T: t, V: "\xff\u00e9 50126"})
	case types.Bool:
		b.Append(vector.Datum{T: t, V: true})
		b.Append(vector.Datum{T: t, V: false})
	case types.Int, types.Long, types.Datetime, types.Timespan:
		b.Append(vector.Datum{T: t, V: int64(639_000_000_000_000_000 % (1 << 31))})
		b.Append(vector.Datum{T: t, V: int64(7)})
	default:
		b.AppendNull()
		b.AppendNull()
	}
	return b.Done()
}

// broken says that an error is a broken promise of our own code.
func broken(err error) bool { return err != nil && strings.Contains(err.Error(), "bug in Goshawk") }

// FuzzBind wants of any text: binding and checking end without a panic.
func FuzzBind(f *testing.F) {
	seeds(f, 5)
	e := workspace()
	f.Fuzz(func(t *testing.T, query string) {
		text := source.New("query", query)
		_, _, ds := e.Check(text)
		q, more := e.Bind(text, Options{})
		if err := errors.Join(ds.Err(), more.Err()); broken(err) {
			t.Fatalf("%v\n%s", err, query)
		}
		if q != nil && !more.HasErrors() {
			Optimize(q)
		}
	})
}

// FuzzRun wants of any query: it ends in time, within its memory and without a
// panic.
func FuzzRun(f *testing.F) {
	seeds(f, 5)
	e := workspace()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, query string) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		start := time.Now()
		_, _, err := e.Query(ctx, source.New("query", query), Options{Now: now, Threads: 2, Memory: 64 << 20})
		if broken(err) {
			t.Fatalf("%v\n%s", err, query)
		}
		if d := time.Since(start); d > 8*time.Second {
			t.Fatalf("%v, though stopped after 2 s\n%s", d, query)
		}
	})
}
