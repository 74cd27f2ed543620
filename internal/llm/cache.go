package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"goshawk/internal/enrich"
)

// Cache keeps what models wrote, a file a case, named by the case's content.
type Cache struct{ Dir string }

// Filled says whether a model has written anything at all. It is asked before
// cases are made, which takes a binding each.
func (c Cache) Filled() bool {
	_, err := os.Stat(c.Dir)
	return err == nil
}

// Load gives what a model wrote about a case, nil when none did.
func (c Cache) Load(x *Case) (*enrich.Enrichment, error) {
	key, err := x.Key()
	if err != nil {
		return nil, nil // a rule that is too long for a prompt has no answer
	}
	raw, err := os.ReadFile(c.file(key))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what a model wrote: %w", err)
	}
	e := &enrich.Enrichment{}
	if err := json.Unmarshal(raw, e); err != nil {
		return nil, fmt.Errorf("%s is damaged (%w); remove it to have the model asked again", c.file(key), err)
	}
	return e, nil
}

// Save keeps what a model wrote about a case, in one step.
func (c Cache) Save(x *Case, e *enrich.Enrichment) error {
	key, err := x.Key()
	if err != nil {
		return err
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return fmt.Errorf("keep what a model wrote: %w", err)
	}
	tmp, err := os.CreateTemp(c.Dir, "*.tmp")
	if err != nil {
		return fmt.Errorf("keep what a model wrote: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), c.file(key))
	}
	if err != nil {
		return fmt.Errorf("keep what a model wrote: %w", err)
	}
	return nil
}

func (c Cache) file(key string) string { return filepath.Join(c.Dir, key+".json") }
