package cli

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the scripts' `goshawk` this test binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"goshawk": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/cli/*.txtar: what each command prints, with which
// exit code, the happy way and when things are wrong.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/cli",
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root)
			e.Setenv("SHARED", filepath.Join(root, "..", "shared"))
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "shared":
				_, err := os.Stat(filepath.Join(root, "..", "shared"))
				return err == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: scriptCommands,
	})
}

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

var scriptCommands = map[string]scriptCommand{
	// exits CODE COMMAND ARGS... runs a command that must end with the code.
	"exits": func(ts *testscript.TestScript, _ bool, args []string) {
		want, err := strconv.Atoi(args[0])
		ts.Check(err)
		got := 0
		var ee *exec.ExitError
		if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ee) {
			got = ee.ExitCode()
		} else {
			ts.Check(err)
		}
		if got != want {
			ts.Fatalf("exit code %d, want %d", got, want)
		}
	},
	// signins N FILE writes N rows of SigninLogs, 5 users in turn.
	"signins": make2(func(ts *testscript.TestScript, n string) []byte {
		k, err := strconv.Atoi(n)
		ts.Check(err)
		return []byte(signins(k))
	}),
	// deep N FILE appends a record nested N deep, long N FILE one of N bytes.
	"deep": append2(func(n int) string {
		return `{"TimeGenerated":"2026-03-01T00:00:00Z","Status":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}\n"
	}),
	"long": append2(func(n int) string {
		return `{"TimeGenerated":"2026-03-01T00:00:00Z","UserPrincipalName":"` + strings.Repeat("x", n) + `"}` + "\n"
	}),
	"line": func(ts *testscript.TestScript, _ bool, args []string) { add(ts, args[1], args[0]+"\n") },
	// cut FILE BYTES keeps the first bytes of a file; -BYTES drops the last.
	"cut": func(ts *testscript.TestScript, _ bool, args []string) {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		if n < 0 {
			n += len(ts.ReadFile(args[0]))
		}
		ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(n)))
	},
	"gzip": convert(func(b []byte) ([]byte, error) {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, err := z.Write(b)
		if err == nil {
			err = z.Close()
		}
		return out.Bytes(), err
	}),
	"zstd": convert(func(b []byte) ([]byte, error) {
		z, err := zstd.NewWriter(nil)
		if err != nil {
			return nil, err
		}
		return z.EncodeAll(b, nil), nil
	}),
	"zip": func(ts *testscript.TestScript, _ bool, args []string) {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, name := range args[:len(args)-1] {
			w, err := z.Create(name)
			ts.Check(err)
			_, err = w.Write([]byte(ts.ReadFile(name)))
			ts.Check(err)
		}
		ts.Check(z.Close())
		ts.Check(os.WriteFile(ts.MkAbs(args[len(args)-1]), out.Bytes(), 0o600))
	},
	// bomb N FILE writes a zip file whose one member unpacks to N MB of zeros
	// behind a record.
	"bomb": make2(func(ts *testscript.TestScript, n string) []byte {
		mb, err := strconv.Atoi(n)
		ts.Check(err)
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		w, err := z.Create("x.ndjson")
		ts.Check(err)
		_, err = w.Write([]byte(signins(10)))
		ts.Check(err)
		for range mb {
			_, err = w.Write(bytes.Repeat([]byte{' '}, 1<<20))
			ts.Check(err)
		}
		ts.Check(z.Close())
		return out.Bytes()
	}),
	"utf16": convert(func(b []byte) ([]byte, error) {
		out := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(string(b))) {
			out = append(out, byte(u), byte(u>>8))
		}
		return out, nil
	}),
	"bom":  convert(func(b []byte) ([]byte, error) { return append([]byte("\xef\xbb\xbf"), b...), nil }),
	"crlf": convert(func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")), nil }),
	"tabs": convert(func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte("  "), []byte("\t")), nil }),
}

// convert is a command FROM TO.
func convert(f func([]byte) ([]byte, error)) scriptCommand {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		out, err := f([]byte(ts.ReadFile(args[0])))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), out, 0o600))
	}
}

// make2 is a command N FILE that writes a file.
func make2(f func(ts *testscript.TestScript, n string) []byte) scriptCommand {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), f(ts, args[0]), 0o600))
	}
}

// append2 is a command N FILE that adds a line.
func append2(f func(n int) string) scriptCommand {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		n, err := strconv.Atoi(args[0])
		ts.Check(err)
		add(ts, args[1], f(n))
	}
}

func add(ts *testscript.TestScript, name, text string) {
	f, err := os.OpenFile(ts.MkAbs(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.WriteString(text)
	ts.Check(errors.Join(err, f.Close()))
}
