package iamlet_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"iamlet"
)

func ExampleVersion() {
	fmt.Println(iamlet.Version())
	// Output: 0.2.0
}

func ExampleKind() {
	fmt.Println(iamlet.KindIdentity, iamlet.KindSCPFull, iamlet.Kind(99))
	// Output: identity scp_full Kind(99)
}

func ExampleLayer() {
	fmt.Println(iamlet.LayerSCP, iamlet.LayerBoundary, iamlet.Layer(0))
	// Output: service control policy permissions boundary Layer(0)
}

func ExampleEffect() {
	var effect iamlet.Effect
	fmt.Println(effect, iamlet.ExplicitDeny, iamlet.Allow)
	// Output: implicit_deny explicit_deny allow
}

func ExampleReason() {
	fmt.Println(iamlet.ReasonRootUser)
	// Output: the root user of the owning account needs no Allow
}

func ExampleStatus() {
	var err error = iamlet.StatusMissingLayer
	fmt.Println(iamlet.StatusOK.String())
	fmt.Println(err)
	// Output:
	// done
	// iamlet: no set has some layers that apply, and the request does not declare them absent
}

func ExampleFault() {
	fmt.Println(iamlet.FaultJSONSyntax)
	// Output: JSON_SYNTAX
}

func ExampleFault_Explain() {
	fmt.Println(iamlet.FaultJSONSyntax.Explain())
	// Output: the document is not well-formed JSON
}

func ExamplePool() {
	many := []byte(`{"Version": "2012-10-17", "Statement": [`)
	for i := range 5000 {
		many = fmt.Appendf(many, `{"Sid": "S%d", "Effect": "Deny", "Action": "*", "Resource": "*"},`, i)
	}
	many[len(many)-1] = ']'
	_, err := iamlet.Compile(iamlet.KindIdentity, append(many, '}'))
	var refused *iamlet.DocumentError
	fmt.Println(errors.As(err, &refused), refused.Fault, refused.Pool, iamlet.PoolText)
	// Output: true CAPACITY statements text
}

func ExampleDetail() {
	_, err := iamlet.Compile(iamlet.KindIdentity, []byte(`{"Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:11112222333:q"}}`))
	var refused *iamlet.DocumentError
	fmt.Println(errors.As(err, &refused), refused.Detail, refused.Part, refused.Detail == iamlet.DetailAccountLength)
	fmt.Println(err)
	// Output:
	// true ACCOUNT_LENGTH 11112222333 true
	// iamlet: 2:67: BAD_RESOURCE the account field `11112222333` has 11 digits, not 12 (/Statement/Resource)
}

func ExamplePrincipal() {
	session := iamlet.Principal{
		Type:    iamlet.PrincipalRoleSession,
		ARN:     "arn:aws:sts::111122223333:assumed-role/Deploy/build-7",
		RoleARN: "arn:aws:iam::111122223333:role/teams/Deploy",
	}
	input := aliceGets("team/plan")
	input.Principal = session
	fmt.Println(identitySet(fullAccess).Decide(must(iamlet.NewRequest(input))))
	// Output: allow: an identity-based policy allows <nil>
}

func ExamplePrincipalType() {
	fmt.Println(iamlet.PrincipalRoleSession, iamlet.PrincipalSAML)
	// Output: role session SAML identity
}

func ExamplePrincipalTypeOfARN() {
	fmt.Println(iamlet.PrincipalTypeOfARN("arn:aws:iam::111122223333:user/alice"))
	fmt.Println(iamlet.PrincipalTypeOfARN("arn:aws:iam::111122223333:role/Deploy")) // roles make no requests
	// Output:
	// user
	// derived
}

func ExampleResource() {
	input := aliceGets("")
	input.Action = "ec2:StopInstances"
	input.Resource = &iamlet.Resource{ARN: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"} // the ARN names the account
	fmt.Println(identitySet(fullAccess).Decide(must(iamlet.NewRequest(input))))
	// Output: allow: an identity-based policy allows <nil>
}

func ExampleResourceKind() {
	fmt.Println(iamlet.ResourceOrdinary, iamlet.ResourceKMSKey, iamlet.ResourceRole)
	// Output: ordinary resource KMS key role
}

func ExampleResourceKindOf() {
	fmt.Println(iamlet.ResourceKindOf("sts:AssumeRole", "arn:aws:iam::111122223333:role/Deploy"))
	fmt.Println(iamlet.ResourceKindOf("iam:GetRole", "arn:aws:iam::111122223333:role/Deploy"))
	// Output:
	// role
	// ordinary resource
}

func ExampleAbsent() {
	fmt.Println(iamlet.AbsentOrganization | iamlet.AbsentBoundary)
	fmt.Println(iamlet.AbsentAll &^ iamlet.AbsentIdentity)
	// Output:
	// SCP|RCP|boundary
	// SCP|RCP|resource|boundary|session|endpoint
}

func ExampleKey() {
	fmt.Println(iamlet.Key{Name: "aws:SourceIp"}.Name)
	// Output: aws:SourceIp
}

func ExamplePrepareKey() {
	region, err := iamlet.PrepareKey("aws:RequestedRegion")
	input := aliceGets("team/alice/plan")
	input.Context = []iamlet.ContextEntry{region.With("us-east-1")}
	fmt.Println(identitySet(onlyEurope).Decide(must(iamlet.NewRequest(input))))
	fmt.Println(err)
	// Output:
	// explicit_deny: a statement denies (OnlyEurope) <nil>
	// <nil>
}

func ExampleKey_With() {
	entry := iamlet.Key{Name: "aws:TagKeys"}.With("team", "stage")
	fmt.Println(entry.Key.Name, entry.Values)
	// Output: aws:TagKeys [team stage]
}

func ExampleContextEntry() {
	set := identitySet(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
	    "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}}}`)
	input := aliceGets("team/alice/plan")
	input.Context = []iamlet.ContextEntry{{
		Key: iamlet.Key{Name: "aws:TagKeys"}, Values: []string{"team"}, Multivalued: true}}
	fmt.Println(set.Decide(must(iamlet.NewRequest(input))))
	// Output: allow: an identity-based policy allows <nil>
}

func ExampleEntry() {
	entry := iamlet.Entry("aws:SourceIp", "10.0.0.1")
	fmt.Println(entry.Key.Name, entry.Values, entry.Multivalued)
	// Output: aws:SourceIp [10.0.0.1] false
}

func ExampleRequestInput() {
	request, err := iamlet.NewRequest(&iamlet.RequestInput{
		Principal: iamlet.Principal{Type: iamlet.PrincipalAnonymous},
		Action:    "s3:GetObject",
		Resource:  &iamlet.Resource{ARN: "arn:aws:s3:::site/index.html", Account: "111122223333"},
		Absent:    iamlet.AbsentAll,
	})
	fmt.Println(err)
	fmt.Println(iamlet.Sets{}.Decide(request))
	// Output:
	// <nil>
	// implicit_deny: the resource-based policy does not allow <nil>
}

func ExampleNewRequest() {
	input := aliceGets("team/alice/plan")
	input.Action = "s3:Get*"
	_, err := iamlet.NewRequest(input)
	fmt.Println(errors.Is(err, iamlet.StatusMalformedAction), err)
	// Output: true iamlet: action: it is not one concrete `prefix:Name`
}

// One Request may be made anew for each request that a server gets, in the same memory.
func ExampleRequest_Reset() {
	set := identitySet(teamFolder)
	var request iamlet.Request
	for _, object := range []string{"team/alice/plan", "team/bob/plan"} {
		if err := request.Reset(aliceGets(object)); err != nil {
			fmt.Println("denied:", err)
			continue
		}
		decision, err := set.Decide(&request)
		fmt.Println(decision.Effect, err)
	}
	// Output:
	// allow <nil>
	// implicit_deny <nil>
}

func ExampleRequest() {
	request := must(iamlet.NewRequest(aliceGets("team/alice/plan")))
	fmt.Println(identitySet(teamFolder).Decide(request))
	fmt.Println(identitySet(onlyEurope).Decide(request))
	// Output:
	// allow: an identity-based policy allows (OwnFolder) <nil>
	// explicit_deny: a statement denies (OnlyEurope) <nil>
}

func ExampleRequest_NewItem() {
	request := must(iamlet.NewRequest(aliceGets("team/")))
	item, err := request.NewItem(&iamlet.ItemInput{
		Resource: iamlet.Resource{ARN: "arn:aws:s3:::team/alice/plan", Account: "111122223333"},
	})
	fmt.Println(item != nil, err)
	// Output: true <nil>
}

func ExampleItem() {
	request, item := itemOfBucket("Own")
	fmt.Println(identitySet(teamFolder).DecideResources(request, item)) // the request declares identity policies absent
	// Output: implicit_deny: a set has layers that the request declares absent iamlet: a set has layers that the request declares absent: identity
}

func ExampleItemInput() {
	set := identitySet(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
	    "Condition": {"StringEquals": {"aws:ResourceTag/stage": "test"}}}}`)
	request := must(iamlet.NewRequest(aliceGets("team/")))
	item := must(request.NewItem(&iamlet.ItemInput{
		Resource: iamlet.Resource{ARN: "arn:aws:s3:::team/x", Account: "111122223333"},
		Context:  []iamlet.ContextEntry{iamlet.Entry("aws:ResourceTag/stage", "test")},
	}))
	fmt.Println(set.DecideResources(request, item))
	// Output: allow: an identity-based policy allows <nil>
}

func ExampleDecision() {
	var decision iamlet.Decision
	fmt.Println(decision.Effect, decision.Allowed())
	// Output: implicit_deny false
}

func ExampleDecision_Allowed() {
	decision, _ := identitySet(teamFolder).Decide(must(iamlet.NewRequest(aliceGets("team/alice/plan"))))
	fmt.Println(decision.Allowed())
	// Output: true
}

func ExampleDecision_Err() {
	decisions := make([]iamlet.Decision, 1)
	_ = identitySet(teamFolder).DecideBatch([]*iamlet.Request{nil}, decisions)
	fmt.Println(decisions[0].Err())
	// Output: iamlet: the memory holds no prepared request or item of this version of the library
}

func ExampleDecisionError() {
	input := aliceGets("team/alice/plan")
	input.Absent &^= iamlet.AbsentSession // which layer is in no set
	_, err := identitySet(teamFolder).Decide(must(iamlet.NewRequest(input)))
	var failed *iamlet.DecisionError
	fmt.Println(errors.As(err, &failed), failed.Status() == iamlet.StatusMissingLayer, failed.Layers())
	fmt.Println(failed.Error())
	fmt.Println(failed.Unwrap() == iamlet.StatusMissingLayer)
	// Output:
	// true true session
	// iamlet: no set has some layers that apply, and the request does not declare them absent: session
	// true
}

func ExampleKind_UnmarshalText() {
	var config struct {
		Kind  iamlet.Kind
		Layer iamlet.Layer
	}
	fmt.Println(json.Unmarshal([]byte(`{"Kind": "scp_full", "Layer": "scp"}`), &config), config.Kind == iamlet.KindSCPFull)
	text, err := json.Marshal(config)
	fmt.Println(string(text), err)
	fmt.Println(config.Kind.UnmarshalText([]byte("bucket")))
	fmt.Println(config.Layer.UnmarshalText([]byte("bucket")))
	// Output:
	// <nil> true
	// {"Kind":"scp_full","Layer":"scp"} <nil>
	// iamlet: no kind of policies has this name: "bucket"
	// iamlet: no layer has this name: "bucket"
}

func ExampleDecision_LogValue() {
	decision, _ := identitySet(teamFolder).Decide(must(iamlet.NewRequest(aliceGets("team/alice/plan"))))
	withoutTime := func(_ []string, attribute slog.Attr) slog.Attr {
		if attribute.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return attribute
	}
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	log.Info("asked", "decision", decision)
	log.Info("asked", "decision", iamlet.Decision{Status: iamlet.StatusMissingLayer, Layers: iamlet.AbsentSCP | iamlet.AbsentRCP})
	// Output:
	// level=INFO msg=asked decision.effect=allow decision.reason="an identity-based policy allows" decision.layer="identity-based policy" decision.level=0 decision.set=0 decision.policy=0 decision.statement=0 decision.sid=OwnFolder decision.tag=7
	// level=INFO msg=asked decision.effect=implicit_deny decision.status="no set has some layers that apply, and the request does not declare them absent" decision.layers=SCP|RCP
}

func ExampleRequestError() {
	input := aliceGets("team/alice/plan")
	input.Principal.UniqueID = "AIDA\xff"
	_, err := iamlet.NewRequest(input)
	var wrong *iamlet.RequestError
	fmt.Println(errors.As(err, &wrong), wrong.Member, wrong.Unwrap() == iamlet.StatusNotUTF8)
	fmt.Println(wrong.Error())
	// Output:
	// true principal.unique_id true
	// iamlet: principal.unique_id: a text is not UTF-8
}
