//go:build iamlet_collect

package iamlet

// With the tag iamlet_collect every call into C first runs the garbage collector, from inside the call: what a call
// uses and Go does not know to be in use is then gone. It is for tests, with GODEBUG=clobberfree=1.

// #cgo CFLAGS: -DIAMLET_GO_COLLECT
import "C"

import (
	"runtime"
	"time"
)

//export iamletGoCollect
func iamletGoCollect() {
	runtime.GC()
	time.Sleep(50 * time.Microsecond) // for the cleanups of what was found unreachable
	runtime.GC()
}
