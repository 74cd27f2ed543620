package fn

import (
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"goshawk/internal/dynamic"
	"goshawk/internal/vector"
)

// parsePath takes a file path apart.
func parsePath(s string) dynamic.Value {
	scheme, rest := "", s
	if k := strings.Index(s, "://"); k > 0 {
		scheme, rest = s[:k], s[k+3:]
	}
	root := ""
	drive := len(rest) >= 2 && rest[1] == ':' && termRune(rune(rest[0]))
	if drive && len(rest) >= 3 && (rest[2] == '\\' || rest[2] == '/') {
		root = rest[:3]
	}
	dir, file := "", rest
	if k := strings.LastIndexAny(rest, `\/`); k >= 0 {
		dir, file = rest[:k], rest[k+1:]
	}
	stream := ""
	if k := strings.IndexByte(file, ':'); k >= 0 {
		file, stream = file[:k], file[k+1:]
	}
	dirName := dir[strings.LastIndexAny(dir, `\/`)+1:]
	ext := ""
	if k := strings.LastIndexByte(file, '.'); k >= 0 {
		ext = file[k+1:]
	}
	return bag("Scheme", scheme, "RootPath", root, "DirectoryPath", dir, "DirectoryName", dirName, "Filename", file, "Extension", ext, "AlternateDataStreamName", stream)
}

// parseVersion reads up to four parts of up to eight digits as one number.
func parseVersion(s string) (vector.Decimal, bool) {
	parts := strings.Split(s, ".")
	if s == "" || len(parts) > 4 {
		return nil, false
	}
	var b strings.Builder
	for i := range 4 {
		part := "0"
		if i < len(parts) {
			part = parts[i]
		}
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil || len(part) > 8 {
			return nil, false
		}
		digits := strconv.FormatUint(n, 10)
		b.WriteString(strings.Repeat("0", 8-len(digits)) + digits)
	}
	d, _, err := apd.NewFromString(b.String())
	return d, err == nil
}

// parseCSV reads the fields of the first record; quotes hold commas and
// doubled quotes.
func parseCSV(s string) dynamic.Value {
	var fields []string
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '"' && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"' && (quoted || b.Len() == 0):
			quoted = !quoted
		case !quoted && c == ',':
			fields = append(fields, b.String())
			b.Reset()
		case !quoted && (c == '\n' || c == '\r'):
			i = len(s)
		default:
			b.WriteByte(c)
		}
	}
	return dynamic.FromStrings(append(fields, b.String()))
}

// windowsArgs cuts a command line as Windows does: blanks part arguments,
// quotes hold blanks, and backslashes count before a quote.
func windowsArgs(s string) dynamic.Value {
	var args []string
	var b strings.Builder
	quoted, open := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			n := 1
			for i+1 < len(s) && s[i+1] == '\\' {
				n, i = n+1, i+1
			}
			open = true
			if i+1 < len(s) && s[i+1] == '"' {
				b.WriteString(strings.Repeat(`\`, n/2))
				if n%2 == 1 {
					b.WriteByte('"')
					i++
				}
			} else {
				b.WriteString(strings.Repeat(`\`, n))
			}
		case c == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			quoted, open = !quoted, true
		case (c == ' ' || c == '\t') && !quoted:
			if open {
				args = append(args, b.String())
				b.Reset()
			}
			open = false
		default:
			b.WriteByte(c)
			open = true
		}
	}
	if open {
		args = append(args, b.String())
	}
	return dynamic.FromStrings(args)
}

func init() {
	textRow("parse_path", "Takes a file path apart.", sure(parsePath))
	textRow("parse_version", "Reads a version as a number that sorts.", parseVersion)
	textRow("parse_csv", "Reads the fields of a line of CSV.", sure(parseCSV))
	scalar(Scalar{Name: "parse_command_line", Summary: "Takes a command line apart.", Nulls: Handles, Kernel: func(c *Call, args []*vector.Vector) (*vector.Vector, error) {
		s, parser := texts(args[0]), texts(args[1])
		var broken error
		v := collect[dynamic.Value](c, nil, func(i int) (dynamic.Value, bool) {
			if !strings.EqualFold(parser.at(i), "windows") {
				broken = Errorf("parse_command_line() knows the parser \"windows\" only, not %q", parser.at(i))
				return dynamic.NullValue, false
			}
			if s.at(i) == "" {
				return dynamic.NullValue, true
			}
			return windowsArgs(s.at(i)), true
		})
		return v, broken
	}})
}
