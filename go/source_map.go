package iamlet

// #include "crossing.h"
import "C"

// SourceMap tells where the statements of a policy stand in its document: 8 bytes for each, which may be written to a file
// and read again. Any bytes may be offered as a SourceMap; those that CompileMapped did not write have no positions, or
// wrong ones.
type SourceMap []byte

// CompileMapped is Compile that also tells where the statements stand in the document. It costs one pass more over the
// document.
func CompileMapped(kind Kind, json []byte, opts ...CompileOption) (Policy, SourceMap, error) {
	options := compileOptions(opts)
	// Large enough for every document that compiles.
	sourceMap := make([]byte, int(C.go_map_room(C.size_t(min(len(json), maxDocument)))))
	var mapUsed C.size_t
	policy, err := compile(json, func(scratch []uint64, image []byte, used *C.size_t, refused *C.iamlet_error) C.uint32_t {
		return C.go_policy_compile_mapped(chars(json), C.size_t(len(json)), C.uint32_t(kind), &options,
			(*C.uint64_t)(&scratch[0]), C.size_t(len(scratch)*8), bytes(image), C.size_t(len(image)), used,
			bytes(sourceMap), C.size_t(len(sourceMap)), &mapUsed, refused)
	})
	if err != nil {
		return nil, nil, err
	}
	return policy, SourceMap(sourceMap[:mapUsed:mapUsed]), nil
}

// maxDocument is the most bytes of a document that compiles.
const maxDocument = 1 << 20

// Position tells where the opening bracket of a statement stands, by the number of the statement in the policy, from 0.
// Line and column count from 1; lines end with a newline, and columns are counted in code points. It is not ok where the
// map has no position for it.
func (m SourceMap) Position(statement int) (line, column int, ok bool) {
	var position C.iamlet_position
	status := Status(C.go_policy_position(bytes(m), C.size_t(len(m)), number(statement), &position))
	return int(position.line), int(position.column), status == StatusOK
}
