package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// progressEvery is how often the line is drawn anew, and how long a command
// runs before it is drawn at all.
const progressEvery = 200 * time.Millisecond

// progress shows one line of status while a command reads. It is drawn on a
// terminal only, and taken away at the end.
type progress struct {
	out   io.Writer
	data  *data
	rules int
	done  atomic.Int64 // rules
	stop  chan struct{}
	ended chan struct{}
	shown int // width of the line that stands there
}

// progress starts showing, when standard error is a terminal; rules may be 0.
func (a *app) progress(d *data, rules int) *progress {
	p := &progress{data: d, rules: rules}
	if a.terminal() {
		p.start(a.err)
	}
	return p
}

// terminal says whether standard error is one.
func (a *app) terminal() bool {
	f, ok := a.err.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

func (p *progress) start(out io.Writer) {
	p.out, p.stop, p.ended = out, make(chan struct{}), make(chan struct{})
	go p.run()
}

// run draws until close.
func (p *progress) run() {
	defer close(p.ended)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.draw(p.text())
		case <-p.stop:
			if p.shown > 0 {
				p.draw("")
				fmt.Fprint(p.out, "\r")
			}
			return
		}
	}
}

// step counts a finished rule.
func (p *progress) step() { p.done.Add(1) }

// close takes the line away; it may be called twice.
func (p *progress) close() {
	if p.stop != nil {
		close(p.stop)
		<-p.ended
		p.stop = nil
	}
}

func (p *progress) text() string {
	read, all := p.data.workspace.Progress()
	s := fmt.Sprintf("%.0f MB read", float64(read)/1e6)
	if all > 0 {
		s = fmt.Sprintf("%.0f of %.0f MB read", float64(read)/1e6, float64(all)/1e6)
	}
	if p.rules > 1 {
		s += fmt.Sprintf(", %d of %d rules done", p.done.Load(), p.rules)
	}
	return s
}

// draw writes over the line that stands there.
func (p *progress) draw(s string) {
	n := utf8.RuneCountInString(s)
	fmt.Fprint(p.out, "\r"+s+strings.Repeat(" ", max(0, p.shown-n)))
	p.shown = n
}
