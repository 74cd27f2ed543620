package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/demo"
	"goshawk/internal/hunt"
	"goshawk/internal/rule"
	"goshawk/internal/server/web"
	"goshawk/internal/site"
	"goshawk/internal/source"
	"goshawk/internal/vector"
)

// Bounds of a query that a reader of the pages runs.
const (
	tryRows   = 500
	tryMemory = 400_000_000
)

type serveFlags struct {
	book          bookFlags
	data          dataFlags
	listen, token string
	title         string
	open          bool
}

func (a *app) serveCmd() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the book's pages, live, with a form that runs queries",
		Long: "Serves the pages that `goshawk site build` writes, and builds them again when the book changes. Queries\n" +
			"run on the sample tenant, or on your own data with --logs or --store, with bounds on time, memory and\n" +
			"rows; they can read nothing else. It listens on this machine only and wants a token, which is printed\n" +
			"with the address; GOSHAWK_TOKEN or --token set one.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return a.serve(ctx, &f)
		},
	}
	f.book.register(cmd.Flags())
	f.data.register(cmd)
	fl := cmd.Flags()
	fl.StringVar(&f.listen, "listen", "127.0.0.1:8420", "address to listen on")
	fl.StringVar(&f.token, "token", "", "token that readers must show (default: GOSHAWK_TOKEN, or a new one)")
	fl.BoolVar(&f.open, "no-token", false, "let everybody on this machine in; only for a loopback address")
	fl.StringVar(&f.title, "title", "Goshawk rules", "name of the site")
	return cmd
}

// serve serves until ctx ends.
func (a *app) serve(ctx context.Context, f *serveFlags) error {
	loopback, err := f.check()
	if err != nil {
		return err
	}
	dir, err := f.book.path()
	if err != nil {
		return err
	}
	t, err := newTrier(&f.data)
	if err != nil {
		return err
	}
	defer t.close()
	ln, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer ln.Close()
	base := "http://" + ln.Addr().String()
	fmt.Fprintln(a.err, "Building the pages …")
	s, err := web.New(web.Config{
		Build: func(out string) (*site.Model, error) { return f.build(dir, out, base) },
		Stamp: func() string { return bookStamp(dir) },
		Run:   t.run, Data: t.name, Token: f.token, Loopback: loopback, Log: slog.New(slog.NewTextHandler(a.err, nil)),
	})
	if err != nil {
		return err
	}
	defer s.Close()
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go s.Watch(watching, 3*time.Second) // ends with watching
	address := base + "/"
	if f.token != "" {
		address += "?token=" + f.token
	}
	fmt.Fprintf(a.out, "Serving %s\nQueries run on %s. Stop with Ctrl-C.\n", address, t.name)
	if !loopback {
		fmt.Fprintln(a.err, "goshawk: this address is open to the network, without encryption: put a proxy with TLS before it")
	}
	return serveUntil(ctx, ln, s.Handler())
}

// serveUntil answers requests until ctx ends, and then gives those that are
// under way a few seconds.
func serveUntil(ctx context.Context, ln net.Listener, h http.Handler) error {
	hs := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	done := make(chan error, 1)
	go func() { done <- hs.Serve(ln) }() // ends with Shutdown or Close
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := hs.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return hs.Close()
}

// check says whether the address is on this machine only, and settles the
// token.
func (f *serveFlags) check() (loopback bool, err error) {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return false, usagef("--listen %s: give an address such as 127.0.0.1:8420", f.listen)
	}
	ip := net.ParseIP(host)
	loopback = host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case f.open && f.token != "":
		return false, usagef("--token and --no-token cannot both be")
	case f.open && !loopback:
		return false, usagef("--no-token is only for an address on this machine, such as 127.0.0.1:8420; %s is open to others", f.listen)
	case f.open:
		return loopback, nil
	}
	if f.token == "" {
		f.token = os.Getenv("GOSHAWK_TOKEN")
	}
	if f.token == "" {
		f.token = strings.ToLower(rand.Text())
	}
	if len(f.token) < 12 {
		return false, usagef("the token is shorter than 12 characters")
	}
	return loopback, nil
}

// build writes the pages of the book as it is now.
func (f *serveFlags) build(dir, out, base string) (*site.Model, error) {
	b, _, err := f.book.open(false)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	m, err := siteModel(b, dir, &f.data)
	if err != nil {
		return nil, err
	}
	m.Title, m.URL, m.Live = f.title, base, true
	_, err = site.Build(m, out)
	return m, err
}

// bookStamp is another text when the book, its verdicts or its guidance
// changed.
func bookStamp(dir string) string {
	var b strings.Builder
	for _, n := range []string{"book.json.zst", "verdicts.json", "model"} {
		if info, err := os.Stat(filepath.Join(dir, n)); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", n, info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}

// trier runs the queries of readers.
type trier struct {
	data *data
	name string
	tmp  string // folder of the sample, "" when the data is the user's
}

// newTrier opens the user's data, or makes the sample tenant.
func newTrier(f *dataFlags) (*trier, error) {
	t := &trier{name: "your data"}
	own := *f
	if len(f.logs) == 0 && f.store == "" {
		tmp, err := os.MkdirTemp("", "goshawk-sample-")
		if err != nil {
			return nil, fmt.Errorf("make a folder for the sample: %w", err)
		}
		t.tmp, t.name = tmp, demoData
		truth, _, err := demo.WriteDays(tmp, demo.Config{})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("write the sample tenant: %w", err), t.close())
		}
		own.logs, own.now = []string{tmp}, truth.Now.Format(time.RFC3339)
	}
	var err error
	if t.data, err = own.open(); err != nil {
		return nil, errors.Join(err, t.close())
	}
	// A reader's query reads tables and nothing else, whatever the flags allow.
	t.data.options.External = nil
	t.data.options.Memory = min(t.data.options.Memory, tryMemory)
	return t, nil
}

func (t *trier) close() error {
	if t.tmp == "" {
		return nil
	}
	return os.RemoveAll(t.tmp)
}

// run runs one query as a hunt would run the rule.
func (t *trier) run(ctx context.Context, r *site.Rule, query string) site.Try {
	x := &rule.Rule{Kind: rule.Hunting, Path: "query", Query: query, Text: source.New("query", query)}
	if r != nil {
		x.Kind = rule.Kind(r.Kind)
	}
	list, err := hunt.Run(ctx, hunt.Config{
		Engine: t.data.engine, Rules: []*rule.Rule{x}, HasData: t.data.hasData, Options: t.data.options, Lookback: 7 * 24 * time.Hour,
	})
	if err != nil {
		return site.Try{Problems: []string{err.Error()}}
	}
	res := list[0]
	var out site.Try
	for _, d := range res.Notes {
		out.Problems = append(out.Problems, d.Render())
	}
	if res.Table == nil {
		if len(out.Problems) == 0 {
			out.Problems = []string{res.Reason}
		}
		return out
	}
	out.Ran, out.Total = true, res.Table.Rows()
	for _, c := range res.Table.Schema {
		out.Columns = append(out.Columns, site.Column{Name: c.Name, Type: c.Type.String()})
	}
	_ = eachRow(res.Table, tryRows, func(b *vector.Batch, i int) error {
		row := rowText(b, i)
		for k := range row {
			row[k] = clipCell(row[k])
		}
		out.Rows = append(out.Rows, row)
		return nil
	})
	return out
}

// maxTryCell bounds a cell on a page, in bytes.
const maxTryCell = 2000

func clipCell(s string) string {
	if len(s) <= maxTryCell {
		return s
	}
	return strings.ToValidUTF8(s[:maxTryCell], "") + " …"
}
