package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"goshawk/internal/rulebook"
)

// bookFlags say where the rulebook is.
type bookFlags struct{ dir string }

func (f *bookFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.dir, "book", "", "folder of the rulebook (default: goshawk/rulebook in your configuration folder, or GOSHAWK_BOOK)")
}

func (f *bookFlags) path() (string, error) {
	if f.dir != "" {
		return f.dir, nil
	}
	if d := os.Getenv("GOSHAWK_BOOK"); d != "" {
		return d, nil
	}
	d, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for the rulebook: %w; name one with --book", err)
	}
	return filepath.Join(d, "goshawk", "rulebook"), nil
}

// open opens the rulebook, for changing it with write.
func (f *bookFlags) open(write bool) (*rulebook.Book, string, error) {
	dir, err := f.path()
	if err != nil {
		return nil, "", err
	}
	b, err := rulebook.Open(dir, write)
	return b, dir, err
}

// cached is the folder that keeps fetched repositories.
func cached(bookDir string) (string, error) {
	d, err := os.UserCacheDir()
	if err != nil {
		// Without a home the repositories stay beside the book.
		return filepath.Join(bookDir, "cache"), nil
	}
	dir := filepath.Join(d, "goshawk", "upstream")
	return dir, os.MkdirAll(dir, 0o755)
}
