package iamlet_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"iamlet"
)

// Assembled from parts that are used for the last time in the call itself: see collect.go.
func TestAssembledRequestsAreDecidedAsThoseOfOneCall(t *testing.T) {
	words := must(iamlet.NewDictionary("aws:SourceIp", "s3:prefix"))
	if names := namesOf(words); !slices.Equal(names, []string{"aws:sourceip", "s3:prefix"}) || words.Name(2) != "" {
		t.Error(names)
	}
	set := identitySet(teamFolder)
	for _, object := range []string{"team/alice/plan", "team/bob/plan"} {
		for _, count := range []int{0, 1, 200} { // more values than a writer has room for
			input := aliceGets(object)
			values := make([]string, count)
			for i := range values {
				values[i] = strings.Repeat("x", i)
			}
			input.Context = []iamlet.ContextEntry{iamlet.Entry("s3:prefix", values...)}
			want := must(set.Decide(must(iamlet.NewRequest(input))))
			request := must(iamlet.Assemble(
				must(iamlet.PreparePrincipal(&iamlet.PrincipalInput{
					Principal: input.Principal, Absent: input.Absent, Dictionary: words})),
				must(iamlet.PrepareAction(input.Action)),
				&iamlet.AssemblyInput{
					Resource: input.Resource,
					Context:  []iamlet.SlotEntry{{Slot: 1, Values: values, Multivalued: count > 1}},
				}))
			if got := must(set.Decide(request)); got != want {
				t.Errorf("%s, %d values: %+v, not %+v", object, count, got, want)
			}
		}
	}
}

func TestWhatCannotBeAssembledLeavesNoRequest(t *testing.T) {
	alice, get := alicesGet()
	good := func() *iamlet.AssemblyInput {
		return &iamlet.AssemblyInput{Resource: aliceGets("team/alice/plan").Resource}
	}
	bad := good()
	bad.Resource.ARN += "\xff"
	for i, refused := range []struct {
		alice  *iamlet.PreparedPrincipal
		get    *iamlet.PreparedAction
		input  *iamlet.AssemblyInput
		status iamlet.Status
	}{
		{nil, get, good(), iamlet.StatusNotAPrincipal},
		{new(iamlet.PreparedPrincipal), get, good(), iamlet.StatusNotAPrincipal},
		{alice, nil, good(), iamlet.StatusNotAnAction},
		{alice, new(iamlet.PreparedAction), good(), iamlet.StatusNotAnAction},
		{alice, get, nil, iamlet.StatusNullArgument},
		{alice, get, bad, iamlet.StatusNotUTF8},
	} {
		request := must(iamlet.Assemble(alice, get, good()))
		if err := request.Assemble(refused.alice, refused.get, refused.input); !errors.Is(err, refused.status) {
			t.Errorf("%d: %v", i, err)
		}
		decision, err := identitySet(teamFolder).Decide(request)
		refuses(t, fmt.Sprint(i), decision, err, iamlet.StatusNotARequest)
	}
	var failed *iamlet.RequestError
	if _, err := iamlet.Assemble(alice, get, bad); !errors.As(err, &failed) || failed.Member != "resource.arn" {
		t.Error(err)
	}
	var none *iamlet.Request
	if err := none.Assemble(alice, get, good()); err != iamlet.StatusNullArgument {
		t.Error(err)
	}
}

func TestASetWithSlotsDecidesAlike(t *testing.T) {
	policy := must(iamlet.Compile(iamlet.KindIdentity, []byte(`{"Version": "2012-10-17", "Statement": {
		"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "plans/"}}}}`)))
	set := must(iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: policy, Layer: iamlet.LayerIdentity}))
	words := must(iamlet.NewDictionary("aws:SourceIp", "s3:prefix"))
	alice := must(iamlet.PreparePrincipal(&iamlet.PrincipalInput{
		Principal:  iamlet.Principal{ARN: "arn:aws:iam::111122223333:user/alice"},
		Absent:     iamlet.AbsentAll &^ iamlet.AbsentIdentity,
		Dictionary: words,
	}))
	list := must(iamlet.PrepareAction("s3:ListBucket"))
	same, other := must(set.WithSlots(words)), must(set.WithSlots(must(iamlet.NewDictionary("s3:prefix"))))
	if slices.Equal(must(same.MarshalBinary()), must(set.MarshalBinary())) {
		t.Error("the set has no slots")
	}
	for _, prefix := range []string{"plans/", "drafts/"} {
		request := must(iamlet.Assemble(alice, list, &iamlet.AssemblyInput{
			Resource: &iamlet.Resource{ARN: "arn:aws:s3:::team", Account: "111122223333"},
			Context:  []iamlet.SlotEntry{{Slot: 1, Values: []string{prefix}}},
		}))
		expected := must(set.Decide(request)).Effect
		if (expected == iamlet.Allow) != (prefix == "plans/") {
			t.Error(prefix, expected)
		}
		for _, set := range []*iamlet.Set{same, other} {
			if effect := must(set.Decide(request)).Effect; effect != expected {
				t.Error(prefix, effect)
			}
		}
	}
	var none *iamlet.Set
	if _, err := none.WithSlots(words); err != iamlet.StatusNullArgument {
		t.Error(err)
	}
	if _, err := set.WithSlots(nil); !errors.Is(err, iamlet.StatusNotAnImage) {
		t.Error(err)
	}
}

func TestANilDictionaryHasNoKeys(t *testing.T) {
	var none *iamlet.Dictionary
	_, found := none.Slot("aws:SourceIp")
	if _, err := none.MarshalBinary(); found || none.Count() != 0 || none.Fingerprint() != 0 || err == nil {
		t.Error("a nil dictionary has something")
	}
	if _, err := iamlet.PreparePrincipal(nil); err != iamlet.StatusNullArgument {
		t.Error(err)
	}
	_, err := iamlet.PreparePrincipal(&iamlet.PrincipalInput{Dictionary: new(iamlet.Dictionary)})
	if !errors.Is(err, iamlet.StatusNotAnImage) {
		t.Error(err)
	}
	long := strings.Repeat("x", 1<<16)
	var failed *iamlet.RequestError
	_, err = iamlet.PreparePrincipal(&iamlet.PrincipalInput{Principal: iamlet.Principal{ARN: long}})
	if !errors.As(err, &failed) || failed.Member != "principal.arn" {
		t.Error(err)
	}
	if _, err := iamlet.PrepareAction(long); err != iamlet.StatusRequestTooLarge {
		t.Error(err)
	}
	if _, err := iamlet.NewDictionary(long); !errors.Is(err, iamlet.StatusDictionaryTooLarge) {
		t.Error(err)
	}
}
