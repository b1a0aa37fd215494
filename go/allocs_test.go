//go:build !iamlet_collect && !race

package iamlet_test

import (
	"testing"

	"iamlet"
)

// The race detector and a collection in each call have allocations of their own.

func TestADecisionAllocatesNothing(t *testing.T) {
	set, input := identitySet(teamFolder), aliceGets("team/alice/plan")
	input.Context = []iamlet.ContextEntry{iamlet.Entry("aws:SourceIp", "10.0.0.1")}
	request, denied := must(iamlet.NewRequest(input)), must(iamlet.NewRequest(aliceGets("team/bob/plan")))
	item := must(request.NewItem(&iamlet.ItemInput{Resource: *input.Resource}))
	sets := iamlet.Sets{set, must(iamlet.NewSet(iamlet.Levels{}))}
	requests, items := []*iamlet.Request{request, denied, nil}, []*iamlet.Item{item, item, nil}
	decisions, allowed := make([]iamlet.Decision, len(requests)), make([]bool, len(requests))
	for what, decide := range map[string]func(){
		"Set.Decide":           func() { _, _ = set.Decide(request) },
		"Set.Decide, denied":   func() { _, _ = set.Decide(denied) },
		"Set.Decide, error":    func() { _, _ = set.Decide(nil) },
		"Sets.Decide":          func() { _, _ = sets.Decide(request) },
		"Set.DecideBatch":      func() { _ = set.DecideBatch(requests, decisions) },
		"Sets.DecideBatch":     func() { _ = sets.DecideBatch(requests, decisions) },
		"Sets.DecideItems":     func() { _ = sets.DecideItems(items, decisions) },
		"Sets.Filter":          func() { _ = sets.Filter(request, items, allowed) },
		"Sets.DecideResources": func() { _, _ = sets.DecideResources(request, item, item) },
		"Request.Reset":        func() { _ = request.Reset(input) },
	} {
		item = must(request.NewItem(&iamlet.ItemInput{Resource: *input.Resource}))
		if allocations := testing.AllocsPerRun(1000, decide); allocations != 0 {
			t.Errorf("%s: %v allocations", what, allocations)
		}
	}
}
