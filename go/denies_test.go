package iamlet_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"iamlet"
)

func TestTheZeroDecisionDenies(t *testing.T) {
	var decision iamlet.Decision
	if decision.Allowed() || decision.Effect != iamlet.ImplicitDeny || decision.Reason != iamlet.ReasonError {
		t.Errorf("%+v", decision)
	}
}

func TestNilSetsAndRequestsAreErrorsThatDeny(t *testing.T) {
	set, request := identitySet(teamFolder), must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	var noSet *iamlet.Set
	decision, err := noSet.Decide(request)
	refuses(t, "nil set", decision, err, iamlet.StatusNotAnImage)
	decision, err = new(iamlet.Set).Decide(request)
	refuses(t, "zero set", decision, err, iamlet.StatusNotAnImage)
	decision, err = iamlet.Sets{set, nil}.Decide(request)
	refuses(t, "a nil set among others", decision, err, iamlet.StatusNotAnImage)
	decision, err = set.Decide(nil)
	refuses(t, "nil request", decision, err, iamlet.StatusNotARequest)
	decision, err = set.Decide(new(iamlet.Request))
	refuses(t, "zero request", decision, err, iamlet.StatusNotARequest)
	decision, err = iamlet.Sets{}.Decide(request)
	refuses(t, "no sets", decision, err, iamlet.StatusMissingLayer)
	decision, err = iamlet.Sets(make([]*iamlet.Set, 17)).Decide(request)
	refuses(t, "17 sets", decision, err, iamlet.StatusTooManySets)
	decision, err = set.DecideResources(request)
	refuses(t, "no items", decision, err, iamlet.StatusNoResource)
	decision, err = set.DecideResources(request, nil)
	refuses(t, "a nil item", decision, err, iamlet.StatusNotARequest)
	decision, err = set.DecideResources(nil, new(iamlet.Item))
	refuses(t, "a zero item", decision, err, iamlet.StatusNotARequest)
	if _, err := request.NewItem(nil); !errors.Is(err, iamlet.StatusNullArgument) {
		t.Error(err)
	}
	if _, err := noSet.MarshalBinary(); !errors.Is(err, iamlet.StatusNullArgument) {
		t.Error(err)
	}
}

func TestAllMissingLayersAreNamed(t *testing.T) {
	input := aliceGets("team/alice/plan")
	input.Absent &^= iamlet.AbsentBoundary | iamlet.AbsentSession
	decision, err := identitySet(teamFolder).Decide(must(iamlet.NewRequest(input)))
	refuses(t, "no boundary", decision, err, iamlet.StatusMissingLayer)
	var failed *iamlet.DecisionError
	if !errors.As(err, &failed) || failed.Layers() != iamlet.AbsentBoundary|iamlet.AbsentSession || !errors.Is(err, iamlet.StatusMissingLayer) {
		t.Errorf("%v, %v", err, failed)
	}
	if !strings.HasSuffix(err.Error(), ": boundary|session") {
		t.Error(err)
	}
}

func TestABatchOfAnotherLengthThanItsDecisionsDeniesAll(t *testing.T) {
	set, request := identitySet(teamFolder), must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	decisions := []iamlet.Decision{{Effect: iamlet.Allow}, {Effect: iamlet.Allow}}
	for _, err := range []error{
		set.DecideBatch([]*iamlet.Request{request}, decisions),
		set.DecideItems([]*iamlet.Item{nil}, decisions),
	} {
		if !errors.Is(err, iamlet.StatusBadLength) || decisions[0].Allowed() || decisions[1].Allowed() {
			t.Errorf("%v, %v", err, decisions)
		}
	}
	if err := set.DecideBatch(nil, nil); err != nil {
		t.Error(err)
	}
}

func TestADecisionOfABatchKeepsNothingOfThatBefore(t *testing.T) {
	set := identitySet(teamFolder)
	allowed, denied := must(iamlet.NewRequest(aliceGets("team/alice/plan"))), must(iamlet.NewRequest(aliceGets("team/bob/x")))
	decisions := make([]iamlet.Decision, 1)
	for _, request := range []*iamlet.Request{allowed, denied, nil} {
		want, _ := set.Decide(request)
		_ = set.DecideBatch([]*iamlet.Request{request}, decisions)
		if decisions[0] != want {
			t.Errorf("%+v, not %+v", decisions[0], want)
		}
	}
}

func TestItemsOfAnotherRequestAndOfAnEarlierOneAreRefused(t *testing.T) {
	set := identitySet(teamFolder)
	request, other := must(iamlet.NewRequest(aliceGets("x"))), must(iamlet.NewRequest(aliceGets("x")))
	item := must(request.NewItem(&iamlet.ItemInput{
		Resource: iamlet.Resource{ARN: "arn:aws:s3:::team/alice/plan", Account: "111122223333"}}))
	if decision := must(set.DecideResources(request, item)); !decision.Allowed() {
		t.Error(decision)
	}
	decision, err := set.DecideResources(other, item)
	refuses(t, "another request", decision, err, iamlet.StatusNotARequest)
	if err := request.Reset(aliceGets("x")); err != nil {
		t.Fatal(err)
	}
	decision, err = set.DecideResources(request, item)
	refuses(t, "an earlier request", decision, err, iamlet.StatusNotARequest)
	each := make([]iamlet.Decision, 1)
	if err := set.DecideItems([]*iamlet.Item{item}, each); err == nil || each[0].Allowed() {
		t.Errorf("%v, %v", err, each)
	}
	allowed := []bool{true}
	if err := set.Filter(request, []*iamlet.Item{item}, allowed); err == nil || allowed[0] {
		t.Errorf("%v, %v", err, allowed)
	}
}

func TestAFilterTellsWhatEachDecisionDoes(t *testing.T) {
	set := identitySet(teamFolder)
	request := must(iamlet.NewRequest(aliceGets("x")))
	var items []*iamlet.Item
	for i := range 21 {
		folder := []string{"alice", "bob"}[i%2]
		arn := fmt.Sprintf("arn:aws:s3:::team/%s/%d", folder, i)
		items = append(items, must(request.NewItem(&iamlet.ItemInput{
			Resource: iamlet.Resource{ARN: arn, Account: "111122223333"}})))
	}
	allowed, each := make([]bool, len(items)), make([]iamlet.Decision, len(items))
	if err := errors.Join(set.Filter(request, items, allowed), set.DecideItems(items, each)); err != nil {
		t.Fatal(err)
	}
	for i := range items {
		if allowed[i] != each[i].Allowed() || allowed[i] != (i%2 == 0) {
			t.Errorf("item %d: %v, %v", i, allowed[i], each[i])
		}
	}
	items[4] = nil
	if err := set.Filter(request, items, allowed); err == nil || allowed[4] || !allowed[6] {
		t.Errorf("%v, %v", err, allowed)
	}
	if err := set.Filter(request, items, allowed[1:]); err == nil || allowed[6] {
		t.Errorf("%v, %v", err, allowed)
	}
	if err := set.Filter(nil, items, allowed); err == nil || allowed[6] {
		t.Errorf("%v, %v", err, allowed)
	}
}

func TestAMalformedRequestIsRefusedWithItsStatus(t *testing.T) {
	for status, change := range map[iamlet.Status]func(*iamlet.RequestInput){
		iamlet.StatusMalformedAction:          func(in *iamlet.RequestInput) { in.Action = "s3:Get*" },
		iamlet.StatusMalformedPrincipal:       func(in *iamlet.RequestInput) { in.Principal.ARN = "" },
		iamlet.StatusMalformedResourceAccount: func(in *iamlet.RequestInput) { in.Resource.Account = "" },
		iamlet.StatusContradictedKey: func(in *iamlet.RequestInput) {
			in.Context = []iamlet.ContextEntry{iamlet.Entry("aws:username", "bob")}
		},
		iamlet.StatusMalformedContextKey: func(in *iamlet.RequestInput) {
			in.Context = []iamlet.ContextEntry{iamlet.Entry("", "x")}
		},
		iamlet.StatusNotUTF8:         func(in *iamlet.RequestInput) { in.Resource.ARN += "\xff" },
		iamlet.StatusRequestTooLarge: func(in *iamlet.RequestInput) { in.Resource.ARN += strings.Repeat("x", 1<<16) },
		iamlet.StatusBadClock:        func(in *iamlet.RequestInput) { in.Clock = time.Unix(1<<40, 0) },
		iamlet.StatusUnknownValue:    func(in *iamlet.RequestInput) { in.ResourceKind = 4 },
		iamlet.StatusMalformedResource: func(in *iamlet.RequestInput) {
			in.Resource.ARN = "secret/key"
		},
		iamlet.StatusRoleAsPrincipal: func(in *iamlet.RequestInput) {
			in.Principal = iamlet.Principal{ARN: "arn:aws:iam::111122223333:role/R"}
		},
		iamlet.StatusContradictedPrincipalType: func(in *iamlet.RequestInput) {
			in.Principal.Type = iamlet.PrincipalRoot
		},
		iamlet.StatusContradictedResourceAccount: func(in *iamlet.RequestInput) {
			in.Resource = &iamlet.Resource{ARN: "arn:aws:sqs:eu-west-1:444455556666:q", Account: "111122223333"}
		},
		iamlet.StatusContradictedResourceKind: func(in *iamlet.RequestInput) {
			in.ResourceKind = iamlet.ResourceKMSKey
		},
		iamlet.StatusContradictedPartition: func(in *iamlet.RequestInput) {
			in.Resource.ARN = "arn:aws-cn:s3:::team/alice/plan"
		},
	} {
		input := aliceGets("team/alice/plan")
		change(input)
		request := must(iamlet.NewRequest(aliceGets("team/alice/plan")))
		if made, err := iamlet.NewRequest(input); made != nil || !errors.Is(err, status) {
			t.Errorf("%v: %v", status, err)
		}
		if err := request.Reset(input); !errors.Is(err, status) {
			t.Errorf("%v: %v", status, err)
		}
		decision, err := identitySet(teamFolder).Decide(request)
		refuses(t, "a request that could not be made anew", decision, err, iamlet.StatusNotARequest)
	}
	request := must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	if err := request.Reset(nil); err != iamlet.StatusNullArgument {
		t.Error(err)
	}
	decision, err := identitySet(teamFolder).Decide(request)
	refuses(t, "a request made of nil", decision, err, iamlet.StatusNotARequest)
}

func TestAnErrorOfATextNamesItsMember(t *testing.T) {
	input := aliceGets("team/alice/plan")
	input.Principal.UniqueID = strings.Repeat("x", 1<<16)
	_, err := iamlet.NewRequest(input)
	if wrong := new(iamlet.RequestError); !errors.As(err, &wrong) || wrong.Member != "principal.unique_id" {
		t.Error(err)
	}
	if text := "iamlet: principal.unique_id: a text of the request is longer than 65,535 bytes"; !strings.HasPrefix(err.Error(), text) {
		t.Error(err)
	}
	request := must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	_, err = request.NewItem(&iamlet.ItemInput{Resource: iamlet.Resource{ARN: "arn:aws:s3:::b/k", Account: "111122223333"},
		Context: []iamlet.ContextEntry{iamlet.Entry("a:b", "\xff")}})
	if wrong := new(iamlet.RequestError); !errors.As(err, &wrong) || wrong.Member != "context" || wrong.Status != iamlet.StatusNotUTF8 {
		t.Error(err)
	}
}

func TestARequestOfEverySizeIsMade(t *testing.T) {
	set := identitySet(teamFolder)
	request := must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	for _, keys := range []int{0, 1, 60, 300, 16000, 5} {
		input := aliceGets("team/alice/" + strings.Repeat("x", keys))
		for i := range keys {
			input.Context = append(input.Context, iamlet.Entry("team:"+strings.Repeat("k", i%50)+"k", "v", "w"))
		}
		if err := request.Reset(input); err != nil {
			t.Fatalf("%d keys: %v", keys, err)
		}
		fresh := must(iamlet.NewRequest(input))
		for _, one := range []*iamlet.Request{request, fresh} {
			if decision := must(set.Decide(one)); !decision.Allowed() || decision.Tag != 7 || decision.Sid != "OwnFolder" {
				t.Errorf("%d keys: %+v", keys, decision)
			}
		}
	}
}

func TestASetIsRefusedWithThePolicyAtFault(t *testing.T) {
	good := must(iamlet.Compile(iamlet.KindIdentity, []byte(fullAccess)))
	at := func(layer iamlet.Layer, level int) iamlet.SetPolicy {
		return iamlet.SetPolicy{Policy: good, Layer: layer, Level: level}
	}
	for i, wrong := range []struct {
		levels iamlet.Levels
		policy iamlet.SetPolicy
		status iamlet.Status
		at     int
	}{
		{iamlet.Levels{}, at(iamlet.LayerBoundary, 0), iamlet.StatusWrongLayer, 1},
		{iamlet.Levels{}, at(99, 0), iamlet.StatusUnknownValue, 1},
		{iamlet.Levels{}, at(iamlet.LayerIdentity, -1), iamlet.StatusBadLevel, 1},
		{iamlet.Levels{}, at(iamlet.LayerIdentity, math.MaxInt), iamlet.StatusBadLevel, 1},
		{iamlet.Levels{SCP: 17}, at(iamlet.LayerIdentity, 0), iamlet.StatusBadLevel, -1},
		{iamlet.Levels{RCP: -1}, at(iamlet.LayerIdentity, 0), iamlet.StatusBadLevel, -1},
		{iamlet.Levels{}, iamlet.SetPolicy{Layer: iamlet.LayerIdentity}, iamlet.StatusNotAnImage, 1},
		{iamlet.Levels{}, iamlet.SetPolicy{Policy: good[:len(good)-1], Layer: iamlet.LayerIdentity}, iamlet.StatusWrongSize, 1},
	} {
		set, err := iamlet.NewSet(wrong.levels, at(iamlet.LayerIdentity, 0), wrong.policy)
		var failed *iamlet.SetError
		if set != nil || !errors.As(err, &failed) || failed.Policy != wrong.at || !errors.Is(err, wrong.status) {
			t.Errorf("%d: %v, %+v", i, err, failed)
		}
	}
}

func TestASetThatWasStoredDecidesAsBefore(t *testing.T) {
	request := must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	set := identitySet(teamFolder)
	data := must(set.MarshalBinary())
	again := must(iamlet.OpenSet(data))
	clear(data) // which the set does not share
	if must(again.Decide(request)) != must(set.Decide(request)) {
		t.Error("another decision")
	}
	for _, bad := range [][]byte{nil, {}, data, must(set.MarshalBinary())[1:], bytes.Repeat([]byte{0xA5}, 100)} {
		if set, err := iamlet.OpenSet(bad); set != nil || err == nil {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}

func TestUnknownNumbersHaveNoNames(t *testing.T) {
	for text, number := range map[string]interface{ String() string }{
		"Kind(99)": iamlet.Kind(99), "Layer(0)": iamlet.Layer(0), "Effect(9)": iamlet.Effect(9),
		"Reason(99)": iamlet.Reason(99), "Fault(0)": iamlet.Fault(0),
		"Pool(0)": iamlet.Pool(0), "PrincipalType(10)": iamlet.PrincipalType(10),
		"ResourceKind(4)": iamlet.ResourceKind(4),
	} {
		if number.String() != text {
			t.Errorf("%v, not %s", number, text)
		}
	}
	if _, err := iamlet.Compile(99, []byte(fullAccess)); err != iamlet.StatusUnknownValue {
		t.Error(err)
	}
	if _, err := iamlet.PrepareKey(""); err != iamlet.StatusMalformedContextKey {
		t.Error(err)
	}
}

func TestAPreparedKeyOfAnotherNameIsNotPrepared(t *testing.T) {
	set := identitySet(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
	    "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}}`)
	right := must(iamlet.PrepareKey("AWS:requestedregion"))
	renamed := must(iamlet.PrepareKey("aws:SourceVpc"))
	renamed.Name = "aws:RequestedRegion"
	for _, key := range []iamlet.Key{right, renamed, {Name: "aws:RequestedRegion"}} {
		input := aliceGets("team/alice/plan")
		input.Context = []iamlet.ContextEntry{key.With("eu-west-1")}
		if decision := must(set.Decide(must(iamlet.NewRequest(input)))); !decision.Allowed() {
			t.Errorf("%v: %v", key, decision)
		}
	}
}
