package iamlet

// #include "crossing.h"
import "C"

import (
	"fmt"
	"runtime"
	"slices"
	"time"
	"unsafe"
)

// Dictionary numbers context keys: the number of a key is its slot, and stands for its name in requests. Build it once,
// of the keys that the policies of all your sets name; Policy.ContextKeys tells them. A Dictionary does not change.
type Dictionary struct {
	data []byte // pinned as long as the Dictionary is reachable
}

// DictionaryError is why a dictionary cannot be built.
type DictionaryError struct {
	Status Status
	Name   int // the number of the name at fault in the list, or -1
}

// Error names the name at fault.
func (e *DictionaryError) Error() string {
	if e.Name < 0 {
		return e.Status.Error()
	}
	return fmt.Sprintf("iamlet: name %d of the dictionary: %s", e.Name, e.Status.String())
}

// Unwrap is the status.
func (e *DictionaryError) Unwrap() error {
	return e.Status
}

// NewDictionary builds a dictionary of names, which may be written in any case. The same name twice has one slot.
//
// The error is a *DictionaryError.
func NewDictionary(names ...string) (*Dictionary, error) {
	size := 0
	for _, name := range names {
		size += len(name)
	}
	w := newWriter(max(size, 1), max(len(names), 1), 1)
	for _, name := range names {
		w.values = append(w.values, w.text(name))
	}
	first, count := (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(w.values))), C.size_t(len(w.values))
	var used, atFault C.size_t
	status := Status(C.go_dictionary_size(first, count, &used, &atFault))
	var data []byte
	if status == StatusOK {
		data = make([]byte, int(used))
		status = Status(C.go_dictionary_build(first, count, bytes(data), C.size_t(len(data)), &used, &atFault))
	}
	runtime.KeepAlive(w)
	if status != StatusOK {
		return nil, &DictionaryError{Status: status, Name: int(atFault)} // SIZE_MAX, for none, is -1
	}
	return OpenDictionary(data[:used])
}

// OpenDictionary makes a dictionary of the bytes that MarshalBinary gave. It checks all of them and keeps a copy. Any
// bytes may be offered.
func OpenDictionary(data []byte) (*Dictionary, error) {
	if status := Status(C.go_dictionary_open(bytes(data), C.size_t(len(data)))); status != StatusOK {
		return nil, &DictionaryError{Status: status, Name: -1}
	}
	d := &Dictionary{data: slices.Clone(data)}
	hold(d, unsafe.Pointer(unsafe.SliceData(d.data)))
	return d, nil
}

// forC is what C is given for the dictionary.
func (d *Dictionary) forC() []byte {
	if d == nil {
		return nil
	}
	return d.data
}

// Slot is the slot of a key, in any case, and whether the dictionary has it. Leave keys without a slot out of requests:
// no policy names them.
func (d *Dictionary) Slot(name string) (uint32, bool) {
	data := d.forC()
	slot := C.go_dictionary_slot(bytes(data), C.size_t(len(data)), chars(name), C.size_t(len(name)))
	return uint32(slot), slot != C.IAMLET_NONE
}

// Name is the name of the key with a slot, in lower case; empty beyond the last one.
func (d *Dictionary) Name(slot uint32) string {
	data := d.forC()
	var start, size C.size_t
	status := C.go_dictionary_key(bytes(data), C.size_t(len(data)), C.uint32_t(slot), &start, &size)
	if Status(status) != StatusOK {
		return ""
	}
	return string(data[start : start+size])
}

// Count is how many keys the dictionary has. Their slots are the numbers below.
func (d *Dictionary) Count() int {
	keys, _ := d.describe()
	return keys
}

// Fingerprint tells dictionaries apart: it is of the names in the order of their slots. 0 is that of a nil Dictionary.
func (d *Dictionary) Fingerprint() uint64 {
	_, fingerprint := d.describe()
	return fingerprint
}

func (d *Dictionary) describe() (int, uint64) {
	data := d.forC()
	var info C.iamlet_dictionary_info
	_ = C.go_dictionary_describe(bytes(data), C.size_t(len(data)), &info) // all zero where there is none
	return int(info.keys), uint64(info.fingerprint)
}

// MarshalBinary is the bytes of the dictionary, which OpenDictionary takes.
func (d *Dictionary) MarshalBinary() ([]byte, error) {
	if d == nil {
		return nil, StatusNullArgument
	}
	return slices.Clone(d.data), nil
}

// PrincipalInput is what the requests of a principal have in common.
type PrincipalInput struct {
	Principal             Principal
	Absent                Absent
	GatewayEndpoint       bool        // as in RequestInput
	DeriveResourceAccount bool        // as in RequestInput
	Budget                uint64      // as in RequestInput
	Dictionary            *Dictionary // whose slots stand for context keys; nil for none, and then no request has a context
}

// PreparedPrincipal is a principal whose requests are assembled. It holds copies of all that it was made of, and serves
// any number of requests and goroutines. With a nil PreparedPrincipal no request is assembled.
type PreparedPrincipal struct {
	data []byte // pinned as long as it is reachable
}

// PreparePrincipal works out what the requests of a principal have in common, once a session for example. What is wrong
// with it is a Status, or a RequestError of one; deny it.
func PreparePrincipal(input *PrincipalInput) (*PreparedPrincipal, error) {
	if input == nil {
		return nil, StatusNullArgument
	}
	w := newWriter(max(principalSize(&input.Principal), 1), 1, 1)
	form, words := &w.forms.principal, input.Dictionary.forC()
	*form = C.iamlet_principal_input{
		struct_size: C.sizeof_iamlet_principal_input,
		principal:   w.principal(&input.Principal),
		budget:      C.uint64_t(input.Budget),
		absent:      C.uint32_t(input.Absent),
		flags: flag(input.GatewayEndpoint, C.IAMLET_GATEWAY_ENDPOINT) |
			flag(input.DeriveResourceAccount, C.IAMLET_DERIVE_RESOURCE_ACCOUNT),
	}
	if input.Dictionary != nil {
		w.forms.dictionary = C.iamlet_dictionary{data: bytes(words), len: C.size_t(len(words))}
		form.dictionary = &w.forms.dictionary
	}
	raw := (*C.uint8_t)(unsafe.Pointer(form))
	var used C.size_t
	status := Status(C.go_principal_size(raw, &used))
	var data []byte
	if status == StatusOK {
		data = make([]byte, int(used))
		status = Status(C.go_principal_prepare(raw, bytes(data), C.size_t(len(data)), &used))
	}
	err := requestError(status, func() C.iamlet_text { return C.go_principal_member(raw) })
	runtime.KeepAlive(w)
	runtime.KeepAlive(input.Dictionary)
	if err != nil {
		return nil, err
	}
	p := &PreparedPrincipal{data: data[:used]}
	hold(p, unsafe.Pointer(unsafe.SliceData(p.data)))
	return p, nil
}

// PreparedAction is an action whose requests are assembled, for any number of requests and goroutines. With a nil
// PreparedAction no request is assembled.
type PreparedAction struct {
	data []byte // pinned as long as it is reachable
}

// PrepareAction prepares an action, "s3:GetObject" for one, without wildcards. The error is a Status.
func PrepareAction(action string) (*PreparedAction, error) {
	var used C.size_t
	status := Status(C.go_action_size(chars(action), C.size_t(len(action)), &used))
	if status != StatusOK {
		return nil, status
	}
	data := make([]byte, int(used))
	status = Status(C.go_action_prepare(chars(action), C.size_t(len(action)), bytes(data), C.size_t(len(data)), &used))
	if status != StatusOK {
		return nil, status
	}
	a := &PreparedAction{data: data[:used]}
	hold(a, unsafe.Pointer(unsafe.SliceData(a.data)))
	return a, nil
}

// SlotEntry is a context key of a request, by its slot in the principal's dictionary, with its values. The same slot in
// several entries is one key with all the values.
type SlotEntry struct {
	Slot        uint32
	Values      []string
	Multivalued bool // as in ContextEntry
	NotFetched  bool // as in ContextEntry
}

// AssemblyInput is what a request brings beside its principal and its action.
type AssemblyInput struct {
	Resource     *Resource    // nil where each item has its own
	ResourceKind ResourceKind // as in RequestInput
	Clock        time.Time    // as in RequestInput
	Context      []SlotEntry
}

// Assemble makes a request: the one that NewRequest would make of the same, in less time. What is wrong with it is a
// Status, or a RequestError of one; deny it.
func Assemble(principal *PreparedPrincipal, action *PreparedAction, input *AssemblyInput) (*Request, error) {
	r := new(Request)
	if err := r.Assemble(principal, action, input); err != nil {
		return nil, err
	}
	return r, nil
}

// Assemble makes the request anew, in the memory that it has, as Reset does.
func (r *Request) Assemble(principal *PreparedPrincipal, action *PreparedAction, input *AssemblyInput) error {
	if r == nil {
		return StatusNullArgument
	}
	r.made++
	if principal == nil || action == nil || input == nil {
		r.prepared = prepared{}
		switch {
		case principal == nil:
			return StatusNotAPrincipal
		case action == nil:
			return StatusNotAnAction
		default:
			return StatusNullArgument
		}
	}
	w := writerForSlots(input)
	err := w.assembly(principal, action, input, &r.prepared)
	w.release()
	runtime.KeepAlive(principal)
	runtime.KeepAlive(action)
	return err
}
