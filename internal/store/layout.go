// Package store keeps tables on disk: immutable parts in day partitions, and
// a list of the parts that changes at one stroke. One process writes at a
// time; any number read, each with the list as it was when they opened.
//
// What a commit has reported as done is on the disk: parts are synced before
// the list names them, and the list is synced before the commit returns. A
// process that dies leaves files that no list names; the next writer removes
// them.
//
// The package knows rows and parts. How log files become rows is ingest's
// business, and how a column stands in a part is segment's.
package store

import "fmt"

// The files of a store:
//
//	LOCK                        held by the one writer
//	MANIFEST, MANIFEST.copy     the list of parts, twice
//	tables/NAME/DAY/G-N.seg     part N of generation G
//	….tmp                       a file that is being written
const (
	lockName     = "LOCK"
	manifestName = "MANIFEST"
	copyName     = "MANIFEST.copy"
	tablesName   = "tables"
	segmentExt   = ".seg"
	tempExt      = ".tmp"
	// noDay is the partition of rows without a time, manyDays that of rows
	// whose days are too many to be kept apart.
	noDay    = "none"
	manyDays = "mixed"
)

// formatVersion is the version of the manifest that is written; older ones
// are read.
const formatVersion = 1

const (
	// maxOpenDays bounds the partitions that one commit fills. A year of logs
	// taken in at once stays below; random dates in broken rows do not.
	maxOpenDays = 500
	// defaultFlush is how many bytes of rows are gathered before they are
	// written: about five days of a busy table, or 800,000 sign-ins.
	defaultFlush = 256 << 20
	// mergeFan parts of one size class become one, so that a row is written
	// again once for each class.
	mergeFan = 4
	// maxPartRows bounds what merging makes: one part is held in memory while
	// it is made.
	maxPartRows = 1 << 20
	// scanBlocks is how many blocks of a part one goroutine reads: 131,072 rows.
	scanBlocks = 8
	// dictMemory bounds the dictionaries that stay in memory between queries.
	dictMemory = 96 << 20
	// maxManifest bounds the manifest against damaged lengths.
	maxManifest = 1 << 30
)

// Kind says what is wrong, for exit codes.
type Kind int

// The kinds of errors.
const (
	NotFound Kind = iota
	Busy          // another process writes
	Damaged
)

// Error is an error of the store with its kind.
type Error struct {
	Kind Kind
	Msg  string
}

// Error is the message.
func (e *Error) Error() string { return e.Msg }

func errorf(k Kind, format string, args ...any) error {
	return &Error{k, fmt.Sprintf(format, args...)}
}
