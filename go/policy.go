package iamlet

// #include "crossing.h"
import "C"

import "fmt"

// Policy is a policy document after Compile: plain bytes without pointers, which may be written to a file and read
// again by this version of the package. Any bytes may be offered as a Policy; NewSet and Info check them.
type Policy []byte

// CompileOption is what may be asked of Compile.
type CompileOption struct {
	flags, quotaBytes uint32
}

// EnforceQuotas holds the document to AWS's upload limits: its size and its characters.
func EnforceQuotas() CompileOption {
	return CompileOption{flags: C.IAMLET_ENFORCE_QUOTAS}
}

// QuotaBytes is EnforceQuotas with another size than AWS's own for the kind.
func QuotaBytes(size uint32) CompileOption {
	return CompileOption{flags: C.IAMLET_ENFORCE_QUOTAS, quotaBytes: size}
}

// AssumeVersion2012 takes a service control policy without Version as one of 2012-10-17.
func AssumeVersion2012() CompileOption {
	return CompileOption{flags: C.IAMLET_SCP_ASSUME_2012}
}

// Compile makes a policy of a policy document. It takes documents of at most 1 MiB, in time linear in their size
// whatever they say.
//
// The error of a document that is refused is a *DocumentError.
func Compile(kind Kind, json []byte, opts ...CompileOption) (Policy, error) {
	options := compileOptions(opts)
	return compile(json, func(scratch []uint64, image []byte, used *C.size_t, refused *C.iamlet_error) C.uint32_t {
		return C.go_policy_compile(chars(json), C.size_t(len(json)), C.uint32_t(kind), &options,
			(*C.uint64_t)(&scratch[0]), C.size_t(len(scratch)*8), bytes(image), C.size_t(len(image)), used, refused)
	})
}

// compileOptions is options as C has them.
func compileOptions(opts []CompileOption) C.iamlet_compile_options {
	options := C.iamlet_compile_options{struct_size: C.sizeof_iamlet_compile_options}
	for _, option := range opts {
		options.flags |= C.uint32_t(option.flags)
		if option.quotaBytes != 0 {
			options.quota_bytes = C.uint32_t(option.quotaBytes)
		}
	}
	return options
}

// compile calls the compiler with as much memory as it takes.
func compile(json []byte,
	call func(scratch []uint64, image []byte, used *C.size_t, refused *C.iamlet_error) C.uint32_t) (Policy, error) {
	// Nearly all images fit. Scratch memory is made of words, for its alignment, and larger only where it has to be.
	image := make([]byte, len(json)+256)
	scratch := make([]uint64, C.IAMLET_SCRATCH_SMALL/8)
	for {
		var refused C.iamlet_error
		var used C.size_t
		status := Status(call(scratch, image, &used, &refused))
		full := status == StatusDocumentRefused && refused.fault == C.IAMLET_FAULT_CAPACITY
		switch {
		case status == StatusOK:
			return Policy(image[:used:used]), nil
		case status == StatusBufferTooSmall && int(used) > len(image):
			image = make([]byte, int(used))
		case full && len(scratch) < C.IAMLET_SCRATCH_MEDIUM/8:
			scratch = make([]uint64, C.IAMLET_SCRATCH_MEDIUM/8)
		case full && len(scratch) < C.IAMLET_SCRATCH_LARGE/8:
			scratch = make([]uint64, C.IAMLET_SCRATCH_LARGE/8)
		case status == StatusDocumentRefused:
			return nil, refusal(json, &refused)
		default:
			return nil, status
		}
	}
}

// PolicyInfo is what a policy holds.
type PolicyInfo struct {
	Kind        Kind
	Statements  int
	Version2012 bool // Version is 2012-10-17, and policy variables are expanded
}

// String is in the form "identity policy, statements: 2".
func (i PolicyInfo) String() string {
	return fmt.Sprintf("%v policy, statements: %d", i.Kind, i.Statements)
}

// open checks all of a policy.
func (p Policy) open() (info C.iamlet_policy_info, err error) {
	if status := Status(C.go_policy_open(bytes(p), C.size_t(len(p)), &info)); status != StatusOK {
		return info, status
	}
	return info, nil
}

// Info checks all of a policy, and tells what it holds.
func (p Policy) Info() (PolicyInfo, error) {
	info, err := p.open()
	if err != nil {
		return PolicyInfo{}, err
	}
	return PolicyInfo{Kind(info.kind), int(info.statements), info.version_2012 == 1}, nil
}

// ContextKeys tells the context keys that conditions and policy variables name, in lower case, each once. The values that
// a request has for other keys change nothing in what the policy says, and need not be prepared; only, what is malformed
// in them is not refused then. A key among them that no request ever has is worth a warning: a Deny that looks for a value
// in it may never apply.
func (p Policy) ContextKeys() ([]string, error) {
	info, err := p.open()
	if err != nil {
		return nil, err
	}
	names := make([]string, info.context_keys)
	for i := range names {
		var start, size C.size_t
		status := Status(C.go_policy_context_key(bytes(p), C.size_t(len(p)), C.uint32_t(i), &start, &size))
		if status != StatusOK {
			return nil, status
		}
		names[i] = string(p[start : start+size])
	}
	return names, nil
}

// String tells what the policy holds, not its bytes.
func (p Policy) String() string {
	info, err := p.Info()
	if err != nil {
		return "no policy: " + err.(Status).String()
	}
	return info.String()
}
