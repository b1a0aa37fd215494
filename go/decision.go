package iamlet

// #include "crossing.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Decision is the answer to a request. Let the request proceed where Effect is Allow, and never otherwise. The zero
// Decision denies.
type Decision struct {
	Effect Effect
	Reason Reason
	Status Status // StatusOK, or why there is no decision
	// Layer is the layer that decided, or the first that Status is about; 0 for none, as for a root user. For a Deny or an Allow it
	// is that of the statement; for a layer that is silent, that layer; with ReasonBothAllow, LayerIdentity.
	Layer Layer
	Level int // the level of that layer, for SCPs and RCPs
	Item  int // the number of the item, for DecideResources; else 0
	// Layers is every layer that Status is about, each as Absent has it: with StatusMissingLayer, all that are missing.
	Layers Absent

	// Needs is not 0 with ReasonNeedsContext: the context keys that are not fetched yet and on which the decision could
	// depend, which Request.NeededKeys names.
	Needs uint64

	// HasStatement tells whether a single statement decided. Where none did, all that follows is zero.
	HasStatement bool
	// Set is the number of the statement's set in the list of sets; an item's own set has the number after the last. Of
	// several statements it is the first by layer, level, set, policy and statement.
	Set       int
	Policy    int    // the number of the policy in the list that its set was built from
	Statement int    // the number of the statement in the policy
	Tag       uint64 // your tag of the policy
	Sid       string // the Sid of the statement; empty for none
}

// Allowed tells whether the request may proceed.
func (d Decision) Allowed() bool {
	return d.Effect == Allow
}

// String is the effect and the reason, with the Sid of the statement that decided where it has one.
func (d Decision) String() string {
	switch {
	case d.Status != StatusOK:
		return fmt.Sprintf("%v: %s", d.Effect, d.Status.String())
	case d.Sid != "":
		return fmt.Sprintf("%v: %v (%s)", d.Effect, d.Reason, d.Sid)
	}
	return fmt.Sprintf("%v: %v", d.Effect, d.Reason)
}

// Err is why there is no decision, a *DecisionError, and nil where there is one.
func (d Decision) Err() error {
	if d.Status == StatusOK {
		return nil
	}
	return &decisionErrors[d.Status&0xff][d.Layers&AbsentAll]
}

// DecisionError is why there is no decision. Deny the request.
type DecisionError struct {
	status Status
	layers Absent
}

// decisionErrors are all of them, so that an error costs no memory either.
var decisionErrors = func() (all [256][AbsentAll + 1]DecisionError) {
	for status := range all {
		for layers := range all[status] {
			all[status][layers] = DecisionError{Status(status), Absent(layers)}
		}
	}
	return all
}()

// Status is what is wrong.
func (e *DecisionError) Status() Status {
	return e.status
}

// Layers is every layer that the error is about, each as Absent has it; 0 for none. With StatusMissingLayer it is all that
// are missing.
func (e *DecisionError) Layers() Absent {
	return e.layers
}

// Error says what is wrong, and names the layers.
func (e *DecisionError) Error() string {
	if e.layers == 0 {
		return e.status.Error()
	}
	return fmt.Sprintf("%v: %v", e.status.Error(), e.layers)
}

// Unwrap is the status.
func (e *DecisionError) Unwrap() error {
	return e.status
}

// read takes over what C answered, field by field, for a Decision made elsewhere and copied takes its time. `sets` are
// those of the call, and `own` is the item's.
func (d *Decision) read(answer *C.go_decision, sets Sets, own *Set) {
	d.Effect = Effect(answer.effect)
	d.Reason = Reason(answer.reason)
	d.Status = Status(answer.status)
	d.Layer = Layer(answer.layer)
	d.Layers = Absent(answer.layers)
	d.Level = int(answer.level)
	d.Item = int(answer.item)
	d.Needs = uint64(answer.needs)
	d.HasStatement = answer.set != C.IAMLET_NONE
	d.Sid = ""
	if !d.HasStatement {
		d.Set, d.Policy, d.Statement, d.Tag = 0, 0, 0, 0
		return
	}
	d.Set, d.Policy, d.Statement = int(answer.set), int(answer.policy), int(answer.statement)
	d.Tag = uint64(answer.tag)
	if answer.sid_len != 0 {
		d.Sid = sets.of(d.Set, own).text(answer.sid, answer.sid_len)
	}
}

// of is the set with a number, after the last the item's own.
func (s Sets) of(number int, own *Set) *Set {
	if number < len(s) {
		return s[number]
	}
	return own
}

// text is a text in the set, whose bytes do not change and live as long as the text.
func (s *Set) text(at C.uintptr_t, size C.size_t) string {
	text := s.data[at-s.raw.data:][:size]
	return unsafe.String(unsafe.SliceData(text), len(text))
}
