package iamlet

// #include "crossing.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// writer makes C's form of a request or an item: structs with pointers to texts. All texts are copied into its own
// memory, which is pinned as long as the writer is reachable.
type writer struct {
	texts   []byte
	values  []C.iamlet_text
	entries []C.iamlet_context_entry
	slots   []C.iamlet_slot_entry
	forms   *forms
}

// forms is what C is given, as bytes: cgo would else look up every pointer in them, which takes as long as to prepare
// the request. All of them point into the writer's memory.
type forms struct {
	request    C.iamlet_request
	resource   C.iamlet_resource
	item       C.iamlet_request_item
	principal  C.iamlet_principal_input
	dictionary C.iamlet_dictionary
	assembly   C.iamlet_assembly
}

// writers are kept for the next request, unless they are larger than most of them need.
var writers = sync.Pool{New: func() any { return newWriter(writerTexts, writerValues, writerValues) }}

const (
	writerTexts  = 1 << 12
	writerValues = 1 << 6
)

// newWriter has room for texts of so many bytes, and for so many values and entries of a context.
func newWriter(texts, values, entries int) *writer {
	w := &writer{
		texts:   make([]byte, 0, texts),
		values:  make([]C.iamlet_text, 0, values),
		entries: make([]C.iamlet_context_entry, 0, entries),
		slots:   make([]C.iamlet_slot_entry, 0, entries),
		forms:   new(forms),
	}
	hold(w, unsafe.Pointer(unsafe.SliceData(w.texts)), unsafe.Pointer(unsafe.SliceData(w.values)),
		unsafe.Pointer(unsafe.SliceData(w.entries)), unsafe.Pointer(unsafe.SliceData(w.slots)), unsafe.Pointer(w.forms))
	return w
}

// writerFor has room for texts of `size` bytes and a context: what is pointed to must not move.
func writerFor(size int, context []ContextEntry) *writer {
	values := 0
	for i := range context {
		size += len(context[i].Key.Name)
		values += len(context[i].Values)
		for _, value := range context[i].Values {
			size += len(value)
		}
	}
	return writerOf(size, values, len(context))
}

// writerForSlots has room for what a request brings beside its principal and action.
func writerForSlots(input *AssemblyInput) *writer {
	size, values := 0, 0
	if input.Resource != nil {
		size = resourceSize(input.Resource)
	}
	for i := range input.Context {
		values += len(input.Context[i].Values)
		for _, value := range input.Context[i].Values {
			size += len(value)
		}
	}
	return writerOf(size, values, len(input.Context))
}

// writerOf has room for texts of `size` bytes, and for so many values and entries.
func writerOf(size, values, entries int) *writer {
	if size > writerTexts || values > writerValues || entries > writerValues {
		return newWriter(max(size, 1), max(values, 1), max(entries, 1))
	}
	w := writers.Get().(*writer)
	w.texts, w.values, w.entries, w.slots = w.texts[:0], w.values[:0], w.entries[:0], w.slots[:0]
	return w
}

// release ends the use of a writer, which lives at least until here.
func (w *writer) release() {
	if cap(w.texts) == writerTexts && cap(w.values) == writerValues {
		writers.Put(w)
	}
	runtime.KeepAlive(w)
}

// requestSize is the bytes of a request's texts, but for the context.
func requestSize(input *RequestInput) int {
	size := principalSize(&input.Principal) + len(input.Action)
	if input.Resource != nil {
		size += resourceSize(input.Resource)
	}
	return size
}

func principalSize(p *Principal) int {
	return len(p.ARN) + len(p.RoleARN) + len(p.UserARN) + len(p.Service) + len(p.Provider) + len(p.CanonicalUser) +
		len(p.UniqueID)
}

func resourceSize(resource *Resource) int {
	return len(resource.ARN) + len(resource.Account)
}

// request prepares a request.
func (w *writer) request(input *RequestInput, into *prepared) error {
	request := &w.forms.request
	*request = C.iamlet_request{
		struct_size:   C.sizeof_iamlet_request,
		principal:     w.principal(&input.Principal),
		action:        w.text(input.Action),
		resource_kind: C.uint32_t(input.ResourceKind),
		absent:        C.uint32_t(input.Absent),
		flags: flag(input.GatewayEndpoint, C.IAMLET_GATEWAY_ENDPOINT) |
			flag(input.DeriveResourceAccount, C.IAMLET_DERIVE_RESOURCE_ACCOUNT) |
			flag(!input.Clock.IsZero(), C.IAMLET_HAS_CLOCK),
		clock:  C.int64_t(input.Clock.Unix()),
		budget: C.uint64_t(input.Budget),
	}
	if input.Resource != nil {
		w.forms.resource = w.resource(input.Resource)
		request.resource = &w.forms.resource
	}
	request.context, request.context_count = w.context(input.Context)
	status := into.prepare(func(out []byte) (Status, int) {
		var used C.size_t
		status := C.go_request_prepare((*C.uint8_t)(unsafe.Pointer(request)), bytes(out), C.size_t(len(out)), &used)
		return Status(status), int(used)
	})
	return requestError(status, func() C.iamlet_text {
		return C.go_request_member((*C.uint8_t)(unsafe.Pointer(request)))
	})
}

// assembly assembles a request.
func (w *writer) assembly(principal *PreparedPrincipal, action *PreparedAction, input *AssemblyInput,
	into *prepared) error {
	assembly := &w.forms.assembly
	*assembly = C.iamlet_assembly{
		struct_size:   C.sizeof_iamlet_assembly,
		principal:     unsafe.Pointer(unsafe.SliceData(principal.data)),
		principal_len: C.size_t(len(principal.data)),
		action:        unsafe.Pointer(unsafe.SliceData(action.data)),
		action_len:    C.size_t(len(action.data)),
		resource_kind: C.uint32_t(input.ResourceKind),
		flags:         flag(!input.Clock.IsZero(), C.IAMLET_HAS_CLOCK),
		clock:         C.int64_t(input.Clock.Unix()),
	}
	if input.Resource != nil {
		w.forms.resource = w.resource(input.Resource)
		assembly.resource = &w.forms.resource
	}
	for i := range input.Context {
		entry := &input.Context[i]
		at := len(w.values)
		for _, value := range entry.Values {
			w.values = append(w.values, w.text(value))
		}
		w.slots = append(w.slots, C.iamlet_slot_entry{
			values:      unsafe.SliceData(w.values[at:]),
			value_count: C.size_t(len(entry.Values)),
			slot:        C.uint32_t(entry.Slot),
			multivalued: flag(entry.Multivalued, 1),
			not_fetched: flag(entry.NotFetched, 1),
		})
	}
	assembly.entries, assembly.entry_count = unsafe.SliceData(w.slots), C.size_t(len(w.slots))
	raw := (*C.uint8_t)(unsafe.Pointer(assembly))
	status := into.prepare(func(out []byte) (Status, int) {
		var used C.size_t
		status := C.go_request_assemble(raw, bytes(out), C.size_t(len(out)), &used)
		return Status(status), int(used)
	})
	return requestError(status, func() C.iamlet_text { return C.go_assembly_member(raw) })
}

// item prepares an item of a request.
func (w *writer) item(request []byte, input *ItemInput, into *prepared) error {
	item := &w.forms.item
	*item = C.iamlet_request_item{
		struct_size: C.sizeof_iamlet_request_item,
		resource:    w.resource(&input.Resource),
		absent:      C.uint32_t(input.Absent),
	}
	item.context, item.context_count = w.context(input.Context)
	status := into.prepare(func(out []byte) (Status, int) {
		var used C.size_t
		status := C.go_item_prepare(bytes(request), C.size_t(len(request)), (*C.uint8_t)(unsafe.Pointer(item)),
			bytes(out), C.size_t(len(out)), &used)
		return Status(status), int(used)
	})
	return requestError(status, func() C.iamlet_text {
		return C.go_item_member((*C.uint8_t)(unsafe.Pointer(item)))
	})
}

// requestError is the status as an error, with the member where the status does not name it.
func requestError(status Status, member func() C.iamlet_text) error {
	switch status {
	case StatusOK:
		return nil
	case StatusNotUTF8, StatusRequestTooLarge:
		return &RequestError{Status: status, Member: constant(member())}
	default:
		return status
	}
}

// text copies a text to where there is room for it.
func (w *writer) text(text string) C.iamlet_text {
	at := len(w.texts)
	w.texts = w.texts[:at+len(text)]
	copy(w.texts[at:], text)
	return C.iamlet_text{data: chars(w.texts[at:]), len: C.size_t(len(text))}
}

func (w *writer) principal(p *Principal) C.iamlet_principal {
	return C.iamlet_principal{
		_type:          C.uint32_t(p.Type),
		flags:          flag(p.ManagementAccount, C.IAMLET_MANAGEMENT_ACCOUNT),
		arn:            w.text(p.ARN),
		role_arn:       w.text(p.RoleARN),
		user_arn:       w.text(p.UserARN),
		service:        w.text(p.Service),
		provider:       w.text(p.Provider),
		canonical_user: w.text(p.CanonicalUser),
		unique_id:      w.text(p.UniqueID),
	}
}

func (w *writer) resource(resource *Resource) C.iamlet_resource {
	return C.iamlet_resource{
		arn:                   w.text(resource.ARN),
		account:               w.text(resource.Account),
		in_management_account: flag(resource.InManagementAccount, 1),
	}
}

func (w *writer) context(context []ContextEntry) (*C.iamlet_context_entry, C.size_t) {
	for i := range context {
		entry := &context[i]
		at := len(w.values)
		for _, value := range entry.Values {
			w.values = append(w.values, w.text(value))
		}
		key := C.iamlet_key{name: w.text(entry.Key.Name)}
		if entry.Key.prepared == entry.Key.Name && entry.Key.Name != "" {
			key.prepared, key.hash, key.known = 1, entry.Key.hash, entry.Key.known
		}
		w.entries = append(w.entries, C.iamlet_context_entry{
			key:         key,
			values:      unsafe.SliceData(w.values[at:]),
			value_count: C.size_t(len(entry.Values)),
			multivalued: flag(entry.Multivalued, 1),
			not_fetched: flag(entry.NotFetched, 1),
		})
	}
	return unsafe.SliceData(w.entries), C.size_t(len(w.entries))
}

func flag(set bool, value C.uint32_t) C.uint32_t {
	if set {
		return value
	}
	return 0
}
