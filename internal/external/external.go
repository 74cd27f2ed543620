// Package external reads the files and addresses that externaldata names, as
// far as the user allows: local files below given folders, addresses below
// given prefixes, and local copies that stand for addresses. Nothing is
// allowed by itself. It knows formats, not queries.
package external

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"goshawk/internal/plan"
	"goshawk/internal/vector"
)

// Bounds on one source. Public indicator lists are below 50 MB; the time is
// that of a slow mirror.
const (
	maxRead     = 256 << 20 // bytes as they come
	maxUnpacked = 1 << 30
	maxTime     = 60 * time.Second
)

// Config says what may be read.
type Config struct {
	// Files are folders whose files may be read by path.
	Files []string
	// URLs are prefixes of addresses that may be fetched.
	URLs []string
	// Copies are local files that stand for addresses, by address; a folder
	// stands for all that begin with its address.
	Copies map[string]string
	// Transport fetches; nil means the usual one without a proxy.
	Transport http.RoundTripper
}

// Reader reads external data. Each source is read once.
type Reader struct {
	folders []folder
	urls    []prefix
	copies  map[string]localCopy
	client  *http.Client

	// mu guards sources.
	mu      sync.Mutex
	sources map[string]*source
}

// folder is an allowed folder: its absolute path as given and with symbolic
// links resolved.
type folder struct{ given, real string }

// localCopy is a file that stands for an address, or a folder that stands for
// all below one.
type localCopy struct {
	path   string
	folder bool
}

// source is the bytes behind an address, read at the first use.
type source struct {
	once sync.Once
	data []byte
	err  error
}

// New makes a reader. It is an error to allow a folder that is not there or a
// prefix that is no address.
func New(c Config) (*Reader, error) {
	r := &Reader{copies: map[string]localCopy{}, sources: map[string]*source{}}
	for _, dir := range c.Files {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		real, err := filepath.EvalSymlinks(abs)
		if err != nil {
			return nil, fmt.Errorf("allowed folder %s: %w", dir, errors.Unwrap(err))
		}
		if info, err := os.Stat(real); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("allowed folder %s is no folder", dir)
		}
		r.folders = append(r.folders, folder{abs, real})
	}
	for _, u := range c.URLs {
		p, err := newPrefix(u)
		if err != nil {
			return nil, err
		}
		r.urls = append(r.urls, p)
	}
	for u, file := range c.Copies {
		info, err := os.Stat(file)
		if err != nil {
			return nil, fmt.Errorf("local copy of %s: %w", u, err)
		}
		if info.IsDir() && !strings.HasSuffix(u, "/") {
			u += "/"
		}
		r.copies[canonical(u)] = localCopy{file, info.IsDir()}
	}
	r.client = r.newClient(c.Transport)
	return r, nil
}

// Allow says why a source may not be read, or that its form is not supported;
// nil when it may.
func (r *Reader) Allow(uri string, node *plan.External) error {
	if _, err := formOf(uri, node); err != nil {
		return err
	}
	if r == nil {
		return notAllowed(uri)
	}
	_, err := r.locate(uri)
	return err
}

// notAllowed is the error for a source that no flag allows.
func notAllowed(uri string) error {
	if isAddress(uri) {
		return &Refused{fmt.Sprintf("%s is not read", uri), "give a local copy with --external URL=FILE, or allow the address with --allow-url PREFIX"}
	}
	return &Refused{fmt.Sprintf("the file %s is not read", uri), "allow its folder with --allow-files DIR"}
}

// Refused is a source that may not be read, with the way to allow it.
type Refused struct{ Reason, Advice string }

// Error is the reason.
func (e *Refused) Error() string { return e.Reason }

// Hint is the next step.
func (e *Refused) Hint() string { return e.Advice }

// Read gives the rows of all sources of an externaldata operator.
func (r *Reader) Read(ctx context.Context, node *plan.External) ([]*vector.Batch, error) {
	if r == nil {
		return nil, errors.New("external data is not allowed here")
	}
	var out []*vector.Batch
	for _, uri := range node.URIs {
		form, err := formOf(uri, node)
		if err != nil {
			return nil, err
		}
		data, err := r.bytes(ctx, uri)
		if err != nil {
			return nil, fmt.Errorf("externaldata %s: %w", shown(uri), err)
		}
		b, err := form.decode(data, node.Columns)
		if err != nil {
			return nil, fmt.Errorf("externaldata %s: %w", shown(uri), err)
		}
		if b.N > 0 {
			out = append(out, b)
		}
	}
	return out, nil
}

// bytes is the unpacked content of a source.
func (r *Reader) bytes(ctx context.Context, uri string) ([]byte, error) {
	at, err := r.locate(uri)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	s := r.sources[at.key()]
	if s == nil {
		s = &source{}
		r.sources[at.key()] = s
	}
	r.mu.Unlock()
	s.once.Do(func() {
		// One query's cancel must not spoil the source for the others.
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), maxTime)
		defer stop()
		s.data, s.err = at.read(ctx, r)
	})
	return s.data, s.err
}

// isAddress says whether a source is an address and no path.
func isAddress(uri string) bool {
	low := strings.ToLower(uri)
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://")
}

// shown is a source as messages write it: what stands behind ? or ; can be a
// key and is left out.
func shown(uri string) string {
	if i := strings.IndexAny(uri, "?;"); i >= 0 {
		return uri[:i] + "…"
	}
	return uri
}
