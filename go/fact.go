package iamlet

// #include "crossing.h"
import "C"

// Role is why a statement is in an explanation.
type Role uint8

// The roles.
const (
	RoleDecides  Role = C.IAMLET_ROLE_DECIDES   // it applies: it denies, or is an Allow of an allowed request
	RoleNearMiss Role = C.IAMLET_ROLE_NEAR_MISS // one of its elements keeps it from applying
	RoleNearest  Role = C.IAMLET_ROLE_NEAREST   // several do, and no statement of its layer and level comes nearer
)

// String is the role's name, "near_miss" for one.
func (r Role) String() string {
	return named(C.iamlet_role_text(C.uint32_t(r)), "Role", uint32(r))
}

// MarshalText is String.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Need is whether the Allow of a silent layer is needed.
type Need uint8

// The needs.
const (
	NeedNeeded Need = C.IAMLET_NEED_NEEDED  // nothing else can take its place
	NeedOneWay Need = C.IAMLET_NEED_ONE_WAY // it is one way; the other layers with this need have another
)

// String is the need's name, "one_way" for one.
func (n Need) String() string {
	return named(C.iamlet_need_text(C.uint32_t(n)), "Need", uint32(n))
}

// MarshalText is String.
func (n Need) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Truth is whether an element of a statement, or a condition, holds.
type Truth uint8

// The truths.
const (
	TruthFalse Truth = C.IAMLET_TRUTH_FALSE // it does not
	TruthIndet Truth = C.IAMLET_TRUTH_INDET // that is open: enough for a Deny, too little for an Allow
	TruthTrue  Truth = C.IAMLET_TRUTH_TRUE  // it does, or the statement does not have the element
)

// String is the truth's name, "INDET" for one, as docs/semantics.md has it.
func (t Truth) String() string {
	switch t {
	case TruthFalse:
		return "FALSE"
	case TruthIndet:
		return "INDET"
	case TruthTrue:
		return "TRUE"
	}
	return named(C.iamlet_text{}, "Truth", uint32(t))
}

// MarshalText is String.
func (t Truth) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Fact is what is so about the key of a condition.
type Fact uint8

// The facts. Those with a value of the request tell its number as Sent, those with a value of the policy as Expected.
const (
	FactAbsent               Fact = C.IAMLET_FACT_ABSENT                 // the request does not have the key
	FactPresent              Fact = C.IAMLET_FACT_PRESENT                // it is there, which is all that Null asks
	FactUnknown              Fact = C.IAMLET_FACT_UNKNOWN                // AWS always sends it, and nobody told its value
	FactSeveralValues        Fact = C.IAMLET_FACT_SEVERAL_VALUES         // the operator has no set qualifier
	FactNothingButEmpty      Fact = C.IAMLET_FACT_NOTHING_BUT_EMPTY      // all values are empty, and it has a qualifier
	FactMatches              Fact = C.IAMLET_FACT_MATCHES                // value Sent is value Expected, or matches it
	FactNoMatch              Fact = C.IAMLET_FACT_NO_MATCH               // value Sent matches none of the policy's
	FactDoesNotParse         Fact = C.IAMLET_FACT_DOES_NOT_PARSE         // value Sent is no number, date or address
	FactVariableWithoutValue Fact = C.IAMLET_FACT_VARIABLE_WITHOUT_VALUE // value Expected has a variable without a value
	FactOpen                 Fact = C.IAMLET_FACT_OPEN                   // whether value Sent matches Expected is open
	FactNotFetched           Fact = C.IAMLET_FACT_NOT_FETCHED            // the key is not fetched yet
)

// String is the fact's name, "no_match" for one.
func (f Fact) String() string {
	return named(C.iamlet_fact_text(C.uint32_t(f)), "Fact", uint32(f))
}

// MarshalText is String.
func (f Fact) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Change is what the request's key would have to be for a condition to turn, so that its Deny would not apply or its
// Allow would. 0 is none.
type Change uint8

// The changes.
const (
	ChangeOneOf   Change = C.IAMLET_CHANGE_ONE_OF  // one value, which matches one of the policy's
	ChangeNoneOf  Change = C.IAMLET_CHANGE_NONE_OF // one value, which matches none of the policy's
	ChangePresent Change = C.IAMLET_CHANGE_PRESENT // there, with any value that is not empty
	ChangeAbsent  Change = C.IAMLET_CHANGE_ABSENT  // not there
)

// String is the change's name, "one_of" for one.
func (c Change) String() string {
	return named(C.iamlet_change_text(C.uint32_t(c)), "Change", uint32(c))
}

// MarshalText is String.
func (c Change) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
