package cli

import (
	"strings"
	"testing"

	"goshawk/internal/fn"
	"goshawk/internal/manual"
)

func helpOn(args ...string) (out, errs string, code int) {
	var o, e strings.Builder
	code = Main(append([]string{"help"}, args...), strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

func TestHelpKnowsEveryName(t *testing.T) {
	names := manual.Names()
	for _, list := range [][]fn.Entry{fn.Functions, fn.Aggregates, fn.Plugins} {
		for i := range list {
			names = append(names, list[i].Name)
		}
	}
	names = append(names, "strlen()", "kql2003", "hunt", "query", "demo")
	for _, n := range names {
		out, errs, code := helpOn(n)
		if code != exitOK || errs != "" || strings.TrimSpace(out) == "" {
			t.Errorf("help %s: exit code %d, %q, %q", n, code, out, errs)
		}
		if strings.Contains(out, "\n```") {
			t.Errorf("help %s shows marks of Markdown:\n%s", n, out)
		}
	}
}

func TestHelpSaysWhatItIs(t *testing.T) {
	for name, want := range map[string][]string{
		"strlen":      {"strlen()   (function)", "strlen(string: string", "-> long", "print"},
		"count":       {"count   (operator)", "(aggregate)", "summarize"},
		"KQL2003":     {"KQL2003: ", "hint: did you mean"},
		"exit-codes":  {"0 ", "3 ", "4 "},
		"passthrough": {"refused by name"},
	} {
		out, _, _ := helpOn(name)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("help %s lacks %q:\n%s", name, w, out)
			}
		}
	}
}

func TestHelpOffersTheNearest(t *testing.T) {
	for name, near := range map[string]string{"strlne": "strlen", "sumarize": "summarize", "KQL2033": "KQL2003", "exitcodes": "exit-codes", "hutn": "hunt", "qqqqqq": ""} {
		out, errs, code := helpOn(name)
		if code != exitUsage || out != "" || near != "" && !strings.Contains(errs, `did you mean "`+near+`"`) {
			t.Errorf("help %s: exit code %d, %q, %q", name, code, out, errs)
		}
	}
}
