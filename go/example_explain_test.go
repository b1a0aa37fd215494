package iamlet_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"iamlet"
)

// regionLock allows all of S3, but in two regions alone.
const regionLock = `{"Version": "2012-10-17", "Statement": [
	{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
	{"Sid": "RegionLock", "Effect": "Deny", "Action": "*", "Resource": "*",
		"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}}]}`

// whyNot is why regionLock denies a request of Alice that names no region.
func whyNot() iamlet.Explanation {
	return must(identitySet(regionLock).Explain(must(iamlet.NewRequest(aliceGets("team/plan")))))
}

func ExampleSet_Explain() {
	why, err := identitySet(regionLock).Explain(must(iamlet.NewRequest(aliceGets("team/plan"))))
	fmt.Println(why.Decision, err)
	fmt.Println(why)
	// Output:
	// explicit_deny: a statement denies (RegionLock) <nil>
	// explicit_deny: a statement denies
	//   arn:aws:iam::111122223333:user/alice
	//   s3:GetObject
	//   arn:aws:s3:::team/plan
	// Denied by set 0, policy 0, statement 1 RegionLock, identity-based policy
	//   StringNotEquals aws:RequestedRegion: eu-central-1, eu-west-1
	//     holds: the request does not have aws:RequestedRegion, and without it
	//       StringNotEquals holds
	//     would not deny with aws:RequestedRegion one of eu-central-1, eu-west-1
	// Without this Deny: an identity-based policy allows
}

// A tag that is not fetched yet matters to reading, and to nothing else.
func ExampleRequest_NeededKeys() {
	set := identitySet(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
		"Condition": {"StringEquals": {"s3:ExistingObjectTag/class": "public"}}}}`)
	for _, action := range []string{"s3:GetObject", "s3:DeleteObject"} {
		input := aliceGets("team/alice/plan")
		input.Action = action
		input.Context = []iamlet.ContextEntry{{Key: iamlet.Key{Name: "s3:ExistingObjectTag/class"}, NotFetched: true}}
		request := must(iamlet.NewRequest(input))
		decision, err := set.Decide(request)
		fmt.Println(decision, request.NeededKeys(decision), err)
	}
	// Output:
	// implicit_deny: it depends on context keys that are not fetched yet [s3:existingobjecttag/class] <nil>
	// implicit_deny: no identity-based policy allows [] <nil>
}

func ExampleSets_Explain() {
	why, err := iamlet.Sets{identitySet(teamFolder)}.Explain(must(iamlet.NewRequest(aliceGets("team/bob/plan"))))
	fmt.Println(why, err)
	// Output:
	// implicit_deny: no identity-based policy allows
	//   arn:aws:iam::111122223333:user/alice
	//   s3:GetObject
	//   arn:aws:s3:::team/bob/plan
	// No identity-based policy allows this. One could.
	//   nearly allowed by set 0, policy 0, statement 0 OwnFolder:
	//     Resource: arn:aws:s3:::team/${aws:username}/*
	//       does not match arn:aws:s3:::team/bob/plan <nil>
}

// Which item was it, and why?
func ExampleSet_ExplainItem() {
	set := identitySet(teamFolder)
	request := must(iamlet.NewRequest(aliceGets("team/")))
	var items []*iamlet.Item
	for _, name := range []string{"alice/plan", "bob/plan"} {
		items = append(items, must(request.NewItem(&iamlet.ItemInput{
			Resource: iamlet.Resource{ARN: "arn:aws:s3:::team/" + name, Account: "111122223333"}})))
	}
	decision := must(set.DecideResources(request, items...))
	why, err := set.ExplainItem(items[decision.Item])
	fmt.Println(why.Decision.Effect, why.Statements[0].Role, why.Statements[0].Resource, err)
	fmt.Println(why.Sentence())
	// Output:
	// implicit_deny near_miss FALSE <nil>
	// User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::team/bob/plan" because no identity-based policy allows the s3:GetObject action
}

func ExampleSets_ExplainItem() {
	_, item := itemOfBucket("Own") // the item brings the bucket's policy along
	why, err := iamlet.Sets{}.ExplainItem(item)
	fmt.Println(why.Decision, why.Statements[0].Sid, why.Statements[0].Set, err)
	// Output: allow: the resource-based policy allows (Own) Own 0 <nil>
}

func ExampleExplanation() {
	why := whyNot()
	fmt.Println(why.Decision.Effect, "by", why.Denies, "else", why.WithoutDenies)
	for _, statement := range why.Statements {
		for _, condition := range statement.Conditions {
			fmt.Println(statement.Sid, condition.Key, condition.Fact, condition.Change)
		}
	}
	// Output:
	// explicit_deny by 1 else an identity-based policy allows
	// RegionLock aws:requestedregion absent one_of
}

func ExampleExplanation_WithSources() {
	why := whyNot().WithSources(iamlet.Source{Tag: 7, Name: "policies/dev.json"})
	text, err := json.MarshalIndent(why, "", "  ")
	fmt.Println(string(text), err)
	// Output:
	// {
	//   "effect": "explicit_deny",
	//   "reason": "a statement denies",
	//   "reason_code": 1,
	//   "layer": "identity",
	//   "level": 0,
	//   "without_denies": "an identity-based policy allows",
	//   "denies": 1,
	//   "needs": [],
	//   "principal": "arn:aws:iam::111122223333:user/alice",
	//   "action": "s3:GetObject",
	//   "resource": "arn:aws:s3:::team/plan",
	//   "silent_layers": [],
	//   "statements": [
	//     {
	//       "role": "decides",
	//       "effect": "Deny",
	//       "layer": "identity",
	//       "level": 0,
	//       "set": 0,
	//       "policy": 0,
	//       "statement": 1,
	//       "tag": 7,
	//       "sid": "RegionLock",
	//       "source": "policies/dev.json",
	//       "action": "TRUE",
	//       "resource": "TRUE",
	//       "principal": "TRUE",
	//       "conditions_hold": "TRUE",
	//       "conditions": [
	//         {
	//           "operator": "StringNotEquals",
	//           "key": "aws:RequestedRegion",
	//           "values": [
	//             "eu-central-1",
	//             "eu-west-1"
	//           ],
	//           "sent": [],
	//           "truth": "TRUE",
	//           "fact": "absent",
	//           "change": "one_of"
	//         }
	//       ]
	//     }
	//   ]
	// } <nil>
}

func ExampleExplanation_LogValue() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	log.Info("denied", "why", whyNot().WithSources(iamlet.Source{Tag: 7, Name: "dev.json"}))
	// Output: level=INFO msg=denied why.effect=explicit_deny why.reason="a statement denies" why.role=decides why.layer="identity-based policy" why.level=0 why.source=dev.json why.set=0 why.policy=0 why.statement=1 why.sid=RegionLock why.tag=7 why.key=aws:requestedregion why.fact=absent
}

// withoutTime leaves the time out of a log.
func withoutTime(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return attr
}

// Clients get this text, and no other.
func ExampleExplanation_ClientText() {
	fmt.Println(whyNot().ClientText())
	fmt.Println(iamlet.Explanation{}.ClientText())
	// Output:
	// explicit deny in an identity-based policy
	// denied
}

func ExampleExplanation_Simulation() {
	var result struct {
		EvalDecision         string
		MissingContextValues []string
	}
	err := json.Unmarshal(whyNot().Simulation(), &result)
	fmt.Println(result.EvalDecision, result.MissingContextValues, err)
	// Output: explicitDeny [aws:RequestedRegion] <nil>
}

func ExampleSource() {
	// One line and one column of each statement, four bytes each.
	lines := []byte{2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0}
	why := whyNot().WithSources(iamlet.Source{Tag: 7, Name: "dev.json", Map: lines})
	var told struct {
		Statements []struct {
			Source string
			Line   int
		}
	}
	err := json.Unmarshal(must(json.Marshal(why)), &told)
	fmt.Println(told.Statements[0].Source, told.Statements[0].Line, err)
	// Output: dev.json 3 <nil>
}

func ExampleSilentLayer() {
	why := must(identitySet(teamFolder).Explain(must(iamlet.NewRequest(aliceGets("team/bob/plan")))))
	for _, silent := range why.SilentLayers {
		fmt.Println(silent.Layer, silent.Need, silent.IsThere)
	}
	// Output:
	// resource-based policy one_way false
	// identity-based policy one_way true
}

func ExampleExplainedStatement() {
	statement := whyNot().Statements[0]
	fmt.Println(statement.Role, statement.Effect, statement.Layer, statement.Policy, statement.Statement, statement.Tag)
	fmt.Println(statement.Action, statement.Resource, statement.Principal, statement.ConditionsHold)
	// Output:
	// decides explicit_deny identity-based policy 0 1 7
	// TRUE TRUE TRUE TRUE
}

func ExampleExplainedCondition() {
	input := aliceGets("team/plan")
	input.Context = []iamlet.ContextEntry{iamlet.Entry("aws:RequestedRegion", "us-east-1")}
	why := must(identitySet(regionLock).Explain(must(iamlet.NewRequest(input))))
	condition := why.Statements[0].Conditions[0]
	fmt.Println(condition.Key, condition.Truth, condition.Fact, condition.Sent, condition.Change)
	// Output: aws:requestedregion TRUE no_match 0 one_of
}

func ExampleRole() {
	fmt.Println(iamlet.RoleDecides, iamlet.RoleNearMiss, iamlet.RoleNearest, iamlet.Role(9))
	// Output: decides near_miss nearest Role(9)
}

func ExampleNeed() {
	fmt.Println(iamlet.NeedNeeded, iamlet.NeedOneWay)
	// Output: needed one_way
}

func ExampleTruth() {
	fmt.Println(iamlet.TruthFalse, iamlet.TruthIndet, iamlet.TruthTrue, iamlet.Truth(9))
	// Output: FALSE INDET TRUE Truth(9)
}

func ExampleFact() {
	text, err := json.Marshal([]iamlet.Fact{iamlet.FactAbsent, iamlet.FactNoMatch, iamlet.FactVariableWithoutValue})
	fmt.Println(string(text), err)
	// Output: ["absent","no_match","variable_without_value"] <nil>
}

func ExampleChange() {
	fmt.Println(iamlet.ChangeOneOf, iamlet.ChangeNoneOf, iamlet.ChangePresent, iamlet.ChangeAbsent)
	// Output: one_of none_of present absent
}
