// Package enrich writes what an analyst would add to a rule: a hypothesis,
// what a hit means and does not, a severity with its reason, the data it
// needs, benign causes, what to tune, what to look at first, and what it does
// not see.
//
// The offline analyst reads the rule's logic and known facts about tables,
// result codes and events. It says nothing that it has no basis for, names
// that basis, and never replaces the author's words.
package enrich
