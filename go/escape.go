//go:build !iamlet_collect

package iamlet

// These call nothing back and keep no pointer, so that their arguments may stay on the stack.

// #cgo noescape go_decide
// #cgo nocallback go_decide
// #cgo noescape go_decide_batch
// #cgo nocallback go_decide_batch
// #cgo noescape go_decide_resources
// #cgo nocallback go_decide_resources
// #cgo noescape go_filter
// #cgo nocallback go_filter
// #cgo noescape go_request_prepare
// #cgo nocallback go_request_prepare
// #cgo noescape go_item_prepare
// #cgo nocallback go_item_prepare
// #include "crossing.h"
import "C"
