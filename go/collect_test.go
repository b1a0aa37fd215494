//go:build iamlet_collect

package iamlet_test

// oneOf is how many cases there are for each that is run: a collection in each call takes its time.
const oneOf = 10
