package iamlet

// #include "crossing.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// slab is memory for several prepared requests and items. It stays where it is as long as the slab is reachable, so that
// C can be given many requests at once, each as a number: to pin them one by one would cost more than to decide them.
type slab struct {
	free []byte
}

// slabBytes is the size of a slab, some dozen requests. A larger request has one of its own.
const slabBytes = 1 << 14

// slabs are those with memory that is free. Whoever takes one out has it alone.
var slabs = sync.Pool{New: func() any { return newSlab(slabBytes) }}

func newSlab(size int) *slab {
	s := &slab{free: make([]byte, size)}
	hold(s, unsafe.Pointer(unsafe.SliceData(s.free)))
	return s
}

// hold pins memory as long as its owner is reachable.
func hold[Owner any](owner *Owner, memory ...unsafe.Pointer) {
	pinner := new(runtime.Pinner)
	for _, one := range memory {
		pinner.Pin(one)
	}
	runtime.AddCleanup(owner, (*runtime.Pinner).Unpin, pinner)
}

// prepared is a prepared request or item, in its slab.
type prepared struct {
	memory []byte
	slab   *slab
}

// place is where the prepared bytes are, as C is given it with others. The slab has to be kept alive meanwhile.
func (p *prepared) place() (C.uintptr_t, C.size_t) {
	return C.uintptr_t(uintptr(unsafe.Pointer(unsafe.SliceData(p.memory)))), C.size_t(len(p.memory))
}

// prepare lets C write into the memory that is there, or else into free memory. What C needs or has used is returned.
func (p *prepared) prepare(write func(out []byte) (Status, int)) Status {
	if cap(p.memory) > 0 {
		memory := p.memory[:cap(p.memory)]
		p.memory = nil
		status, used := write(memory)
		if status == StatusOK {
			p.memory = memory[:used]
		}
		if status != StatusBufferTooSmall {
			return status
		}
	}
	s := slabs.Get().(*slab)
	status, used := write(s.free)
	if status == StatusBufferTooSmall {
		s = newSlab(max(slabBytes, used))
		status, used = write(s.free)
	}
	if status == StatusOK {
		// With some room to spare, so that the next request may fit as well.
		size := min((used+127)&^63, len(s.free))
		*p = prepared{memory: s.free[:used:size], slab: s}
		s.free = s.free[size:]
	}
	if len(s.free) > 0 {
		slabs.Put(s)
	}
	return status
}
