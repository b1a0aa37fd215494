package iamlet_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"iamlet"
)

// Sets, requests and items are used for the last time in the call itself, so that a collection inside the call finds
// them unreachable: see collect.go.
func TestWhatACallUsesLivesAsLongAsTheCall(t *testing.T) {
	for round := range 10 {
		sid := fmt.Sprintf("Round%d", round)
		document := strings.Replace(teamFolder, "OwnFolder", sid, 1)
		check := func(what string, decision iamlet.Decision, err error) {
			t.Helper()
			if err != nil || !decision.Allowed() || decision.Sid != sid || decision.Tag != 7 {
				t.Fatalf("%s: %+v, %v", what, decision, err)
			}
		}
		input := aliceGets("team/alice/" + sid)
		decision, err := identitySet(document).Decide(must(iamlet.NewRequest(input)))
		check("a set", decision, err)
		bare := must(iamlet.NewSet(iamlet.Levels{}))
		decision, err = iamlet.Sets{bare, identitySet(document)}.Decide(must(iamlet.NewRequest(input)))
		check("two sets", decision, err)

		decisions := make([]iamlet.Decision, 40)
		err = identitySet(document).DecideBatch(requestsLike(input, len(decisions)), decisions)
		for _, decision := range decisions {
			check("a batch", decision, err)
		}

		// The set that allows is the item's own.
		decision, err = bare.DecideResources(itemOfBucket(sid))
		if err != nil || !decision.Allowed() || decision.Sid != sid || decision.Set != 1 {
			t.Fatalf("an item's own set: %+v, %v", decision, err)
		}
		_, item := itemOfBucket(sid)
		if err := bare.DecideItems([]*iamlet.Item{item}, decisions[:1]); err != nil || decisions[0] != decision {
			t.Fatalf("an item: %+v, %v", decisions[0], err)
		}
	}
}

// requestsLike are requests of their own, all made of the same.
func requestsLike(input *iamlet.RequestInput, count int) (requests []*iamlet.Request) {
	for range count {
		requests = append(requests, must(iamlet.NewRequest(input)))
	}
	return requests
}

// itemOfBucket is a request of Alice without an identity policy and its item, a bucket whose policy allows her.
func itemOfBucket(sid string) (*iamlet.Request, *iamlet.Item) {
	policy := must(iamlet.Compile(iamlet.KindResource, []byte(strings.Replace(bucketOfAlice, "AliceHere", sid, 1))))
	input := aliceGets("")
	input.Resource = nil
	input.Absent = (absentButIdentity | iamlet.AbsentIdentity) &^ iamlet.AbsentResource
	request := must(iamlet.NewRequest(input))
	return request, must(request.NewItem(&iamlet.ItemInput{
		Resource: iamlet.Resource{ARN: "arn:aws:s3:::bucket/" + sid, Account: "111122223333"},
		Set:      must(iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: policy, Layer: iamlet.LayerResource})),
	}))
}

func TestASidOutlivesItsSet(t *testing.T) {
	var sids []string
	for range 20 {
		sids = append(sids, must(identitySet(teamFolder).Decide(must(iamlet.NewRequest(aliceGets("team/alice/x"))))).Sid)
		runtime.GC()
	}
	for _, sid := range sids {
		if sid != "OwnFolder" {
			t.Errorf("%q", sid)
		}
	}
}

func TestWhatIsUnreachableIsFreed(t *testing.T) {
	var before, after runtime.MemStats
	large := strings.Repeat("x", 60_000)
	make100 := func() {
		for range 100 / oneOf {
			_ = identitySet(strings.Replace(teamFolder, "team", large, 1))
			_ = must(iamlet.NewRequest(aliceGets(large)))
		}
	}
	collect := func(into *runtime.MemStats) {
		for range 6 { // cleanups run beside the collector
			runtime.GC()
			runtime.Gosched()
		}
		runtime.ReadMemStats(into)
	}
	make100()
	collect(&before)
	for range 5 {
		make100()
	}
	collect(&after)
	if after.HeapAlloc > before.HeapAlloc+10<<20 {
		t.Errorf("%d bytes, and before %d", after.HeapAlloc, before.HeapAlloc)
	}
}

// Goroutines share requests and compile, prepare and decide at once, while a set is replaced.
func TestGoroutinesDecideWhileASetIsReplaced(t *testing.T) {
	input := aliceGets("team/alice/plan")
	request := must(iamlet.NewRequest(input))
	var current atomic.Pointer[iamlet.Set]
	current.Store(identitySet(teamFolder))
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			requests := requestsLike(input, 8)
			decisions := make([]iamlet.Decision, len(requests))
			for round := range 60 / oneOf {
				if worker == 0 {
					current.Store(identitySet(teamFolder))
				}
				decision, err := current.Load().Decide(request)
				batchErr := current.Load().DecideBatch(requests, decisions)
				if err != nil || batchErr != nil || decision.Sid != "OwnFolder" || decisions[7] != decision {
					t.Errorf("%v, %v, %v", decision, err, batchErr)
				}
				if err := requests[round%8].Reset(input); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	workers.Wait()
}
