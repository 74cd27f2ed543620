package engine

import (
	"time"

	"goshawk/internal/bind"
	"goshawk/internal/source"
	"goshawk/internal/types"
)

// Trace parses and binds a text, however broken, and tells tr what is found
// out about its places.
func (e *Engine) Trace(text *source.Text, tr *bind.Trace) (ds source.Diagnostics) {
	p, ds := Parse(text)
	defer recovered(p.Text, &ds)
	now, _ := types.FromTime(time.Now())
	_, more := bind.Check(p.Query, p.Text, bind.Options{Schema: e.Catalog, Now: now, Trace: tr})
	if ds.HasErrors() {
		// What the binder says about a broken tree is mostly noise.
		return ds.Sort()
	}
	return append(ds, more...).Sort()
}
