package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"goshawk/internal/rulebook"
	"goshawk/internal/upstream"
)

func (a *app) upstreamCmd() *cobra.Command {
	var f bookFlags
	cmd := &cobra.Command{
		Use:   "upstream",
		Short: "Follow rule repositories: add, sync, ls, remove",
		Long: "A rulebook is filled from upstreams: git repositories, archives and folders that publish rules.\n" +
			"Each sync records the commit, its time and the licence, and says which rules are new, changed,\n" +
			"moved or removed. Nothing is fetched but what you add here.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f.register(cmd.PersistentFlags())
	cmd.AddCommand(a.upstreamAddCmd(&f), a.upstreamSyncCmd(&f), a.upstreamLsCmd(&f), a.upstreamRemoveCmd(&f))
	return cmd
}

func (a *app) upstreamAddCmd(f *bookFlags) *cobra.Command {
	var c upstream.Config
	var presets []string
	for _, p := range upstream.Presets {
		presets = append(presets, fmt.Sprintf("  %-15s %s", p.Name, p.Summary))
	}
	cmd := &cobra.Command{
		Use:   "add NAME URL-or-PATH",
		Short: "Follow a repository, archive or folder from now on",
		Long:  "The kind is told from the address unless --kind says it.\nPresets of --preset:\n" + strings.Join(presets, "\n"),
		Example: "  goshawk upstream add sentinel https://github.com/Azure/Azure-Sentinel --preset azure-sentinel\n" +
			"  goshawk upstream add ours ./detections",
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			c.Name, c.URL = args[0], args[1]
			if c.Kind == "" {
				c.Kind = kindOf(c.URL)
			}
			if err := c.Check(); err != nil {
				return usagef("%v", err)
			}
			b, _, err := f.open(true)
			if err != nil {
				return err
			}
			defer b.Close()
			if err := b.Add(c); err != nil {
				return err
			}
			if err := b.Save(); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s follows %s (%s, preset %s); now run `goshawk upstream sync %s`\n", c.Name, c.URL, c.Kind, c.Preset, c.Name)
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&c.Kind, "kind", "", "git, archive or folder")
	fl.StringVar(&c.Branch, "branch", "", "git branch (default: the repository's own)")
	fl.StringVar(&c.Preset, "preset", "any", "layout of the repository")
	fl.StringArrayVar(&c.Include, "include", nil, "path pattern to take instead of the preset's, with ** for any folders (repeatable)")
	fl.StringArrayVar(&c.Exclude, "exclude", nil, "path pattern to leave out (repeatable)")
	return cmd
}

// kindOf tells the kind from an address.
func kindOf(url string) string {
	low := strings.ToLower(url)
	for _, end := range []string{".zip", ".tar", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(low, end) && !strings.Contains(low, "://") {
			return "archive"
		}
	}
	if strings.Contains(url, "://") || strings.HasPrefix(url, "git@") || strings.HasSuffix(low, ".git") {
		return "git"
	}
	if _, err := os.Stat(url + "/.git"); err == nil {
		return "git"
	}
	return "folder"
}

func (a *app) upstreamSyncCmd(f *bookFlags) *cobra.Command {
	var diff bool
	cmd := &cobra.Command{
		Use:   "sync [NAME...]",
		Short: "Fetch upstreams and take in what changed",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, dir, err := f.open(true)
			if err != nil {
				return err
			}
			defer b.Close()
			names := args
			if len(names) == 0 {
				for _, u := range b.Upstreams {
					names = append(names, u.Name)
				}
			}
			if len(names) == 0 {
				return usagef("no upstream is followed yet; add one with `goshawk upstream add`")
			}
			failed := false
			for _, n := range names {
				if err := a.syncOne(cmd.Context(), b, dir, n, diff); err != nil {
					fmt.Fprintf(a.err, "goshawk: %v\n", err)
					failed = true
				}
				if cmd.Context().Err() != nil {
					break
				}
			}
			if failed {
				return exitCode(exitError)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&diff, "diff", false, "print what changed line by line")
	return cmd
}

// syncOne takes in one upstream and saves the book, so that what came before
// an upstream that fails is kept.
func (a *app) syncOne(ctx context.Context, b *rulebook.Book, dir, name string, diff bool) error {
	u := b.Upstream(name)
	if u == nil {
		return usagef("there is no upstream %q; `goshawk upstream ls` lists them", name)
	}
	cache, err := cached(dir)
	if err != nil {
		return err
	}
	s, err := upstream.Fetch(ctx, u.Config, cache)
	if err != nil {
		return err
	}
	rep, err := b.Take(name, s, time.Now().UTC().Truncate(time.Second))
	if err != nil {
		return fmt.Errorf("take in %s: %w", name, err)
	}
	if err := b.Save(); err != nil {
		return err
	}
	a.printSync(b, name, s, rep, diff)
	return nil
}

func (a *app) printSync(b *rulebook.Book, name string, s *upstream.Snapshot, rep *rulebook.Report, diff bool) {
	licence := s.Licence.SPDX
	if licence == "" {
		licence = "no licence file: all rights may be reserved"
	}
	fmt.Fprintf(a.out, "%s at %.12s of %s, %s\n", name, s.Commit, s.Time.Format(time.DateOnly), licence)
	if rep.Unchanged {
		fmt.Fprintf(a.out, "  nothing new: %d rules\n", rep.Counts.Rules)
		return
	}
	c := rep.Counts
	fmt.Fprintf(a.out, "  %d rules: %d new, %d changed, %d moved, %d removed, %d returned; %d files with errors\n",
		c.Rules, c.New, c.Changed, c.Moved, c.Removed, c.Returned, c.Broken)
	for i, ch := range rep.Changes {
		if i == maxChanges && !diff {
			fmt.Fprintf(a.out, "  and %d more; --diff shows all\n", len(rep.Changes)-i)
			break
		}
		line := fmt.Sprintf("  %-8s %s  %s", ch.What, ch.Record.Key, ch.Record.Name)
		if ch.From != "" {
			line += fmt.Sprintf("  (was %s)", ch.From)
		}
		if ch.Note != "" {
			line += "  (" + ch.Note + ")"
		}
		fmt.Fprintln(a.out, line)
		if diff && ch.What == "changed" && len(ch.Record.Versions) > 1 {
			v := ch.Record.Versions
			if d, err := b.Diff(ch.Record, &v[len(v)-2], &v[len(v)-1]); err == nil {
				fmt.Fprintln(a.out, d)
			}
		}
	}
	for _, n := range rep.Notes {
		fmt.Fprintf(a.err, "%s: %s\n", name, n)
	}
	for i, d := range rep.Broken {
		if i == maxChanges {
			fmt.Fprintf(a.err, "and %d more problems\n", len(rep.Broken)-i)
			break
		}
		fmt.Fprintln(a.err, d)
	}
}

// maxChanges bounds the lines that a sync prints of each sort.
const maxChanges = 20

func (a *app) upstreamLsCmd(f *bookFlags) *cobra.Command {
	return &cobra.Command{
		Use: "ls", Short: "List the upstreams with their last sync", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b, dir, err := f.open(false)
			if err != nil {
				return err
			}
			defer b.Close()
			if len(b.Upstreams) == 0 {
				fmt.Fprintf(a.out, "no upstream in %s; add one with `goshawk upstream add`\n", dir)
			}
			for _, u := range b.Upstreams {
				fmt.Fprintf(a.out, "%s  %s (%s, preset %s)\n", u.Name, u.URL, u.Kind, u.Preset)
				if l := u.Last(); l != nil {
					fmt.Fprintf(a.out, "  %d rules at %.12s of %s, synced %s, %s\n", l.Counts.Rules, l.Commit, l.Time.Format(time.DateOnly), l.At.Format(time.DateTime), orNone(l.Licence.SPDX))
				} else {
					fmt.Fprintln(a.out, "  never synced")
				}
			}
			return nil
		},
	}
}

func orNone(s string) string {
	if s == "" {
		return "no licence"
	}
	return s
}

func (a *app) upstreamRemoveCmd(f *bookFlags) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Stop following an upstream; its rules stay in the book as removed", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			b, _, err := f.open(true)
			if err != nil {
				return err
			}
			defer b.Close()
			if err := b.Remove(args[0], time.Now().UTC().Truncate(time.Second)); err != nil {
				return usagef("%v", err)
			}
			return b.Save()
		},
	}
}
