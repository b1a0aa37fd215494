// Package iamlet decides requests against AWS IAM JSON policies and Organizations service control policies.
//
// Compile each policy document once, build a [Set] of the policies that apply together, and let it decide any number
// of requests:
//
//	policy document --Compile--> Policy --NewSet--> Set --+
//	                                                      +--Decide--> Decision
//	RequestInput --NewRequest--> Request -----------------+
//
// The engine is the library iamlet, which is linked statically: run `make build` in the repository before you build
// this package. Another module finds it by
//
//	go mod edit -require=iamlet@v0.0.0 -replace=iamlet=/path/to/iamlet/go
//
// What the engine decides, and why, is in docs/semantics.md; include/iamlet.h is its manual.
//
// # Whatever is not an Allow denies
//
// Let a request proceed where [Decision.Effect] is [Allow], and never otherwise. The zero Decision denies. A nil Set or
// Request, a layer that is neither in a set nor declared absent, a budget that is used up: each is an error, and the
// decision beside an error denies.
//
// # Explanations
//
// [Set.Explain] decides as [Set.Decide] does, and tells why: an [Explanation] has the layers whose Allow is missing, and
// the statements that decide or nearly do, with the facts of their conditions and what would change them.
// [Explanation.String] is all of it for operators, and [encoding/json.Marshal] for audit logs. A [log/slog] logger
// writes a short form of it. Clients get [Explanation.ClientText], and nothing else of it.
//
// # Errors
//
// A document that is refused is a [*DocumentError], with the place of the fault; a set that cannot be built is a
// [*SetError], with the number of the policy at fault; a request that cannot be decided is a [*DecisionError], with
// the layer that it is about. All of them wrap a [Status], and what else can be wrong is a Status:
//
//	errors.Is(err, iamlet.StatusMissingLayer)
//
// # Costs
//
// A decision is one call into C, and allocates nothing in Go or in C. [Set.DecideBatch] decides many requests in one
// such call. [Assemble] makes requests of principals and actions that were prepared, with numbers for context keys, in
// less time than [NewRequest] takes. [Set.Explain] costs some 50 times what a decision does, and allocates: ask it of
// what is denied, and not of all. The memory of a policy, a set or a request belongs to Go's heap; there is nothing to
// close.
//
// # Concurrency
//
// Sets, policies, keys, requests, items and explanations may be used by any number of goroutines at once, with one
// exception: [Request.Reset] writes. To replace a set while goroutines decide, keep it in an [sync/atomic.Pointer].
package iamlet
