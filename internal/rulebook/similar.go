package rulebook

import (
	"hash/fnv"
	"slices"
	"sort"
	"strings"

	"goshawk/internal/parser"
	"goshawk/internal/source"
)

// The words of a query are its tokens without comments, literals made equal,
// so that two rules that differ in a list of addresses are near. A run of
// three words is a shingle.
const shingleWords = 3

// nearLeast is how much two queries must share to be called near: below it,
// rules on the same table with another purpose begin to appear.
const nearLeast = 0.7

// maxNear bounds the near rules that are kept of one.
const maxNear = 10

// shinglesOf is the sorted set of shingles of a query.
func shinglesOf(query string) []uint64 {
	words := wordsOf(query)
	if len(words) == 0 {
		return nil
	}
	var out []uint64
	for i := 0; i == 0 || i+shingleWords <= len(words); i++ {
		h := fnv.New64a()
		for _, w := range words[i:min(i+shingleWords, len(words))] {
			_, _ = h.Write([]byte(w))
			_, _ = h.Write([]byte{0})
		}
		out = append(out, h.Sum64())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func wordsOf(query string) []string {
	var out []string
	for _, t := range parser.Tokens(source.New("", query)) {
		w := query[t.Span.Start:t.Span.End]
		switch t.Kind {
		case parser.Comment:
			continue
		case parser.Long, parser.Real, parser.Timespan:
			w = "0"
		case parser.String:
			if len(w) > 40 {
				w = w[:40]
			}
		}
		out = append(out, strings.ToLower(w))
	}
	return out
}

// same is the share of shingles that two sets have in common.
func same(a, b []uint64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// bands is how many of the smallest mixed values of a set are compared to find
// pairs worth looking at. Two sets that share 0.7 have all of 24 values
// different with a chance far below one in a million.
const bands = 24

// candidates groups records that may be near: those that have one of their
// smallest values, under one of the mixings, in common.
func candidates(records []*Record) map[uint64][]int {
	groups := map[uint64][]int{}
	for i, r := range records {
		for b := range uint64(bands) {
			if len(r.shingles) == 0 {
				break
			}
			least := ^uint64(0)
			for _, s := range r.shingles {
				least = min(least, mix(s+b*0x9e3779b97f4a7c15))
			}
			k := mix(least ^ b<<56)
			groups[k] = append(groups[k], i)
		}
	}
	return groups
}

func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// maxGroup bounds the groups that are compared pair by pair; a larger one is a
// shape that half a collection has, such as a table and a time filter.
const maxGroup = 400

// findNear fills Near of all records.
func (b *Book) findNear() error {
	if err := b.fillShingles(); err != nil {
		return err
	}
	for _, r := range b.Records {
		r.Near = nil
	}
	seen := map[[2]int]bool{}
	for _, g := range candidates(b.Records) {
		if len(g) > maxGroup {
			g = g[:maxGroup]
		}
		for x := range g {
			for y := x + 1; y < len(g); y++ {
				p := [2]int{g[x], g[y]}
				if seen[p] {
					continue
				}
				seen[p] = true
				b.pair(b.Records[p[0]], b.Records[p[1]])
			}
		}
	}
	for _, r := range b.Records {
		sort.Slice(r.Near, func(i, j int) bool {
			if r.Near[i].Same != r.Near[j].Same {
				return r.Near[i].Same > r.Near[j].Same
			}
			return r.Near[i].Key < r.Near[j].Key
		})
		r.Near = r.Near[:min(len(r.Near), maxNear)]
	}
	return nil
}

func (b *Book) pair(x, y *Record) {
	if x == y {
		return
	}
	if s := same(x.shingles, y.shingles); s >= nearLeast {
		x.Near = append(x.Near, Near{y.Key, s})
		y.Near = append(y.Near, Near{x.Key, s})
	}
}

// fillShingles computes the shingles of records that were read from disk.
func (b *Book) fillShingles() error {
	for _, r := range b.Records {
		if r.shingles != nil {
			continue
		}
		x, err := b.Rule(r)
		if err != nil {
			return err
		}
		r.shingles = shinglesOf(x.Query)
	}
	return nil
}
