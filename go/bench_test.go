package iamlet_test

import (
	"testing"

	"iamlet"
)

// A decision of w1 and of w2, and what an empty call into C and an explanation cost beside it.

func BenchmarkEmptyCall(b *testing.B) {
	for b.Loop() {
		_ = iamlet.PrincipalTypeOfARN("")
	}
}

func BenchmarkDecide(b *testing.B) {
	for _, name := range []string{"w1", "w2"} {
		w := readWorkload(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_, _ = w.set.Decide(w.requests[i%len(w.requests)])
			}
		})
	}
}

func BenchmarkDecideBatch64(b *testing.B) {
	for _, name := range []string{"w1", "w2"} {
		w := readWorkload(b, name)
		requests := w.batch(64)
		decisions := make([]iamlet.Decision, 64)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = w.set.DecideBatch(requests, decisions)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/decision")
		})
	}
}

func BenchmarkExplain(b *testing.B) {
	for _, name := range []string{"w1", "w2"} {
		w := readWorkload(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_, _ = w.set.Explain(w.requests[i%len(w.requests)])
			}
		})
	}
}

func BenchmarkExplanationString(b *testing.B) {
	why := whyNot()
	b.ReportAllocs()
	for b.Loop() {
		_ = why.String()
	}
}

func BenchmarkReset(b *testing.B) {
	w := readWorkload(b, "w1")
	b.ReportAllocs()
	for b.Loop() {
		_ = w.requests[0].Reset(w.inputs[0])
	}
}

// batch is some of the requests, and again from the first on.
func (w *workload) batch(size int) []*iamlet.Request {
	requests := make([]*iamlet.Request, size)
	for i := range requests {
		requests[i] = w.requests[i%len(w.requests)]
	}
	return requests
}
