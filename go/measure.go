//go:build iamlet_bench

package iamlet

// With the tag iamlet_bench the package can time itself against C: see costs_test.go.

/*
#define _POSIX_C_SOURCE 200809L
#include <time.h>
#include "crossing.h"

static uint64_t go_thread_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void go_nothing(void)
{
}

// The library is called through pointers, as from another language: nothing is inlined.
static uint64_t go_time_singles(const go_set *set, const go_entry *entries, size_t count, size_t rounds,
                                go_decision *decisions)
{
    iamlet_status (*volatile decide)(const iamlet_set *, size_t, const void *, size_t, iamlet_decision *) =
        iamlet_decide;
    uint64_t begin = go_thread_time();
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            decide((const iamlet_set *)set, 1, (const void *)entries[i].request, entries[i].request_len,
                   (iamlet_decision *)&decisions[i]);
        }
    }
    return go_thread_time() - begin;
}

static uint64_t go_time_batches(const go_set *set, const go_entry *entries, size_t count, size_t rounds,
                                go_decision *decisions)
{
    uint64_t begin = go_thread_time();
    for (size_t round = 0; round < rounds; round++) {
        // Each decision has its own status.
        iamlet_status all = iamlet_decide_batch((const iamlet_set *)set, 1, (const iamlet_batch_entry *)entries, count,
                                                (iamlet_decision *)decisions);
        (void)all;
    }
    return go_thread_time() - begin;
}

#cgo noescape go_thread_time
#cgo nocallback go_thread_time
#cgo noescape go_nothing
#cgo nocallback go_nothing
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// threadTime is the time that the processor has spent on this thread, in nanoseconds.
func threadTime() uint64 {
	return uint64(C.go_thread_time())
}

// callNothing is an empty call into C.
func callNothing() {
	C.go_nothing()
}

// timeInC tells the nanoseconds that C needs for the requests, each by itself and all in a batch.
func timeInC(set *Set, requests []*Request, rounds int) (singles, batches uint64) {
	b := newBatch(len(requests))
	defer b.release()
	for i, request := range requests {
		b.entries[i].request, b.entries[i].request_len = request.place()
	}
	entries, answers := unsafe.SliceData(b.entries), unsafe.SliceData(b.answers)
	count := C.size_t(len(requests))
	singles = uint64(C.go_time_singles(set.forC(), entries, count, C.size_t(rounds), answers))
	batches = uint64(C.go_time_batches(set.forC(), entries, count, C.size_t(rounds), answers))
	runtime.KeepAlive(requests)
	runtime.KeepAlive(set)
	return singles, batches
}
