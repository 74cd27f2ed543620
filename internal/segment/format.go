// Package segment is the file of one immutable part of a table: rows kept
// column by column, in blocks with checksums and statistics. It makes vectors
// of what it reads and vectors into files; which parts a table has, and when
// they are written or merged, is store's business.
//
// A file is a head, the pieces of the columns one behind the other, a
// directory, and a tail. Nothing is read before somebody asks for it but the
// directory.
//
// Columns whose values repeat are dictionaries: distinct values, and a code a
// row. Codes stand in streams of their own, because columns that say the same
// in other words (a user's name, address and id) share one: the value of the
// second column follows from the code of the first, and costs nothing a row.
// Bags in dynamic columns are taken apart into a column a key; what has no
// common shape stands in the binary form of package dynamic.
package segment

import (
	"fmt"
	"hash/crc32"
)

// Version is the version of the format that is written. Files of every
// version from 1 on are read; testdata keeps one of each.
const Version = 1

// The head is a word and the version, the tail is the place and checksum of
// the directory and a word.
const (
	headWord = "GOSHAWK"
	headSize = len(headWord) + 1
	tailWord = "GSEG"
	tailSize = 8 + 4 + 4 + len(tailWord)
)

const (
	// blockRows is how many rows are read at once. 16384 codes fit a core's
	// first cache twice over, and a batch of this size is what operators work
	// on.
	blockRows = 16384
	// pageRows is how many rows of long text are packed together: a query that
	// looks at few rows unpacks about 128 KB around each.
	pageRows = 1024
	// maxRows bounds a part, so that rows are counted in 32 bits everywhere.
	maxRows = 1 << 28
	// maxPiece bounds what one piece unpacks to, against damaged lengths.
	maxPiece = 1 << 30
	// maxShredDepth bounds how deep bags are taken apart into columns.
	maxShredDepth = 8
	// maxShredKeys bounds the keys of one bag that become columns.
	maxShredKeys = 256
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Damage says that a file does not hold what was written. The rest of the
// file may still be good.
type Damage struct {
	// File is the name of the file, if the reader was told.
	File string
	// Where says which piece is damaged, e.g. "column UserAgent, block 3".
	Where string
	// What was found.
	What string
}

// Error names file, place and finding.
func (d *Damage) Error() string {
	s := "damaged"
	if d.File != "" {
		s = "segment " + d.File + " is damaged"
	}
	if d.Where != "" {
		s += ": " + d.Where
	}
	return s + ": " + d.What
}

func damagef(where, format string, args ...any) error {
	return &Damage{Where: where, What: fmt.Sprintf(format, args...)}
}
