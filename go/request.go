package iamlet

// #include "crossing.h"
import "C"

import (
	"fmt"
	"time"
	"unsafe"
)

// Key is the name of a context key, which may be written in any case. PrepareKey hashes it once; the engine hashes any
// other Key for each request.
type Key struct {
	Name string
	// What PrepareKey found out of Name. A Key whose Name was changed later is not prepared.
	prepared    string
	hash, known C.uint32_t
}

// PrepareKey hashes the name of a context key that is used again and again.
func PrepareKey(name string) (Key, error) {
	var hash, known C.uint32_t
	if status := Status(C.go_key_prepare(chars(name), C.size_t(len(name)), &hash, &known)); status != StatusOK {
		return Key{Name: name}, status
	}
	return Key{name, name, hash, known}, nil
}

// With is a context entry of the key with its values.
func (k Key) With(values ...string) ContextEntry {
	return ContextEntry{Key: k, Values: values}
}

// ContextEntry is a context key of a request with its values. The same key in several entries, in any case, is one key
// with all the values. A key without values is absent; in an item it takes the request's values of that key away.
type ContextEntry struct {
	Key    Key
	Values []string
	// Multivalued declares the key multivalued: then even one value needs a set qualifier (ForAllValues, ForAnyValue)
	// to be tested. Declared once, in a request or an item, a key is so for both.
	Multivalued bool
	// NotFetched declares the key not fetched yet: a tag that another service has, for one. A decision that could depend
	// on it is denied with ReasonNeedsContext, and Decision.Needs has it; one that could not is made without it. Values in
	// any entry of such a key do not count. At most 64 keys of a request are so, and none of an item, which brings what
	// was fetched.
	NotFetched bool
}

// Entry is a context entry of a key that is not prepared.
func Entry(name string, values ...string) ContextEntry {
	return Key{Name: name}.With(values...)
}

// DefaultBudget is the steps that one decision may take where the request says 0: at most some 200 million instructions,
// or 60 ms of one processor.
const DefaultBudget = C.IAMLET_DEFAULT_BUDGET

// RequestInput is what a request is made of.
type RequestInput struct {
	Principal    Principal
	Action       string       // "s3:GetObject" for one, without wildcards
	Resource     *Resource    // nil where each item has its own
	ResourceKind ResourceKind // ResourceDerived, unless a kind is to be held against the request
	Absent       Absent
	// GatewayEndpoint says that the VPC endpoint on the way is a gateway endpoint, as S3 and DynamoDB have. In its
	// policy an account stands for its root user only.
	GatewayEndpoint bool
	// DeriveResourceAccount derives aws:ResourceAccount from the resource's owner.
	DeriveResourceAccount bool
	// Clock is the time for aws:CurrentTime and aws:EpochTime; the zero Time for none.
	Clock time.Time
	// Budget is the steps that one decision may take; 0 for DefaultBudget. A decision that needs more is denied, with
	// StatusBudgetExhausted. A step is at most 64 instructions, so a million are some 20 ms of one processor at worst.
	// A statement is 5 to 15 steps, wildcards take the bytes that they are compared with.
	Budget uint64
	// Context is the context. The engine derives aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType,
	// aws:userid (of users and roles from UniqueID), aws:username, aws:PrincipalIsAWSService and
	// aws:PrincipalServiceName from the principal; all other keys are the caller's, and leaving one out has a meaning.
	// These are unknown where nobody gives them, and every test on them is left open: aws:CurrentTime and aws:EpochTime
	// without Clock, aws:userid without UniqueID, aws:PrincipalAccount and aws:PrincipalType of services and providers.
	// Any other key that nobody gives is absent, aws:SecureTransport and aws:ResourceAccount among them: a Deny that
	// tests it may not deny.
	Context []ContextEntry
}

// Request is a request that is ready to be decided, any number of times and over any sets. It holds copies of all that
// it was made of. A nil Request is an error of each decision.
type Request struct {
	prepared
	// Counts what the Request was made of, so that items of an earlier one are not taken for its own.
	made uint64
}

// RequestError is why a request or an item is malformed, with the member that is wrong: for StatusNotUTF8 and
// StatusRequestTooLarge, for the other statuses name it themselves.
type RequestError struct {
	Status Status
	Member string // "principal.role_arn" for example; "context" for its keys and values
}

// Error is one line: the member, and what is wrong with it.
func (e *RequestError) Error() string {
	return "iamlet: " + e.Member + ": " + e.Status.String()
}

// Unwrap is the status.
func (e *RequestError) Unwrap() error {
	return e.Status
}

// NewRequest makes a request. What is wrong with it is a Status, or a RequestError of one; deny it.
func NewRequest(input *RequestInput) (*Request, error) {
	r := new(Request)
	if err := r.Reset(input); err != nil {
		return nil, err
	}
	return r, nil
}

// Reset makes the request anew, in the memory that it has. Nothing may use the request meanwhile. After an error it
// holds no request, and is denied. Its items are to be made anew as well.
func (r *Request) Reset(input *RequestInput) error {
	if r == nil {
		return StatusNullArgument
	}
	r.made++
	if input == nil {
		r.prepared = prepared{}
		return StatusNullArgument
	}
	w := writerFor(requestSize(input), input.Context)
	err := w.request(input, &r.prepared)
	w.release()
	return err
}

// forC is what C is given for the request.
func (r *Request) forC() []byte {
	if r == nil {
		return nil
	}
	return r.memory
}

// NeededKeys is the names, in lower case, of the context keys that a decision about the request needs; none for a decision
// that needs none.
func (r *Request) NeededKeys(d Decision) (names []string) {
	request := r.forC()
	if len(request) == 0 {
		return nil
	}
	for number := C.uint32_t(0); d.Needs != 0; number++ {
		var at C.size_t
		first := (*C.uint8_t)(unsafe.SliceData(request))
		length := C.go_request_needed_key(first, C.size_t(len(request)), C.uint64_t(d.Needs), number, &at)
		if length == 0 {
			break
		}
		names = append(names, string(request[at:][:length]))
	}
	return names
}

// String tells how large the request is.
func (r *Request) String() string {
	if r == nil {
		return "no request"
	}
	return fmt.Sprintf("request of %d bytes", len(r.memory))
}

// ItemInput is what an item of a request is made of: a resource of its own, and what goes with it.
type ItemInput struct {
	Resource Resource
	Context  []ContextEntry // a key of it replaces the same key of the request
	// Absent is the layers that do not exist for this resource, beside those that the request declares: AbsentResource
	// for a bucket without a policy, where another bucket of the same request has one.
	Absent Absent
	// Set is the set of the resource's side, beside the sets that decide; nil for none.
	Set *Set
}

// Item is a resource of a request that is about several, or one of several requests that differ in the resource alone.
// A nil Item is an error of each decision.
type Item struct {
	prepared
	set     *Set
	request *Request
	made    uint64
}

// NewItem makes an item of the request. One malformed item makes the whole request malformed: deny it.
func (r *Request) NewItem(input *ItemInput) (*Item, error) {
	if r == nil || input == nil {
		return nil, StatusNullArgument
	}
	i := &Item{set: input.Set, request: r, made: r.made}
	w := writerFor(resourceSize(&input.Resource), input.Context)
	err := w.item(r.memory, input, &i.prepared)
	w.release()
	if err != nil {
		return nil, err
	}
	return i, nil
}

// isCurrent tells whether the item was made of its request as that is now.
func (i *Item) isCurrent() bool {
	return i != nil && i.request != nil && i.made == i.request.made
}

// String tells how large the item is.
func (i *Item) String() string {
	if i == nil {
		return "no item"
	}
	return fmt.Sprintf("item of %d bytes", len(i.memory))
}
