package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"goshawk/internal/enrich"
	"goshawk/internal/rule"
)

// answer is what a model must write.
type answer struct {
	Hypothesis string   `json:"hypothesis"`
	Means      string   `json:"means"`
	NotMeans   string   `json:"not_means"`
	Severity   proposal `json:"severity"`
	Blind      []string `json:"blind"`
	Benign     []benign `json:"benign"`
	Escalate   []string `json:"escalate"`
	Tables     []string `json:"tables"`
	Columns    []string `json:"columns"`
	Techniques []string `json:"techniques"`
	Confidence string   `json:"confidence"`
}

type proposal struct {
	Proposal string `json:"proposal"`
	Reason   string `json:"reason"`
}

type benign struct {
	Cause string `json:"cause"`
	Tell  string `json:"tell"`
}

// answerSchema is answer as JSON schema, for servers that hold the model to
// one; parse holds every answer to it in any case.
var answerSchema = object(map[string]any{
	"hypothesis": str, "means": str, "not_means": str,
	"severity":   object(map[string]any{"proposal": map[string]any{"type": "string", "enum": []string{"Informational", "Low", "Medium", "High"}}, "reason": str}),
	"blind":      strs,
	"benign":     map[string]any{"type": "array", "items": object(map[string]any{"cause": str, "tell": str})},
	"escalate":   strs,
	"tables":     strs,
	"columns":    strs,
	"techniques": strs,
	"confidence": map[string]any{"type": "string", "enum": []string{"low", "medium", "high"}},
})

var (
	str  = map[string]any{"type": "string"}
	strs = map[string]any{"type": "array", "items": str}
)

// object is a schema of an object that has exactly these fields.
func object(fields map[string]any) map[string]any {
	var names []string
	for _, n := range []string{"hypothesis", "means", "not_means", "severity", "blind", "benign", "escalate", "tables", "columns", "techniques", "confidence", "proposal", "reason", "cause", "tell"} {
		if fields[n] != nil {
			names = append(names, n)
		}
	}
	return map[string]any{"type": "object", "properties": fields, "required": names, "additionalProperties": false}
}

// Bounds of texts and lists in an answer.
const (
	maxText = 1200
	maxLine = 400
	maxList = 8
	maxName = 200
)

// parse reads an answer and holds it to its shape.
func parse(text string) (*answer, error) {
	text = strings.TrimSpace(text)
	// Many models put JSON into a fence, whatever they are told.
	if rest, ok := strings.CutPrefix(text, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		text, _, _ = strings.Cut(rest, "```")
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	a := &answer{}
	if err := d.Decode(a); err != nil {
		return nil, fmt.Errorf("the answer is not the JSON asked for: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the answer has something behind its JSON")
	}
	return a, a.shape()
}

// shape checks what a schema says: what must be there, how long, which words.
func (a *answer) shape() error {
	for name, s := range map[string]string{"hypothesis": a.Hypothesis, "means": a.Means, "severity.reason": a.Severity.Reason} {
		if len(strings.TrimSpace(s)) < 20 {
			return fmt.Errorf("%s is missing or too short", name)
		}
	}
	for _, s := range []string{a.Hypothesis, a.Means, a.NotMeans, a.Severity.Reason} {
		if len(s) > maxText {
			return fmt.Errorf("a text is longer than %d bytes", maxText)
		}
	}
	for name, l := range map[string][]string{"blind": a.Blind, "escalate": a.Escalate} {
		if len(l) > maxList {
			return fmt.Errorf("%s has more than %d entries", name, maxList)
		}
		for _, s := range l {
			if s == "" || len(s) > maxLine {
				return fmt.Errorf("an entry of %s is empty or longer than %d bytes", name, maxLine)
			}
		}
	}
	if len(a.Benign) > maxList {
		return fmt.Errorf("benign has more than %d entries", maxList)
	}
	for _, b := range a.Benign {
		if b.Cause == "" || b.Tell == "" || len(b.Cause) > maxLine || len(b.Tell) > maxLine {
			return fmt.Errorf("a benign cause lacks a part, or has one longer than %d bytes", maxLine)
		}
	}
	if len(a.Tables)+len(a.Columns)+len(a.Techniques) > maxName {
		return fmt.Errorf("more than %d tables, columns and techniques", maxName)
	}
	if rule.Severity(a.Severity.Proposal).Rank() == 0 {
		return fmt.Errorf("there is no severity %q", a.Severity.Proposal)
	}
	switch enrich.Confidence(a.Confidence) {
	case enrich.Low, enrich.Medium, enrich.High:
	default:
		return fmt.Errorf("there is no confidence %q", a.Confidence)
	}
	for _, s := range a.all() {
		if err := harmless(s); err != nil {
			return err
		}
	}
	return nil
}

// harmless refuses what no analyst's note needs and a hostile rule could plant
// to lead a reader away: links, markup, control characters.
func harmless(s string) error {
	low := strings.ToLower(s)
	for _, bad := range []string{"://", "www.", "](", "<script", "<img", "<a ", "javascript:", "mailto:", "```"} {
		if strings.Contains(low, bad) {
			return fmt.Errorf("a text holds a link or markup (%q)", bad)
		}
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r) {
			return errors.New("a text holds control characters")
		}
	}
	return nil
}

// claims are the texts that speak about the rule itself.
func (a *answer) claims() []string {
	return []string{a.Hypothesis, a.Means, a.Severity.Reason}
}

// all are all texts.
func (a *answer) all() []string {
	out := append(a.claims(), a.NotMeans)
	out = append(out, a.Blind...)
	out = append(out, a.Escalate...)
	for _, b := range a.Benign {
		out = append(out, b.Cause, b.Tell)
	}
	return out
}
