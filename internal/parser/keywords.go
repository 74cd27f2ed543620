package parser

import "strings"

// wordFlags says what a keyword may be besides itself. A word that is no
// keyword at all has no flags and may be a name anywhere.
type wordFlags uint16

const (
	isKeyword wordFlags = 1 << iota
	// nameAnywhere: the word is a name wherever one is expected.
	nameAnywhere
	// nameInList: the word may name a column that is being made, as in
	// `extend word = 1` or `datatable(word:long)`.
	nameInList
	// nameAsReference: the word may be used as a name, but not given.
	nameAsReference
	// isStringOp: the word is a binary operator on strings.
	isStringOp
	// isOperator: the word begins a tabular operator.
	isOperator
	// isHead: the word can begin a query without being taken as a name.
	isHead
	// isParameter: the word is an operator parameter everywhere.
	isParameter
	// isType: the word is the name of a type.
	isType
)

const namesAnywhere = `
	__partitionby access alias best_effort bin bool consume count database dataformat datetime_pattern
	declare default distinct edges entity_group evaluate extend facet filter fork from getschema graph
	guid id inline_external_table join let limit lookup mvapply mvexpand nodes null nulls on optional
	order output pack parse partition pattern plotly query_parameters range reduce regex render
	restrict scan serialize sort step summarize take top typeof uuid view with with_node_id
`

const namesInList = `
	accumulate as by contains datatable earliest externaldata find has in invoke latest materialize mdm
	of print sample sample-distinct search set sql title to top-hitters top-nested toscalar totable
	verbose viewers where
`

const namesAsReference = `
	kind with_source withsource
`

const otherKeywords = `
	3Dchart
	__contextual_datatable __crossCluster __crossDB __executeAndCache __id __isFuzzy __noWithSource
	__packedColumn __projectAway __sourceColumnIndex and anomalychart areachart asc assert-schema
	bagexpansion barchart between boolean byte cachingpolicy callout cancel card char columnchart
	commands-and-queries contains_cs containscs cycles dataexport datascope date datetime decimal
	decodeblocks desc double dynamic encodingpolicy endswith endswith_cs expandoutput
	extent_tags_retention external_data first flags float force_remote granny-asc granny-desc
	graph-mark-components graph-match graph-shortest-paths graph-to-table graph-where-edges
	graph-where-nodes harddelete hardretention has_all has_any has_cs hasprefix hasprefix_cs hassuffix
	hassuffix_cs hint.concurrency hint.distribution hint.materialized hint.progressive_top hint.remote
	hint.shufflekey hint.spread hint.strategy hotcache int int16 int32 int64 int8 in~ isfuzzy journal
	ladderchart last like likecs linechart long macro-expand make-graph make-series
	materialized-view-combine materialized-views missing mv-apply mv-expand nooptimization notcontains
	notcontainscs notlike notlikecs or others parse-kv parse-where partitioned-by pathformat piechart
	pivotchart project project-away project-by-names project-keep project-rename project-reorder
	project-smart queries query_results real relaxed restricted_view_access row_level_security rowstore
	rowstore_references rowstore_sealinfo rowstorepolicy rowstores scatterchart seal seals
	set-or-append set-or-replace shards simple softdelete softretention stackedareachart startswith
	startswith_cs statistics storedqueryresultcontainers string tablepurge time timechart timeline
	timepivot timespan treemap uint uint16 uint32 uint64 uint8 ulong union uniqueid unrestrictedviewers
	views with_itemindex with_match_id with_step_name writeaheadlog
`

// types are the words that name a type in a schema; otherTypes are types only
// for typeof() and reserved words.
const types = `
	bool boolean date datetime decimal double dynamic guid int int64 long real string time timespan
	uniqueid
`

const otherTypes = `float int16 int32 int8 uint uint16 uint32 uint64 uint8 ulong`

const stringOps = `
	has has_cs hasprefix hasprefix_cs hassuffix hassuffix_cs contains contains_cs containscs
	notcontains notcontainscs startswith startswith_cs endswith endswith_cs like likecs notlike
	notlikecs
`

const operatorWords = `
	__executeAndCache __partitionby as assert-schema consume count distinct evaluate extend facet
	filter find fork getschema graph-mark-components graph-match graph-shortest-paths graph-to-table
	graph-where-edges graph-where-nodes invoke join limit lookup macro-expand make-graph make-series
	mv-apply mv-expand mvapply mvexpand order parse parse-kv parse-where partition print project
	project-away project-by-names project-keep project-rename project-reorder range reduce render
	sample sample-distinct scan search serialize sort summarize take top top-hitters top-nested union
	where
`

// Operators are the words of all tabular operators, their older spellings
// included.
func Operators() []string { return strings.Fields(operatorWords) }

// headWords are the operators that can begin a query: their words are not
// names, so nothing else can be meant.
const headWords = `
	__executeAndCache as assert-schema find graph-mark-components graph-match graph-shortest-paths
	graph-to-table graph-where-edges graph-where-nodes invoke macro-expand make-graph make-series
	mv-apply mv-expand parse-kv parse-where print project project-away project-by-names project-keep
	project-rename project-reorder sample sample-distinct search top-hitters top-nested union where
`

// parameterWords are taken as parameters by every operator with parameters.
const parameterWords = `
	__crossCluster __crossDB __id __isFuzzy __noWithSource __packedColumn __sourceColumnIndex
	bagexpansion cycles decodeblocks expandoutput force_remote hint.concurrency hint.distribution
	hint.materialized hint.num_partitions hint.pass_filters hint.pass_filters_column hint.progressive_top hint.remote
	hint.shufflekey hint.spread hint.strategy isfuzzy kind with_itemindex with_match_id with_source with_step_name
	withsource
`

var words = makeWords()

// longWords maps the part of a keyword before its first `-` or `.` to the
// whole keywords, longest first.
var longWords = map[string][]string{}

func makeWords() map[string]wordFlags {
	m := map[string]wordFlags{}
	add := func(list string, f wordFlags) {
		for _, w := range strings.Fields(list) {
			m[w] |= f | isKeyword
		}
	}
	add(namesAnywhere, nameAnywhere|nameInList|nameAsReference)
	add(namesInList, nameInList)
	add(namesAsReference, nameAsReference)
	add(otherKeywords, 0)
	add(types, isType)
	add(otherTypes, 0)
	add(stringOps, isStringOp)
	add(operatorWords, isOperator)
	add(headWords, isHead)
	add(parameterWords, isParameter)
	return m
}

func init() {
	for w := range words {
		if i := strings.IndexAny(w, "-."); i > 0 {
			longWords[w[:i]] = append(longWords[w[:i]], w)
		}
	}
	for _, list := range longWords {
		sortLongest(list)
	}
}

func sortLongest(list []string) {
	for i := range list {
		for j := i; j > 0 && len(list[j]) > len(list[j-1]); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}
