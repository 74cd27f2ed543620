package segment

import (
	"container/list"
	"sync"
)

// Cache bounds what readers keep in memory between reads: dictionaries, the
// longest unused of which are forgotten first. A nil Cache keeps everything.
type Cache struct {
	limit int64
	mu    sync.Mutex // guards the rest
	used  int64
	order *list.List // of *cached, the latest used first
	at    map[*dictSlot]*list.Element
}

type cached struct {
	slot *dictSlot
	size int64
}

// NewCache makes a cache of so many bytes.
func NewCache(limit int64) *Cache {
	return &Cache{limit: limit, order: list.New(), at: map[*dictSlot]*list.Element{}}
}

func (c *Cache) touch(s *dictSlot) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[s]; e != nil {
		c.order.MoveToFront(e)
	}
}

// add notes that a slot has grown, and forgets others until all fit. A slot
// is forgotten by another goroutine than the one that holds its mutex.
func (c *Cache) add(s *dictSlot, size int64) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.at[s]
	if e == nil {
		e = c.order.PushFront(&cached{slot: s})
		c.at[s] = e
	}
	c.order.MoveToFront(e)
	e.Value.(*cached).size += size
	c.used += size
	for c.used > c.limit && c.order.Back() != e {
		old := c.order.Remove(c.order.Back()).(*cached)
		delete(c.at, old.slot)
		c.used -= old.size
		go old.slot.drop() // its mutex may be held by a reader that waits for c.mu
	}
}
