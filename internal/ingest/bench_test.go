package ingest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"goshawk/internal/demo"
	"goshawk/internal/scan"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// BenchmarkSignIns reads the columns of a sign-in hunt with four goroutines,
// from the NDJSON file that GOSHAWK_BENCH_LOGS names or else from the demo's.
func BenchmarkSignIns(b *testing.B) {
	path := os.Getenv("GOSHAWK_BENCH_LOGS")
	if path == "" {
		path = filepath.Join(b.TempDir(), "signins.ndjson")
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := demo.Write(f, demo.Config{}); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	w, err := Open([]Spec{{Path: path}}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	tab, ok := w.Table("SigninLogs")
	if !ok {
		b.Fatalf("%+v", w.Report())
	}
	col := func(name string, path ...string) scan.Column {
		t := types.String
		if len(path) > 0 {
			t = types.Dynamic
		}
		return scan.Column{Name: name, Path: path, Type: t}
	}
	app := col("AppDisplayName")
	req := scan.Request{Columns: []scan.Column{{Name: "TimeGenerated", Type: types.Datetime}, app, col("ResultType"), col("UserPrincipalName"),
		col("IPAddress"), col("DeviceDetail", "operatingSystem"), col("DeviceDetail", "browser"), col("Status", "errorCode"),
		col("LocationDetails", "city")}}
	for name, conds := range map[string][]scan.Cond{
		"all":    nil,
		"portal": {{Column: app, Op: "Contains", Values: []vector.Datum{{T: types.String, V: "Azure Portal"}}}},
	} {
		b.Run(name, func(b *testing.B) {
			req.Conds = conds
			info, _ := os.Stat(path)
			b.SetBytes(info.Size())
			for b.Loop() {
				readAll(b, tab, req)
			}
		})
	}
}

func readAll(b *testing.B, tab scan.Table, req scan.Request) {
	ctx := context.Background()
	parts, err := tab.Open(ctx, req)
	if err != nil {
		b.Fatal(err)
	}
	jobs := make(chan scan.Part, len(parts))
	for _, p := range parts {
		jobs <- p
	}
	close(jobs)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for p := range jobs {
				for {
					batch, err := p.Next(ctx)
					if err != nil {
						b.Error(err)
					}
					if batch == nil {
						break
					}
				}
			}
		})
	}
	wg.Wait()
}
