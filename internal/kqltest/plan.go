package kqltest

import (
	"fmt"
	"strings"

	"goshawk/internal/bind"
	"goshawk/internal/opt"
	"goshawk/internal/parser"
	"goshawk/internal/plan"
	"goshawk/internal/source"
)

// checkPlan compares the plan behind the rewrites, and which of them fired.
func checkPlan(c *Case, dir string) error {
	text, fired, err := optimized(c, dir)
	if err != nil {
		return err
	}
	for _, name := range c.Plan.Fires {
		if !fired[name] {
			return fmt.Errorf("the rewrite %s did not fire; the plan is\n%s", name, text)
		}
	}
	for _, name := range c.Plan.Rests {
		if fired[name] {
			return fmt.Errorf("the rewrite %s fired and must not; the plan is\n%s", name, text)
		}
	}
	if text != c.Plan.Text {
		return fmt.Errorf("got the plan\n%s\nwant\n%s", text, c.Plan.Text)
	}
	return nil
}

// optimized is the text of the plan behind all rewrites, and the names of
// those that changed it.
func optimized(c *Case, dir string) (string, map[string]bool, error) {
	for _, name := range append(append([]string(nil), c.Plan.Fires...), c.Plan.Rests...) {
		if !known(name) {
			return "", nil, fmt.Errorf("there is no rewrite %q", name)
		}
	}
	p, err := bound(c, dir)
	if err != nil {
		return "", nil, err
	}
	fired := map[string]bool{}
	for _, r := range opt.Rewrites {
		before := p.Text()
		r.Apply(p)
		fired[r.Name] = fired[r.Name] || p.Text() != before
	}
	return p.Text(), fired, nil
}

func known(rewrite string) bool {
	for _, r := range opt.Rewrites {
		if r.Name == rewrite {
			return true
		}
	}
	return false
}

func bound(c *Case, dir string) (*plan.Query, error) {
	w, err := load(c, dir)
	if err != nil {
		return nil, err
	}
	catalog, err := w.catalog(Media[0], 1024)
	if err != nil {
		return nil, err
	}
	text := source.New("", strings.TrimSpace(c.Query))
	q, ds := parser.Parse(text)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	p, ds := bind.Query(q, text, bind.Options{Schema: catalog, Now: now})
	return p, ds.Err()
}
