package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"goshawk/internal/attack"
)

// attackFile is where newer ATT&CK facts are kept, in the user's folder for
// configuration.
func attackFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for configuration: %w", err)
	}
	return filepath.Join(dir, "goshawk", "attack.json"), nil
}

// matrix is the newer facts if the user has taken any, else the built-in ones.
func matrix() (*attack.Matrix, error) {
	path, err := attackFile()
	if err != nil {
		return attack.Builtin(), nil
	}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return attack.Builtin(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("open ATT&CK facts: %w", err)
	}
	defer f.Close()
	m, err := attack.Load(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; delete the file to use the built-in facts", path, err)
	}
	return m, nil
}

func (a *app) attackCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attack [ID...]",
		Short: "Show ATT&CK techniques by id, or the tactics with how many techniques each has",
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := matrix()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.tactics(m)
			}
			code := error(nil)
			for _, id := range args {
				if !a.technique(m, id) {
					code = exitCode(exitError)
				}
			}
			return code
		},
	}
	var file string
	update := &cobra.Command{
		Use:   "update --file BUNDLE.json",
		Short: "Take newer ATT&CK facts from a STIX bundle of the enterprise matrix",
		Long: "Reads the enterprise bundle that MITRE publishes (enterprise-attack.json) and keeps its ids, names,\n" +
			"tactics, platforms, data sources and withdrawn ids for all later commands. Nothing is downloaded.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.attackUpdate(file) },
	}
	update.Flags().StringVar(&file, "file", "", "the STIX bundle")
	_ = update.MarkFlagRequired("file")
	cmd.AddCommand(update)
	return cmd
}

func (a *app) tactics(m *attack.Matrix) error {
	fmt.Fprintf(a.out, "ATT&CK %s, enterprise\n", m.Version)
	for _, t := range m.Tactics {
		n, subs := 0, 0
		for _, x := range m.Techniques {
			for _, k := range x.Tactics {
				if k != t.Key() {
					continue
				}
				if x.Parent == "" {
					n++
				} else {
					subs++
				}
			}
		}
		fmt.Fprintf(a.out, "  %s %-21s %3d techniques, %3d sub-techniques\n", t.ID, t.Key(), n, subs)
	}
	return nil
}

// technique prints one technique; false when there is none of that id.
func (a *app) technique(m *attack.Matrix, id string) bool {
	r := m.Resolve(id)
	if r.Note != "" {
		fmt.Fprintln(a.out, r.Note)
	}
	t := r.Technique
	if t == nil {
		return false
	}
	fmt.Fprintf(a.out, "%s %s\n  tactics: %s\n", t.ID, m.Full(t), strings.Join(t.Tactics, ", "))
	if len(t.Platforms) > 0 {
		fmt.Fprintf(a.out, "  platforms: %s\n", strings.Join(t.Platforms, ", "))
	}
	if len(t.DataSources) > 0 {
		fmt.Fprintf(a.out, "  data sources: %s\n", strings.Join(t.DataSources, ", "))
	}
	for _, c := range m.Children(t.ID) {
		fmt.Fprintf(a.out, "  %s %s\n", c.ID, c.Name)
	}
	fmt.Fprintf(a.out, "  %s\n", t.URL())
	return true
}

func (a *app) attackUpdate(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("open STIX bundle: %w", err)
	}
	defer f.Close()
	m, err := attack.FromSTIX(f)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	path, err := attackFile()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder for ATT&CK facts: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "attack-*.tmp")
	if err != nil {
		return fmt.Errorf("write ATT&CK facts: %w", err)
	}
	defer os.Remove(tmp.Name())
	if err := m.Write(tmp); err != nil {
		return fmt.Errorf("write ATT&CK facts: %w", err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("write ATT&CK facts: %w", err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("write ATT&CK facts: %w", err)
	}
	fmt.Fprintf(a.out, "ATT&CK %s with %d techniques is kept in %s\n", m.Version, len(m.Techniques), path)
	return nil
}
