package engine

import (
	"maps"
	"slices"

	"goshawk/internal/scan"
)

// watchlistTable is the table of the items of all watchlists.
const watchlistTable = "Watchlist"

// SetWatchlists makes watchlists known by their aliases; all is the table of
// their items, which counts unless the data has one.
func (c *Catalog) SetWatchlists(lists map[string]scan.Table, all scan.Table) {
	c.lists = lists
	if c.tables[watchlistTable] == nil && len(lists) > 0 {
		c.tables[watchlistTable] = &shared{Table: all}
	}
}

// Watchlist finds a watchlist by its alias.
func (c *Catalog) Watchlist(alias string) (scan.Table, bool) {
	t, ok := c.lists[alias]
	return t, ok
}

// WatchlistNames lists the aliases of all watchlists, sorted.
func (c *Catalog) WatchlistNames() []string { return slices.Sorted(maps.Keys(c.lists)) }

// HasWatchlists says whether the table of their items has rows here.
func (c *Catalog) HasWatchlists(table string) bool {
	return table == watchlistTable && len(c.lists) > 0
}
