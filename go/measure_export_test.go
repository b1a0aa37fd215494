//go:build iamlet_bench

package iamlet

// What costs_test.go measures with.
var (
	ThreadTime  = threadTime
	CallNothing = callNothing
	TimeInC     = timeInC
)
