package iamlet

// #cgo CFLAGS: -I${SRCDIR}/../include
// #cgo LDFLAGS: ${SRCDIR}/../build/lib/libiamlet.a
// #include "crossing.h"
import "C"

import (
	"math"
	"unsafe"
)

// constant is a text of the library's own, which lives as long as the program.
func constant(text C.iamlet_text) string {
	return unsafe.String((*byte)(unsafe.Pointer(text.data)), int(text.len))
}

// chars is where the bytes of a text begin, as C has texts.
func chars[T string | []byte](text T) *C.char {
	switch text := any(text).(type) {
	case string:
		return (*C.char)(unsafe.Pointer(unsafe.StringData(text)))
	case []byte:
		return (*C.char)(unsafe.Pointer(unsafe.SliceData(text)))
	}
	return nil
}

// bytes is where a slice begins, as C has bytes.
func bytes(slice []byte) *C.uint8_t {
	return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(slice)))
}

// number is a count as C has it. What C cannot have is the largest number there is, which the library refuses.
func number(count int) C.uint32_t {
	if count < 0 || count > math.MaxUint32 {
		return math.MaxUint32
	}
	return C.uint32_t(count)
}

// Version is the version of the engine that is linked, "0.2.0" for one.
func Version() string {
	return constant(C.iamlet_version_text())
}
