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
	samples   = 301
)

// costs is nanoseconds: of an empty call into C, of a decision and of one of a batch, each from Go and in C alone, and
// of making a request anew.
type costs struct {
	empty, single, singleInC, batch, batchInC, reset float64
}

// over is what a decision costs beyond an empty call.
func (c costs) over() float64 {
	return c.single - c.empty
}

// ratio is one of a batch over its cost in C.
func (c costs) ratio() float64 {
	return c.batch / c.batchInC
}

// The cost of calls from Go beside their cost in C: CPU time of the thread, in samples that are taken in turn. Medians
// count; beside them stands the fastest fiftieth, for other programs slow down a processor that they share.
// IAMLET_FIGURES names a file for the benchmarks' report.
func TestCosts(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	facts := map[string]float64{}
	fmt.Printf("%-10s %9s %9s %9s %9s %9s %9s %9s %7s %11s\n", "ns", "empty", "decision", "in C", "more than", "crossing,",
		"in batch", "in C", "ratio", "Request")
	fmt.Printf("%-10s %9s %9s %9s %9s %9s %9s %9s %7s %11s\n", "", "call", "from Go", "", "empty", "%", "of 64", "", "", ".Reset")
	row := func(name string, c costs) {
		fmt.Printf("%-10s %9.1f %9.1f %9.1f %9.1f %9.0f %9.1f %9.1f %7.2f %11.0f\n", name, c.empty, c.single, c.singleInC,
			c.over(), 100*c.empty/c.single, c.batch, c.batchInC, c.ratio(), c.reset)
	}
	var first, fastest costs
	for _, name := range []string{"w1", "w2", "w4"} {
		c, quiet := measure(t, name)
		row(name, c)
		row(" fastest", quiet)
		if name == "w1" {
			first, fastest = c, quiet
			facts["go empty call"] = c.empty
		}
		facts["go single "+name], facts["go single in C "+name] = c.single, c.singleInC
		facts["go batch "+name], facts["go batch in C "+name] = c.batch, c.batchInC
	}
	fmt.Printf("w1, a decision: %.0f ns more than the empty call (fastest: %.0f); goal 150: %s\n", first.over(),
		fastest.over(), met(first.over() <= 150))
	fmt.Printf("w1, one of a batch: %.2f times its cost in C (fastest: %.2f); goal 1.30: %s\n", first.ratio(),
		fastest.ratio(), met(first.ratio() <= 1.3))
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

// measure is the medians and the fastest fiftieth.
func measure(t *testing.T, name string) (median, fastest costs) {
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
	at := func(sample int) costs {
		return costs{all[0][sample], all[1][sample], all[2][sample], all[3][sample], all[4][sample], all[5][sample]}
	}
	for _, list := range all {
		slices.Sort(list)
	}
	return at(samples / 2), at(samples / 50)
}

// each is the time of one of the 64 that `run` does.
func each(run func()) float64 {
	begin := iamlet.ThreadTime()
	for range rounds {
		run()
	}
	return float64(iamlet.ThreadTime()-begin) / (rounds * batchSize)
}
