package iamlet_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"iamlet"
)

// Every request of vectors.jsonl, decided by one set of all its policies, by a set for each layer, in a batch, and
// where it has several resources, also about each of them.
func TestEveryRequestIsDecidedAsItsCaseSays(t *testing.T) {
	cases := readCases[decisionCase](t, "../tests/data/vectors.jsonl")
	if len(cases) < 450 {
		t.Fatalf("%d cases", len(cases))
	}
	for i := 0; i < len(cases); i += oneOf {
		t.Run(cases[i].ID, func(t *testing.T) { testDecision(t, &cases[i]) })
	}
}

func testDecision(t *testing.T, c *decisionCase) {
	list, levels, err := c.compileAll()
	if err != nil || c.Expect == "invalid_policy" {
		if err == nil || c.Expect != "invalid_policy" {
			t.Fatalf("policies: %v, and expected is %s", err, c.Expect)
		}
		return
	}
	set, err := iamlet.NewSet(levels, list...)
	if err != nil {
		t.Fatal(err)
	}
	layers := splitByLayer(t, levels, list)
	input, itemInputs := c.inputs(t)
	request, requestErr := iamlet.NewRequest(input)
	var items []*iamlet.Item
	for _, itemInput := range itemInputs {
		item, err := request.NewItem(itemInput)
		if err != nil {
			requestErr = err
		}
		items = append(items, item)
	}
	decide := func(sets iamlet.Sets) (iamlet.Decision, error) {
		if items != nil {
			return sets.DecideResources(request, items...)
		}
		return sets.Decide(request)
	}

	single, err := decide(iamlet.Sets{set})
	if (err == nil) != (requestErr == nil) {
		t.Errorf("the request is %v, and its decision %v", requestErr, err)
	}
	if single.Effect.String() != c.Expect {
		t.Errorf("%v, not %s", single, c.Expect)
	}
	if single.HasStatement && single.Tag != uint64(100+single.Policy) {
		t.Errorf("policy %d has the tag %d", single.Policy, single.Tag)
	}
	byLayer, _ := decide(layers)
	numbered := byLayer
	numbered.Set, numbered.Policy = single.Set, single.Policy // which the other sets number otherwise
	if numbered != single {
		t.Errorf("a set for each layer: %+v, not %+v", byLayer, single)
	}
	if requestErr == nil {
		testExplanation(t, iamlet.Sets{set}, request, items, single)
		testExplanation(t, layers, request, items, byLayer)
	}
	if items == nil {
		alone, _ := set.Decide(request)
		batch := make([]iamlet.Decision, 3)
		err := set.DecideBatch([]*iamlet.Request{request, nil, request}, batch)
		if alone != single || batch[0] != single || batch[2] != single {
			t.Errorf("alone %+v, in a batch %+v and %+v, not %+v", alone, batch[0], batch[2], single)
		}
		if err == nil || batch[1].Err() == nil || batch[1].Allowed() {
			t.Errorf("a batch with a nil request: %v, %v", err, batch[1])
		}
		return
	}
	each := make([]iamlet.Decision, len(items))
	_ = set.DecideItems(items, each)
	if requestErr == nil && combine(each) != single {
		t.Errorf("items: %+v, not %+v", combine(each), single)
	}
}

// splitByLayer makes a set of each layer's policies.
func splitByLayer(t *testing.T, levels iamlet.Levels, list []iamlet.SetPolicy) (sets iamlet.Sets) {
	for layer := iamlet.LayerSCP; layer <= iamlet.LayerEndpoint; layer++ {
		var own []iamlet.SetPolicy
		for _, policy := range list {
			if policy.Layer == layer {
				own = append(own, policy)
			}
		}
		var its iamlet.Levels
		if layer == iamlet.LayerSCP {
			its.SCP = levels.SCP
		}
		if layer == iamlet.LayerRCP {
			its.RCP = levels.RCP
		}
		if len(own) == 0 && its == (iamlet.Levels{}) {
			continue
		}
		set, err := iamlet.NewSet(its, own...)
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, set)
	}
	return sets
}

// combine makes the decision about several resources of those about each.
func combine(each []iamlet.Decision) iamlet.Decision {
	made := 0
	for i, decision := range each {
		denies := decision.Effect != iamlet.Allow && each[made].Effect == iamlet.Allow
		explicitly := decision.Effect == iamlet.ExplicitDeny && each[made].Effect != iamlet.ExplicitDeny
		if denies || explicitly {
			made = i
		}
	}
	decision := each[made]
	decision.Item = made
	return decision
}

func TestEveryDocumentIsTakenOrRefusedAsItsCaseSays(t *testing.T) {
	cases := readCases[documentCase](t, "../tests/data/invalid.jsonl")
	if len(cases) < 277 {
		t.Fatalf("%d cases", len(cases))
	}
	for i := 0; i < len(cases); i += oneOf {
		t.Run(cases[i].ID, func(t *testing.T) { testDocument(t, &cases[i]) })
	}
}

func testDocument(t *testing.T, c *documentCase) {
	text := c.text(t)
	policy, err := iamlet.Compile(kindOf(c.Kind), text, c.Options.compile()...)
	if c.Expect == "valid" {
		if info, opened := policy.Info(); err != nil || opened != nil || info.Kind.String() != c.Kind {
			t.Fatalf("%v, %v, %v", err, opened, info)
		}
		return
	}
	var refused *iamlet.DocumentError
	if !errors.As(err, &refused) || !errors.Is(err, iamlet.StatusDocumentRefused) || policy != nil {
		t.Fatalf("%v, %v", policy, err)
	}
	if refused.Fault.String() != c.Code || refused.Pointer != c.At || c.Offset != nil && refused.Offset != *c.Offset {
		t.Errorf("%v at %q, byte %d; not %s at %q", refused.Fault, refused.Pointer, refused.Offset, c.Code, c.At)
	}
	before := string(text[:min(refused.Offset, len(text))])
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:])
	if utf8.ValidString(before) && (refused.Line != line || refused.Column != column) {
		t.Errorf("%d:%d, not %d:%d", refused.Line, refused.Column, line, column)
	}
	if (refused.Fault == iamlet.FaultCapacity) != (refused.Pool != 0) || !strings.Contains(err.Error(), c.Code) {
		t.Errorf("%v, pool %v", err, refused.Pool)
	}
}
