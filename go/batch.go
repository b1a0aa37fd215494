package iamlet

// #include "crossing.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// batch is the memory of one call about many requests. C is given where each request is as a number, so all of them
// are copied into one piece of memory, which is pinned.
type batch struct {
	memory  []byte
	entries []C.go_entry
	answers []C.go_decision
	list    [maxSets]C.go_set
	pinner  runtime.Pinner
}

// batches are kept for the next call.
var batches = sync.Pool{New: func() any { return new(batch) }}

// newBatch is a batch of `count` entries whose requests and items take `size` bytes.
func newBatch(count, size int) *batch {
	b := batches.Get().(*batch)
	if cap(b.memory) < size {
		b.memory = make([]byte, 0, size+size/4)
	}
	if cap(b.entries) < count || b.entries == nil {
		b.entries = make([]C.go_entry, 0, count)
		b.answers = make([]C.go_decision, max(count, 1))
	}
	b.memory, b.entries = b.memory[:0], b.entries[:0]
	if size > 0 {
		b.pinner.Pin(unsafe.SliceData(b.memory))
	}
	return b
}

// release keeps the batch.
func (b *batch) release() {
	b.pinner.Unpin()
	if cap(b.memory)+cap(b.entries)*(C.sizeof_go_entry+C.sizeof_go_decision) <= keptBytes*4 {
		batches.Put(b)
	}
}

// copy copies a request or an item, and tells where to.
func (b *batch) copy(memory []byte) (C.uintptr_t, C.size_t) {
	at := len(b.memory)
	b.memory = b.memory[:at+len(memory)]
	copy(b.memory[at:], memory)
	return C.uintptr_t(uintptr(unsafe.Pointer(unsafe.SliceData(b.memory[at:])))), C.size_t(len(memory))
}

// addItem adds an entry for an item, and its request where C asks for one.
func (b *batch) addItem(item *Item, request []byte) {
	var entry C.go_entry
	if request != nil {
		entry.request, entry.request_len = b.copy(request)
	}
	entry.item, entry.item_len = b.copy(item.memory)
	if item.set != nil {
		entry.set = C.uintptr_t(uintptr(unsafe.Pointer(item.set.forC())))
	}
	b.entries = append(b.entries, entry)
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
	runtime.KeepAlive(items)
	return failed
}

// refuse makes decisions that deny.
func refuse(decisions []Decision, status Status) error {
	for i := range decisions {
		decisions[i] = Decision{Status: status}
	}
	return Decision{Status: status}.Err()
}
