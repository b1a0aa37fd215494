package iamlet_test

import (
	"testing"

	"iamlet"
)

const (
	alice      = "arn:aws:iam::111122223333:user/alice"
	teamFolder = `{"Version": "2012-10-17", "Statement": {"Sid": "OwnFolder", "Effect": "Allow", "Action": "s3:Get*",
    "Resource": "arn:aws:s3:::team/${aws:username}/*"}}`
	fullAccess = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`
	onlyEurope = `{"Version": "2012-10-17", "Statement": {"Sid": "OnlyEurope", "Effect": "Deny", "Action": "*",
    "Resource": "*", "Condition": {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}}}`
	bucketOfAlice = `{"Version": "2012-10-17", "Statement": {"Sid": "AliceHere", "Effect": "Allow", "Action": "s3:*",
    "Principal": {"AWS": "` + alice + `"}, "Resource": "*"}}`
	absentButIdentity = iamlet.AbsentOrganization | iamlet.AbsentResource | iamlet.AbsentBoundary |
		iamlet.AbsentSession | iamlet.AbsentEndpoint
)

// must is the value, for samples that are right.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// identitySet is a set of one identity policy with the tag 7.
func identitySet(document string) *iamlet.Set {
	policy := must(iamlet.Compile(iamlet.KindIdentity, []byte(document)))
	return must(iamlet.NewSet(iamlet.Levels{},
		iamlet.SetPolicy{Policy: policy, Layer: iamlet.LayerIdentity, Tag: 7}))
}

// aliceGets is a request of Alice for an object, with an identity policy and no other layer.
func aliceGets(object string) *iamlet.RequestInput {
	return &iamlet.RequestInput{
		Principal: iamlet.Principal{Type: iamlet.PrincipalUser, ARN: alice},
		Action:    "s3:GetObject",
		Resource:  &iamlet.Resource{ARN: "arn:aws:s3:::" + object, Account: "111122223333"},
		Absent:    absentButIdentity,
	}
}

// refuses fails where a decision is anything but a denial with this status.
func refuses(t *testing.T, what string, decision iamlet.Decision, err error, status iamlet.Status) {
	t.Helper()
	if decision.Allowed() || decision.Status != status || err == nil || decision.Err() != err {
		t.Errorf("%s: %+v, %v; not %v", what, decision, err, status)
	}
}
