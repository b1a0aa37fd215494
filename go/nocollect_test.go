//go:build !iamlet_collect

package iamlet_test

// oneOf is how many cases there are for each that is run.
const oneOf = 1
