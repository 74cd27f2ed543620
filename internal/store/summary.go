package store

import (
	"time"

	"goshawk/internal/types"
)

// TableSummary is what a store says about a table.
type TableSummary struct {
	Name         string
	Rows         int64
	Bytes, Index int64 // on disk; Index is the part of it that finds words
	Parts, Days  int
	Columns      int
	// First and Last are the times of the first and last row, zero without.
	First, Last time.Time
	KeepDays    int
}

// Summary lists the tables.
func (s *Store) Summary() []TableSummary {
	var out []TableSummary
	list := s.snapshot()
	for _, name := range s.Names() {
		t := list.Tables[name]
		x := TableSummary{Name: name, Parts: len(t.Parts), Columns: len(t.Columns), KeepDays: t.KeepDays}
		days := map[string]bool{}
		for _, p := range t.Parts {
			x.Rows += int64(p.Rows)
			x.Bytes += p.Bytes
			x.Index += p.Index
			days[p.Day] = true
			if p.Sort == "" || p.Null == p.Rows {
				continue
			}
			if at := types.ToTime(p.Min); x.First.IsZero() || at.Before(x.First) {
				x.First = at
			}
			if at := types.ToTime(p.Max); at.After(x.Last) {
				x.Last = at
			}
		}
		x.Days = len(days)
		out = append(out, x)
	}
	return out
}
