package iamlet

// #include "crossing.h"
import "C"

import (
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

// Explain decides a request against the set as Decide does, and tells why; see Sets.Explain.
func (s *Set) Explain(request *Request) (Explanation, error) {
	return Sets{s}.Explain(request)
}

// Explain decides a request against all the sets together as Decide does, and tells why. The error is a *DecisionError,
// and then the decision denies.
//
// It costs some 50 times what a decision does, 10 to 30 microseconds in this package's benchmarks, and allocates: each
// statement of the layers that apply is judged once or twice, with an index or without, and the budget of the request
// counts all of it. It is one call into C, or two where there are many records.
func (s Sets) Explain(request *Request) (Explanation, error) {
	return s.explain(&explained{request: slices.Clone(request.forC())})
}

// ExplainItem decides about an item and tells why; see Sets.ExplainItem.
func (s *Set) ExplainItem(item *Item) (Explanation, error) {
	return Sets{s}.ExplainItem(item)
}

// ExplainItem decides about an item of its own request, as DecideItems does, and tells why. Of DecideResources, explain
// the item that the decision names. All else is as in Explain.
func (s Sets) ExplainItem(item *Item) (Explanation, error) {
	if !item.isCurrent() {
		d := Decision{Status: StatusNotARequest}
		return Explanation{Decision: d}, d.Err()
	}
	x := &explained{request: slices.Clone(item.request.forC()), item: slices.Clone(item.memory), own: item.set}
	x.hasItem = true
	return s.explain(x)
}

// explained is what an explanation is of. It has copies of the request and of the item, and does not change.
type explained struct {
	sets    Sets
	own     *Set // the item's own
	request []byte
	item    []byte
	hasItem bool
	records []C.iamlet_record
}

// places is what C is given of an explanation: where all of it is.
type places struct {
	asked C.go_explanation
	list  [maxSets]C.go_set
	entry C.go_entry
}

// usualRecords is how many records there is room for at first. Most explanations have fewer.
const usualRecords = 32

// explain explains a request or an item.
func (s Sets) explain(x *explained) (e Explanation, err error) {
	x.sets = slices.Clone(s)
	count := C.size_t(usualRecords)
	for {
		room := count
		var answer C.go_decision
		records, texts := make([]C.iamlet_record, int(room)), make([]C.go_record_texts, int(room))
		status := x.forC(nil, func(asked *C.go_explanation) Status {
			return Status(C.go_explain(asked, &answer, unsafe.SliceData(records), unsafe.SliceData(texts), room, &count))
		})
		if status == StatusBufferTooSmall && count > room {
			continue
		}
		x.records = records[:count]
		e.of = x
		e.Decision.read(&answer, x.sets, x.own)
		e.read(texts)
		runtime.KeepAlive(x) // the texts are where its sets are
		return e, e.Decision.Err()
	}
}

// forC calls C with what is explained. Of what C is given as numbers, the bytes of the sets are pinned by the sets, and
// all else is pinned here.
func (x *explained) forC(sources *sources, call func(*C.go_explanation) Status) Status {
	var pinner runtime.Pinner
	defer pinner.Unpin()
	defer runtime.KeepAlive(x)
	p := new(places)
	pinner.Pin(p)
	first, count := x.sets.forC(&p.list)
	p.asked = C.go_explanation{
		sets:        C.uintptr_t(uintptr(unsafe.Pointer(first))),
		set_count:   count,
		request:     pinned(&pinner, x.request),
		request_len: C.size_t(len(x.request)),
		records:     pinned(&pinner, x.records),
		count:       C.size_t(len(x.records)),
	}
	if x.hasItem {
		p.entry.item, p.entry.item_len = pinned(&pinner, x.item), C.size_t(len(x.item))
		if x.own != nil {
			p.entry.set = C.uintptr_t(uintptr(unsafe.Pointer(x.own.forC())))
		}
		p.asked.item = C.uintptr_t(uintptr(unsafe.Pointer(&p.entry)))
	}
	if sources != nil {
		list := sources.forC(&pinner)
		p.asked.sources, p.asked.source_count = pinned(&pinner, list), C.size_t(len(list))
	}
	return call(&p.asked)
}

// pinned pins the memory of a slice and tells where it begins.
func pinned[T any](pinner *runtime.Pinner, slice []T) C.uintptr_t {
	if len(slice) == 0 {
		return 0
	}
	pinner.Pin(unsafe.SliceData(slice))
	return C.uintptr_t(uintptr(unsafe.Pointer(unsafe.SliceData(slice))))
}

// sources are where policies come from.
type sources struct {
	list []Source
}

// newSources copies the list. The library takes UTF-8 alone.
func newSources(list []Source) *sources {
	copied := slices.Clone(list)
	for i := range copied {
		copied[i].Name = strings.ToValidUTF8(copied[i].Name, "\uFFFD")
		copied[i].Map = slices.Clone(copied[i].Map)
	}
	return &sources{copied}
}

// forC is the list as C has it, with all that it points to pinned.
func (s *sources) forC(pinner *runtime.Pinner) []C.go_source {
	list := make([]C.go_source, len(s.list))
	for i, source := range s.list {
		name := unsafe.Slice(unsafe.StringData(source.Name), len(source.Name))
		list[i] = C.go_source{
			tag:      C.uint64_t(source.Tag),
			name:     pinned(pinner, name),
			name_len: C.size_t(len(name)),
			_map:     pinned(pinner, source.Map),
			map_len:  C.size_t(len(source.Map)),
		}
	}
	return list
}

// name is the name of the policy with a tag; empty where it has none.
func (s *sources) name(tag uint64) string {
	if s != nil {
		for _, source := range s.list {
			if source.Tag == tag {
				return source.Name
			}
		}
	}
	return ""
}

// write is one of the texts of an explanation; nil where there is nothing to explain.
func (e Explanation) write(form C.go_form) []byte {
	if e.of == nil {
		return nil
	}
	out := make([]byte, 1024)
	for {
		var used C.size_t
		status := e.of.forC(e.sources, func(told *C.go_explanation) Status {
			return Status(C.go_explain_write(form, told, chars(out), C.size_t(len(out)), &used))
		})
		switch {
		case status == StatusOK:
			return out[:used]
		case status != StatusBufferTooSmall || int(used) <= len(out):
			return nil
		}
		out = make([]byte, int(used))
	}
}
