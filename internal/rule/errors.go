package rule

import (
	"fmt"

	"goshawk/internal/source"
)

// The codes of this package. Each has a page in manual/errors.
const (
	codeRead      = "KQL5001" // file cannot be read
	codeTooLarge  = "KQL5002"
	codeYAML      = "KQL5003"
	codeNotText   = "KQL5004"
	codeExpands   = "KQL5005"
	codeNoQuery   = "KQL5006"
	codeBadQuery  = "KQL5007"
	codeKey       = "KQL5101" // misspelt or unknown key
	codeDuplicate = "KQL5102"
	codeType      = "KQL5103"
	codeSeverity  = "KQL5104"
	codeTactic    = "KQL5105"
	codeTechnique = "KQL5106"
	codeDuration  = "KQL5107"
	codeID        = "KQL5108"
	codeIndent    = "KQL5109"
	codeEncoding  = "KQL5110"
	codeKind      = "KQL5111"
	codeTrigger   = "KQL5112"
	codeSameID    = "KQL5113"
)

// maxDiagnostics bounds what one file can say; a file with more is hopeless.
const maxDiagnostics = 200

// report collects diagnostics about one file.
type report struct {
	text *source.Text
	ds   source.Diagnostics
}

func (r *report) add(sev source.Severity, code string, sp source.Span, msg, hint string) {
	if len(r.ds) >= maxDiagnostics && sev != source.Error {
		return
	}
	r.ds = append(r.ds, source.Diagnostic{
		Severity: sev, Code: code, Message: msg, Span: sp, Hint: hint, Text: r.text,
	})
}

func (r *report) misspelt(sp source.Span, key, known string) {
	r.add(source.Warning, codeKey, sp, fmt.Sprintf("the key %q is read as %q", key, known),
		fmt.Sprintf("write %q", known))
}

func (r *report) nearKey(sp source.Span, key, known string) {
	r.add(source.Hint, codeKey, sp, fmt.Sprintf("the key %q is kept but not used", key),
		fmt.Sprintf("%q is there too", known))
}

func (r *report) duplicate(sp source.Span, key string) {
	r.add(source.Warning, codeDuplicate, sp, fmt.Sprintf("the key %q appears twice, the last one counts", key),
		"keep one of them")
}

func (r *report) wrongType(sp source.Span, key, want string, got ValueKind) {
	r.add(source.Warning, codeType, sp, fmt.Sprintf("%q should be %s, not %s", key, want, got), "")
}

func (r *report) noQuery(sp source.Span) {
	r.add(source.Error, codeNoQuery, sp, `the rule has no "query"`, `add the KQL under the key "query"`)
}

// noRule is said of a file that was named; in folders such files are passed by.
func (r *report) noRule() {
	r.add(source.Error, codeNoQuery, source.Span{}, "there is no rule and no query in the file",
		`a rule has its KQL under the key "query"; Markdown has it in a fence that says kql`)
}

func (r *report) badQuery(sp source.Span, what string) {
	r.add(source.Error, codeBadQuery, sp, fmt.Sprintf("the query is %s, not KQL text", what),
		`write it as a block: "query: |" and the text indented below`)
}

func (r *report) unknownWord(code string, sp source.Span, what, word, near string) {
	hint := ""
	if near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	r.add(source.Warning, code, sp, fmt.Sprintf("%q is not a known %s", word, what), hint)
}

func (r *report) readAs(code string, sp source.Span, what, word, as string) {
	r.add(source.Warning, code, sp, fmt.Sprintf("the %s %q is read as %q", what, word, as), fmt.Sprintf("write %q", as))
}
