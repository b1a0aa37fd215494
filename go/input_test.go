package iamlet_test

import (
	"testing"
	"time"

	"iamlet"
)

// allowIf is a set with one Allow under a condition.
func allowIf(condition string) *iamlet.Set {
	return identitySet(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
	    "Condition": {` + condition + `}}}`)
}

func TestTheClockIsTheTimeOfTheRequest(t *testing.T) {
	set := allowIf(`"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}`)
	for when, allowed := range map[time.Time]bool{
		{}: false,
		time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC): true,
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC):      false,
	} {
		input := aliceGets("team/alice/plan")
		input.Clock = when
		if decision := must(set.Decide(must(iamlet.NewRequest(input)))); decision.Allowed() != allowed {
			t.Errorf("%v: %v", when, decision)
		}
	}
}

func TestTheResourceAccountIsDerivedWhereThatIsAskedFor(t *testing.T) {
	set := allowIf(`"StringEquals": {"aws:ResourceAccount": "111122223333"}`)
	for _, derive := range []bool{false, true} {
		input := aliceGets("team/alice/plan")
		input.DeriveResourceAccount = derive
		if decision := must(set.Decide(must(iamlet.NewRequest(input)))); decision.Allowed() != derive {
			t.Errorf("%v: %v", derive, decision)
		}
	}
}

func TestABudgetThatIsTooSmallIsAnErrorThatDenies(t *testing.T) {
	input := aliceGets("team/alice/plan")
	input.Budget = 1
	decision, err := identitySet(teamFolder).Decide(must(iamlet.NewRequest(input)))
	refuses(t, "a budget of 1", decision, err, iamlet.StatusBudgetExhausted)
}
