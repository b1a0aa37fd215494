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
func (s *Set) Decide(request *Request) (d Decision, err error) {
	var answer C.go_decision
	memory := request.forC()
	C.go_decide(s.forC(), 1, bytes(memory), C.size_t(len(memory)), &answer)
	d.read(&answer, Sets{s}, nil)
	runtime.KeepAlive(s) // C was given where its bytes are as a number
	return d, d.Err()
}

// Decide decides a request against all the sets together. The error is a *DecisionError, and then the decision denies.
func (s Sets) Decide(request *Request) (d Decision, err error) {
	var list [maxSets]C.go_set
	var answer C.go_decision
	first, count := s.forC(&list)
	memory := request.forC()
	C.go_decide(first, count, bytes(memory), C.size_t(len(memory)), &answer)
	d.read(&answer, s, nil)
	runtime.KeepAlive(s)
	return d, d.Err()
}

// DecideBatch decides many requests against the set; see Sets.DecideBatch.
func (s *Set) DecideBatch(requests []*Request, decisions []Decision) error {
	return Sets{s}.DecideBatch(requests, decisions)
}

// DecideBatch decides many requests in one call, each as Decide would. The decisions, as many as there are requests,
// are in the same order. The error is that of the first decision that has one: see Decision.Err.
func (s Sets) DecideBatch(requests []*Request, decisions []Decision) error {
	if len(requests) != len(decisions) {
		return refuse(decisions, StatusBadLength)
	}
	b := newBatch(len(requests))
	for i, request := range requests {
		if request != nil {
			b.entries[i].request, b.entries[i].request_len = request.place()
		}
	}
	err := b.decide(s, nil, decisions)
	runtime.KeepAlive(requests) // C was given where they are as numbers
	b.release()
	return err
}

// DecideItems decides about each item by itself; see Sets.DecideItems.
func (s *Set) DecideItems(items []*Item, decisions []Decision) error {
	return Sets{s}.DecideItems(items, decisions)
}

// DecideItems decides many items in one call, each by itself and as an item of its own request. All else is as in
// DecideBatch.
func (s Sets) DecideItems(items []*Item, decisions []Decision) error {
	if len(items) != len(decisions) {
		return refuse(decisions, StatusBadLength)
	}
	b := newBatch(len(items))
	for i, item := range items {
		if item.isCurrent() { // an entry that stays empty is refused
			b.entries[i].request, b.entries[i].request_len = item.request.place()
			setItem(&b.entries[i], item)
		}
	}
	err := b.decide(s, items, decisions)
	runtime.KeepAlive(items)
	b.release()
	return err
}

// DecideResources decides one request about several resources; see Sets.DecideResources.
func (s *Set) DecideResources(request *Request, items ...*Item) (Decision, error) {
	return Sets{s}.DecideResources(request, items...)
}

// DecideResources decides one request about several resources, its items: one explicit deny denies, and all must be
// allowed. The request's own resource is not used. The decision is that of the item which made it: the first that is
// explicitly denied, else the first that is denied, else the first. One item without a decision makes all of it an
// error.
func (s Sets) DecideResources(request *Request, items ...*Item) (d Decision, err error) {
	b := newBatch(len(items))
	for i, item := range items {
		if !item.isCurrent() || item.request != request {
			d.Status = StatusNotARequest
			return d, d.Err()
		}
		setItem(&b.entries[i], item)
	}
	var answer C.go_decision
	first, count := s.forC(&b.list)
	memory := request.forC()
	C.go_decide_resources(first, count, bytes(memory), C.size_t(len(memory)), unsafe.SliceData(b.entries),
		C.size_t(len(b.entries)), &answer)
	var own *Set
	if int(answer.item) < len(items) {
		own = items[answer.item].set
	}
	d.read(&answer, s, own)
	runtime.KeepAlive(s)
	runtime.KeepAlive(items)
	b.release()
	return d, d.Err()
}

// Filter tells which items the request allows; see Sets.Filter.
func (s *Set) Filter(request *Request, items []*Item, allowed []bool) error {
	return Sets{s}.Filter(request, items, allowed)
}

// Filter decides one request about many items of it, each by itself: for a list that shows only what its reader may see.
// It writes for each item whether it is allowed, into as many places. What the sets have of the request's action is
// looked up once, so that it takes a part of what DecideItems does. The error is that of the first item without a
// decision, which is not allowed.
func (s Sets) Filter(request *Request, items []*Item, allowed []bool) error {
	clear(allowed)
	if len(items) != len(allowed) {
		return Decision{Status: StatusBadLength}.Err()
	}
	b := newBatch(len(items))
	for i, item := range items {
		if item.isCurrent() && item.request == request { // an entry that stays empty is refused
			setItem(&b.entries[i], item)
		}
	}
	bits := b.bits(len(items))
	first, count := s.forC(&b.list)
	memory := request.forC()
	status := Status(C.go_filter(first, count, bytes(memory), C.size_t(len(memory)), unsafe.SliceData(b.entries),
		C.size_t(len(b.entries)), bytes(bits)))
	for i := range allowed {
		allowed[i] = bits[i/8]>>(i%8)&1 == 1
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(items)
	b.release()
	return Decision{Status: status}.Err()
}
