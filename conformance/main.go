// Command conformance measures Goshawk against the material beside the
// repository (answers of a real Kusto, documentation examples, the official
// analyzer's verdicts, rule cases) and prints one table. With -readme it puts
// the table into README.md, with its date. Without the material it says so
// and ends with 0, since there is nothing to measure against.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// measure is one row of the table.
type measure struct {
	what string
	want float64 // percent
	run  func(e env) (passed, all int, err error)
}

// env is where things are.
type env struct {
	shared, binary string
}

// limit bounds one measure; the slowest needs some 30 s on two cores.
const limit = 15 * time.Minute

var measures = []measure{
	{"answers of a real Kusto: same rows, or rightly refused", 99, answers},
	{"documentation examples", 98, examples},
	{"result types and names, probes of the official analyzer", 99.5, goTest("./internal/bind", "TestTypesAndNames", `(\d+) of (\d+) probes equal`)},
	{"generated queries: verdict and columns as the official analyzer", 99, goTest("./internal/kqltest", "TestGeneratedAgreeWithOfficial", `(\d+) of (\d+) agree`)},
	{"public rules: parses or not, as the official parser", 99.5, check(`parse (\d+)/(\d+)`)},
	{"public rules: verdict, as the official analyzer", 99, check(`bind (\d+)/(\d+)`)},
	{"public rules: result columns, as the official analyzer", 99, check(`columns (\d+)/(\d+)`)},
	{"rules on real logs: exactly the expected rows", 100, cases},
	{"the same with the shape of the logs recognised", 100, casesByShape},
}

func main() {
	// The number of queries generated for the comparison with the analyzer.
	if os.Getenv("GOSHAWK_GENERATED") == "" {
		_ = os.Setenv("GOSHAWK_GENERATED", "5000")
	}
	readme := flag.Bool("readme", false, "put the table into README.md")
	flag.Parse()
	if err := run(*readme); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func run(readme bool) error {
	e := env{shared: filepath.Join("..", "shared")}
	if _, err := os.Stat(e.shared); err != nil {
		fmt.Println("there is no ../shared to measure against")
		return nil
	}
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	e.binary = filepath.Join(dir, "goshawk")
	if out, err := exec.Command("go", "build", "-o", e.binary, "./cmd/goshawk").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	var table strings.Builder
	table.WriteString("| what | passed | of | % | aim |\n|:--|--:|--:|--:|--:|\n")
	fmt.Print(table.String())
	for _, m := range measures {
		passed, all, err := m.run(e)
		line := fmt.Sprintf("| %s | not measured: %v | | | %g |\n", m.what, err, m.want)
		if err == nil && all > 0 {
			line = fmt.Sprintf("| %s | %d | %d | %.2f | %g |\n", m.what, passed, all, 100*float64(passed)/float64(all), m.want)
		}
		fmt.Print(line)
		table.WriteString(line)
	}
	if readme {
		return intoReadme(table.String())
	}
	return nil
}

// command runs a program and gives what it printed; scorers end with 1 when
// not everything passed, which is no error here.
func command(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s did not end within %s", filepath.Base(args[0]), limit)
	}
	var code *exec.ExitError
	if err != nil && !asExit(err, &code) {
		return "", err
	}
	return out.String(), nil
}

func asExit(err error, code **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*code = e
	return ok
}

// numbers reads the figures that a pattern marks in a text.
func numbers(text, pattern string) ([]int, error) {
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("no figures in the scorer's answer")
	}
	var out []int
	for _, s := range m[1:] {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (e env) tool(name string) string { return filepath.Join(e.shared, "tools", name) }

func answers(e env) (int, int, error) {
	out, err := command("python3", e.tool("score_answers.py"), "--answers", filepath.Join(e.shared, "kql", "answers.jsonl"), "--known-bad", filepath.Join(e.shared, "kql", "answers_known_bad.txt"),
		"--runner", e.binary+" query --batch")
	if err != nil {
		return 0, 0, err
	}
	// all, total, pass, fail, error, rejected, accepted
	n, err := numbers(out, `(?m)^all\s+(\d+)\s+(\d+)\s+\d+\s+\d+\s+(\d+)`)
	if err != nil {
		return 0, 0, err
	}
	return n[1] + n[2], n[0], nil
}

func examples(e env) (int, int, error) {
	out, err := command("python3", e.tool("score_examples.py"), "--examples", filepath.Join(e.shared, "kql", "examples.jsonl"), "--known-bad", filepath.Join(e.shared, "kql", "known_bad.txt"),
		"--batch", e.binary+" query --batch")
	if err != nil {
		return 0, 0, err
	}
	n, err := numbers(out, `(?m)^all\s+(\d+)\s+(\d+)`)
	if err != nil {
		return 0, 0, err
	}
	return n[1], n[0], nil
}

var checked = map[string]string{}

func check(pattern string) func(env) (int, int, error) {
	return func(e env) (int, int, error) {
		if checked[e.binary] == "" {
			out, err := command("python3", e.tool("score_check.py"), "--rules", filepath.Join(e.shared, "corpus", "rules.jsonl"), "--runner", e.binary+" check --batch")
			if err != nil {
				return 0, 0, err
			}
			checked[e.binary] = out
		}
		n, err := numbers(checked[e.binary], pattern)
		if err != nil {
			return 0, 0, err
		}
		return n[0], n[1], nil
	}
}

func goTest(pkg, test, pattern string) func(env) (int, int, error) {
	return func(env) (int, int, error) {
		out, err := command("go", "test", pkg, "-run", "^"+test, "-count=1", "-v")
		if err != nil {
			return 0, 0, err
		}
		n, err := numbers(out, pattern)
		if err != nil {
			return 0, 0, fmt.Errorf("%s was skipped", test)
		}
		return n[0], n[1], nil
	}
}

func cases(e env) (int, int, error)        { return runCases(e) }
func casesByShape(e env) (int, int, error) { return runCases(e, "--by-shape") }

func runCases(e env, more ...string) (int, int, error) {
	args := append([]string{e.tool("run_cases.py"), "--engine", e.binary}, more...)
	out, err := command("python3", args...)
	if err != nil {
		return 0, 0, err
	}
	n, err := numbers(out, `(\d+) passed, (\d+) failed`)
	if err != nil {
		return 0, 0, err
	}
	return n[0], n[0] + n[1], nil
}

const (
	begin = "<!-- conformance -->"
	end   = "<!-- /conformance -->"
)

func intoReadme(table string) error {
	raw, err := os.ReadFile("README.md")
	if err != nil {
		return err
	}
	text := string(raw)
	i, j := strings.Index(text, begin), strings.Index(text, end)
	if i < 0 || j < i {
		return fmt.Errorf("README.md has no place for the table between %s and %s", begin, end)
	}
	text = text[:i+len(begin)] + "\nMeasured on " + time.Now().Format(time.DateOnly) + " by `make conformance`:\n\n" + table + text[j:]
	return os.WriteFile("README.md", []byte(text), 0o644)
}
