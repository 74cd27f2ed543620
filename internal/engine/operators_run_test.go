package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"goshawk/internal/bind"
	"goshawk/internal/dynamic"
	"goshawk/internal/exec"
	"goshawk/internal/fn"
	"goshawk/internal/parser"
	"goshawk/internal/source"
	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// queryMaker writes random queries around the rarer operators.
type queryMaker struct{ r *rand.Rand }

func (m queryMaker) one(list ...string) string { return list[m.r.IntN(len(list))] }
func (m queryMaker) text() string {
	return m.one("Account", "Computer", "Activity", "Process", "IpAddress")
}
func (m queryMaker) number() string { return m.one("EventID", "LogonType") }
func (m queryMaker) column() string { return m.one(m.text(), m.number(), "TimeGenerated") }

func (m queryMaker) aggregate() string {
	return m.one("count()", "sum("+m.number()+")", "max("+m.column()+")", "min(TimeGenerated)", "dcount("+m.text()+")", "avg("+m.number()+")",
		"q = sum("+m.number()+") / count()", "countif("+m.number()+" > 5)")
}

func (m queryMaker) step() string {
	return m.one("where "+m.number()+" > 3", "take 5", "project "+m.column()+", n = 1", "extend z = "+m.number()+" + 1", "count",
		"summarize "+m.aggregate()+" by "+m.text(), "top 3 by "+m.column(), "distinct "+m.text(), "sort by "+m.column()+" asc")
}

func (m queryMaker) level() string {
	return "top-nested " + m.one("", "2 ", "5 ") + "of " + m.one(m.column(), "bin(TimeGenerated, 1d)", "x = tolower("+m.text()+")") +
		m.one("", " with others = \"rest\"", " with others = \"1\"") + " by " + m.aggregate() + m.one("", " asc")
}

func (m queryMaker) condition() string {
	return m.one(`"admin"`, `"10.0*"`, m.text()+`:"*s*"`, m.number()+" > 5", `"contoso" and not(`+m.number()+` == 1)`, `("true" or "50126") and isnotempty(`+m.text()+`)`,
		`* has "cmd"`, `TimeGenerated > ago(20d) and "e*r"`, `*`)
}

func (m queryMaker) query() string {
	tables := m.one("SecurityEvent", "SecurityEvent, SigninLogs", "S*Event, Heartbeat", "*")
	q := m.one(
		"SecurityEvent | "+m.level()+m.one("", ", "+m.level(), ", "+m.level()+", "+m.level()),
		"SecurityEvent | top-hitters 3 of "+m.column()+m.one("", " by "+m.number()),
		"SecurityEvent | sample "+m.one("0", "3", "100"),
		"SecurityEvent | sample-distinct 3 of "+m.column(),
		"SecurityEvent | search "+m.one("", "kind=case_sensitive ")+m.condition(),
		"search in ("+tables+") "+m.condition(),
		"find in ("+tables+") where "+m.condition()+m.one("", " project "+m.text()+", pack(*)", " project "+m.text()+", TimeGenerated"),
		"SecurityEvent | partition "+m.one("", "hint.strategy=native ")+"by "+m.column()+" ("+m.step()+")",
		"SecurityEvent | sort by TimeGenerated asc | scan with_match_id=id "+m.one("", "partition by Computer ")+"declare (c:long=0, t:string) with (step a: "+
			m.number()+" > 0 => c = a.c + 1; step b "+m.one("", "output=last", "output=none")+": a.c < 3 and "+m.text()+" != a."+m.text()+" => t = a.Computer, c = b.c + a.c;)",
		"SecurityEvent | facet by "+m.text()+" with ("+m.step()+")",
		"SecurityEvent | fork ("+m.step()+") b = (summarize "+m.aggregate()+")",
		"SecurityEvent | reduce "+m.one("", "kind=source ")+"by "+m.text()+m.one("", " with threshold=0.2", ` with characters="."`),
		"SecurityEvent | make-series "+m.one("", "kind=nonempty ")+"n = count() on TimeGenerated "+m.one("", "from ago(30d) to now() ")+"step 7d"+m.one("", " by "+m.text()),
	)
	if m.r.IntN(3) == 0 && !strings.Contains(q, "fork") && !strings.Contains(q, "facet") {
		q += m.one(" | count", " | take 2", " | getschema", " | consume")
	}
	return q
}

// TestOperatorsAgree runs random queries with and without the optimizer, in
// batches of several sizes and with several threads: the answer is one.
func TestOperatorsAgree(t *testing.T) {
	n := 150
	if testing.Short() {
		n = 40
	}
	m := queryMaker{rand.New(rand.NewPCG(3, 4))}
	ran := 0
	for range n {
		q := m.query()
		want := answer(q, false, 1024, 1)
		if strings.HasPrefix(want, "refused") {
			continue
		}
		ran++
		for _, v := range []struct {
			optimize       bool
			batch, threads int
		}{{true, 1024, 1}, {true, 1, 1}, {false, 3, 4}, {true, 7, 4}} {
			if got := answer(q, v.optimize, v.batch, v.threads); got != want || strings.Contains(got, "bug") {
				t.Errorf("%+v\n%s\ngot  %.800s\nwant %.800s", v, q, got, want)
				break
			}
		}
	}
	if ran < n/2 {
		t.Errorf("only %d of %d queries bind", ran, n)
	}
}

// answer is all results of a query as one text, or the error.
func answer(q string, optimize bool, batch, threads int) string {
	text := source.New("", q)
	tree, ds := parser.Parse(text)
	if ds.HasErrors() {
		return "refused: " + ds.Err().Error()
	}
	now, _ := types.FromTime(corpusNow)
	e := generated([]string{"SecurityEvent", "SigninLogs", "Heartbeat"})
	p, ds := bind.Query(tree, text, bind.Options{Schema: e.Catalog, Now: now})
	if ds.HasErrors() {
		return "refused: " + ds.Err().Error()
	}
	if optimize {
		p = Optimize(p)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	budget := exec.NewBudget(1 << 28)
	rs, err := exec.Run(ctx, p, exec.Config{Env: &fn.Env{Now: now, Seed: 1}, Threads: threads, BatchSize: batch, Memory: budget})
	if err != nil {
		return "error: " + err.Error()
	}
	var out strings.Builder
	for _, r := range rs {
		fmt.Fprintln(&out, r.Name, r.Schema)
		r.Each(func(b *vector.Batch, row int) bool {
			for _, c := range b.Cols {
				d := c.Datum(row)
				if v, ok := d.V.(dynamic.Value); ok {
					d.V = v.JSON()
				}
				fmt.Fprint(&out, d.V, "|")
			}
			fmt.Fprintln(&out)
			return true
		})
	}
	return out.String()
}
