package rule

import (
	"fmt"
	"strings"

	"goshawk/internal/source"
)

// markdown reads the fenced kql blocks of a page. YAML front matter counts for
// all of them; the heading above a block is its name and the text between the
// two its description.
func (rd *reader) markdown() {
	src := rd.file.Src
	front, at := rd.frontMatter()
	var heading string
	var prose []string
	used := map[string]int{}
	for at < len(src) {
		end, next := lineEnd(src, at)
		ln := src[at:end]
		fence, lang := openFence(ln)
		switch {
		case fence != "":
			body, after := fenced(src, next, fence)
			if lang == "kql" || lang == "kusto" {
				used[heading]++
				rd.block(front, heading, strings.TrimSpace(strings.Join(prose, "\n")), body, used[heading])
				prose = nil
			}
			next = after
		case strings.HasPrefix(ln, "#"):
			heading, prose = strings.TrimSpace(strings.Trim(ln, "# \t")), nil
		default:
			prose = append(prose, ln)
		}
		at = next
	}
}

// frontMatter reads the YAML between two "---" at the top of the page.
func (rd *reader) frontMatter() (fields []Field, after int) {
	src := rd.file.Src
	if !strings.HasPrefix(src, "---\n") {
		return nil, 0
	}
	end := strings.Index(src, "\n---\n")
	if end < 0 {
		return nil, 0
	}
	if v, ok := document(src[4:max(4, end+1)], 4, rd.rep); ok {
		fields = v.Map
	}
	return fields, end + 5
}

// openFence says whether a line opens a code block, with what, and in which
// language.
func openFence(ln string) (fence, lang string) {
	t := strings.TrimLeft(ln, " \t")
	for _, c := range []string{"`", "~"} {
		rest := strings.TrimLeft(t, c)
		if n := len(t) - len(rest); n >= 3 && !strings.Contains(rest, "`") {
			word, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			return t[:n], strings.ToLower(strings.Trim(word, "{.}"))
		}
	}
	return "", ""
}

// fenced are the lines of a block that begins at byte at, and where it is over.
func fenced(src string, at int, fence string) (lines []source.Span, after int) {
	for at < len(src) {
		end, next := lineEnd(src, at)
		t := strings.TrimSpace(src[at:end])
		if strings.HasPrefix(t, fence) && strings.Trim(t, fence[:1]) == "" {
			return lines, next
		}
		lines = append(lines, source.Span{Start: at, End: end})
		at = next
	}
	return lines, len(src)
}

// block is one rule of the page; n tells the blocks under one heading apart.
func (rd *reader) block(front []Field, heading, prose string, lines []source.Span, n int) {
	if len(lines) == 0 {
		return
	}
	var b strings.Builder
	pieces := make([]source.Piece, len(lines))
	for i, ln := range lines {
		pieces[i] = source.Piece{Src: b.Len(), Host: ln.Start}
		b.WriteString(rd.file.Src[ln.Start:ln.End])
		b.WriteByte('\n')
	}
	query := b.String()
	own, _ := commentFields(query, lines[0].Start)
	rep := &report{text: rd.file}
	fs := understand(append(inherited(front, own), own...), rep)
	r := &Rule{Query: query, Text: source.NewMapped(rd.file, query, pieces)}
	rd.finish(r, fieldReader{fieldSet: fs, rep: rep}, lines[0], Query)
	switch {
	case heading != "" && (r.Name == "" || len(own) == 0):
		r.Name = heading
	case r.Name == "":
		r.Name = stem(rd.path)
	}
	if n > 1 {
		r.Name = fmt.Sprintf("%s (%d)", r.Name, n)
	}
	if r.Description == "" {
		r.Description = prose
	}
}
