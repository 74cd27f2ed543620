package cli

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"goshawk/internal/schema"
	"goshawk/internal/source"
)

// skeletonEntities are columns that a new rule groups by, the first that its
// table has, with the entity and identifier that Sentinel knows.
var skeletonEntities = [][3]string{
	{"UserPrincipalName", "Account", "FullName"}, {"AccountUpn", "Account", "FullName"}, {"UserId", "Account", "FullName"}, {"Caller", "Account", "FullName"},
	{"Account", "Account", "FullName"}, {"AccountName", "Account", "Name"}, {"IPAddress", "IP", "Address"}, {"CallerIpAddress", "IP", "Address"},
	{"SourceIP", "IP", "Address"}, {"SourceIp", "IP", "Address"}, {"DeviceName", "Host", "FullName"}, {"Computer", "Host", "FullName"},
}

func (a *app) rulesNewCmd() *cobra.Command {
	var table, out, kind string
	cmd := &cobra.Command{
		Use:     "new NAME",
		Short:   "Begin a rule: a Sentinel YAML file that `goshawk check` accepts",
		Long:    "Writes a whole rule with a query that runs, to be changed. Nothing that exists is overwritten.",
		Example: "  goshawk rules new 'Many failures from one address' --table SigninLogs",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := skeleton(args[0], table, kind)
			if err != nil {
				return err
			}
			if out == "-" {
				fmt.Fprint(a.out, text)
				return nil
			}
			if out == "" {
				out = newFileName(args[0])
			}
			f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, os.ErrExist) {
				return usagef("%s exists; name another file with --out", out)
			}
			if err != nil {
				return fmt.Errorf("write the rule: %w", err)
			}
			_, err = f.WriteString(text)
			if err = errors.Join(err, f.Close()); err != nil {
				return fmt.Errorf("write the rule: %w", err)
			}
			fmt.Fprintf(a.out, "%s; now change its description and query, and run `goshawk check %s`\n", out, out)
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&table, "table", "SigninLogs", "table that the rule reads")
	fl.StringVar(&kind, "kind", "scheduled", "scheduled, nrt (near real time) or hunting")
	fl.StringVar(&out, "out", "", "file to write, - for the terminal (default: the name as a file name)")
	return cmd
}

// newFileName is a rule's name as the name of its file.
func newFileName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		return "new-rule.yaml"
	}
	s := strings.Join(words, "-")
	return s[:min(len(s), 100)] + ".yaml"
}

// skeleton is the text of a new rule.
func skeleton(name, table, kind string) (string, error) {
	cols, ok := schema.Table(table)
	if !ok {
		if near := source.Nearest(table, schema.TableNames()); near != "" {
			return "", usagef("--table: %q is no known table; did you mean %q?", table, near)
		}
		return "", usagef("--table: %q is no known table; `goshawk tables` lists them", table)
	}
	has := map[string]bool{}
	for _, c := range cols {
		has[c.Name] = true
	}
	at := "TimeGenerated"
	if !has[at] && has["Timestamp"] {
		at = "Timestamp"
	}
	by, entity := "", ""
	for _, e := range skeletonEntities {
		if has[e[0]] {
			by = " by " + e[0]
			entity = fmt.Sprintf("entityMappings:\n  - entityType: %s\n    fieldMappings:\n      - identifier: %s\n        columnName: %s\n", e[1], e[2], e[0])
			break
		}
	}
	plan := ""
	switch strings.ToLower(kind) {
	case "scheduled":
		plan = "queryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\nkind: Scheduled\n"
	case "nrt":
		plan = "kind: NRT\n"
	case "hunting":
	default:
		return "", usagef("--kind %s: there are scheduled, nrt and hunting", kind)
	}
	quoted, err := json.Marshal(strings.ToValidUTF8(name, "")) // a JSON text is a YAML text
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`id: %s
name: %s
description: |
  Say what the rule looks for, why it matters, and what a hit means.
severity: Medium
requiredDataConnectors: []
%stactics:
  - CredentialAccess
relevantTechniques:
  - T1110
query: |
  let threshold = 10;
  %s
  | where %s > ago(1h)
  | summarize Count = count(), FirstSeen = min(%s), LastSeen = max(%s)%s
  | where Count > threshold
%sversion: 1.0.0
`, newGUID(), quoted, plan, table, at, at, at, by, entity), nil
}

// newGUID is a random one.
func newGUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
