package external

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// place is where a source is: a file below a folder, or an address.
type place struct {
	dir, file string
	addr      *url.URL
}

func (p place) key() string {
	if p.addr != nil {
		return p.addr.String()
	}
	return filepath.Join(p.dir, p.file)
}

// locate finds where a source may be read from.
func (r *Reader) locate(uri string) (place, error) {
	if p, ok := r.copyOf(uri); ok {
		return p, nil
	}
	if !isAddress(uri) {
		return r.locateFile(uri)
	}
	if strings.Contains(uri, ";") {
		return place{}, &Refused{shown(uri) + " is a connection string with a key or identity", "give a local copy with --external URL=FILE"}
	}
	u, err := url.Parse(uri)
	if err != nil {
		return place{}, fmt.Errorf("%s is no address", shown(uri))
	}
	if !r.allowed(u) {
		return place{}, notAllowed(uri)
	}
	return place{addr: u}, nil
}

// copyOf is the local copy that stands for a source: a file for it, or one
// below the folder for a beginning of its address.
func (r *Reader) copyOf(uri string) (place, bool) {
	name := canonical(uri)
	if c, ok := r.copies[name]; ok && !c.folder {
		return place{dir: filepath.Dir(c.path), file: filepath.Base(c.path)}, true
	}
	for base, c := range r.copies {
		rest, ok := strings.CutPrefix(name, base)
		rest = filepath.FromSlash(strings.TrimPrefix(rest, "/"))
		if ok && c.folder && strings.HasSuffix(base, "/") && filepath.IsLocal(rest) {
			return place{dir: c.path, file: rest}, true
		}
	}
	return place{}, false
}

// canonical is an address in one spelling, so that a copy is found whatever
// the rule writes: no fragment, escapes as they need be, http as https.
func canonical(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || !isAddress(uri) {
		return uri
	}
	u.Scheme, u.Host, u.Fragment = "https", strings.ToLower(u.Host), ""
	u.RawPath = ""
	return u.String()
}

// locateFile finds a path below the allowed folders. A relative path counts
// from each of them in turn.
func (r *Reader) locateFile(uri string) (place, error) {
	p := strings.TrimPrefix(uri, "file://")
	p, _, _ = strings.Cut(p, ";")
	p = filepath.FromSlash(p)
	if scheme, _, ok := strings.Cut(uri, "://"); ok && scheme != "file" {
		return place{}, &Refused{fmt.Sprintf("sources of kind %s:// are not supported", scheme), "give a local copy with --external URL=FILE"}
	}
	if len(r.folders) == 0 {
		return place{}, notAllowed(uri)
	}
	for _, dir := range r.folders {
		for _, base := range []string{dir.given, dir.real} {
			rel := p
			if filepath.IsAbs(p) {
				var err error
				if rel, err = filepath.Rel(base, filepath.Clean(p)); err != nil {
					continue
				}
			}
			if !filepath.IsLocal(rel) {
				continue
			}
			if filepath.IsAbs(p) {
				return place{dir: dir.real, file: rel}, nil
			}
			if _, err := os.Lstat(filepath.Join(dir.real, rel)); err == nil {
				return place{dir: dir.real, file: rel}, nil
			}
		}
	}
	if filepath.IsAbs(p) || !filepath.IsLocal(p) {
		return place{}, notAllowed(uri)
	}
	return place{}, fmt.Errorf("the file %s is in none of the allowed folders", uri)
}

// read gives the unpacked bytes of a place.
func (p place) read(ctx context.Context, r *Reader) ([]byte, error) {
	if p.addr != nil {
		return r.fetch(ctx, p.addr)
	}
	// A root refuses paths and symbolic links that lead out of it.
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(p.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", p.file)
	}
	return readAll(f)
}

// prefix is an allowed beginning of addresses.
type prefix struct {
	scheme, host, path string
	// local says that the prefix itself names an address of a private network.
	local bool
}

func newPrefix(text string) (prefix, error) {
	u, err := url.Parse(text)
	if err != nil || !isAddress(text) || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return prefix{}, fmt.Errorf("%q is no beginning of an address such as https://example.com/lists/", text)
	}
	p := prefix{scheme: u.Scheme, host: strings.ToLower(u.Host), path: u.Path}
	host := u.Hostname()
	ip, err := netip.ParseAddr(host)
	p.local = strings.EqualFold(host, "localhost") || err == nil && private(ip)
	return p, nil
}

// holds says whether an address begins with the prefix. The path counts by
// whole steps, after .. is resolved.
func (p prefix) holds(u *url.URL) bool {
	if u.Scheme != p.scheme || strings.ToLower(u.Host) != p.host || u.User != nil {
		return false
	}
	clean := path.Clean("/" + u.Path)
	if strings.HasSuffix(u.Path, "/") && clean != "/" {
		clean += "/"
	}
	base := strings.TrimSuffix(p.path, "/")
	return clean == base || strings.HasPrefix(clean, base+"/")
}

func (r *Reader) allowed(u *url.URL) bool {
	for _, p := range r.urls {
		if p.holds(u) {
			return true
		}
	}
	return false
}

// private says whether an address belongs to this machine or a private
// network, which a rule from elsewhere must not reach by a public name.
func private(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast() || ip.IsMulticast() || ip.IsUnspecified()
}

// maxRedirects is as many as browsers' lists need: a mirror, then the file.
const maxRedirects = 5

// newClient makes the client: it follows redirects to allowed addresses only,
// and does not connect to private networks unless a prefix names one.
func (r *Reader) newClient(t http.RoundTripper) *http.Client {
	if t == nil {
		t = &http.Transport{
			DialContext:         r.dial,
			TLSHandshakeTimeout: maxTime / 4,
			DisableCompression:  true,
		}
	}
	return &http.Client{
		Transport: t, Timeout: maxTime,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("more than %d redirects", maxRedirects)
			}
			if !r.allowed(req.URL) {
				return &Refused{"it redirects to " + shown(req.URL.String()) + ", which is not allowed", "allow that address too with --allow-url PREFIX"}
			}
			return nil
		},
	}
}

// dial connects, but to no private address unless a prefix names it.
func (r *Reader) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: maxTime / 4, Control: publicOnly}
	for _, p := range r.urls {
		if p.local && address == p.endpoint() {
			d.Control = nil
		}
	}
	return d.DialContext(ctx, network, address)
}

// endpoint is the prefix's host with its port.
func (p prefix) endpoint() string {
	if _, _, err := net.SplitHostPort(p.host); err == nil {
		return p.host
	}
	port := "443"
	if p.scheme == "http" {
		port = "80"
	}
	return net.JoinHostPort(strings.Trim(p.host, "[]"), port)
}

// publicOnly refuses to connect to a private address.
func publicOnly(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if private(ap.Addr()) {
		return fmt.Errorf("the name stands for the private address %s; allow it by address with --allow-url", ap.Addr())
	}
	return nil
}

// fetch reads an address.
func (r *Reader) fetch(ctx context.Context, u *url.URL) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "goshawk")
	resp, err := r.client.Do(req)
	if err != nil {
		if ue, ok := err.(*url.Error); ok {
			err = ue.Err // without the address, which can hold a key
		}
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, resp.Body, 1<<10)
		return nil, fmt.Errorf("the server answers %s", resp.Status)
	}
	return readAll(resp.Body)
}
