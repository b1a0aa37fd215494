//go:build iamlet_bench

package iamlet_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"iamlet"
)

// The cost of a decision from Go beside its cost in C: CPU time of the thread, medians of samples that are taken in
// turn, so that what other programs do meanwhile counts little.
func TestCosts(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const batchSize, rounds, samples = 64, 64, 101
	fmt.Printf("%-6s %10s %10s %10s %10s %10s %12s %12s %8s\n", "", "empty call", "decide: Go", "in C", "beyond C",
		"crossing", "batch: Go", "in C", "ratio")
	for _, name := range []string{"w1", "w2", "w4"} {
		w := readWorkload(t, name)
		requests := w.batch(batchSize)
		decisions := make([]iamlet.Decision, batchSize)
		var empty, single, singleC, batch, batchC []float64
		for range samples {
			each := func(run func()) float64 {
				begin := iamlet.ThreadTime()
				for range rounds {
					run()
				}
				return float64(iamlet.ThreadTime()-begin) / (rounds * batchSize)
			}
			empty = append(empty, each(func() {
				for range batchSize {
					iamlet.CallNothing()
				}
			}))
			single = append(single, each(func() {
				for _, request := range requests {
					_, _ = w.set.Decide(request)
				}
			}))
			batch = append(batch, each(func() { _ = w.set.DecideBatch(requests, decisions) }))
			inC, allInC := iamlet.TimeInC(w.set, requests, rounds)
			singleC = append(singleC, float64(inC)/(rounds*batchSize))
			batchC = append(batchC, float64(allInC)/(rounds*batchSize))
		}
		e, s, sc, b, bc := median(empty), median(single), median(singleC), median(batch), median(batchC)
		fmt.Printf("%-6s %7.1f ns %7.1f ns %7.1f ns %7.1f ns %8.0f %% %9.1f ns %9.1f ns %8.2f\n", name, e, s, sc, s-sc,
			100*e/s, b, bc, b/bc)
	}
}

func median(samples []float64) float64 {
	slices.Sort(samples)
	return samples[len(samples)/2]
}
