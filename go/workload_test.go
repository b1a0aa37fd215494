package iamlet_test

import (
	"encoding/json"
	"os"
	"testing"

	"iamlet"
)

// workload is a file of benches/data, ready to be decided.
type workload struct {
	set      *iamlet.Set
	inputs   []*iamlet.RequestInput
	requests []*iamlet.Request
	expected []string
}

// workloadFile is the form that benches/README.md tells.
type workloadFile struct {
	Policies []struct {
		Layer    string
		Level    int
		Document json.RawMessage
	}
	Requests []struct {
		Principal       string
		Action          string
		Resource        string
		ResourceAccount string `json:"resource_account"`
		Context         map[string][]string
		Expected        string
	}
}

func readWorkload(t testing.TB, name string) *workload {
	t.Helper()
	text, err := os.ReadFile("../benches/data/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var file workloadFile
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	places := map[string]struct {
		kind   iamlet.Kind
		layer  iamlet.Layer
		absent iamlet.Absent
	}{
		"identity": {iamlet.KindIdentity, iamlet.LayerIdentity, iamlet.AbsentIdentity},
		"scp":      {iamlet.KindSCPFull, iamlet.LayerSCP, iamlet.AbsentSCP},
		"boundary": {iamlet.KindBoundary, iamlet.LayerBoundary, iamlet.AbsentBoundary},
		"session":  {iamlet.KindSession, iamlet.LayerSession, iamlet.AbsentSession},
	}
	absent := iamlet.AbsentOrganization | iamlet.AbsentResource | iamlet.AbsentIdentity | iamlet.AbsentBoundary |
		iamlet.AbsentSession | iamlet.AbsentEndpoint
	var list []iamlet.SetPolicy
	var levels iamlet.Levels
	for _, one := range file.Policies {
		place := places[one.Layer]
		policy, err := iamlet.Compile(place.kind, one.Document)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, iamlet.SetPolicy{Policy: policy, Layer: place.layer, Level: one.Level})
		absent &^= place.absent
		if one.Layer == "scp" {
			levels.SCP = max(levels.SCP, one.Level+1)
		}
	}
	w := &workload{}
	if w.set, err = iamlet.NewSet(levels, list...); err != nil {
		t.Fatal(err)
	}
	keys := map[string]iamlet.Key{}
	for i := 0; i < len(file.Requests); i += oneOf {
		one := &file.Requests[i]
		input := &iamlet.RequestInput{
			Principal: iamlet.Principal{Type: iamlet.PrincipalTypeOfARN(one.Principal), ARN: one.Principal},
			Action:    one.Action,
			Resource:  &iamlet.Resource{ARN: one.Resource, Account: one.ResourceAccount},
			Absent:    absent,
		}
		if input.Principal.Type == iamlet.PrincipalRoleSession {
			input.Principal.RoleARN = one.Context["aws:PrincipalArn"][0]
		}
		for name, values := range one.Context {
			if _, isThere := keys[name]; !isThere {
				keys[name] = must(iamlet.PrepareKey(name))
			}
			input.Context = append(input.Context, keys[name].With(values...))
		}
		request, err := iamlet.NewRequest(input)
		if err != nil {
			t.Fatal(err)
		}
		w.inputs = append(w.inputs, input)
		w.requests = append(w.requests, request)
		w.expected = append(w.expected, one.Expected)
	}
	return w
}

func TestEveryRequestOfTheWorkloadsIsDecidedAsExpected(t *testing.T) {
	for _, name := range []string{"w1", "w2", "w3-1k", "w4"} {
		w := readWorkload(t, name)
		for i, request := range w.requests {
			decision, err := w.set.Decide(request)
			if err != nil || decision.Effect.String() != w.expected[i] {
				t.Errorf("%s: request %d: %v, %v, not %s", name, i, decision, err, w.expected[i])
			}
		}
		if len(w.requests) < 20/oneOf {
			t.Errorf("%s has %d requests", name, len(w.requests))
		}
	}
}
