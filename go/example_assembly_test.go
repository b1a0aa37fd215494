package iamlet_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"iamlet"
)

func Example_twoSteps() {
	// Once a program: the keys that the policies name have numbers.
	policy := must(iamlet.Compile(iamlet.KindIdentity, []byte(`{"Version": "2012-10-17", "Statement": {
		"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
		"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}`)))
	set := must(iamlet.NewSet(iamlet.Levels{}, iamlet.SetPolicy{Policy: policy, Layer: iamlet.LayerIdentity}))
	words := must(iamlet.NewDictionary(must(policy.ContextKeys())...))
	set = must(set.WithSlots(words)) // which finds their values without a search
	source, _ := words.Slot("aws:SourceIp")
	get := must(iamlet.PrepareAction("s3:GetObject"))

	// Once a session.
	alice := must(iamlet.PreparePrincipal(&iamlet.PrincipalInput{
		Principal:  iamlet.Principal{ARN: "arn:aws:iam::111122223333:user/alice"},
		Absent:     iamlet.AbsentAll &^ iamlet.AbsentIdentity,
		Dictionary: words,
	}))

	// Once a request.
	for _, address := range []string{"203.0.113.7", "198.51.100.7"} {
		request := must(iamlet.Assemble(alice, get, &iamlet.AssemblyInput{
			Resource: &iamlet.Resource{ARN: "arn:aws:s3:::team/plan", Account: "111122223333"},
			Context:  []iamlet.SlotEntry{{Slot: source, Values: []string{address}}},
		}))
		fmt.Println(address, must(set.Decide(request)).Effect)
	}
	// Output:
	// 203.0.113.7 allow
	// 198.51.100.7 implicit_deny
}

func ExampleDictionary() {
	words := must(iamlet.NewDictionary("aws:SourceIp", "s3:prefix", "AWS:SOURCEIP"))
	slot, found := words.Slot("S3:Prefix")
	_, other := words.Slot("aws:SourceVpc")
	fmt.Println(words.Count(), slot, found, other, words.Name(0))
	same := must(iamlet.OpenDictionary(must(words.MarshalBinary())))
	fmt.Println(same.Fingerprint() == words.Fingerprint())
	// Output:
	// 2 1 true false aws:sourceip
	// true
}

func ExampleNewDictionary() {
	_, err := iamlet.NewDictionary("aws:SourceIp", "")
	fmt.Println(err)
	// Output: iamlet: name 1 of the dictionary: context: a key has no name
}

func ExampleDictionaryError() {
	_, err := iamlet.NewDictionary("\xff")
	var failed *iamlet.DictionaryError
	fmt.Println(errors.As(err, &failed), failed.Name, errors.Is(err, iamlet.StatusNotUTF8))
	// Output: true 0 true
}

func ExampleOpenDictionary() {
	_, err := iamlet.OpenDictionary([]byte("no dictionary"))
	fmt.Println(errors.Is(err, iamlet.StatusNotAnImage))
	// Output: true
}

func ExamplePrincipalInput() {
	_, err := iamlet.PreparePrincipal(&iamlet.PrincipalInput{
		Principal: iamlet.Principal{ARN: "arn:aws:iam::111122223333:role/App"}})
	fmt.Println(errors.Is(err, iamlet.StatusRoleAsPrincipal))
	// Output: true
}

// alicesGet is what requests of Alice for an object are assembled from.
func alicesGet() (*iamlet.PreparedPrincipal, *iamlet.PreparedAction) {
	return must(iamlet.PreparePrincipal(&iamlet.PrincipalInput{
		Principal: iamlet.Principal{ARN: "arn:aws:iam::111122223333:user/alice"},
		Absent:    iamlet.AbsentAll &^ iamlet.AbsentIdentity,
	})), must(iamlet.PrepareAction("s3:GetObject"))
}

func ExamplePreparedPrincipal() {
	var alice *iamlet.PreparedPrincipal
	_, get := alicesGet()
	_, err := iamlet.Assemble(alice, get, &iamlet.AssemblyInput{})
	fmt.Println(err)
	// Output: iamlet: the memory holds no prepared principal of this version of the library
}

func ExamplePreparePrincipal() {
	alice, err := iamlet.PreparePrincipal(&iamlet.PrincipalInput{
		Principal: iamlet.Principal{ARN: "arn:aws:iam::111122223333:user/alice"}})
	fmt.Println(alice != nil, err)
	// Output: true <nil>
}

func ExamplePreparedAction() {
	var get *iamlet.PreparedAction
	alice, _ := alicesGet()
	_, err := iamlet.Assemble(alice, get, &iamlet.AssemblyInput{})
	fmt.Println(err)
	// Output: iamlet: the memory holds no prepared action of this version of the library
}

func ExamplePrepareAction() {
	_, err := iamlet.PrepareAction("s3:Get*")
	fmt.Println(err == iamlet.StatusMalformedAction)
	// Output: true
}

func ExampleSlotEntry() {
	alice, get := alicesGet()
	// This principal has no dictionary, so that no slot stands for a key.
	input := iamlet.AssemblyInput{Context: []iamlet.SlotEntry{{Slot: 0, Values: []string{"x"}}}}
	_, err := iamlet.Assemble(alice, get, &input)
	fmt.Println(err == iamlet.StatusUnknownSlot)
	// Output: true
}

func ExampleAssemblyInput() {
	alice, get := alicesGet()
	request, err := iamlet.Assemble(alice, get, &iamlet.AssemblyInput{
		Resource: &iamlet.Resource{ARN: "arn:aws:s3:::team/plan", Account: "111122223333"},
		Clock:    time.Unix(1_770_000_000, 0),
	})
	fmt.Println(request != nil, err)
	// Output: true <nil>
}

func ExampleAssemble() {
	alice, get := alicesGet()
	request := must(iamlet.Assemble(alice, get, &iamlet.AssemblyInput{
		Resource: &iamlet.Resource{ARN: "arn:aws:s3:::team/alice/plan", Account: "111122223333"}}))
	set := identitySet(teamFolder)
	fmt.Println(must(set.Decide(request)).Effect)

	// The same request, made anew.
	err := request.Assemble(alice, get, &iamlet.AssemblyInput{
		Resource: &iamlet.Resource{ARN: "arn:aws:s3:::team/bob/plan", Account: "111122223333"}})
	fmt.Println(must(set.Decide(request)).Effect, err)
	// Output:
	// allow
	// implicit_deny <nil>
}

// namesOf are the names of a dictionary in the order of their slots.
func namesOf(words *iamlet.Dictionary) (names []string) {
	for slot := range words.Count() {
		names = append(names, words.Name(uint32(slot)))
	}
	return slices.Clip(names)
}
