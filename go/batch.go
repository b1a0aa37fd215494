package iamlet

// #include "crossing.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// batch is the memory of one call about many requests.
type batch struct {
	entries []C.go_entry
	answers []C.go_decision
	allowed []byte
	list    [maxSets]C.go_set
}

// batches are kept for the next call.
var batches = sync.Pool{New: func() any { return new(batch) }}

// newBatch is a batch of `count` entries, all zero.
func newBatch(count int) *batch {
	b := batches.Get().(*batch)
	if cap(b.entries) < count {
		b.entries = make([]C.go_entry, count)
		b.answers = make([]C.go_decision, count)
	}
	b.entries, b.answers = b.entries[:count], b.answers[:count]
	clear(b.entries)
	return b
}

// bits is memory for a bit a place.
func (b *batch) bits(count int) []byte {
	need := (count + 7) / 8
	if cap(b.allowed) < need {
		b.allowed = make([]byte, need)
	}
	return b.allowed[:need]
}

// keptBytes is how large a batch may be that is kept.
const keptBytes = 1 << 16

// release keeps the batch.
func (b *batch) release() {
	if cap(b.entries)*(C.sizeof_go_entry+C.sizeof_go_decision) <= keptBytes {
		batches.Put(b)
	}
}

// setItem makes an entry that of an item; the request is for calls that ask for one.
func setItem(entry *C.go_entry, item *Item) {
	entry.item, entry.item_len = item.place()
	if item.set != nil {
		entry.set = C.uintptr_t(uintptr(unsafe.Pointer(item.set.forC())))
	}
}

// decide decides all entries, which are those of the items where there are any. It returns why the first of those
// without a decision has none.
func (b *batch) decide(sets Sets, items []*Item, decisions []Decision) error {
	first, count := sets.forC(&b.list)
	C.go_decide_batch(first, count, unsafe.SliceData(b.entries), C.size_t(len(b.entries)), unsafe.SliceData(b.answers))
	var failed error
	for i := range decisions {
		var own *Set
		if items != nil && items[i] != nil {
			own = items[i].set
		}
		decisions[i].read(&b.answers[i], sets, own)
		if failed == nil && decisions[i].Status != StatusOK {
			failed = decisions[i].Err()
		}
	}
	runtime.KeepAlive(sets)
	return failed
}

// refuse makes decisions that deny.
func refuse(decisions []Decision, status Status) error {
	for i := range decisions {
		decisions[i] = Decision{Status: status}
	}
	return Decision{Status: status}.Err()
}
