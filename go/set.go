package iamlet

// #include "crossing.h"
import "C"

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"
)

// SetPolicy is a policy for a set.
type SetPolicy struct {
	Policy Policy
	Layer  Layer  // where it applies, which must be a layer for its kind
	Level  int    // for SCPs and RCPs the level, from 0 at the root of the organization; else 0
	Tag    uint64 // your own number for the policy, returned in the decisions that it makes
}

// Levels is how many levels of service control policies and of resource control policies the organization has above
// and at the account: at most 16, and 0 where a set has no part in them. Of several sets the largest number counts. A
// level without policies in any set allows nothing.
type Levels struct {
	SCP, RCP int
}

// Set is policies that apply together, each at its layer. Put what changes together into one set: the organization, a
// user with its groups, a session, a bucket. A Set does not change; a nil Set is an error of each decision.
type Set struct {
	data []byte
	// What C is given: where data begins, which is a number there, and how long it is. Both are pinned as long as the
	// Set is reachable, so whoever hands raw to C keeps the Set alive until C returns.
	raw *C.go_set
}

// noSet is what C is given for a nil Set, and refuses.
var noSet C.go_set

// SetError is why a set cannot be built.
type SetError struct {
	Status Status
	Policy int // the number of the policy at fault in the list, or -1
}

// Error names the policy at fault.
func (e *SetError) Error() string {
	if e.Policy < 0 {
		return e.Status.Error()
	}
	return fmt.Sprintf("iamlet: policy %d of the set: %s", e.Policy, e.Status.String())
}

// Unwrap is the status.
func (e *SetError) Unwrap() error {
	return e.Status
}

// NewSet builds a set. The policies' numbers in the list are returned in decisions. Their bytes are copied. No policies
// at all make a set as well.
//
// The error is a *SetError.
func NewSet(levels Levels, policies ...SetPolicy) (*Set, error) {
	var pinner runtime.Pinner
	defer pinner.Unpin()
	list := make([]C.iamlet_set_policy, len(policies))
	for i, policy := range policies {
		if len(policy.Policy) > 0 {
			pinner.Pin(unsafe.SliceData(policy.Policy))
		}
		list[i] = C.iamlet_set_policy{
			image:     bytes(policy.Policy),
			image_len: C.size_t(len(policy.Policy)),
			tag:       C.uint64_t(policy.Tag),
			layer:     C.uint32_t(policy.Layer),
			level:     number(policy.Level),
		}
	}
	first, count := unsafe.SliceData(list), C.size_t(len(list))
	var used, atFault C.size_t
	status := Status(C.go_set_size(first, count, number(levels.SCP), number(levels.RCP), &used, &atFault))
	var data []byte
	if status == StatusOK {
		data = make([]byte, int(used))
		status = Status(C.go_set_build(first, count, number(levels.SCP), number(levels.RCP), bytes(data),
			C.size_t(len(data)), &used, &atFault))
	}
	if status != StatusOK {
		return nil, &SetError{Status: status, Policy: int(atFault)} // SIZE_MAX, for none, is -1
	}
	return OpenSet(data[:used])
}

// OpenSet makes a set of the bytes that MarshalBinary gave. It checks all of them and keeps a copy. Any bytes may be
// offered; those of a set of another version are StatusOtherFormat.
func OpenSet(data []byte) (*Set, error) {
	if status := Status(C.go_set_open(bytes(data), C.size_t(len(data)))); status != StatusOK {
		return nil, &SetError{Status: status, Policy: -1}
	}
	s := &Set{data: slices.Clone(data), raw: new(C.go_set)}
	first := unsafe.Pointer(unsafe.SliceData(s.data))
	hold(s, first, unsafe.Pointer(s.raw))
	s.raw.data, s.raw.len = C.uintptr_t(uintptr(first)), C.size_t(len(s.data))
	return s, nil
}

// WithSlots is a set like this one that has the slots of a dictionary: of requests that are assembled with the same one,
// decisions by it find the values of context keys without a search. No decision changes by it. Any slots of another
// dictionary are replaced.
//
// The error is a *SetError, or StatusNullArgument for a nil Set.
func (s *Set) WithSlots(dictionary *Dictionary) (*Set, error) {
	data, err := s.MarshalBinary()
	if err != nil {
		return nil, err
	}
	words := dictionary.forC()
	status := Status(C.go_set_assign_slots(bytes(data), C.size_t(len(data)), bytes(words), C.size_t(len(words))))
	runtime.KeepAlive(dictionary)
	if status != StatusOK {
		return nil, &SetError{Status: status, Policy: -1}
	}
	return OpenSet(data)
}

// SetInfo is what a set holds.
type SetInfo struct {
	Policies, Statements int
	Levels               Levels
	Layers               []Layer // those that it has; of those with levels even without a policy
	// Indexed says whether an index leads decisions to the statements that could apply. Every set of 12 statements or
	// more has one; over a smaller set each decision looks at each statement.
	Indexed bool
}

// Info tells what a set holds, in time linear in its policies. Of a nil Set it is the zero SetInfo.
func (s *Set) Info() SetInfo {
	var info C.iamlet_set_info
	status := Status(C.go_set_describe(s.forC(), &info))
	runtime.KeepAlive(s)
	if status != StatusOK {
		return SetInfo{}
	}
	var layers []Layer
	for layer := LayerSCP; layer <= LayerEndpoint; layer++ {
		if info.layers>>(layer-1)&1 != 0 {
			layers = append(layers, layer)
		}
	}
	return SetInfo{
		Policies:   int(info.policies),
		Statements: int(info.statements),
		Levels:     Levels{SCP: int(info.scp_levels), RCP: int(info.rcp_levels)},
		Layers:     layers,
		Indexed:    info.has_index != 0,
	}
}

// forC is what C is given for the set.
func (s *Set) forC() *C.go_set {
	if s == nil || s.raw == nil {
		return &noSet
	}
	return s.raw
}

// MarshalBinary is a copy of the set's bytes, which stand alone: they may be stored and sent. See OpenSet.
func (s *Set) MarshalBinary() ([]byte, error) {
	if s == nil {
		return nil, StatusNullArgument
	}
	return slices.Clone(s.data), nil
}

// String tells how large the set is.
func (s *Set) String() string {
	if s == nil {
		return "no policy set"
	}
	return fmt.Sprintf("policy set of %d bytes", len(s.data))
}
