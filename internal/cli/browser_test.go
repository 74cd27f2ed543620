package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"goshawk/internal/demo"
)

// browser is a Chromium with one tab on a served site of the starter rules.
type browser struct {
	*testing.T
	ctx  context.Context
	at   string // address of the site, with / at its end
	mu   sync.Mutex
	said []string // errors of the console and requests to others; guarded by mu
}

// newBrowser starts Chromium, or skips the test where there is none.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := chromium(t)
	f := serveFlags{token: "token-of-the-browser-test"}
	logs := t.TempDir()
	truth, _, err := demo.WriteDays(logs, demo.Config{Signins: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	f.data.logs, f.data.now = []string{logs}, truth.Now.Format(time.RFC3339)
	address := served(t, "../../rules/starter", f, "--logs", logs, "--now", f.data.now, "--as", "a small sample")
	return chrome(t, path, address)
}

// chromium is where Chromium is; without one the test is skipped, and so it is
// without GOSHAWK_BROWSER, since a browser wants a machine that is not busy.
func chromium(t *testing.T) string {
	t.Helper()
	if os.Getenv("GOSHAWK_BROWSER") == "" {
		t.Skip("the tests in a browser run with `make browser`")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	t.Skip("Chromium is not installed; the pages are not tested in a browser")
	return ""
}

// chrome starts Chromium on a site.
func chrome(t *testing.T, path, address string) *browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1280, 900))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	b := &browser{T: t}
	ctx, stop := chromedp.NewContext(alloc, chromedp.WithListener(b.hear))
	t.Cleanup(func() { stop(); stopAlloc() })
	b.ctx = ctx
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // starts the browser, which lives as long as ctx
		t.Fatal(err)
	}
	b.at, _, _ = strings.Cut(address, "?")
	b.run(chromedp.Navigate(address))
	if _, err := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// hear notes what a good page never does: errors, refusals of the content
// policy, requests to others.
func (b *browser) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *cdpruntime.EventExceptionThrown:
		b.said = append(b.said, ev.ExceptionDetails.Text)
	case *cdplog.EventEntryAdded:
		if ev.Entry.Level == "error" && !strings.Contains(ev.Entry.URL, "favicon") {
			b.said = append(b.said, ev.Entry.Text+" "+ev.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; b.at != "" && !strings.HasPrefix(u, b.at) && !strings.HasPrefix(u, "data:") && u != "about:blank" {
			b.said = append(b.said, "a request to "+u)
		}
	}
}

func (b *browser) run(a ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 45*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, a...); err != nil {
		b.Fatal(err)
	}
}

// open opens a page of the site.
func (b *browser) open(path string) {
	b.Helper()
	b.run(chromedp.Navigate(b.at + path))
	b.wait(path, "document.readyState === 'complete' && location.href === '"+b.at+path+"'")
}

// js is the value of an expression, as text.
func (b *browser) js(expr string) string {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 45*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[any](expr))
	if err != nil {
		b.Fatalf("%s: %v", expr, err)
	}
	return fmt.Sprint(v)
}

// wait waits until an expression is true.
func (b *browser) wait(what, expr string) {
	b.Helper()
	for range 300 {
		if b.js(expr) == "true" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatalf("%s did not happen: %s\n%s", what, expr, b.js("document.querySelector('main').innerText.slice(0,800)"))
}

// fill puts a text into a field as a reader would.
func (b *browser) fill(sel, text string) {
	b.Helper()
	b.js("document.querySelector('" + sel + "').value = ''")
	b.run(chromedp.SendKeys(sel, text))
}

// prefer emulates what the reader's system prefers.
func (b *browser) prefer(theme string) {
	b.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
	if err != nil {
		b.Fatal(err)
	}
}

// shot writes a picture of the page to the folder of GOSHAWK_SHOTS.
func (b *browser) shot(name string) {
	b.Helper()
	dir := os.Getenv("GOSHAWK_SHOTS")
	if dir == "" {
		return
	}
	take := chromedp.CaptureScreenshot()
	if strings.HasPrefix(name, "rule-") {
		take = chromedp.FullScreenshot(100) // anything less is JPEG
	}
	png, err := chromedp.Run(b.ctx, take)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// contrast lists texts whose contrast is below 4.5, or 3 where they are large,
// against the nearest background that is not transparent.
const contrast = `(() => {
	const parse = s => { const m = s.match(/[\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
	const lum = c => { const f = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); }; return 0.2126*f(c[0]) + 0.7152*f(c[1]) + 0.0722*f(c[2]); };
	const over = (a, b) => [0,1,2].map(i => a[i]*a[3] + b[i]*(1-a[3])).concat(1);
	const ground = el => { const stack = []; for (let e = el; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) stack.push(c); if (c[3] === 1) break; }
		let c = [255,255,255,1]; while (stack.length) c = over(stack.pop(), c); return c; };
	const bad = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const el = walk.currentNode.parentElement;
		if (!walk.currentNode.data.trim() || !el.getClientRects().length) continue;
		const st = getComputedStyle(el), bg = ground(el), fg = over(parse(st.color), bg);
		const a = lum(fg), b = lum(bg), ratio = (Math.max(a,b)+0.05)/(Math.min(a,b)+0.05);
		const size = parseFloat(st.fontSize), large = size >= 24 || size >= 18.66 && +st.fontWeight >= 700;
		if (ratio < (large ? 3 : 4.5)) bad.push(el.tagName + '.' + el.className + ' ' + ratio.toFixed(2) + ' ' + walk.currentNode.data.trim().slice(0,30));
	}
	return [...new Set(bad)].slice(0, 8).join(' | ');
})()`

// targets lists buttons and fields that are smaller than 24 by 24 pixels.
const targets = `[...document.querySelectorAll('button,input,select,textarea')].filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.width < 24 || r.height < 24); }).map(e => e.outerHTML.slice(0, 60)).join(' | ')`

func TestPagesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a long test")
	}
	b := newBrowser(t)
	const key = "a904d31f-4b32-4036-8779-62430ff8fd53"
	pages := map[string]string{
		"feed": "", "filter": "feed/severity/High/", "search": "search/?q=password", "rule": "rules/" + key + "/", "coverage": "coverage/", "coverage of a table": "coverage/table/SigninLogs/", "tables": "tables/", "table": "tables/SigninLogs/",
		"techniques": "techniques/", "technique": "techniques/T1110/", "sources": "sources/", "try": "try/" + key,
	}
	in := func(name string, f func(b *browser)) {
		t.Run(name, func(t *testing.T) { f(&browser{T: t, ctx: b.ctx, at: b.at}) })
	}
	in("feed and its keys", func(b *browser) {
		b.open("")
		if n := b.js("document.querySelectorAll('.item').length"); n != "16" {
			b.Errorf("%s rules in the feed", n)
		}
		b.run(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"), chromedp.KeyEvent("j"))
		second := b.js("document.querySelectorAll('.item h3 a')[1].href")
		if on := b.js("document.activeElement.href"); on != second {
			b.Errorf("j, j, k, j stands on %s, not on %s", on, second)
		}
		b.run(chromedp.KeyEvent("o"))
		b.wait("o", "location.href === '"+second+"' && document.readyState === 'complete'")
		b.run(chromedp.KeyEvent("/"), chromedp.KeyEvent("mfa refusals"), chromedp.KeyEvent(kb.Enter))
		b.wait("the search", "location.pathname === '/search/' && document.getElementById('results') !== null")
	})
	in("filters are addresses", func(b *browser) {
		b.open("")
		b.run(chromedp.Click(`.facets a[href$="feed/severity/High/"]`))
		b.wait("the filter", "location.pathname === '/feed/severity/High/' && document.readyState === 'complete'")
		if n := b.js("[...document.querySelectorAll('.item')].every(e => e.innerText.includes('High'))"); n != "true" {
			b.Error("the filter shows rules of other severities")
		}
		b.js("history.back()")
		b.wait("back", "location.pathname === '/'")
	})
	in("search", func(b *browser) {
		b.open("search/?q=severity%3A%3E%3Dhigh%20table%3ASigninLogs")
		b.wait("the search", "/^[1-9][0-9]* rules/.test(document.getElementById('status').innerText)")
		b.fill("#search-q", "zzzz-no-such-word")
		b.wait("no hits", "document.getElementById('status').innerText === '0 rules' && location.search.includes('zzzz')")
		b.fill("#search-q", `refusals technique:T1621`)
		b.wait("one hit", "document.getElementById('status').innerText === '1 rule'")
	})
	in("rule page and try-it", func(b *browser) {
		b.open("rules/" + key + "/")
		for _, id := range []string{"hypothesis", "query", "result", "data", "attack", "false-positives", "triage", "definition", "versions", "source"} {
			if b.js("!!document.getElementById('"+id+"')") != "true" && id != "result" {
				b.Errorf("the page has no section %q", id)
			}
		}
		b.js("navigator.clipboard.writeText = t => { window.copied = t; return Promise.resolve(); }; 0")
		b.run(chromedp.Click("button[data-copy=kql]"))
		b.wait("the copy", "window.copied === [...document.querySelectorAll('#kql li')].map(l => l.textContent).join('\\n') && window.copied.startsWith('let lookback = 1d;\\nlet')")
		b.run(chromedp.Click("form.try button"))
		b.wait("the run", "document.querySelector('#result') !== null && document.querySelectorAll('table.rows tbody tr').length === 1")
		b.fill("#try-q", "SigninLogs | summarize n = count() by ResultType | top 3 by n")
		b.run(chromedp.Click("form.try button"))
		b.wait("the edited run", "document.querySelectorAll('table.rows tbody tr').length === 3 && document.querySelector('label[for=try-q]').innerText.includes('edited')")
		b.shot("try-result")
		b.fill("#try-q", "SigninLogs | wher x")
		b.run(chromedp.Click("form.try button"))
		b.wait("the mistake", "document.querySelector('.problem') !== null")
		b.shot("try-problem")
	})
	in("theme", func(b *browser) {
		b.prefer("light")
		b.open("")
		light := b.js("getComputedStyle(document.body).backgroundColor")
		b.run(chromedp.Click("#theme"))
		dark := b.js("getComputedStyle(document.body).backgroundColor")
		b.open("coverage/")
		if kept := b.js("getComputedStyle(document.body).backgroundColor"); kept != dark || dark == light {
			b.Errorf("light %s, dark %s, on the next page %s", light, dark, kept)
		}
		b.run(chromedp.Click("#theme"))
		b.js("localStorage.clear()")
	})
	for _, theme := range []string{"light", "dark"} {
		in("contrast, "+theme, func(b *browser) {
			b.prefer(theme)
			for name, path := range pages {
				b.open(path)
				if name == "search" {
					b.wait("the search", "document.querySelectorAll('.item').length > 0")
				}
				b.js("document.querySelectorAll('details').forEach(d => d.open = true)")
				if bad := b.js(contrast); bad != "" {
					b.Errorf("%s: %s", name, bad)
				}
				if bad := b.js(targets); bad != "" {
					b.Errorf("%s: too small to hit: %s", name, bad)
				}
				b.js("document.querySelectorAll('details').forEach(d => d.open = false)")
				b.shot(name + "-" + theme)
			}
		})
	}
	in("phone and wall", func(b *browser) {
		b.prefer("dark")
		for _, width := range []int64{360, 2560} {
			b.run(chromedp.EmulateViewport(width, 900))
			for name, path := range pages {
				b.open(path)
				if over := b.js("document.documentElement.scrollWidth - innerWidth"); !strings.HasPrefix(over, "-") && over != "0" {
					b.Errorf("%s at %d pixels is %s wider than the screen", name, width, over)
				}
				b.shot(fmt.Sprintf("%s-%d", name, width))
			}
		}
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.said {
		t.Errorf("the browser says: %s", s)
	}
}

// TestHostileRulesInABrowser opens the pages of a hostile rule and runs it:
// nothing of it becomes markup or script.
func TestHostileRulesInABrowser(t *testing.T) {
	b := newHostile(t)
	for _, path := range []string{"", "rules/66666666-2222-4333-8444-555555555555/", "search/?q=evil", "try/66666666-2222-4333-8444-555555555555"} {
		b.open(path)
		if path == "search/?q=evil" {
			b.wait("the search", "document.querySelectorAll('.item').length > 0")
		}
		if b.js("window.evil === undefined && document.querySelectorAll('main img, main svg, main iframe').length === 0") != "true" {
			b.Errorf("%s: the rule's text became markup or ran", path)
		}
	}
	b.run(chromedp.Click("form.try button"))
	b.wait("the run", "document.querySelectorAll('table.rows tbody tr').length === 1")
	if b.js("window.evil === undefined && document.querySelectorAll('main img, main svg').length === 0") != "true" {
		b.Error("a row became markup or ran")
	}
}

const hostileRule = `id: 66666666-2222-4333-8444-555555555555
name: "evil <img src=x onerror='window.evil=1'></title><script>window.evil=2</script>"
description: "</p><svg onload='window.evil=3'>"
severity: Low
tags: ["\"><script>window.evil=4</script>"]
query: |
  print x = "</textarea></code></td><script>window.evil=5</script><img src=x onerror='window.evil=6'>" // </li><script>window.evil=7</script>
`

// newHostile is a browser on the site of one hostile rule.
func newHostile(t *testing.T) *browser {
	t.Helper()
	path := chromium(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "r.yaml"), []byte(hostileRule), 0o644); err != nil {
		t.Fatal(err)
	}
	logs := filepath.Join(t.TempDir(), "logs.ndjson")
	if err := os.WriteFile(logs, []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := serveFlags{open: true}
	f.data.logs = []string{"SigninLogs=" + logs}
	return chrome(t, path, served(t, dir, f))
}
