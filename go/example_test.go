package iamlet_test

import (
	"errors"
	"fmt"
	"slices"

	"iamlet"
)

// The lines from Compile to Println are those of the README.
func Example() {
	policy, err1 := iamlet.Compile(iamlet.KindIdentity, []byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
		"Action": "s3:Get*", "Resource": "arn:aws:s3:::team/${aws:username}/*"}}`))
	set, err2 := iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: policy, Layer: iamlet.LayerIdentity, Tag: 7})
	request, err3 := iamlet.NewRequest(&iamlet.RequestInput{
		Principal: iamlet.Principal{Type: iamlet.PrincipalUser, ARN: "arn:aws:iam::111122223333:user/alice"},
		Action:    "s3:GetObject", Resource: &iamlet.Resource{ARN: "arn:aws:s3:::team/alice/plan", Account: "111122223333"},
		Absent: iamlet.AbsentAll &^ iamlet.AbsentIdentity})
	decision, err4 := set.Decide(request) // a nil set or request is an error as well, and an error denies
	fmt.Println(decision.Allowed(), decision, errors.Join(err1, err2, err3, err4))
	// Output: true allow: an identity-based policy allows <nil>
}

func ExampleCompile() {
	_, err := iamlet.Compile(iamlet.KindIdentity, []byte(`{"Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "my-bucket"}}`))
	var refused *iamlet.DocumentError
	if errors.As(err, &refused) {
		fmt.Println(refused.Line, refused.Column, refused.Fault, refused.Pointer)
	}
	// Output: 2 66 BAD_RESOURCE /Statement/Resource
}

func ExampleDocumentError() {
	_, err := iamlet.Compile(iamlet.KindIdentity, []byte(`{"Statement": []`))
	var refused *iamlet.DocumentError
	fmt.Println(errors.As(err, &refused), errors.Is(err, iamlet.StatusDocumentRefused), errors.Unwrap(err))
	fmt.Println(refused.Offset, refused.Error())
	// Output:
	// true true iamlet: the policy document is refused; the error says why and where
	// 16 iamlet: 1:17: JSON_SYNTAX the document is not well-formed JSON
}

func ExampleEnforceQuotas() {
	document := []byte(`{"Version": "2012-10-17", "Statement": {"Sid": "中", "Effect": "Deny", "Action": "*", "Resource": "*"}}`)
	_, err := iamlet.Compile(iamlet.KindIdentity, document, iamlet.EnforceQuotas())
	fmt.Println(err)
	// Output: iamlet: 1:49: BAD_CHARACTER IAM accepts no such character
}

func ExampleQuotaBytes() {
	_, err := iamlet.Compile(iamlet.KindIdentity, []byte(fullAccess), iamlet.QuotaBytes(50))
	fmt.Println(err)
	// Output: iamlet: 1:1: TOO_LARGE the document exceeds the upload limit of its kind
}

func ExampleAssumeVersion2012() {
	document := []byte(`{"Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}`)
	policy, err := iamlet.Compile(iamlet.KindSCPClassic, document, iamlet.AssumeVersion2012())
	fmt.Println(policy, err)
	// Output: scp_classic policy, statements: 1 <nil>
}

func ExampleCompileOption() {
	options := []iamlet.CompileOption{iamlet.EnforceQuotas(), iamlet.AssumeVersion2012()}
	policy, err := iamlet.Compile(iamlet.KindSCPFull, []byte(`{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`), options...)
	fmt.Println(policy, err)
	// Output: scp_full policy, statements: 1 <nil>
}

func ExamplePolicy() {
	policy := must(iamlet.Compile(iamlet.KindIdentity, []byte(fullAccess)))
	stored := append([]byte(nil), policy...) // a file, for one
	fmt.Println(iamlet.Policy(stored))
	fmt.Println(iamlet.Policy(stored[1:]))
	// Output:
	// identity policy, statements: 1
	// no policy: these bytes do not begin as an image or set does
}

func ExamplePolicy_Info() {
	policy := must(iamlet.Compile(iamlet.KindIdentity, []byte(fullAccess)))
	info, err := policy.Info()
	fmt.Println(info.Kind, info.Statements, info.Version2012, err)
	// Output: identity 1 true <nil>
}

func ExamplePolicy_ContextKeys() {
	policy := must(iamlet.Compile(iamlet.KindIdentity, []byte(`{"Version": "2012-10-17", "Statement": {
		"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*",
		"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}}`)))
	names, err := policy.ContextKeys()
	slices.Sort(names)
	fmt.Println(names, err)
	// Output: [aws:sourceip aws:username] <nil>
}

func ExamplePolicyInfo() {
	fmt.Println(iamlet.PolicyInfo{Kind: iamlet.KindRCP, Statements: 3})
	// Output: rcp policy, statements: 3
}

func ExampleSet_Info() {
	policy := iamlet.SetPolicy{
		Policy: must(iamlet.Compile(iamlet.KindIdentity, []byte(fullAccess))), Layer: iamlet.LayerIdentity,
	}
	for _, count := range []int{0, 11, 12} {
		info := must(iamlet.NewSet(iamlet.Levels{SCP: 2}, slices.Repeat([]iamlet.SetPolicy{policy}, count)...)).Info()
		fmt.Println(info.Policies, info.Statements, info.Levels, info.Layers, info.Indexed)
	}
	// Output:
	// 0 0 {2 0} [service control policy] false
	// 11 11 {2 0} [service control policy identity-based policy] false
	// 12 12 {2 0} [service control policy identity-based policy] true
}

func ExampleSetInfo() {
	set := must(iamlet.NewSet(iamlet.Levels{RCP: 1}))
	fmt.Printf("%+v\n", set.Info())
	// Output: {Policies:0 Statements:0 Levels:{SCP:0 RCP:1} Layers:[resource control policy] Indexed:false}
}

func ExampleNewSet() {
	everything := must(iamlet.Compile(iamlet.KindSCPFull, []byte(fullAccess)))
	europe := must(iamlet.Compile(iamlet.KindSCPFull, []byte(onlyEurope)))
	organization, err := iamlet.NewSet(iamlet.Levels{SCP: 2},
		iamlet.SetPolicy{Policy: everything, Layer: iamlet.LayerSCP, Level: 0},
		iamlet.SetPolicy{Policy: europe, Layer: iamlet.LayerSCP, Level: 0, Tag: 1},
		iamlet.SetPolicy{Policy: everything, Layer: iamlet.LayerSCP, Level: 1},
	)
	input := aliceGets("team/alice/plan")
	input.Absent &^= iamlet.AbsentSCP
	input.Context = []iamlet.ContextEntry{iamlet.Entry("aws:RequestedRegion", "us-east-1")}
	decision := must(iamlet.Sets{organization, identitySet(teamFolder)}.Decide(must(iamlet.NewRequest(input))))
	fmt.Println(decision, decision.Layer, decision.Tag, err)
	// Output: explicit_deny: a statement denies (OnlyEurope) service control policy 1 <nil>
}

func ExampleSetPolicy() {
	policy := must(iamlet.Compile(iamlet.KindBoundary, []byte(fullAccess)))
	set, err := iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: policy, Layer: iamlet.LayerBoundary, Tag: 42})
	fmt.Println(set != nil, err)
	// Output: true <nil>
}

func ExampleLevels() {
	silent := must(iamlet.NewSet(iamlet.Levels{SCP: 1})) // a level without policies allows nothing
	input := aliceGets("team/alice/plan")
	input.Absent &^= iamlet.AbsentSCP
	fmt.Println(iamlet.Sets{silent, identitySet(fullAccess)}.Decide(must(iamlet.NewRequest(input))))
	// Output: implicit_deny: no service control policy of a level allows <nil>
}

func ExampleSetError() {
	policy := must(iamlet.Compile(iamlet.KindIdentity, []byte(fullAccess)))
	_, err := iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: policy, Layer: iamlet.LayerBoundary})
	var failed *iamlet.SetError
	fmt.Println(errors.As(err, &failed), failed.Policy, errors.Unwrap(err) == iamlet.StatusWrongLayer)
	fmt.Println(failed.Error())
	// Output:
	// true 0 true
	// iamlet: policy 0 of the set: a policy is of a kind that does not apply at its layer
}

func ExampleSet() {
	set := identitySet(teamFolder)
	fmt.Println(set.Decide(must(iamlet.NewRequest(aliceGets("team/bob/plan")))))
	fmt.Println((*iamlet.Set)(nil))
	// Output:
	// implicit_deny: no identity-based policy allows <nil>
	// no policy set
}

func ExampleSet_Decide() {
	set := identitySet(teamFolder)
	decision, err := set.Decide(must(iamlet.NewRequest(aliceGets("team/alice/plan"))))
	if err != nil || !decision.Allowed() {
		fmt.Println("denied:", err)
		return
	}
	fmt.Println(decision.Effect, decision.Layer, decision.Policy, decision.Statement, decision.Tag, decision.Sid)
	// Output: allow identity-based policy 0 0 7 OwnFolder
}

func ExampleSet_DecideBatch() {
	set := identitySet(teamFolder)
	requests := []*iamlet.Request{
		must(iamlet.NewRequest(aliceGets("team/alice/plan"))),
		must(iamlet.NewRequest(aliceGets("team/bob/plan"))),
	}
	decisions := make([]iamlet.Decision, len(requests))
	err := set.DecideBatch(requests, decisions)
	fmt.Println(decisions[0].Effect, decisions[1].Effect, err)
	// Output: allow implicit_deny <nil>
}

// Which of these objects may Alice read?
func ExampleSet_DecideItems() {
	set := identitySet(teamFolder)
	request := must(iamlet.NewRequest(aliceGets("team/")))
	var items []*iamlet.Item
	for _, arn := range []string{"arn:aws:s3:::team/alice/plan", "arn:aws:s3:::team/bob/plan"} {
		items = append(items, must(request.NewItem(&iamlet.ItemInput{
			Resource: iamlet.Resource{ARN: arn, Account: "111122223333"}})))
	}
	decisions := make([]iamlet.Decision, len(items))
	err := set.DecideItems(items, decisions)
	fmt.Println(decisions[0].Allowed(), decisions[1].Allowed(), err)
	// Output: true false <nil>
}

// A list that shows only what Alice may read.
func ExampleSet_Filter() {
	set := identitySet(teamFolder)
	request := must(iamlet.NewRequest(aliceGets("team/")))
	names := []string{"alice/plan", "bob/plan", "alice/notes"}
	var items []*iamlet.Item
	for _, name := range names {
		items = append(items, must(request.NewItem(&iamlet.ItemInput{
			Resource: iamlet.Resource{ARN: "arn:aws:s3:::team/" + name, Account: "111122223333"}})))
	}
	allowed := make([]bool, len(items))
	if err := set.Filter(request, items, allowed); err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range names {
		if allowed[i] {
			fmt.Println(name)
		}
	}
	// Output:
	// alice/plan
	// alice/notes
}

func ExampleSets_Filter() {
	sets := iamlet.Sets{identitySet(teamFolder), identitySet(onlyEurope)}
	request := must(iamlet.NewRequest(aliceGets("team/")))
	allowed := make([]bool, 1)
	err := sets.Filter(request, []*iamlet.Item{nil}, allowed)
	fmt.Println(allowed, err != nil)
	// Output: [false] true
}

func ExampleSet_DecideResources() {
	set := identitySet(teamFolder)
	request := must(iamlet.NewRequest(aliceGets("team/")))
	own := must(request.NewItem(&iamlet.ItemInput{
		Resource: iamlet.Resource{ARN: "arn:aws:s3:::team/alice/plan", Account: "111122223333"}}))
	bobs := must(request.NewItem(&iamlet.ItemInput{
		Resource: iamlet.Resource{ARN: "arn:aws:s3:::team/bob/plan", Account: "111122223333"}}))
	decision, err := set.DecideResources(request, own, bobs)
	fmt.Println(decision, decision.Item, err)
	// Output: implicit_deny: no identity-based policy allows 1 <nil>
}

func ExampleSet_MarshalBinary() {
	data, err := identitySet(teamFolder).MarshalBinary()
	set, err2 := iamlet.OpenSet(data)
	fmt.Println(set != nil, err, err2)
	// Output: true <nil> <nil>
}

func ExampleOpenSet() {
	_, err := iamlet.OpenSet([]byte("something else"))
	fmt.Println(errors.Is(err, iamlet.StatusNotAnImage), err)
	// Output: true iamlet: these bytes do not begin as an image or set does
}

func ExampleSets() {
	silent := must(iamlet.NewSet(iamlet.Levels{}))
	fmt.Println(iamlet.Sets{silent, identitySet(fullAccess)}.Decide(must(iamlet.NewRequest(aliceGets("a/b")))))
	// Output: allow: an identity-based policy allows <nil>
}

func ExampleSets_Decide() {
	bucketPolicy := must(iamlet.Compile(iamlet.KindResource, []byte(bucketOfAlice)))
	bucket := must(iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: bucketPolicy, Layer: iamlet.LayerResource}))
	user := identitySet(teamFolder)
	input := aliceGets("other/plan")
	input.Absent &^= iamlet.AbsentResource
	decision, err := iamlet.Sets{user, bucket}.Decide(must(iamlet.NewRequest(input)))
	fmt.Println(decision, decision.Set, err)
	// Output: allow: the resource-based policy allows (AliceHere) 1 <nil>
}

func ExampleSets_DecideBatch() {
	sets := iamlet.Sets{identitySet(teamFolder), identitySet(onlyEurope)}
	requests := []*iamlet.Request{must(iamlet.NewRequest(aliceGets("team/alice/plan"))), nil}
	decisions := make([]iamlet.Decision, 2)
	err := sets.DecideBatch(requests, decisions)
	fmt.Println(decisions[0])
	fmt.Println(decisions[1], err == decisions[1].Err())
	// Output:
	// explicit_deny: a statement denies (OnlyEurope)
	// implicit_deny: the memory holds no prepared request or item of this version of the library true
}

func ExampleSets_DecideItems() {
	request, item := itemOfBucket("Own")
	decisions := make([]iamlet.Decision, 1)
	err := iamlet.Sets{}.DecideItems([]*iamlet.Item{item}, decisions)
	fmt.Println(request, decisions[0], err)
	// Output: request of 439 bytes allow: the resource-based policy allows (Own) <nil>
}

func ExampleSets_DecideResources() {
	request, item := itemOfBucket("Own") // the item brings the bucket's policy along
	fmt.Println(iamlet.Sets{}.DecideResources(request, item))
	// Output: allow: the resource-based policy allows (Own) <nil>
}
