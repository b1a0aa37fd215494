//go:build iamlet_bench

package iamlet_test

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"

	"iamlet"
)

const (
	batchSize = 64
	rounds    = 32
	samples   = 151
)

// costs is nanoseconds: of an empty call into C, of a decision and of one of a batch, each from Go and in C alone, and
// of making a request anew.
type costs struct {
	empty, single, singleInC, batch, batchInC, reset float64
}

// The cost of calls from Go beside their cost in C: CPU time of the thread, medians of samples that are taken in turn,
// so that what other programs do meanwhile counts little. IAMLET_FIGURES names a file for the benchmarks' report.
func TestCosts(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	facts := map[string]float64{}
	fmt.Printf("%-10s %9s %9s %9s %9s %9s %9s %9s %7s %11s\n", "ns", "empty", "decision", "in C", "more than", "crossing,",
		"in batch", "in C", "ratio", "Request")
	fmt.Printf("%-10s %9s %9s %9s %9s %9s %9s %9s %7s %11s\n", "", "call", "from Go", "", "empty", "%", "of 64", "", "", ".Reset")
	for _, name := range []string{"w1", "w2", "w4"} {
		c := measure(t, name)
		fmt.Printf("%-10s %9.1f %9.1f %9.1f %9.1f %9.0f %9.1f %9.1f %7.2f %11.0f\n", name, c.empty, c.single, c.singleInC,
			c.single-c.empty, 100*c.empty/c.single, c.batch, c.batchInC, c.batch/c.batchInC, c.reset)
		facts["go empty call"] = c.empty
		facts["go single "+name], facts["go single in C "+name] = c.single, c.singleInC
		facts["go batch "+name], facts["go batch in C "+name] = c.batch, c.batchInC
	}
	over, ratio := facts["go single w1"]-facts["go empty call"], facts["go batch w1"]/facts["go batch in C w1"]
	fmt.Printf("w1, a decision: %.0f ns more than the empty call; goal 150: %s\n", over, met(over <= 150))
	fmt.Printf("w1, one of a batch: %.2f times its cost in C; goal 1.30: %s\n", ratio, met(ratio <= 1.3))
	if path := os.Getenv("IAMLET_FIGURES"); path != "" {
		text, err := json.Marshal(map[string]any{"rows": struct{}{}, "notes": struct{}{}, "facts": facts})
		if err == nil {
			err = os.WriteFile(path, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func met(holds bool) string {
	if holds {
		return "met"
	}
	return "missed"
}

func measure(t *testing.T, name string) costs {
	w := readWorkload(t, name)
	requests, request := w.batch(batchSize), must(iamlet.NewRequest(w.inputs[0]))
	decisions := make([]iamlet.Decision, batchSize)
	var all [6][]float64
	for range samples {
		inC, batchInC := iamlet.TimeInC(w.set, requests, rounds)
		for i, sample := range [...]float64{
			each(func() {
				for range batchSize {
					iamlet.CallNothing()
				}
			}),
			each(func() {
				for _, request := range requests {
					_, _ = w.set.Decide(request)
				}
			}),
			float64(inC) / (rounds * batchSize),
			each(func() { _ = w.set.DecideBatch(requests, decisions) }),
			float64(batchInC) / (rounds * batchSize),
			each(func() { _ = request.Reset(w.inputs[0]) }) * batchSize,
		} {
			all[i] = append(all[i], sample)
		}
	}
	median := func(i int) float64 {
		slices.Sort(all[i])
		return all[i][samples/2]
	}
	return costs{median(0), median(1), median(2), median(3), median(4), median(5)}
}

// each is the time of one of the 64 that `run` does.
func each(run func()) float64 {
	begin := iamlet.ThreadTime()
	for range rounds {
		run()
	}
	return float64(iamlet.ThreadTime()-begin) / (rounds * batchSize)
}
