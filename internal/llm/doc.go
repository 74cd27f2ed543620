// Package llm has a language model add to what the offline analyst wrote about
// a rule. The model is given facts, and the rule as data that is not to be
// trusted; its answer must be JSON of one shape and may not contradict the
// bound plan, else it is thrown away. It is offered no tools, its words are
// never run, and they never replace the author's or the analyst's.
package llm
