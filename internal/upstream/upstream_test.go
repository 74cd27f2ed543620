package upstream

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

const mit = "MIT License\n\nPermission is hereby granted, free of charge, to any person, to deal in the Software\nwithout restriction.\n"

// origin is a git repository that tests change.
type origin struct {
	t    *testing.T
	dir  string
	repo *git.Repository
	n    int
}

func newOrigin(t *testing.T) *origin {
	t.Helper()
	dir := t.TempDir()
	repo, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return &origin{t: t, dir: dir, repo: repo}
}

func (o *origin) write(name, text string) {
	o.t.Helper()
	path := filepath.Join(o.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		o.t.Fatal(err)
	}
}

func (o *origin) commit(amend bool) string {
	o.t.Helper()
	w, err := o.repo.Worktree()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := w.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		o.t.Fatal(err)
	}
	o.n++
	h, err := w.Commit(fmt.Sprint("change ", o.n), &git.CommitOptions{Amend: amend, AllowEmptyCommits: !amend, Author: &object.Signature{
		Name: "A", Email: "a@example.org", When: time.Date(2026, 3, o.n, 0, 0, 0, 0, time.UTC)}})
	if err != nil {
		o.t.Fatal(err)
	}
	return h.String()
}

func names(s *Snapshot) string {
	var out []string
	for _, f := range s.Files {
		out = append(out, f.Path)
	}
	return strings.Join(out, " ")
}

func TestGit(t *testing.T) {
	o := newOrigin(t)
	o.write("LICENSE", mit)
	o.write("Detections/SigninLogs/a.yaml", "id: a\n")
	o.write("Solutions/X/Analytic Rules/b.yaml", "id: b\n")
	o.write("Solutions/X/Package/c.yaml", "id: c\n")
	o.write("Tools/tool.py", "print(1)\n")
	first := o.commit(false)
	cache := t.TempDir()
	c := Config{Name: "s", Kind: "git", URL: o.dir, Preset: "azure-sentinel"}
	fetch := func() *Snapshot {
		t.Helper()
		s, err := Fetch(context.Background(), c, cache)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := fetch()
	if s.Commit != first || s.Licence.SPDX != "MIT" || names(s) != "Detections/SigninLogs/a.yaml Solutions/X/Analytic Rules/b.yaml" {
		t.Fatalf("first: %s %+v %s", s.Commit, s.Licence, names(s))
	}
	if s = fetch(); s.Commit != first || len(s.Files) != 2 {
		t.Fatalf("nothing changed, yet: %s %s", s.Commit, names(s))
	}
	o.write("Detections/SigninLogs/d.yaml", "id: d\n")
	if err := os.Remove(filepath.Join(o.dir, "Detections/SigninLogs/a.yaml")); err != nil {
		t.Fatal(err)
	}
	second := o.commit(false)
	if s = fetch(); s.Commit != second || names(s) != "Detections/SigninLogs/d.yaml Solutions/X/Analytic Rules/b.yaml" {
		t.Fatalf("second: %s %s", s.Commit, names(s))
	}
	// A force-push: the second commit is replaced by another one.
	o.write("Detections/SigninLogs/e.yaml", "id: e\n")
	forced := o.commit(true)
	if s = fetch(); s.Commit != forced || !strings.Contains(names(s), "e.yaml") {
		t.Fatalf("after a force-push: %s %s", s.Commit, names(s))
	}
	// A cache that was cut in the middle is made anew.
	damaged := 0
	err := filepath.WalkDir(filepath.Join(cache, "s.git", "objects"), func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			damaged++
			return os.Remove(p)
		}
		return err
	})
	if err != nil || damaged == 0 {
		t.Fatalf("nothing to damage: %v", err)
	}
	if s = fetch(); s.Commit != forced || len(s.Files) != 3 {
		t.Fatalf("after damage: %s %s", s.Commit, names(s))
	}
	c.Branch = "no-such"
	if _, err := Fetch(context.Background(), c, cache); err == nil || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("a branch that is not there: %v", err)
	}
}

func TestGitIsInterrupted(t *testing.T) {
	o := newOrigin(t)
	o.write("a.yaml", "id: a\n")
	o.commit(false)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	cache := t.TempDir()
	c := Config{Name: "s", Kind: "git", URL: o.dir, Preset: "any"}
	if _, err := Fetch(ctx, c, cache); err == nil {
		t.Fatal("a cancelled fetch succeeds")
	}
	if s, err := Fetch(context.Background(), c, cache); err != nil || len(s.Files) != 1 {
		t.Fatalf("after a cancelled fetch: %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("x/a.kql", "SigninLogs")
	write(".git/b.kql", "SigninLogs")
	write("COPYING", "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007")
	outside := filepath.Join(t.TempDir(), "secret.kql")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.kql")); err != nil {
		t.Skip("no symbolic links here")
	}
	s, err := Fetch(context.Background(), Config{Name: "f", Kind: "folder", URL: dir, Preset: "any"}, "")
	if err != nil || names(s) != "x/a.kql" || s.Licence.SPDX != "GPL-3.0" || !strings.HasPrefix(s.Commit, "content-") {
		t.Fatalf("%v %+v", err, s)
	}
	again, err := Fetch(context.Background(), Config{Name: "f", Kind: "folder", URL: dir, Preset: "any"}, "")
	if err != nil || again.Commit != s.Commit {
		t.Errorf("the same content has another hash")
	}
}

func TestArchives(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"repo-main/a.yaml": "id: a", "repo-main/LICENSE": mit, "repo-main/pic.png": "x"}
	tgz, z := filepath.Join(dir, "r.tar.gz"), filepath.Join(dir, "r.zip")
	tf, err := os.Create(tgz)
	if err != nil {
		t.Fatal(err)
	}
	gw := gzip.NewWriter(tf)
	tw := tar.NewWriter(gw)
	zf, err := os.Create(z)
	if err != nil {
		t.Fatal(err)
	}
	zw := zip.NewWriter(zf)
	add := func(name, text string) {
		t.Helper()
		if err := tw.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		w, err := zw.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for n, text := range files {
		add(n, text)
	}
	add("../../evil.yaml", "id: evil")
	for _, c := range []interface{ Close() error }{tw, gw, tf, zw, zf} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{tgz, z} {
		s, err := Fetch(context.Background(), Config{Name: "a", Kind: "archive", URL: path, Preset: "any"}, "")
		if err != nil || names(s) != "a.yaml" || s.Licence.SPDX != "MIT" {
			t.Errorf("%s: %v %+v", path, err, s)
		}
	}
	cut := filepath.Join(dir, "cut.tar.gz")
	raw, err := os.ReadFile(tgz)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, raw[:len(raw)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Fetch(context.Background(), Config{Name: "a", Kind: "archive", URL: cut, Preset: "any"}, ""); err == nil {
		t.Error("a cut archive is taken")
	}
}

func TestCheck(t *testing.T) {
	good := Config{Name: "a", Kind: "git", URL: "https://example.org/x.git", Preset: "any"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for _, change := range []func(*Config){
		func(c *Config) { c.Name = "../x" }, func(c *Config) { c.Name = "" }, func(c *Config) { c.URL = "" },
		func(c *Config) { c.Preset = "nope" }, func(c *Config) { c.Kind = "svn" }, func(c *Config) { c.Include = []string{"[a"} },
		func(c *Config) { c.URL = "https://me:secret@example.org/x.git" },
	} {
		c := good
		change(&c)
		if c.Check() == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
