package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/bind"
	"goshawk/internal/engine"
	"goshawk/internal/external"
	"goshawk/internal/geoip"
	"goshawk/internal/scan"
	"goshawk/internal/source"
	"goshawk/internal/stored"
	"goshawk/internal/watchlist"
)

// workspaceFlags are the flags that give what a Sentinel workspace has beside
// its tables, and what rules may read outside of it.
type workspaceFlags struct {
	functions  []string
	allowFiles []string
	allowURLs  []string
	externals  []string
	watchlists []string
	params     []string
	geoip      string
}

func (f *workspaceFlags) register(cmd *cobra.Command) {
	f.registerFunctions(cmd)
	fl := cmd.Flags()
	fl.StringArrayVar(&f.params, "param", nil, "value of a declared query parameter, or text for a placeholder {{NAME}}: NAME=VALUE (repeatable)")
	fl.StringVar(&f.geoip, "geoip", "", "database of places in MaxMind's format (GeoLite2-City.mmdb) for geo_info_from_ip_address()")
	fl.StringArrayVar(&f.watchlists, "watchlist", nil, "watchlist as ALIAS=FILE.csv, ALIAS:SEARCHKEYCOLUMN=FILE.csv, or a folder of CSV files (repeatable)")
	fl.StringArrayVar(&f.externals, "external", nil, "local copy of a list that rules read with externaldata: URL=FILE, or URL/=FOLDER for all below it (repeatable)")
	fl.StringArrayVar(&f.allowFiles, "allow-files", nil, "folder whose files externaldata may read (repeatable)")
	fl.StringArrayVar(&f.allowURLs, "allow-url", nil, "beginning of addresses that externaldata may fetch, e.g. https://example.com/lists/ (repeatable)")
}

func (f *workspaceFlags) registerFunctions(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.functions, "functions", nil, "file or folder of stored functions: parser YAML, ARM templates, .create function text, query files (repeatable)")
}

// load makes the workspace known to a catalogue and to the options of
// queries. What is wrong with single files is in the diagnostics, and the rest
// is loaded.
func (f *workspaceFlags) load(cat *engine.Catalog, o *engine.Options) (source.Diagnostics, error) {
	for _, p := range f.params {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return nil, usagef("--param %s: it is written NAME=VALUE", p)
		}
		if o.Params == nil {
			o.Params = map[string]string{}
		}
		o.Params[name] = value
	}
	if f.geoip != "" {
		db, err := geoip.Open(f.geoip) // stays open until the process ends
		if err != nil {
			return nil, usagef("--geoip %v", err)
		}
		o.Geo = db.Lookup
	}
	copies := map[string]string{}
	for _, x := range f.externals {
		i := strings.LastIndexByte(x, '=')
		if i <= 0 || i == len(x)-1 {
			return nil, usagef("--external %s: it is written URL=FILE", x)
		}
		copies[x[:i]] = x[i+1:]
	}
	r, err := external.New(external.Config{Files: f.allowFiles, URLs: f.allowURLs, Copies: copies})
	if err != nil {
		return nil, usagef("%v", err)
	}
	o.External = r
	lists, err := watchlist.Load(f.watchlists, when(o.Now))
	if err != nil {
		return nil, usagef("--%v", err)
	}
	byAlias := map[string]scan.Table{}
	for _, l := range lists {
		byAlias[l.Alias] = l.Table()
	}
	cat.SetWatchlists(byAlias, watchlist.All(lists))
	return f.loadFunctions(cat), nil
}

// when is the now of queries.
func when(now time.Time) time.Time {
	if now.IsZero() {
		return time.Now()
	}
	return now
}

func (f *workspaceFlags) loadFunctions(cat *engine.Catalog) source.Diagnostics {
	if len(f.functions) == 0 {
		return nil
	}
	set := stored.Load(f.functions)
	for _, fn := range set.Functions {
		cat.Add(&bind.Function{Name: fn.Name, Params: fn.Params, Body: fn.Body, Text: fn.Text, From: fn.Path, Problem: fn.Problem})
	}
	return set.Diagnostics
}
