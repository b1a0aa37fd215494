package iamlet_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"

	"iamlet"
)

// testExplanation holds an explanation against the decision that it is of.
func testExplanation(t *testing.T, sets iamlet.Sets, request *iamlet.Request, items []*iamlet.Item,
	want iamlet.Decision) {
	t.Helper()
	explain := func() (iamlet.Explanation, error) { return sets.Explain(request) }
	if items != nil {
		explain = func() (iamlet.Explanation, error) { return sets.ExplainItem(items[want.Item]) }
	}
	why, err := explain()
	why.Decision.Item = want.Item
	if why.Decision != want || err != want.Err() {
		t.Errorf("explained: %+v, %v, not %+v", why.Decision, err, want)
	}
	text, err := json.Marshal(why)
	var told struct {
		Effect, Status string
		SilentLayers   []any `json:"silent_layers"`
		Statements     []struct {
			Sid        string
			Role, Fact string
			Conditions []struct{ Key, Fact string }
		}
	}
	if err != nil || json.Unmarshal(text, &told) != nil || told.Effect != want.Effect.String() {
		t.Fatalf("%s, %v", text, err)
	}
	if (told.Status == "") != (want.Status == iamlet.StatusOK) {
		t.Errorf("the status of %s is not %v", text, want.Status)
	}
	if len(told.SilentLayers) != len(why.SilentLayers) || len(told.Statements) != len(why.Statements) {
		t.Fatalf("%s and %+v", text, why)
	}
	for i, statement := range why.Statements {
		other := told.Statements[i]
		if statement.Sid != other.Sid || statement.Role.String() != other.Role {
			t.Errorf("%+v and %+v", statement, other)
		}
		if len(statement.Conditions) != len(other.Conditions) {
			t.Fatalf("%+v and %+v", statement, other)
		}
		for j, condition := range statement.Conditions {
			same := strings.EqualFold(condition.Key, other.Conditions[j].Key)
			if !same || condition.Fact.String() != other.Conditions[j].Fact {
				t.Errorf("%+v and %+v", condition, other.Conditions[j])
			}
		}
	}
	denied := why.ClientText() != "allowed"
	if !strings.HasPrefix(why.String(), want.Effect.String()+": ") || denied == want.Allowed() || why.Sentence() == "" ||
		!json.Valid(why.Simulation()) {
		t.Errorf("%v; %s; %s; %s", why, why.ClientText(), why.Sentence(), why.Simulation())
	}
	if why.LogValue().Kind() != slog.KindGroup {
		t.Errorf("%v", why.LogValue())
	}
}

func TestAnExplanationOfAnErrorDenies(t *testing.T) {
	set, request := identitySet(fullAccess), must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	item := must(request.NewItem(&iamlet.ItemInput{Resource: *aliceGets("team/plan").Resource}))
	another := must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	old := must(another.NewItem(&iamlet.ItemInput{Resource: *aliceGets("team/plan").Resource}))
	_ = another.Reset(aliceGets("team/alice/plan"))
	poor := aliceGets("team/alice/plan")
	poor.Budget = 1
	cheap := must(iamlet.NewRequest(poor))
	var noSet *iamlet.Set
	check := func(status iamlet.Status) func(iamlet.Explanation, error) {
		return func(why iamlet.Explanation, err error) {
			t.Helper()
			refuses(t, "an explanation", why.Decision, err, status)
			var failed *iamlet.DecisionError
			if !errors.As(err, &failed) || failed.Status() != status {
				t.Errorf("%v", err)
			}
			if why.SilentLayers != nil || why.Statements != nil || why.Denies != 0 {
				t.Errorf("%+v", why)
			}
			text := string(must(json.Marshal(why)))
			if !strings.HasPrefix(text, `{"effect":"implicit_deny","reason":"no decision could be computed"`) ||
				!strings.Contains(text, `"status":`+string(must(json.Marshal(status)))+`}`) {
				t.Errorf("%s", text)
			}
			if why.ClientText() != "denied" || why.String() != why.Decision.String() {
				t.Errorf("%s, %v", why.ClientText(), why)
			}
		}
	}
	check(iamlet.StatusNotARequest)(set.Explain(nil))
	check(iamlet.StatusNotARequest)(set.Explain(new(iamlet.Request)))
	check(iamlet.StatusNotARequest)(set.ExplainItem(nil))
	check(iamlet.StatusNotARequest)(set.ExplainItem(new(iamlet.Item)))
	check(iamlet.StatusNotARequest)(set.ExplainItem(old))
	check(iamlet.StatusNotAnImage)(noSet.Explain(request))
	check(iamlet.StatusNotAnImage)(new(iamlet.Set).ExplainItem(item))
	check(iamlet.StatusNotAnImage)(iamlet.Sets{set, nil}.Explain(request))
	check(iamlet.StatusMissingLayer)(iamlet.Sets{}.Explain(request))
	check(iamlet.StatusTooManySets)(iamlet.Sets(make([]*iamlet.Set, 17)).Explain(request))
	check(iamlet.StatusBudgetExhausted)(set.Explain(cheap))

	var zero iamlet.Explanation
	denied := `{"effect":"implicit_deny","reason":"no decision could be computed"}`
	if text := string(must(json.Marshal(zero))); text != denied {
		t.Errorf("%s", text)
	}
	if zero.String() != zero.Decision.String() || zero.Sentence() != "" || zero.Simulation() != nil ||
		zero.ClientText() != "denied" || zero.LogValue().Group()[0].Value.String() != "implicit_deny" {
		t.Errorf("%v", zero)
	}
}

func TestAnExplanationGrowsWithItsRecords(t *testing.T) {
	deny := `{"Sid": "Deny%d", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
		"Condition": {"Null": {"a:b": "true"}}}`
	var statements []string
	for i := range 100 {
		statements = append(statements, fmt.Sprintf(deny, i))
	}
	set := identitySet(`{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",") + `]}`)
	why := must(set.Explain(must(iamlet.NewRequest(aliceGets("team/plan")))))
	if why.Denies != 100 || len(why.Statements) != 100 || why.Statements[99].Sid != "Deny99" {
		t.Fatalf("%d, %d", why.Denies, len(why.Statements))
	}
	last := why.Statements[99].Conditions[0]
	if last.Key != "a:b" || last.Fact != iamlet.FactAbsent || last.Change != iamlet.ChangePresent {
		t.Errorf("%+v", last)
	}
	if text := must(json.Marshal(why)); len(text) < 10_000 || !json.Valid(text) {
		t.Errorf("%d bytes", len(text))
	}
}

// What an explanation is made of is gone or made anew before its texts are written, and sets are collected.
func TestAnExplanationOutlivesWhatItIsMadeOf(t *testing.T) {
	for round := range 5 {
		sid := fmt.Sprintf("Round%d", round)
		request := must(iamlet.NewRequest(aliceGets("team/bob/plan")))
		sets := iamlet.Sets{identitySet(strings.Replace(teamFolder, "OwnFolder", sid, 1))}
		why := must(sets.Explain(request))
		lines := []byte{9, 0, 0, 0, 1, 0, 0, 0}
		name := strings.Join([]string{"dev", "json"}, ".") // on the heap
		told := why.WithSources(iamlet.Source{Tag: 8}, iamlet.Source{Tag: 7, Name: name, Map: lines})
		clear(lines)
		sets[0] = nil
		if err := request.Reset(aliceGets("elsewhere")); err != nil {
			t.Fatal(err)
		}
		_, item := itemOfBucket(sid)
		allowed := must(iamlet.Sets{}.ExplainItem(item))
		item = nil
		for range 3 {
			runtime.GC()
		}
		if text := why.String(); !strings.Contains(text, "team/bob/plan") || !strings.Contains(text, "statement 0 "+sid) {
			t.Errorf("%s", text)
		}
		if text := told.String(); !strings.Contains(text, "dev.json:9 "+sid) {
			t.Errorf("%s", text)
		}
		if text := allowed.String(); !strings.Contains(text, "bucket/"+sid) || allowed.Statements[0].Sid != sid {
			t.Errorf("%s", text)
		}
	}
}

func TestAnExplanationServesManyGoroutines(t *testing.T) {
	_, item := itemOfBucket("Own")
	why := must(iamlet.Sets{}.ExplainItem(item)).WithSources(iamlet.Source{Name: "bucket.json"})
	want := why.String()
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 10 {
				if text := why.String(); text != want || why.WithSources().String() == want {
					t.Errorf("%s", text)
				}
			}
		}()
	}
	group.Wait()
}

func TestTheNameOfASourceMayBeAnyBytes(t *testing.T) {
	why := whyNot().WithSources(iamlet.Source{Tag: 7, Name: "a\xffb\n\"", Map: []byte{1, 2, 3}})
	if text := why.String(); !strings.Contains(text, "a\uFFFDb") || strings.Contains(text, "b\n\"") {
		t.Errorf("%s", text)
	}
	if text := must(json.Marshal(why)); !strings.Contains(string(text), `"source":"a`+"\uFFFD"+`b\n\""`) {
		t.Errorf("%s", text)
	}
}

func TestALogHasTheStatementOfTheLayerThatIsSilent(t *testing.T) {
	near := strings.ReplaceAll(teamFolder, "s3:Get*", "s3:Put*")
	bucket := must(iamlet.Compile(iamlet.KindResource, []byte(strings.ReplaceAll(bucketOfAlice, "s3:*", "s3:Put*"))))
	sets := iamlet.Sets{identitySet(near), must(iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: bucket,
		Layer: iamlet.LayerResource}))}
	input := aliceGets("team/alice/plan")
	input.Absent &^= iamlet.AbsentResource
	why := must(sets.Explain(must(iamlet.NewRequest(input))))
	told := map[string]string{}
	for _, attr := range why.LogValue().Group() {
		told[attr.Key] = attr.Value.String()
	}
	if len(why.Statements) != 2 || why.Statements[0].Sid != "AliceHere" || why.Decision.Layer != iamlet.LayerIdentity ||
		told["sid"] != "OwnFolder" || told["role"] != "near_miss" || told["set"] != "0" {
		t.Errorf("%v: %+v", told, why)
	}
}
