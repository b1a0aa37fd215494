//go:build !iamlet_collect

package iamlet

// What decides calls nothing back and keeps no pointer, so that its arguments may stay on the stack.

// #cgo noescape go_decide
// #cgo nocallback go_decide
// #cgo noescape go_decide_batch
// #cgo nocallback go_decide_batch
// #cgo noescape go_decide_resources
// #cgo nocallback go_decide_resources
// #include "crossing.h"
import "C"
