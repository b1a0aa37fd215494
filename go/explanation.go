package iamlet

// #include "crossing.h"
import "C"

import (
	"encoding/json"
	"log/slog"
)

// Explanation is a decision, and why it is what it is. Where there is no decision it has neither layers nor statements,
// and the zero Explanation denies. It does not change, and any number of goroutines may use it.
//
// It tells what policies say, and so do its texts, but for ClientText: clients do not get it. It keeps the sets that it
// is about from being collected.
type Explanation struct {
	Decision Decision
	// WithoutDenies is the reason that there would be if no statement denied; that of Decision where none does.
	WithoutDenies Reason
	Denies        int // how many statements deny
	// SilentLayers is the layers whose Allow is missing.
	SilentLayers []SilentLayer
	// Statements is the statements that decide, and then those that nearly do, in the order of layer, level, set, policy
	// and statement.
	Statements []ExplainedStatement

	of      *explained
	sources *sources
}

// SilentLayer is a layer whose Allow is missing.
type SilentLayer struct {
	Layer   Layer
	Level   int  // for SCPs and RCPs
	Need    Need // whether its Allow is needed
	IsThere bool // whether it has a policy
}

// ExplainedStatement is a statement that decides, or nearly does, and which of its elements hold.
type ExplainedStatement struct {
	Role   Role
	Effect Effect // ExplicitDeny for a Deny, Allow for an Allow
	Layer  Layer
	Level  int // for SCPs and RCPs
	// Set is the number of its set in the list of sets; an item's own set has the number after the last.
	Set       int
	Policy    int    // the number of the policy in the list that its set was built from
	Statement int    // the number of the statement in the policy
	Tag       uint64 // your tag of the policy
	Sid       string // empty for none

	Action, Resource, Principal Truth
	ConditionsHold              Truth // whether all of Conditions hold
	Conditions                  []ExplainedCondition
}

// ExplainedCondition is a condition of a statement: a key of an operator. Its operator and its values are in the JSON
// of the explanation.
type ExplainedCondition struct {
	Number   int    // in the statement, in the order of the document
	Key      string // the name of the key, in lower case
	Truth    Truth
	Fact     Fact
	Sent     int    // the number of the request's value that the fact is about, else 0
	Expected int    // the number of the policy's value that the fact is about, else 0
	Change   Change // by which the statement would turn; 0 for none
}

// Source is where the policy with a tag comes from, for the texts of explanations. Give each policy its own tag.
type Source struct {
	Tag  uint64
	Name string // the name of its file, or what its readers call it
	Map  []byte // the source map that compiling wrote; nil for none
}

// WithSources is the explanation with names for policies: its texts tell where they come from, in place of their
// numbers. A policy whose tag has no source keeps its numbers. The sources are copied.
func (e Explanation) WithSources(list ...Source) Explanation {
	e.sources = newSources(list)
	return e
}

// String is the explanation in full, for operators: lines of at most 80 columns. Without a decision it is that of
// Decision.
func (e Explanation) String() string {
	if len(e.of.all()) == 0 {
		return e.Decision.String()
	}
	return string(e.write(C.GO_TEXT))
}

// MarshalJSON is the explanation as the library writes it, for audit logs and tools: docs/explanations.md has its
// members. Without a decision it denies, and has the member "status", which says why. It never fails.
func (e Explanation) MarshalJSON() ([]byte, error) {
	text := e.write(C.GO_JSON)
	if text == nil {
		text = []byte(`{"effect":"implicit_deny","reason":"no decision could be computed"}`)
	}
	if e.Decision.Status == StatusOK {
		return text, nil
	}
	status, err := json.Marshal(e.Decision.Status)
	if err != nil {
		return nil, err
	}
	text = append(append(text[:len(text)-1], `,"status":`...), status...)
	return append(text, '}'), nil
}

// Simulation is the explanation as one item of EvaluationResults, the shape in which simulate-custom-policy answers,
// for emulators; nil without a request. It is not for clients.
func (e Explanation) Simulation() json.RawMessage {
	return e.write(C.GO_SIMULATION)
}

// Sentence is AWS's own sentence for AccessDenied, as one line; empty without a request. AWS tells it to the caller of
// its own account.
func (e Explanation) Sentence() string {
	return string(e.write(C.GO_SENTENCE))
}

// ClientText is what a client may know: the type of the policy, and whether it denies explicitly. No ARN, and nothing
// that a policy says. Without a decision it is "denied".
func (e Explanation) ClientText() string {
	if text := e.write(C.GO_CLIENT_TEXT); text != nil {
		return string(text)
	}
	return "denied"
}

// LogValue is a short form of the explanation as a group: the effect and the reason or status, the layer, the place of
// the statement that matters most, and of its conditions the key and the fact of the first that would turn it. String
// and MarshalJSON have all of it.
func (e Explanation) LogValue() slog.Value {
	d := e.Decision
	values := []slog.Attr{slog.String("effect", d.Effect.String())}
	if d.Status == StatusOK {
		values = append(values, slog.String("reason", d.Reason.String()))
	} else {
		values = append(values, slog.String("status", d.Status.String()))
	}
	if d.Layers != 0 {
		values = append(values, slog.String("layers", d.Layers.String()))
	}
	s := e.first()
	if s == nil {
		return slog.GroupValue(values...)
	}
	values = append(values, slog.String("role", s.Role.String()), slog.String("layer", s.Layer.String()),
		slog.Int("level", s.Level))
	if name := e.sources.name(s.Tag); name != "" {
		values = append(values, slog.String("source", name))
	}
	values = append(values, slog.Int("set", s.Set), slog.Int("policy", s.Policy), slog.Int("statement", s.Statement),
		slog.String("sid", s.Sid), slog.Uint64("tag", s.Tag))
	if c := s.first(); c != nil {
		values = append(values, slog.String("key", c.Key), slog.String("fact", c.Fact.String()))
	}
	return slog.GroupValue(values...)
}

// first is the statement that matters most: the first that decides, else the first of the layer that decided, else the
// first.
func (e Explanation) first() *ExplainedStatement {
	for i := range e.Statements {
		s := &e.Statements[i]
		if s.Role == RoleDecides || s.Layer == e.Decision.Layer && s.Level == e.Decision.Level && s.Effect == Allow {
			return s
		}
	}
	if len(e.Statements) == 0 {
		return nil
	}
	return &e.Statements[0]
}

// first is the first condition by which the statement would turn, else the first.
func (s *ExplainedStatement) first() *ExplainedCondition {
	for i := range s.Conditions {
		if s.Conditions[i].Change != 0 {
			return &s.Conditions[i]
		}
	}
	if len(s.Conditions) == 0 {
		return nil
	}
	return &s.Conditions[0]
}

// all is the records of what is explained, if anything is.
func (x *explained) all() []C.iamlet_record {
	if x == nil {
		return nil
	}
	return x.records
}

// read takes over the records, with the texts that C found for each.
func (e *Explanation) read(texts []C.go_record_texts) {
	for i := range e.of.records {
		record, text := &e.of.records[i], &texts[i]
		switch record.kind {
		case C.IAMLET_RECORD_DECISION:
			e.WithoutDenies, e.Denies = Reason(record.without_denies), int(record.denies)
		case C.IAMLET_RECORD_SILENT_LAYER:
			e.SilentLayers = append(e.SilentLayers, SilentLayer{Layer(record.layer), int(record.level), Need(record.role),
				record.is_there != 0})
		case C.IAMLET_RECORD_STATEMENT:
			e.Statements = append(e.Statements, ExplainedStatement{
				Role:           Role(record.role),
				Effect:         Effect(record.effect),
				Layer:          Layer(record.layer),
				Level:          int(record.level),
				Set:            int(record.set),
				Policy:         int(record.policy),
				Statement:      int(record.statement),
				Tag:            uint64(record.tag),
				Sid:            e.of.text(record, text.sid, text.sid_len),
				Action:         Truth(record.action),
				Resource:       Truth(record.resource),
				Principal:      Truth(record.principal),
				ConditionsHold: Truth(record.conditions),
			})
		case C.IAMLET_RECORD_CONDITION:
			s := &e.Statements[len(e.Statements)-1]
			s.Conditions = append(s.Conditions, ExplainedCondition{
				Number:   int(record.condition),
				Key:      e.of.text(record, text.key, text.key_len),
				Truth:    Truth(record.truth),
				Fact:     Fact(record.fact),
				Sent:     int(record.sent),
				Expected: int(record.expected),
				Change:   Change(record.change),
			})
		}
	}
}

// text is a text of a record, which lies in its set.
func (x *explained) text(record *C.iamlet_record, at C.uintptr_t, size C.size_t) string {
	if size == 0 {
		return ""
	}
	return x.sets.of(int(record.set), x.own).text(at, size)
}
