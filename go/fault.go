package iamlet

// #include "crossing.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Fault is why a policy document is refused.
type Fault uint8

// The faults.
const (
	FaultCapacity             Fault = C.IAMLET_FAULT_CAPACITY              // larger than the engine takes; the pool is named
	FaultTooLarge             Fault = C.IAMLET_FAULT_TOO_LARGE             // larger than AWS takes
	FaultEncoding             Fault = C.IAMLET_FAULT_ENCODING              // invalid UTF-8, or a byte order mark
	FaultJSONSyntax           Fault = C.IAMLET_FAULT_JSON_SYNTAX           // not strict JSON (RFC 8259)
	FaultJSONTrailing         Fault = C.IAMLET_FAULT_JSON_TRAILING         // something follows the document
	FaultJSONDuplicateKey     Fault = C.IAMLET_FAULT_JSON_DUPLICATE_KEY    // the same member twice in one object
	FaultJSONDepth            Fault = C.IAMLET_FAULT_JSON_DEPTH            // nested deeper than 8
	FaultBadCharacter         Fault = C.IAMLET_FAULT_BAD_CHARACTER         // a character that IAM's API refuses
	FaultWrongType            Fault = C.IAMLET_FAULT_WRONG_TYPE            // a JSON value of the wrong type
	FaultUnknownElement       Fault = C.IAMLET_FAULT_UNKNOWN_ELEMENT       // a member that the policy grammar lacks
	FaultMissingElement       Fault = C.IAMLET_FAULT_MISSING_ELEMENT       // a required element is missing
	FaultForbiddenElement     Fault = C.IAMLET_FAULT_FORBIDDEN_ELEMENT     // an element that this kind must not have
	FaultExclusiveElements    Fault = C.IAMLET_FAULT_EXCLUSIVE_ELEMENTS    // an element beside its Not form
	FaultForbiddenCombination Fault = C.IAMLET_FAULT_FORBIDDEN_COMBINATION // elements that must not stand together
	FaultEmpty                Fault = C.IAMLET_FAULT_EMPTY                 // an empty array or object
	FaultBadVersion           Fault = C.IAMLET_FAULT_BAD_VERSION           // a Version that this kind does not take
	FaultBadEffect            Fault = C.IAMLET_FAULT_BAD_EFFECT            // an Effect that this kind does not take
	FaultBadSID               Fault = C.IAMLET_FAULT_BAD_SID               // a Sid with characters that it must not have
	FaultDupSID               Fault = C.IAMLET_FAULT_DUP_SID               // two statements with one Sid
	FaultBadAction            Fault = C.IAMLET_FAULT_BAD_ACTION            // an action that this kind does not take
	FaultBadResource          Fault = C.IAMLET_FAULT_BAD_RESOURCE          // a resource that this kind does not take
	FaultBadPrincipal         Fault = C.IAMLET_FAULT_BAD_PRINCIPAL         // a principal that this kind does not take
	FaultBadOperator          Fault = C.IAMLET_FAULT_BAD_OPERATOR          // no such condition operator
	FaultBadConditionKey      Fault = C.IAMLET_FAULT_BAD_CONDITION_KEY     // a context key that cannot be one
	FaultDupConditionKey      Fault = C.IAMLET_FAULT_DUP_CONDITION_KEY     // one operator has the key twice
	FaultBadConditionValue    Fault = C.IAMLET_FAULT_BAD_CONDITION_VALUE   // a value that the operator cannot take
	FaultBadVariable          Fault = C.IAMLET_FAULT_BAD_VARIABLE          // a policy variable malformed or out of place
)

// String is the fault's code, "JSON_SYNTAX" for one.
func (f Fault) String() string {
	return named(C.iamlet_fault_code(C.uint32_t(f)), "Fault", uint32(f))
}

// Explain says what the fault means.
func (f Fault) Explain() string {
	return named(C.iamlet_fault_text(C.uint32_t(f)), "Fault", uint32(f))
}

// Pool is a capacity that a document exceeds.
type Pool uint8

// The pools.
const (
	PoolDocument   Pool = C.IAMLET_POOL_DOCUMENT   // bytes of the document
	PoolString     Pool = C.IAMLET_POOL_STRING     // bytes of one string
	PoolList       Pool = C.IAMLET_POOL_LIST       // members of one list
	PoolStatements Pool = C.IAMLET_POOL_STATEMENTS // statements
	PoolConditions Pool = C.IAMLET_POOL_CONDITIONS // conditions: a key of an operator each
	PoolPatterns   Pool = C.IAMLET_POOL_PATTERNS   // patterns and values
	PoolKeys       Pool = C.IAMLET_POOL_KEYS       // distinct context keys
	PoolVariables  Pool = C.IAMLET_POOL_VARIABLES  // distinct policy variables
	PoolText       Pool = C.IAMLET_POOL_TEXT       // bytes of distinct text
)

// String is the pool's name, "text" for one.
func (p Pool) String() string {
	return named(C.iamlet_pool_text(C.uint32_t(p)), "Pool", uint32(p))
}

// DocumentError is why and where a policy document is refused.
type DocumentError struct {
	Fault   Fault
	Offset  int    // the byte, from 0, where the element at fault begins
	Line    int    // the line of that byte, from 1
	Column  int    // the column of that byte, from 1, in code points
	Pool    Pool   // with FaultCapacity the pool that is full, else 0
	Detail  Detail // what exactly is wrong with the element, where that is known; else 0
	Part    string // the part of the element that Detail is about, as the document has it; empty where there is none
	Pointer string // the JSON Pointer (RFC 6901) of the element; empty for the document as a whole
	message string
}

// Error is `iamlet: LINE:COLUMN: CODE what is wrong (JSON Pointer)`.
func (e *DocumentError) Error() string {
	line := fmt.Sprintf("iamlet: %d:%d: %s %s", e.Line, e.Column, e.Fault, e.message)
	if e.Pointer == "" {
		return line
	}
	return line + " (" + e.Pointer + ")"
}

// Unwrap is StatusDocumentRefused.
func (e *DocumentError) Unwrap() error {
	return StatusDocumentRefused
}

// refusal is the error of a document.
func refusal(json []byte, refused *C.iamlet_error) *DocumentError {
	return &DocumentError{
		Fault:  Fault(refused.fault),
		Offset: int(refused.offset),
		Line:   int(refused.line),
		Column: int(refused.column),
		Pool:   Pool(refused.pool),
		Detail: Detail(refused.detail),
		Part:   part(json, int(refused.part_offset), int(refused.part_len)),
		Pointer: written(func(out *C.char, size C.size_t, used *C.size_t) C.uint32_t {
			return C.go_error_pointer(chars(json), C.size_t(len(json)), refused, out, size, used)
		}),
		message: written(func(out *C.char, size C.size_t, used *C.size_t) C.uint32_t {
			return C.go_error_explain(chars(json), C.size_t(len(json)), refused, out, size, used)
		}),
	}
}

// part is a piece of a document.
func part(json []byte, offset, length int) string {
	if offset > len(json) || length > len(json)-offset {
		return ""
	}
	return string(json[offset : offset+length])
}

// written is a text that the library writes, of whatever length.
func written(write func(out *C.char, size C.size_t, used *C.size_t) C.uint32_t) string {
	for text := make([]byte, 256); ; {
		var used C.size_t
		switch Status(write(chars(text), C.size_t(len(text)), &used)) {
		case StatusOK:
			return unsafe.String(unsafe.SliceData(text), int(used))
		case StatusBufferTooSmall:
			text = make([]byte, int(used))
		default:
			return ""
		}
	}
}
