package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"goshawk/internal/fn"
	"goshawk/internal/manual"
	"goshawk/internal/source"
)

// helpCmd is cobra's help, which also has the pages of the manual.
func (a *app) helpCmd(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [NAME]",
		Short: "Help on a command, a KQL function, operator or message, or a topic",
		Long: "Help on a command, on a function, aggregate or operator of KQL, on the code of a message, or on a topic:\n\n" +
			"  goshawk help hunt\n  goshawk help strlen\n  goshawk help summarize\n  goshawk help '=='\n  goshawk help KQL2003\n\n" +
			"Topics: " + strings.Join(manual.TopicNames(), ", "),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return root.Help()
			}
			if cmd, rest, err := root.Find(args); err == nil && cmd != root && len(rest) == 0 {
				if err := cmd.Help(); err != nil {
					return err
				}
				for _, p := range manual.Find(args[0]) { // a topic may have a command's name
					fmt.Fprint(a.out, "\n"+pageText(p))
				}
				return nil
			}
			if args[0] == "help" {
				return cmd.Help()
			}
			return a.help(root, strings.Join(args, " "))
		},
	}
}

// help prints all pages on a name. `help strlen()` and `help has-any` are
// what people type, so brackets are dropped.
func (a *app) help(root *cobra.Command, name string) error {
	name = strings.TrimSuffix(strings.TrimSpace(name), "()")
	pages := manual.Find(name)
	for i, p := range pages {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprint(a.out, pageText(p))
	}
	if len(pages) > 0 {
		return nil
	}
	if e, k := entry(name); e != nil {
		fmt.Fprint(a.out, pageText(manual.Page{Kind: k, Name: name, Text: "# " + name + "()\n"}))
		return nil
	}
	names := manual.Names()
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	for _, c := range catalogues {
		for i := range c.list {
			if !c.list[i].Hidden {
				names = append(names, c.list[i].Name)
			}
		}
	}
	if near := source.Nearest(name, names); near != "" {
		return usagef("there is no help on %q; did you mean %q?", name, near)
	}
	return usagef("there is no help on %q; `goshawk functions` lists the functions, `goshawk help` the commands", name)
}

// entry finds a name in the lists of the language.
func entry(name string) (*fn.Entry, manual.Kind) {
	for _, c := range catalogues {
		if e := fn.Find(c.list, name); e != nil {
			return e, c.kind
		}
	}
	return nil, ""
}

// pageText is a page for the terminal, with how to call a function and what
// is known of it.
func pageText(p manual.Page) string {
	title, body, _ := strings.Cut(p.Text, "\n")
	var b strings.Builder
	b.WriteString(strings.TrimPrefix(title, "# "))
	if p.Kind != manual.Message && p.Kind != manual.Topic {
		b.WriteString("   (" + string(p.Kind) + ")")
	}
	b.WriteString("\n\n")
	for _, c := range catalogues {
		if c.kind == p.Kind {
			b.WriteString(callText(p.Name, c.list, p.Kind))
		}
	}
	b.WriteString(plainMarkdown(body))
	return b.String()
}

// docs is where the language's own documentation is.
const docs = "https://learn.microsoft.com/kusto/query/"

// callText says how a function is called and what is known of it.
func callText(name string, list []fn.Entry, k manual.Kind) string {
	e := fn.Find(list, name)
	var b strings.Builder
	if e != nil {
		for _, s := range e.Sigs {
			if !s.Hidden {
				b.WriteString("  " + wrap(signature(name, s), helpWidth-2, "    ") + "\n")
			}
		}
	}
	if st := state(name, k); st != "runs" {
		b.WriteString("  here: " + st + "\n")
	}
	if e != nil && e.Obsolete && e.Alternative != "" {
		b.WriteString("  an old name: write " + e.Alternative + "\n")
	}
	if e != nil && e.Doc != "" {
		b.WriteString("  documentation: " + docs + e.Doc + "\n")
	}
	return b.String() + "\n"
}

// kinds are the catalogue's kinds of arguments in plain words.
var kinds = map[string]string{
	"Scalar": "any", "Any": "any", "Number": "number", "Integer": "integer", "Summable": "number, datetime or timespan",
	"DynamicArray": "array", "DynamicBag": "bag", "StringOrDynamic": "string or dynamic", "NotDynamic": "any but dynamic",
	"NotBool": "any but bool", "NotRealOrBool": "any but real and bool", "NumberOrBool": "number or bool", "Orderable": "any with an order",
	"StringOrArray": "string or array", "IntegerOrArray": "integer or array", "CommonScalar": "any", "CommonScalarOrDynamic": "any",
	"CommonOrderable": "any with an order", "Tabular": "table", "Parameter0": "type of the first", "Parameter1": "type of the second",
}

// results are the catalogue's rules for result types in plain words.
var results = map[string]string{
	"Parameter0": "type of the first argument", "Parameter1": "type of the second argument", "Parameter0Array": "array",
	"Parameter0Promoted": "type of the first argument", "Widest": "widest type", "Common": "common type", "CommonNonDynamic": "common type",
	"Parameter0Literal": "type named first", "ParameterNLiteral": "type named last", "Custom": "",
}

func signature(name string, s fn.Sig) string {
	var ps []string
	for _, p := range s.Params {
		kind := kinds[p.Kind]
		if len(p.Types) > 0 {
			var ts []string
			for _, t := range p.Types {
				ts = append(ts, t.String())
			}
			kind = strings.Join(ts, " or ")
		}
		if kind == "unknown" || kind == "" {
			kind = "any"
		}
		if len(p.Values) > 0 {
			kind = `"` + strings.Join(p.Values, `" or "`) + `"`
		}
		text := p.Name + ": " + kind
		if p.Max > 1 {
			text += ", ..."
		}
		if p.Min == 0 {
			text = "[" + text + "]"
		}
		ps = append(ps, text)
	}
	ret, ok := results[s.Returns]
	if !ok {
		ret = s.Returns
	}
	if ret != "" {
		ret = " -> " + ret
	}
	return fmt.Sprintf("%s(%s)%s", name, strings.Join(ps, ", "), ret)
}

// helpWidth is the width that prose is broken at.
const helpWidth = 88

// plainMarkdown is a page's body without marks: fences are indented, prose is
// broken into lines.
func plainMarkdown(body string) string {
	var b strings.Builder
	var par []string
	indent := ""
	flush := func() {
		if len(par) > 0 {
			b.WriteString(wrap(strings.Join(par, " "), helpWidth, indent) + "\n")
			par, indent = nil, ""
		}
	}
	lines := strings.Split(strings.TrimSpace(body), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			i = fence(&b, lines, i)
		case strings.TrimSpace(line) == "":
			flush()
			b.WriteString("\n")
		case strings.HasPrefix(line, "|"):
			flush()
			i = mdTable(&b, lines, i)
		case strings.HasPrefix(line, "- "):
			flush()
			par, indent = []string{line}, "  "
		case strings.HasPrefix(line, "#"):
			flush()
			b.WriteString(strings.TrimLeft(line, "# ") + "\n")
		default:
			par = append(par, strings.TrimSpace(line))
		}
	}
	flush()
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// mdTable writes the Markdown table that begins at line i, its last column
// broken into lines, and gives the line it ends at.
func mdTable(b *strings.Builder, lines []string, i int) int {
	var rows [][]string
	var width []int
	for ; i < len(lines) && strings.HasPrefix(lines[i], "|"); i++ {
		if strings.Trim(lines[i], "|-: ") == "" {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(lines[i]), "|"), " | ")
		for k := range cells {
			cells[k] = strings.TrimSpace(cells[k])
			if k == len(width) {
				width = append(width, 0)
			}
			width[k] = max(width[k], utf8.RuneCountInString(cells[k]))
		}
		rows = append(rows, cells)
	}
	for n, row := range rows {
		if n == 0 {
			continue // the header says what the text above the table says
		}
		head := "  "
		for k := range row[:len(row)-1] {
			head += row[k] + strings.Repeat(" ", width[k]-utf8.RuneCountInString(row[k])+2)
		}
		indent := strings.Repeat(" ", utf8.RuneCountInString(head))
		b.WriteString(head + wrap(row[len(row)-1], helpWidth-len(indent), indent) + "\n")
	}
	return i - 1
}

// fence writes the fence that begins at line i and gives the line it ends at.
// Results stand apart from their query by an empty line, data have their name.
func fence(b *strings.Builder, lines []string, i int) int {
	info := strings.Fields(strings.TrimPrefix(lines[i], "```"))
	if !strings.HasSuffix(b.String(), "\n\n") {
		b.WriteString("\n")
	}
	if len(info) > 1 && (info[0] == "data" || info[0] == "jsonl" || info[0] == "yaml") {
		b.WriteString("  " + info[1] + ":\n")
	}
	for i++; i < len(lines) && lines[i] != "```"; i++ {
		b.WriteString(strings.TrimRight("    "+lines[i], " ") + "\n")
	}
	return i
}

// wrap breaks text into lines of a width; all but the first are indented.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	at := 0
	for _, w := range strings.Fields(text) {
		n := utf8.RuneCountInString(w)
		if at > 0 && at+1+n > width {
			b.WriteString("\n" + indent)
			at = 0
		}
		if at > 0 {
			b.WriteString(" ")
			at++
		}
		b.WriteString(w)
		at += n
	}
	return b.String()
}
