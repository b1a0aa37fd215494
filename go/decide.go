package iamlet

// #include "crossing.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Sets is the sets of one decision, at most 16, in any order: the organization's, the user's with its groups, the
// session's, the resource's. Their layers unite, level by level.
type Sets []*Set

// maxSets is how many sets a decision takes at most. Of more it is enough to say how many they are.
const maxSets = 16

// forC writes what C is given for the sets.
func (s Sets) forC(list *[maxSets]C.go_set) (*C.go_set, C.size_t) {
	for i, set := range s[:min(len(s), maxSets)] {
		list[i] = *set.forC()
	}
	return &list[0], C.size_t(len(s))
}

// Decide decides a request against the set. The error is a *DecisionError, and then the decision denies.
func (s *Set) Decide(request *Request) (Decision, error) {
	one := [1]*Set{s}
	return decide(s.forC(), 1, one[:], request)
}

// Decide decides a request against all the sets together. The error is a *DecisionError, and then the decision denies.
func (s Sets) Decide(request *Request) (Decision, error) {
	var list [maxSets]C.go_set
	first, count := s.forC(&list)
	return decide(first, count, s, request)
}

func decide(first *C.go_set, count C.size_t, sets []*Set, request *Request) (d Decision, err error) {
	var answer C.go_decision
	memory := request.forC()
	C.go_decide(first, count, bytes(memory), C.size_t(len(memory)), &answer)
	d.read(&answer, sets, nil)
	runtime.KeepAlive(sets) // C was given where their bytes are as numbers
	return d, d.Err()
}

// DecideBatch decides many requests against the set; see Sets.DecideBatch.
func (s *Set) DecideBatch(requests []*Request, decisions []Decision) error {
	one := [1]*Set{s}
	return Sets(one[:]).DecideBatch(requests, decisions)
}

// DecideBatch decides many requests in one call, each as Decide would. The decisions, as many as there are requests,
// are in the same order. The error is that of the first decision that has one: see Decision.Err.
func (s Sets) DecideBatch(requests []*Request, decisions []Decision) error {
	if len(requests) != len(decisions) {
		return refuse(decisions, StatusBadLength)
	}
	size := 0
	for _, request := range requests {
		size += len(request.forC())
	}
	b := newBatch(len(requests), size)
	defer b.release()
	for _, request := range requests {
		var entry C.go_entry
		entry.request, entry.request_len = b.copy(request.forC())
		b.entries = append(b.entries, entry)
	}
	return b.decide(s, nil, decisions)
}

// DecideItems decides about each item by itself; see Sets.DecideItems.
func (s *Set) DecideItems(items []*Item, decisions []Decision) error {
	one := [1]*Set{s}
	return Sets(one[:]).DecideItems(items, decisions)
}

// DecideItems decides many items in one call, each by itself and as an item of its own request. All else is as in
// DecideBatch.
func (s Sets) DecideItems(items []*Item, decisions []Decision) error {
	if len(items) != len(decisions) {
		return refuse(decisions, StatusBadLength)
	}
	size := 0
	for _, item := range items {
		if item.isCurrent() {
			size += len(item.request.memory) + len(item.memory)
		}
	}
	b := newBatch(len(items), size)
	defer b.release()
	for _, item := range items {
		if item.isCurrent() {
			b.addItem(item, item.request.memory)
		} else {
			b.entries = append(b.entries, C.go_entry{}) // which C refuses
		}
	}
	return b.decide(s, items, decisions)
}

// DecideResources decides one request about several resources; see Sets.DecideResources.
func (s *Set) DecideResources(request *Request, items ...*Item) (Decision, error) {
	one := [1]*Set{s}
	return Sets(one[:]).DecideResources(request, items...)
}

// DecideResources decides one request about several resources, its items: one explicit deny denies, and all must be
// allowed. The request's own resource is not used. The decision is that of the item which made it: the first that is
// explicitly denied, else the first that is denied, else the first. One item without a decision makes all of it an
// error.
func (s Sets) DecideResources(request *Request, items ...*Item) (d Decision, err error) {
	size := 0
	for _, item := range items {
		if !item.isCurrent() || item.request != request {
			d.Status = StatusNotARequest
			return d, d.Err()
		}
		size += len(item.memory)
	}
	b := newBatch(len(items), size)
	defer b.release()
	for _, item := range items {
		b.addItem(item, nil)
	}
	first, count := s.forC(&b.list)
	memory := request.forC()
	answer := &b.answers[0]
	C.go_decide_resources(first, count, bytes(memory), C.size_t(len(memory)), unsafe.SliceData(b.entries),
		C.size_t(len(b.entries)), answer)
	var own *Set
	if len(items) > 0 {
		own = items[min(int(answer.item), len(items)-1)].set
	}
	d.read(answer, s, own)
	runtime.KeepAlive(s)
	runtime.KeepAlive(items)
	return d, d.Err()
}
