/*
 * iamlet: an embedded engine for AWS IAM JSON policies and service control policies.
 * Generated from src/ffi and crates/header/src by `make header`: do not edit.
 *
 * HOW IT WORKS
 *   policy document --iamlet_policy_compile--> image --iamlet_set_build--> set, iamlet_set_open --+
 *   request --iamlet_request_prepare--> prepared request ----------------------- iamlet_decide ---+
 *
 *   1. Compile each policy document (JSON text) of a kind into an image.
 *   2. Build a policy set from images, each at its layer; open it.
 *   3. Prepare a request.
 *   4. Decide it against one or more sets, and let it proceed for IAMLET_ALLOW only.
 *   Images and sets are plain bytes without pointers or alignment: keep them in a file or in flash.
 *
 * A PROGRAM, with iamlet_easy.h, which does these steps for you and allocates memory
 *
 *     #include "iamlet_easy.h"
 *
 *     int main(void)
 *     {
 *         iamlet_easy *easy = iamlet_easy_new(NULL);
 *         iamlet_easy_add(easy, IAMLET_KIND_IDENTITY, 0, IAMLET_TEXT(
 *             "{\"Version\": \"2012-10-17\", \"Statement\":"
 *             " {\"Effect\": \"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"*\"}}"));
 *         iamlet_resource plan = IAMLET_RESOURCE_INIT;
 *         plan.arn = IAMLET_TEXT("arn:aws:s3:::team/plan");
 *         plan.account = IAMLET_TEXT("111122223333");
 *         iamlet_request request = IAMLET_REQUEST_INIT;
 *         request.principal.arn = IAMLET_TEXT("arn:aws:iam::111122223333:user/alice");
 *         request.action = IAMLET_TEXT("s3:GetObject");
 *         request.resource = &plan;
 *         request.absent = iamlet_easy_absent(easy);
 *         bool allowed = iamlet_easy_allows(easy, &request);
 *         iamlet_easy_free(easy);
 *         return allowed ? 0 : 1;
 *     }
 *
 * THE SAME, without an allocator
 *
 *     #include "iamlet.h"
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         static const char json[] = "{\"Version\": \"2012-10-17\", \"Statement\":"
 *             " {\"Effect\": \"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"*\"}}";
 *         static uint64_t scratch[IAMLET_SCRATCH_SMALL_WORDS];
 *         static uint8_t image[IAMLET_IMAGE_ROOM(sizeof json)], bytes[1024], memory[1024];
 *         iamlet_set_policy policy = IAMLET_SET_POLICY_INIT;
 *         policy.image = image;
 *         policy.layer = IAMLET_LAYER_IDENTITY;
 *         iamlet_resource plan = IAMLET_RESOURCE_INIT;
 *         plan.arn = IAMLET_TEXT("arn:aws:s3:::team/plan");
 *         plan.account = IAMLET_TEXT("111122223333");
 *         iamlet_request request = IAMLET_REQUEST_INIT;
 *         request.principal.arn = IAMLET_TEXT("arn:aws:iam::111122223333:user/alice");
 *         request.action = IAMLET_TEXT("s3:GetObject");
 *         request.resource = &plan;
 *         request.absent = IAMLET_ABSENT_ALL & ~IAMLET_ABSENT_IDENTITY;
 *         size_t len;
 *         iamlet_set set;
 *         iamlet_decision decision = IAMLET_DECISION_INIT;
 *         iamlet_status status = iamlet_policy_compile(json, sizeof json - 1, IAMLET_KIND_IDENTITY,
 *             NULL, scratch, sizeof scratch, image, sizeof image, &policy.image_len, NULL);
 *         const uint32_t scp_levels = 0, rcp_levels = 0;
 *         status = status ? status : iamlet_set_build(&policy, 1, scp_levels, rcp_levels, bytes,
 *             sizeof bytes, &len, NULL);
 *         status = status ? status : iamlet_set_open(bytes, len, &set);
 *         status = status ? status : iamlet_request_prepare(&request, memory, sizeof memory, &len);
 *         status = status ? status : iamlet_decide(&set, 1, memory, len, &decision);
 *         puts(iamlet_status_text(status).data);
 *         return status == IAMLET_OK && decision.effect == IAMLET_ALLOW ? 0 : 1;
 *     }
 *
 * LAYERS
 *   A layer that applies to the principal has a policy, or is declared in `absent`: a policy that
 *   was forgotten must not open anything. Each kind of policy belongs to one layer: see
 *   iamlet_layer. SCPs (IAMLET_KIND_SCP_FULL, or IAMLET_KIND_SCP_CLASSIC in the older grammar) have
 *   a `level`, 0 at the root, and iamlet_set_build is told how many there are: each has to allow.
 *
 * OWNERSHIP
 *   All memory is yours. The library allocates nothing, keeps nothing, and there is nothing to
 *   free. To learn an output's size, pass a length of 0 (and NULL): the call returns
 *   IAMLET_BUFFER_TOO_SMALL with the number of bytes; or call the _size function. A function does
 *   all of its work or writes nothing but its size and error outputs. Outputs must not overlap
 *   inputs or each other.
 *
 * THREADS
 *   There is no global state. Any number of threads may call any function at once, as long as
 *   nobody writes to what a call reads. To replace a set while threads decide, build the new one in
 *   other memory and swap the pointer (c-examples/reload.c).
 *
 * TEXT
 *   UTF-8, as pointer and length; anything else is IAMLET_NOT_UTF8 (in a document
 *   IAMLET_FAULT_ENCODING). Names of context keys and of actions are compared without regard to
 *   ASCII case, all other text as it is. Texts that the library returns as constants also end in
 *   NUL.
 *
 * ERRORS
 *   Whatever is not IAMLET_OK denies: after an error every output is set to what denies, and
 *   all-zero structs deny as well. iamlet_status_text tells what a status means; that of a
 *   malformed request begins with the member at fault. A refused document leaves an iamlet_error
 *   with code, byte, line and column: iamlet_error_format makes a line of it, iamlet_error_explain
 *   shows the part at fault. Numbers that stand for no value of their enum, unknown flags, NULL,
 *   misaligned and overlapping pointers, and impossible lengths are reported, not obeyed; a pointer
 *   to memory that is not yours cannot be.
 *
 * STRUCTS
 *   Begin with a struct's _INIT: all zero but for its `struct_size`, by which it may grow later.
 *
 * LIMITS
 *   Document 1 MiB; string 65,535 bytes; 16 levels of SCPs or RCPs; 16 sets in one decision;
 *   request text 65,535 bytes; 16,383 context entries, 65,535 values. Compiling and a filter take
 *   less than 8 KiB of stack, all else less than 4 KiB. A decision takes at most 2,000 instructions
 *   and 64 a step of its budget.
 *
 * VERSIONS
 *   An image or set of another format is refused as IAMLET_OTHER_FORMAT: keep the documents, and
 *   compile them again. Prepared requests are for the build of the library that prepared them.
 */
#ifndef IAMLET_H
#define IAMLET_H

#include <stddef.h>
#include <stdint.h>

/** Marks a result that must be looked at. */
#if defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L)
#define IAMLET_MUST_USE [[nodiscard]]
#elif defined(__GNUC__)
#define IAMLET_MUST_USE __attribute__((warn_unused_result))
#elif defined(_MSC_VER)
#define IAMLET_MUST_USE _Check_return_
#else
#define IAMLET_MUST_USE
#endif

/** The iamlet_text of a string literal; _INIT for a static variable in C. */
#ifdef __cplusplus
#define IAMLET_TEXT(literal) (iamlet_text{"" literal "", sizeof("" literal "") - 1})
#else
#define IAMLET_TEXT(literal) ((iamlet_text)IAMLET_TEXT_INIT(literal))
#endif
#define IAMLET_TEXT_INIT(literal) {"" literal "", sizeof("" literal "") - 1}

/** Scratch memory as an array of uint64_t, which has its alignment. */
#define IAMLET_SCRATCH_SMALL_WORDS (IAMLET_SCRATCH_SMALL / 8)
#define IAMLET_SCRATCH_MEDIUM_WORDS (IAMLET_SCRATCH_MEDIUM / 8)
#define IAMLET_SCRATCH_LARGE_WORDS (IAMLET_SCRATCH_LARGE / 8)

/** Bytes that always suffice for the image of a document of so many; most images are smaller. */
#define IAMLET_IMAGE_ROOM(json_len) (5 * (json_len) + 64)
/** Bytes that always suffice for the source map of a document of so many: 8 a statement. */
#define IAMLET_MAP_ROOM(json_len) ((json_len) / 4)

#ifdef __cplusplus
extern "C" {
#endif

typedef struct iamlet_error iamlet_error;

/* TEXTS, STATUSES AND THE VERSION
 * -------------------------------
 * What every call takes and returns.
 */

/** A piece of UTF-8 text: a pointer and a length in bytes. No text needs a NUL at its end.
 *  The pointer may be NULL where the length is 0. Texts that the library returns are constants, and
 *  then a NUL follows them, which `len` does not count; or they point into memory that you gave it,
 *  as the Sid of a decision and the name of a context key do, and then none follows. */
typedef struct iamlet_text {
    /** The first byte. */
    const char *data;
    /** Bytes. */
    size_t len;
} iamlet_text;

/** What a function returns. Whatever is not IAMLET_OK denies.
 *  1 to 15: the call is wrong. 16: the document is refused. 32 to 63: an image or a set is refused.
 *  64 to 79: the request is malformed. 80 to 95: there is no decision. 96 on: the request is
 *  malformed in one of its members, which the text of the status names. Numbers are never used
 *  again for something else. */
typedef enum iamlet_status {
    /** Done. */
    IAMLET_OK = 0,
    /** A pointer is NULL that must not be. */
    IAMLET_NULL_ARGUMENT = 1,
    /** A pointer does not have the alignment of its type. */
    IAMLET_MISALIGNED = 2,
    /** A length is more than half the address space, or wraps around its end. */
    IAMLET_BAD_LENGTH = 3,
    /** Memory to be written overlaps other arguments. */
    IAMLET_OVERLAP = 4,
    /** The output is too small; the size needed was returned, and nothing was written. */
    IAMLET_BUFFER_TOO_SMALL = 5,
    /** The scratch memory is smaller than IAMLET_SCRATCH_SMALL. */
    IAMLET_SCRATCH_TOO_SMALL = 6,
    /** A number that stands for no value of its enum, or an unknown flag. */
    IAMLET_UNKNOWN_VALUE = 7,
    /** The size in a struct is not one that this version of the library knows. */
    IAMLET_BAD_STRUCT_SIZE = 8,
    /** The policy document is refused; the error says why and where. */
    IAMLET_DOCUMENT_REFUSED = 16,
    /** These bytes do not begin as an image or set does. */
    IAMLET_NOT_AN_IMAGE = 32,
    /** The image or set has the format of another version of the library: compile it again. */
    IAMLET_OTHER_FORMAT = 33,
    /** The image or set is longer or shorter than it says. */
    IAMLET_WRONG_SIZE = 34,
    /** The image or set contradicts its format. */
    IAMLET_CORRUPT = 35,
    /** A policy is of a kind that does not apply at its layer. */
    IAMLET_WRONG_LAYER = 40,
    /** A policy has a level that its set does not have, or there are more than 16 levels. */
    IAMLET_BAD_LEVEL = 41,
    /** A layer that has room for one policy has two. */
    IAMLET_LAYER_REPEATED = 42,
    /** More policies or bytes than a set can number. */
    IAMLET_TOO_MANY_POLICIES = 43,
    /** The action is not one concrete `prefix:Name`. */
    IAMLET_MALFORMED_ACTION = 64,
    /** The principal's `arn` is missing, or none that a principal of its `type` has. */
    IAMLET_MALFORMED_PRINCIPAL = 65,
    /** The owner of the resource is neither in its ARN nor stated, or is no account. */
    IAMLET_MALFORMED_RESOURCE_ACCOUNT = 66,
    /** A context value contradicts what the engine derives from the request. */
    IAMLET_CONTRADICTED_KEY = 67,
    /** A context key has no name. */
    IAMLET_MALFORMED_CONTEXT_KEY = 68,
    /** A text is not UTF-8. */
    IAMLET_NOT_UTF8 = 69,
    /** A text of the request is longer than 65,535 bytes, or there are too many context keys or
     *  values. */
    IAMLET_REQUEST_TOO_LARGE = 70,
    /** The clock is outside the years 0 to 9999. */
    IAMLET_BAD_CLOCK = 71,
    /** The memory holds no prepared request or item of this version of the library. */
    IAMLET_NOT_A_REQUEST = 72,
    /** The resource is neither "*" nor an ARN. */
    IAMLET_MALFORMED_RESOURCE = 73,
    /** The principal's ARN is a role's: roles make no requests, their sessions do. */
    IAMLET_ROLE_AS_PRINCIPAL = 74,
    /** The slot of a context entry is none of the principal's dictionary. */
    IAMLET_UNKNOWN_SLOT = 75,
    /** A dictionary has more than 16,383 keys, or one with a name of more than 1,024 bytes. */
    IAMLET_DICTIONARY_TOO_LARGE = 76,
    /** The memory holds no prepared principal of this version of the library. */
    IAMLET_NOT_A_PRINCIPAL = 77,
    /** The memory holds no prepared action of this version of the library. */
    IAMLET_NOT_AN_ACTION = 78,
    /** More than 64 context keys are declared not fetched yet, or one of an item: an item brings
     *  what was fetched. */
    IAMLET_BAD_NOT_FETCHED = 79,
    /** More than 16 policy sets in one decision. */
    IAMLET_TOO_MANY_SETS = 80,
    /** The request has no resource, or there are no items. */
    IAMLET_NO_RESOURCE = 81,
    /** No set has some layers that apply, and the request does not declare them absent; `layers`
     *  says which. */
    IAMLET_MISSING_LAYER = 82,
    /** A set has layers that the request declares absent; `layers` says which. */
    IAMLET_CONTRADICTED_LAYER = 83,
    /** The resource policy is of another kind than the resource. */
    IAMLET_WRONG_RESOURCE_KIND = 84,
    /** The decision takes more work than the request's budget allows. */
    IAMLET_BUDGET_EXHAUSTED = 85,
    /** The principal's `type` contradicts its `arn`. */
    IAMLET_CONTRADICTED_PRINCIPAL_TYPE = 96,
    /** The principal's `role_arn` contradicts its `arn` in partition, account or name. */
    IAMLET_CONTRADICTED_ROLE_ARN = 97,
    /** The principal's `user_arn` contradicts its `arn` in partition or account. */
    IAMLET_CONTRADICTED_USER_ARN = 98,
    /** The `action` contradicts the principal's `type`: SAML and OIDC identities only assume roles.
     */
    IAMLET_CONTRADICTED_ACTION = 99,
    /** The `resource` contradicts the principal's `type`: SAML and OIDC identities only assume
     *  roles. */
    IAMLET_CONTRADICTED_RESOURCE = 100,
    /** The principal's `provider` contradicts its `type`, or is of another account than the role.
     */
    IAMLET_CONTRADICTED_PROVIDER = 101,
    /** The `account` of the resource contradicts its `arn`. */
    IAMLET_CONTRADICTED_RESOURCE_ACCOUNT = 102,
    /** The `resource_kind` contradicts the resource's `arn` and the `action`. */
    IAMLET_CONTRADICTED_RESOURCE_KIND = 103,
    /** The partition of the resource's `arn` contradicts that of the principal. */
    IAMLET_CONTRADICTED_PARTITION = 104,
    /** The principal's `type` is 0, and its `arn` does not tell it. */
    IAMLET_UNKNOWN_PRINCIPAL_TYPE = 105,
    /** The principal's `role_arn` is missing, which a role session needs, or is no role's. */
    IAMLET_MALFORMED_ROLE_ARN = 106,
    /** The principal's `user_arn` is no ARN of a user or root user. */
    IAMLET_MALFORMED_USER_ARN = 107,
    /** The principal's `service` is missing. */
    IAMLET_MISSING_SERVICE = 108,
    /** The principal's `provider` is missing. */
    IAMLET_MISSING_PROVIDER = 109,
} iamlet_status;

/** What a status means, in lower case and without a full stop; empty for a number that is none. */
iamlet_text iamlet_status_text(uint32_t status);

/** The first part of the version of this header. */
#define IAMLET_VERSION_MAJOR 0
/** The second part. */
#define IAMLET_VERSION_MINOR 2
/** The third part. */
#define IAMLET_VERSION_PATCH 0

/** The version of the library, as major * 1000000 + minor * 1000 + patch.
 *  Compare it with the header's when you load the library at run time: before version 1, header and
 *  library must have the same major and minor part. */
uint32_t iamlet_version(void);

/** The version of the library as text, "0.2.0" for one. */
iamlet_text iamlet_version_text(void);

/* POLICIES
 * --------
 * A policy document is compiled once, into an image. It does not say of which kind it is.
 */

/** The kind of a policy document: which elements it may have, and how its names compare. */
typedef enum iamlet_kind {
    /** A managed policy attached to a user, group or role. */
    IAMLET_KIND_IDENTITY = 1,
    /** An inline policy of a user. */
    IAMLET_KIND_INLINE_USER = 2,
    /** An inline policy of a group. */
    IAMLET_KIND_INLINE_GROUP = 3,
    /** An inline policy of a role. */
    IAMLET_KIND_INLINE_ROLE = 4,
    /** A permissions boundary. */
    IAMLET_KIND_BOUNDARY = 5,
    /** A session policy. */
    IAMLET_KIND_SESSION = 6,
    /** A resource-based policy, a bucket policy for one. */
    IAMLET_KIND_RESOURCE = 7,
    /** A KMS key policy. */
    IAMLET_KIND_KMS = 8,
    /** A role trust policy. */
    IAMLET_KIND_TRUST = 9,
    /** A service control policy in the grammar before September 2025. */
    IAMLET_KIND_SCP_CLASSIC = 10,
    /** A service control policy in the full IAM language. */
    IAMLET_KIND_SCP_FULL = 11,
    /** A resource control policy. */
    IAMLET_KIND_RCP = 12,
    /** A VPC endpoint policy. */
    IAMLET_KIND_VPCE = 13,
} iamlet_kind;

/** The name of a kind, "scp_full" for one; empty for a number that is none. */
iamlet_text iamlet_kind_text(uint32_t kind);

/** The kind with this name, IAMLET_KIND_SCP_FULL for "scp_full"; 0 for a text that is none. */
uint32_t iamlet_kind_from_text(iamlet_text name);

/** Scratch memory, in bytes, for what a customer writes: up to about 6 KB of policy. With less,
 *  nothing compiles. */
#define IAMLET_SCRATCH_SMALL 16384
/** Scratch memory for the largest documents that AWS takes from customers. */
#define IAMLET_SCRATCH_MEDIUM 98304
/** Scratch memory for every AWS managed policy (152 KB, 4,587 patterns). */
#define IAMLET_SCRATCH_LARGE 1048576
/** The alignment, in bytes, of scratch memory. */
#define IAMLET_SCRATCH_ALIGN 8
/** Option of iamlet_compile_options: hold the document to AWS's upload limits, its size and its
 *  characters. */
#define IAMLET_ENFORCE_QUOTAS 1
/** Option of iamlet_compile_options: take a service control policy without `Version` as one of
 *  2012-10-17. */
#define IAMLET_SCP_ASSUME_2012 2

/** What may be asked of the compiler. Set it to zero but for `struct_size`, and nothing is asked.
 */
typedef struct iamlet_compile_options {
    /** sizeof(iamlet_compile_options). */
    size_t struct_size;
    /** IAMLET_ENFORCE_QUOTAS, IAMLET_SCP_ASSUME_2012, or both. */
    uint32_t flags;
    /** With IAMLET_ENFORCE_QUOTAS: the limit in bytes in place of AWS's own for the kind; 0 for
     *  that. Without, it is not looked at. */
    uint32_t quota_bytes;
} iamlet_compile_options;
#define IAMLET_COMPILE_OPTIONS_INIT {sizeof(iamlet_compile_options), 0, 0}

/** Compiles one policy document into a policy image.
 *  The image has no pointers and no alignment: it may be copied, stored, mapped and sent. The same
 *  document, options and class of scratch memory give the same image. Time is linear in the
 *  document, whatever it says. With 256 bytes more than the document, hardly any call has to be
 *  repeated for its size; with IAMLET_IMAGE_ROOM, none.
 *  @param json the document, UTF-8, at most 1 MiB.
 *  @param json_len its bytes.
 *  @param kind an iamlet_kind.
 *  @param options NULL for none.
 *  @param scratch memory for one call at a time, aligned to IAMLET_SCRATCH_ALIGN.
 *  @param scratch_len its bytes: IAMLET_SCRATCH_SMALL, _MEDIUM or _LARGE; any other number counts
 *      as the largest of them that fits.
 *  @param image where the image goes; may be NULL where image_len is 0, to ask for the size. Must
 *      not overlap other arguments.
 *  @param image_len its bytes.
 *  @param image_used the bytes that the image takes; 0 after another error than
 *      IAMLET_BUFFER_TOO_SMALL.
 *  @param error why and where the document is refused; may be NULL.
 *  @return IAMLET_OK; IAMLET_DOCUMENT_REFUSED, with `error`; IAMLET_BUFFER_TOO_SMALL,
 *      IAMLET_SCRATCH_TOO_SMALL; or what is wrong with the call. `image` is written after IAMLET_OK
 *      only. */
IAMLET_MUST_USE iamlet_status iamlet_policy_compile(const char *json, size_t json_len,
    uint32_t kind, const iamlet_compile_options *options, void *scratch, size_t scratch_len,
    uint8_t *image, size_t image_len, size_t *image_used, iamlet_error *error);

/** Compiles as iamlet_policy_compile does, and writes a source map beside the image: line and
 *  column of each statement's `{`, from 1, as in iamlet_error. Explanations that are given it, as
 *  `map` of iamlet_source, tell `scp/guardrails.json:10`.
 *  It has 8 bytes for each statement and no alignment. Time is that of one pass more over the
 *  document.
 *  @param json as in iamlet_policy_compile.
 *  @param json_len its bytes.
 *  @param kind an iamlet_kind.
 *  @param options NULL for none.
 *  @param scratch as in iamlet_policy_compile.
 *  @param scratch_len its bytes.
 *  @param image as in iamlet_policy_compile.
 *  @param image_len its bytes.
 *  @param image_used the bytes that the image takes; 0 as `map_used` is.
 *  @param map where the map goes; may be NULL where map_len is 0. Must not overlap.
 *  @param map_len its bytes; IAMLET_MAP_ROOM is enough.
 *  @param map_used those that it takes; 0 after another error than IAMLET_BUFFER_TOO_SMALL.
 *  @param error why and where the document is refused; may be NULL.
 *  @return as iamlet_policy_compile; IAMLET_BUFFER_TOO_SMALL where one of the two does not fit,
 *      with what both need. They are written after IAMLET_OK only. */
IAMLET_MUST_USE iamlet_status iamlet_policy_compile_mapped(const char *json, size_t json_len,
    uint32_t kind, const iamlet_compile_options *options, void *scratch, size_t scratch_len,
    uint8_t *image, size_t image_len, size_t *image_used, uint8_t *map, size_t map_len,
    size_t *map_used, iamlet_error *error);

/** What a policy image holds. */
typedef struct iamlet_policy_info {
    /** The iamlet_kind. */
    uint32_t kind;
    /** Statements. */
    uint32_t statements;
    /** 1 where `Version` is 2012-10-17, and policy variables are expanded. */
    uint32_t version_2012;
    /** Context keys that its conditions and policy variables name: iamlet_policy_context_key tells
     *  them. */
    uint32_t context_keys;
} iamlet_policy_info;

/** Opens a policy image: checks all of it, in time linear in its size, whatever it says.
 *  Any bytes may be offered. iamlet_set_build does the same by itself.
 *  @param image the image.
 *  @param image_len its bytes.
 *  @param info what it holds; all zero after a failure.
 *  @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT,
 *      or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_policy_open(const uint8_t *image, size_t image_len,
    iamlet_policy_info *info);

/** Tells one of the context keys that a policy's conditions and policy variables name.
 *  Keys that no policy names need not be in a request: their values change no decision, and each
 *  takes time to prepare. Only, what is malformed in a key that is left out, or contradicts the
 *  request, is not refused then. A key that a policy names and that your requests never have is
 *  worth a warning: a Deny that looks for a value in it may never apply.
 *  Time is constant: the image is not checked again.
 *  @param image an image that was compiled or opened before. Of other bytes the name may be any
 *      piece.
 *  @param image_len its bytes.
 *  @param number which key, from 0 to below `context_keys` of the policy's info. Each key is there
 *      once; their order has no meaning.
 *  @param name the key's name in lower case, `aws:sourceip` for one; it points into the image.
 *      Empty after a failure.
 *  @return IAMLET_OK, IAMLET_UNKNOWN_VALUE beyond the last key, IAMLET_NOT_AN_IMAGE,
 *      IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_policy_context_key(const uint8_t *image, size_t image_len,
    uint32_t number, iamlet_text *name);

/** A place in a policy document. */
typedef struct iamlet_position {
    /** The line, from 1. Lines end with a newline. */
    uint32_t line;
    /** The column, from 1, in characters. */
    uint32_t column;
} iamlet_position;
#define IAMLET_POSITION_INIT {0, 0}

/** Tells where a statement stands in its document, in constant time.
 *  Any bytes may be offered: those that iamlet_policy_compile_mapped did not write have no
 *  positions, or wrong ones.
 *  @param map the source map.
 *  @param map_len its bytes.
 *  @param statement which statement of the policy, from 0: `statement` of iamlet_decision for one.
 *  @param position where its `{` stands; zero after a failure.
 *  @return IAMLET_OK, IAMLET_UNKNOWN_VALUE where the map has no position for it, or what is wrong
 *      with the call. */
IAMLET_MUST_USE iamlet_status iamlet_policy_position(const uint8_t *map, size_t map_len,
    uint32_t statement, iamlet_position *position);

/* SETS
 * ----
 * Images that apply together make a set, each at its layer. A decision takes several sets.
 */

/** The layer at which a policy applies, and the kinds of policies that it takes. An explicit deny
 *  is reported for the first layer in this order that has one.
 *  A decision has one policy at most at the layers RESOURCE, BOUNDARY and ENDPOINT, over all of its
 *  sets together; the others unite any number. */
typedef enum iamlet_layer {
    /** Service control policies, by level: kinds SCP_CLASSIC and SCP_FULL. Applies to users, role
     *  sessions, federated users and root users. */
    IAMLET_LAYER_SCP = 1,
    /** Resource control policies, by level: kind RCP. Applies to everyone. */
    IAMLET_LAYER_RCP = 2,
    /** The policy of the resource: kind RESOURCE, KMS or TRUST, as `resource_kind` of the request
     *  says. Applies to everyone. */
    IAMLET_LAYER_RESOURCE = 3,
    /** The policies of the user, its groups, or the role: kinds IDENTITY, INLINE_USER,
     *  INLINE_GROUP, INLINE_ROLE. Applies to users, role sessions and federated users, here and in
     *  the next two. */
    IAMLET_LAYER_IDENTITY = 4,
    /** The permissions boundary: kind BOUNDARY. */
    IAMLET_LAYER_BOUNDARY = 5,
    /** The session policies: kind SESSION. */
    IAMLET_LAYER_SESSION = 6,
    /** The policy of the VPC endpoint: kind VPCE. Applies to everyone. */
    IAMLET_LAYER_ENDPOINT = 7,
} iamlet_layer;

/** The name of a layer, "permissions boundary" for one; empty for a number that is none. */
iamlet_text iamlet_layer_text(uint32_t layer);

/** The name of a layer in a configuration, "scp" for one: its constant without IAMLET_LAYER_, in
 *  lower case. Empty for a number that is none. */
iamlet_text iamlet_layer_code(uint32_t layer);

/** The layer with this code, IAMLET_LAYER_SCP for "scp"; 0 for a text that is none. */
uint32_t iamlet_layer_from_text(iamlet_text code);

/** The layer at which policies of a kind apply; 0 for a number that is no kind. */
uint32_t iamlet_layer_of_kind(uint32_t kind);

/** A policy for a set. */
typedef struct iamlet_set_policy {
    /** The policy image. */
    const uint8_t *image;
    /** Its bytes. */
    size_t image_len;
    /** Your own number for the policy, returned in the decisions that it makes. */
    uint64_t tag;
    /** The iamlet_layer at which it applies, which must be one for its kind. */
    uint32_t layer;
    /** For IAMLET_LAYER_SCP and IAMLET_LAYER_RCP the level, from 0 at the root of the organization
     *  to the account's, below the set's number of levels; for other layers 0. */
    uint32_t level;
} iamlet_set_policy;
#define IAMLET_SET_POLICY_INIT {NULL, 0, 0, 0, 0}

/** Tells how many bytes are enough to build a set; the set itself may take fewer, since its index
 *  is sorted in the same memory. Arguments and errors are those of iamlet_set_build. */
IAMLET_MUST_USE iamlet_status iamlet_set_size(const iamlet_set_policy *policies, size_t count,
    uint32_t scp_levels, uint32_t rcp_levels, size_t *size, size_t *at_fault);

/** Builds a policy set: policies that apply together, each at its layer.
 *  The images are copied: the set stands alone, and may be stored, mapped and sent. Put what
 *  changes together into one set (the organization, a user with its groups, a session, a bucket): a
 *  decision takes a list of sets. The layers of several sets unite, level by level. Time is n log n
 *  in the statements.
 *  @param policies the policies, in any order; their numbers in this list are returned in
 *      decisions.
 *  @param count how many; 0 is allowed.
 *  @param scp_levels the levels of service control policies that the organization has above and at
 *      the account, 0 where this set has no part in them. Of several sets the largest number
 *      counts. A level without policies in any set allows nothing.
 *  @param rcp_levels the same for resource control policies.
 *  @param out where the set goes; may be NULL where out_len is 0, to ask for the size. Must not
 *      overlap other arguments.
 *  @param out_len its bytes.
 *  @param out_used after IAMLET_OK the bytes that the set takes; after IAMLET_BUFFER_TOO_SMALL
 *      those that building it takes, which may be more; else 0.
 *  @param at_fault the number of the policy at fault, or SIZE_MAX; may be NULL.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; for one of the policies
 *      IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT,
 *      IAMLET_WRONG_LAYER, IAMLET_BAD_LEVEL, IAMLET_LAYER_REPEATED, IAMLET_UNKNOWN_VALUE;
 *      IAMLET_TOO_MANY_POLICIES; or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_set_build(const iamlet_set_policy *policies, size_t count,
    uint32_t scp_levels, uint32_t rcp_levels, uint8_t *out, size_t out_len, size_t *out_used,
    size_t *at_fault);

/** A policy set that was opened. Copy it as you like: it owns nothing. Its bytes must stay where
 *  they are, unchanged, as long as it is used, and as long as the Sid of a decision is. For bytes
 *  that were opened before, you may fill it by hand. */
typedef struct iamlet_set {
    /** The set's bytes. */
    const uint8_t *data;
    /** How many. */
    size_t len;
} iamlet_set;
#define IAMLET_SET_INIT {NULL, 0}

/** Opens a policy set: checks all of it, in time linear in its size but for a logarithm of its
 *  statements.
 *  Any bytes may be offered. Do this once, when the set is loaded; decisions then trust it.
 *  @param data the set's bytes.
 *  @param len how many.
 *  @param set the opened set; after a failure one that decisions refuse.
 *  @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT,
 *      or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_set_open(const uint8_t *data, size_t len, iamlet_set *set);

/** What a policy set holds. */
typedef struct iamlet_set_info {
    /** Policies. */
    uint32_t policies;
    /** Their statements. */
    uint32_t statements;
    /** The levels of service control policies that it was built with. */
    uint32_t scp_levels;
    /** The levels of resource control policies. */
    uint32_t rcp_levels;
    /** The layers that it has: for each the bit of its IAMLET_ABSENT_ constant. Those that have
     *  levels are among them even without a policy. */
    uint32_t layers;
    /** 1 where it has an index, which leads a decision to the statements that could apply. Every
     *  set of 12 statements or more has one. 0 where each decision looks at each statement. */
    uint32_t has_index;
    /** 0. */
    uint32_t reserved;
} iamlet_set_info;

/** Tells what an opened set holds. Time is linear in its policies, whose statements are counted;
 *  nothing is checked again.
 *  @param set an opened set.
 *  @param info what it holds; all zero after a failure.
 *  @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, or what is wrong
 *      with the call. */
IAMLET_MUST_USE iamlet_status iamlet_set_describe(const iamlet_set *set, iamlet_set_info *info);

/** Tells one of the context keys that a policy of a set names, as iamlet_policy_context_key does.
 *  Several policies may name one key. Time is linear in the policies; nothing is checked again.
 *  @param set an opened set.
 *  @param policy the number of the policy in the list that the set was built from.
 *  @param number which of its keys, from 0.
 *  @param name the key's name in lower case; it points into the set. Empty after a failure.
 *  @return IAMLET_OK, IAMLET_UNKNOWN_VALUE beyond the last policy or key, IAMLET_NOT_AN_IMAGE,
 *      IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_set_context_key(const iamlet_set *set, uint32_t policy,
    uint32_t number, iamlet_text *name);

/* REQUESTS
 * --------
 * Who wants to do what, to what. A request is prepared once, for any number of decisions.
 */

/** The type of a principal. */
typedef enum iamlet_principal_type {
    /** What `arn` tells: a user, a role session, a federated user, a root user or an origin access
     *  identity. */
    IAMLET_PRINCIPAL_DERIVED = 0,
    /** An IAM user: `arn`. */
    IAMLET_PRINCIPAL_USER = 1,
    /** A session of a role: `arn`, and `role_arn`, whose path the session's ARN does not have.
     *  Where the path begins with /aws-service-role/, the role is service-linked, and neither SCPs
     *  nor RCPs apply. */
    IAMLET_PRINCIPAL_ROLE_SESSION = 2,
    /** A session that GetFederationToken made for a user: `arn`, and `user_arn` if it is known. */
    IAMLET_PRINCIPAL_FEDERATED_USER = 3,
    /** The root user of an account: `arn`. */
    IAMLET_PRINCIPAL_ROOT = 4,
    /** An AWS service that calls directly: `service`. */
    IAMLET_PRINCIPAL_SERVICE = 5,
    /** A SAML identity, while it assumes a role: `provider`. */
    IAMLET_PRINCIPAL_SAML = 6,
    /** An OIDC identity, while it assumes a role: `provider`. */
    IAMLET_PRINCIPAL_OIDC = 7,
    /** Nobody: an unsigned request. */
    IAMLET_PRINCIPAL_ANONYMOUS = 8,
    /** The identity with which CloudFront reads from an origin: `arn`. It has no account and no
     *  policies of its own. */
    IAMLET_PRINCIPAL_ORIGIN_ACCESS_IDENTITY = 9,
} iamlet_principal_type;

/** Flag of iamlet_principal: the account is the organization's management account, to which no SCP
 *  applies. */
#define IAMLET_MANAGEMENT_ACCOUNT 1

/** Who makes a request. Leave the texts that do not belong to the type empty. */
typedef struct iamlet_principal {
    /** An iamlet_principal_type, which says what texts it needs. */
    uint32_t type;
    /** IAMLET_MANAGEMENT_ACCOUNT. */
    uint32_t flags;
    /** The ARN of the user, session, root user or origin access identity. */
    iamlet_text arn;
    /** The ARN of the role. */
    iamlet_text role_arn;
    /** The ARN of the user whose session it is. */
    iamlet_text user_arn;
    /** The service principal, "logs.amazonaws.com" for one. */
    iamlet_text service;
    /** The identity provider: its ARN, or a name that IAM knows. */
    iamlet_text provider;
    /** The canonical user id of the account, if it is known. */
    iamlet_text canonical_user;
    /** The unique id of the user or role (AIDA..., AROA...), if it is known. */
    iamlet_text unique_id;
} iamlet_principal;
#define IAMLET_PRINCIPAL_INIT {0, 0, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
    {NULL, 0}, {NULL, 0}}

/** The type of principal that an ARN tells: of a user, an assumed-role session, a federated user, a
 *  root user or an origin access identity. 0 for any other text, a role's ARN among them, for roles
 *  make no requests: their sessions do. */
uint32_t iamlet_principal_type_of_arn(const char *arn, size_t len);

/** What kind of thing the resource is. A kind that contradicts the resource's ARN and the action
 *  makes the request malformed. */
typedef enum iamlet_resource_kind {
    /** What follows from the resource's ARN and the action. */
    IAMLET_RESOURCE_DERIVED = 0,
    /** Any resource but the two below. */
    IAMLET_RESOURCE_ORDINARY = 1,
    /** A KMS key: an identity-based policy alone never suffices. Its ARN is that of a key, not of
     *  an alias. */
    IAMLET_RESOURCE_KMS_KEY = 2,
    /** A role that is to be assumed: the same. The action is sts:AssumeRole,
     *  sts:AssumeRoleWithSAML, sts:AssumeRoleWithWebIdentity, sts:TagSession or
     *  sts:SetSourceIdentity. */
    IAMLET_RESOURCE_ROLE = 3,
} iamlet_resource_kind;

/** One resource, and whose it is. */
typedef struct iamlet_resource {
    /** The ARN; "*" for actions without resource-level permissions. */
    iamlet_text arn;
    /** The 12-digit account that owns it. Required where the ARN names none, as in S3, and with
     *  "*": there the account in which the action takes effect. Where the ARN names one, this must
     *  be the same or empty. */
    iamlet_text account;
    /** 1 where it belongs to the organization's management account: no RCP applies. */
    uint32_t in_management_account;
    /** 0. */
    uint32_t reserved;
} iamlet_resource;
#define IAMLET_RESOURCE_INIT {{NULL, 0}, {NULL, 0}, 0, 0}

/** The kind of resource that follows from an action and an ARN, as preparing a request finds it: it
 *  says of which kind the resource's policy has to be. 0 where a pointer or length is wrong. */
uint32_t iamlet_resource_kind_of(const char *action, size_t action_len, const char *arn,
    size_t arn_len);

/** A context key: a name, which may be written in any case, and its hash.
 *  With `prepared` 0 the library hashes the name each time. For a name that you use again and
 *  again, call iamlet_key_prepare once and keep the result, as long as the name stays where it is,
 *  for this build of the library. A prepared key is trusted: with a hash of another name, policies
 *  do not find it. */
typedef struct iamlet_key {
    /** The name, "aws:SourceIp" for one. */
    iamlet_text name;
    /** 1 after iamlet_key_prepare. */
    uint32_t prepared;
    /** The hash. */
    uint32_t hash;
    /** The number among keys that the library knows. */
    uint32_t known;
    /** 0. */
    uint32_t reserved;
} iamlet_key;
#define IAMLET_KEY_INIT {{NULL, 0}, 0, 0, 0, 0}

/** Hashes the name of a context key.
 *  @param name the name; it must stay where it is as long as `key` is used.
 *  @param key the prepared key.
 *  @return IAMLET_OK, IAMLET_MALFORMED_CONTEXT_KEY for an empty name, or what is wrong with the
 *      call. */
IAMLET_MUST_USE iamlet_status iamlet_key_prepare(iamlet_text name, iamlet_key *key);

/** A context key of a request with its values.
 *  The same key in several entries, in any case, is one key with all the values. A key without
 *  values is absent; in an item it takes the request's values of that key away. Declared
 *  multivalued once, in a request or an item, a key is so for both, and so are without a word
 *  aws:CalledVia, aws:PrincipalOrgPaths, aws:PrincipalServiceNamesList, aws:ResourceOrgPaths,
 *  aws:SourceOrgPaths, aws:TagKeys and aws:VpceOrgPaths. */
typedef struct iamlet_context_entry {
    /** The key. */
    iamlet_key key;
    /** Its values, UTF-8. */
    const iamlet_text *values;
    /** How many. */
    size_t value_count;
    /** 1 to declare the key multivalued: then even one value needs a set qualifier (ForAllValues,
     *  ForAnyValue) to be tested. */
    uint32_t multivalued;
    /** 1 for a key that is not fetched yet: a tag that another service has, for one. A decision
     *  that could depend on it is denied with IAMLET_REASON_NEEDS_CONTEXT, and names it in `needs`;
     *  one that could not is made without it. Values in any entry of such a key do not count. At
     *  most 64 keys of a request, and none of an item, which brings what was fetched. */
    uint32_t not_fetched;
} iamlet_context_entry;
#define IAMLET_CONTEXT_ENTRY_INIT {IAMLET_KEY_INIT, NULL, 0, 0, 0}

/** Absent layer: no service control policies. */
#define IAMLET_ABSENT_SCP 1
/** Absent layer: no resource control policies. */
#define IAMLET_ABSENT_RCP 2
/** Absent layers: no organization, so neither SCPs nor RCPs. */
#define IAMLET_ABSENT_ORGANIZATION 3
/** Absent layer: the resource has no policy. */
#define IAMLET_ABSENT_RESOURCE 4
/** Absent layer: no identity-based policy. */
#define IAMLET_ABSENT_IDENTITY 8
/** Absent layer: no permissions boundary. */
#define IAMLET_ABSENT_BOUNDARY 16
/** Absent layer: no session policy. */
#define IAMLET_ABSENT_SESSION 32
/** Absent layer: no VPC endpoint on the way. */
#define IAMLET_ABSENT_ENDPOINT 64
/** Absent layers: all of them, from which those that exist are taken. All that one set does not
 *  have is IAMLET_ABSENT_ALL & ~layers, with `layers` of its iamlet_set_info. */
#define IAMLET_ABSENT_ALL 127
/** Flag of iamlet_request: the VPC endpoint on the way is a gateway endpoint, as S3 and DynamoDB
 *  have. In its policy an account stands for its root user only. */
#define IAMLET_GATEWAY_ENDPOINT 1
/** Flag of iamlet_request: derive aws:ResourceAccount from the resource's owner. */
#define IAMLET_DERIVE_RESOURCE_ACCOUNT 2
/** Flag of iamlet_request: `clock` is the time. */
#define IAMLET_HAS_CLOCK 4
/** The steps that one decision may take where the request says 0: at most some 200 million
 *  instructions, or 60 ms of one processor. */
#define IAMLET_DEFAULT_BUDGET 3000000

/** A request. Set it to zero first, then `struct_size`. */
typedef struct iamlet_request {
    /** sizeof(iamlet_request). */
    size_t struct_size;
    /** Who makes the request. */
    iamlet_principal principal;
    /** The action, "s3:GetObject" for one, without wildcards. */
    iamlet_text action;
    /** The resource; NULL where each item has its own. */
    const iamlet_resource *resource;
    /** An iamlet_resource_kind; 0, IAMLET_RESOURCE_DERIVED, is right for all but those who want a
     *  kind to be held against the request. */
    uint32_t resource_kind;
    /** The layers that do not exist: IAMLET_ABSENT_... together. A layer that applies to the
     *  principal (iamlet_layer says which do) and is neither in a set nor declared absent is an
     *  error, and so is one that is both: a policy that was forgotten must not open anything.
     *  Layers that do not apply may be declared or not. */
    uint32_t absent;
    /** IAMLET_GATEWAY_ENDPOINT, IAMLET_DERIVE_RESOURCE_ACCOUNT, IAMLET_HAS_CLOCK. */
    uint32_t flags;
    /** 0. */
    uint32_t reserved;
    /** With IAMLET_HAS_CLOCK: the time in seconds since 1970, for aws:CurrentTime and
     *  aws:EpochTime. */
    int64_t clock;
    /** The steps that one decision may take; 0 for IAMLET_DEFAULT_BUDGET. A decision that needs
     *  more is denied, with IAMLET_BUDGET_EXHAUSTED: set more here. A step is at most 64
     *  instructions, so a million are some 20 ms of one processor at worst. A statement is 5 to 15
     *  steps, wildcards take the bytes that they are compared with. docs/limits.md has the table.
     */
    uint64_t budget;
    /** The context. The library derives aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType,
     *  aws:userid (of users and roles from `unique_id`), aws:username, aws:PrincipalIsAWSService
     *  and aws:PrincipalServiceName from the principal; all other keys are yours, and leaving one
     *  out has a meaning. These are unknown where nobody gives them, and every test on them is left
     *  open: aws:CurrentTime and aws:EpochTime without a clock, aws:userid without `unique_id`,
     *  aws:PrincipalAccount and aws:PrincipalType of services and providers. Any other key that
     *  nobody gives is absent, aws:SecureTransport too, and a Deny that tests it may not deny. */
    const iamlet_context_entry *context;
    /** How many entries. */
    size_t context_count;
} iamlet_request;
#define IAMLET_REQUEST_INIT {sizeof(iamlet_request), IAMLET_PRINCIPAL_INIT, {NULL, 0}, NULL, 0, 0, \
    0, 0, 0, 0, NULL, 0}

/** Tells how many bytes a prepared request takes at most. It checks pointers, lengths, flags and
 *  numbers; whether the request is malformed shows when it is prepared. */
IAMLET_MUST_USE iamlet_status iamlet_request_size(const iamlet_request *request, size_t *size);

/** Prepares a request: everything that does not depend on a policy is worked out once.
 *  Everything is copied: neither the request nor what it points to needs to live on. The prepared
 *  request serves any number of decisions over any sets, from any number of threads, for this build
 *  of the library. It has no alignment and no pointers. There is nothing to free.
 *  @param request the request.
 *  @param memory where the prepared request goes. Must not overlap the request or anything that it
 *      points to.
 *  @param memory_len its bytes; iamlet_request_size tells how many are enough.
 *  @param used the bytes that were written, after IAMLET_OK; after IAMLET_BUFFER_TOO_SMALL those
 *      that are enough; else 0.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL; for a malformed request, which is to be denied,
 *      IAMLET_MALFORMED_ACTION, IAMLET_MALFORMED_PRINCIPAL, IAMLET_MALFORMED_RESOURCE_ACCOUNT,
 *      IAMLET_CONTRADICTED_KEY, IAMLET_MALFORMED_CONTEXT_KEY, IAMLET_NOT_UTF8,
 *      IAMLET_REQUEST_TOO_LARGE, IAMLET_BAD_CLOCK, IAMLET_UNKNOWN_VALUE, IAMLET_MALFORMED_RESOURCE,
 *      IAMLET_ROLE_AS_PRINCIPAL; IAMLET_CONTRADICTED_... where two members contradict each other,
 *      which it names; or what is wrong with the call. After any error the memory holds no request,
 *      and decisions refuse it. */
IAMLET_MUST_USE iamlet_status iamlet_request_prepare(const iamlet_request *request, void *memory,
    size_t memory_len, size_t *used);

/** After IAMLET_NOT_UTF8 or IAMLET_REQUEST_TOO_LARGE: the member with such a text,
 *  "principal.role_arn" or "context" for example; else empty. */
iamlet_text iamlet_request_member(const iamlet_request *request);

/** One item of a batch or of a multi-resource request. Set it to zero first, then `struct_size`. */
typedef struct iamlet_request_item {
    /** sizeof(iamlet_request_item). */
    size_t struct_size;
    /** Its resource. */
    iamlet_resource resource;
    /** Its own context: a key of it replaces the same key of the request, and a key without values
     *  takes the request's away. */
    const iamlet_context_entry *context;
    /** How many entries. */
    size_t context_count;
    /** The layers that do not exist for this resource, beside those that the request declares:
     *  IAMLET_ABSENT_RESOURCE for a bucket without a policy, where another bucket of the same
     *  request has one. */
    uint32_t absent;
    /** 0. */
    uint32_t reserved;
} iamlet_request_item;
#define IAMLET_REQUEST_ITEM_INIT {sizeof(iamlet_request_item), IAMLET_RESOURCE_INIT, NULL, 0, 0, \
    0}

/** Tells how many bytes a prepared item takes at most. It checks what iamlet_request_size checks.
 */
IAMLET_MUST_USE iamlet_status iamlet_item_size(const iamlet_request_item *item, size_t *size);

/** Prepares an item of a request: a resource of its own, and the context keys that go with it.
 *  The rules are those of iamlet_request_prepare. One malformed item makes the whole multi-resource
 *  request malformed: deny it.
 *  @param request the prepared request that the item belongs to.
 *  @param request_len its bytes.
 *  @param item the item.
 *  @param memory where the prepared item goes.
 *  @param memory_len its bytes; iamlet_item_size tells how many are enough.
 *  @param used as in iamlet_request_prepare.
 *  @return as iamlet_request_prepare, and IAMLET_NOT_A_REQUEST. */
IAMLET_MUST_USE iamlet_status iamlet_item_prepare(const void *request, size_t request_len,
    const iamlet_request_item *item, void *memory, size_t memory_len, size_t *used);

/** As iamlet_request_member, for an item. */
iamlet_text iamlet_item_member(const iamlet_request_item *item);

/* REQUESTS IN TWO STEPS
 * ---------------------
 * For many requests a second: principals and actions are prepared once, context keys have numbers.
 */

/** Tells how many bytes are enough to build a dictionary, which may take fewer. Arguments and
 *  errors are those of iamlet_dictionary_build. */
IAMLET_MUST_USE iamlet_status iamlet_dictionary_size(const iamlet_text *names, size_t count,
    size_t *size, size_t *at_fault);

/** Builds a dictionary. Do it once, of the keys that the policies of all your sets name;
 *  iamlet_set_context_key tells them. No policy names a key without a slot.
 *  The names are copied. Slots follow the order of the names, unless hashes of names were made to
 *  collide. Time is linear in the names, and n log n in those that collide.
 *  @param names the names, in any case; the same key twice has one slot.
 *  @param count how many names; 0 is allowed.
 *  @param out where the dictionary goes; may be NULL where out_len is 0, to ask for the size. Must
 *      not overlap other arguments.
 *  @param out_len its bytes.
 *  @param out_used after IAMLET_OK the bytes that the dictionary takes; after
 *      IAMLET_BUFFER_TOO_SMALL those that are enough; else 0.
 *  @param at_fault the number of the name at fault, or SIZE_MAX; may be NULL.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL; IAMLET_MALFORMED_CONTEXT_KEY for an empty name;
 *      IAMLET_NOT_UTF8; IAMLET_DICTIONARY_TOO_LARGE, after which `out` holds no dictionary; or what
 *      is wrong with the call. Else nothing is written. */
IAMLET_MUST_USE iamlet_status iamlet_dictionary_build(const iamlet_text *names, size_t count,
    uint8_t *out, size_t out_len, size_t *out_used, size_t *at_fault);

/** A dictionary that was opened: it numbers context keys, and a key's number is its slot. Copy it
 *  as you like: it owns nothing. Its bytes must stay where they are, unchanged, as long as it is
 *  used; a prepared principal has a copy. For bytes that were opened before, you may fill it by
 *  hand. */
typedef struct iamlet_dictionary {
    /** The dictionary's bytes. */
    const uint8_t *data;
    /** How many. */
    size_t len;
} iamlet_dictionary;
#define IAMLET_DICTIONARY_INIT {NULL, 0}

/** Opens a dictionary: checks all of it, in time linear in its size. Any bytes may be offered. Do
 *  this once, when the dictionary is loaded.
 *  @param data the dictionary's bytes.
 *  @param len how many.
 *  @param dictionary the opened dictionary; after a failure one that is refused.
 *  @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT,
 *      or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_dictionary_open(const uint8_t *data, size_t len,
    iamlet_dictionary *dictionary);

/** What a dictionary holds. */
typedef struct iamlet_dictionary_info {
    /** A number that tells dictionaries apart: of the names in the order of their slots. It is no
     *  defence, for names that have a given one can be made. */
    uint64_t fingerprint;
    /** Its keys: their slots are the numbers below. */
    uint32_t keys;
    /** 0. */
    uint32_t reserved;
} iamlet_dictionary_info;
#define IAMLET_DICTIONARY_INFO_INIT {0, 0, 0}

/** Tells what an opened dictionary holds. Constant time.
 *  @param dictionary an opened dictionary.
 *  @param info what it holds; all zero after a failure.
 *  @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT,
 *      or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_dictionary_describe(const iamlet_dictionary *dictionary,
    iamlet_dictionary_info *info);

/** Tells the slot of a context key. Time is linear in the name.
 *  @param dictionary an opened dictionary.
 *  @param name the key's name, in any case.
 *  @param name_len its bytes.
 *  @param slot the slot; IAMLET_NONE where the dictionary lacks the key, and after a failure.
 *  @return as iamlet_dictionary_describe. */
IAMLET_MUST_USE iamlet_status iamlet_dictionary_slot(const iamlet_dictionary *dictionary,
    const char *name, size_t name_len, uint32_t *slot);

/** Tells the name of the key with a slot.
 *  @param dictionary an opened dictionary.
 *  @param slot the slot.
 *  @param name the name in lower case; it points into the dictionary. Empty after a failure.
 *  @return as iamlet_dictionary_describe; IAMLET_UNKNOWN_SLOT beyond the last key. */
IAMLET_MUST_USE iamlet_status iamlet_dictionary_key(const iamlet_dictionary *dictionary,
    uint32_t slot, iamlet_text *name);

/** Gives the conditions of a policy set the slots of a dictionary, in place. Of requests that are
 *  assembled with the same dictionary, a decision then finds the values of a condition's key
 *  without a search.
 *  No decision changes by it: requests of another dictionary or of none are decided by the names of
 *  keys, as they are by a set without slots. Slots of another dictionary are replaced. Nobody may
 *  decide with the set meanwhile; an opened iamlet_set of these bytes stays good. Time is linear in
 *  the set.
 *  @param set the bytes of a set that was built or opened; they stay one. Must not overlap other
 *      arguments.
 *  @param len how many.
 *  @param dictionary an opened dictionary.
 *  @return IAMLET_OK; for the set or the dictionary IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT,
 *      IAMLET_WRONG_SIZE, IAMLET_CORRUPT; or what is wrong with the call. After a failure nothing
 *      is written. */
IAMLET_MUST_USE iamlet_status iamlet_set_assign_slots(void *set, size_t len,
    const iamlet_dictionary *dictionary);

/** What the requests of a principal have in common. Set it to zero first, then `struct_size`. */
typedef struct iamlet_principal_input {
    /** sizeof(iamlet_principal_input). */
    size_t struct_size;
    /** Who makes the requests. */
    iamlet_principal principal;
    /** The dictionary whose slots stand for context keys; NULL for none, and then no request has a
     *  context. */
    const iamlet_dictionary *dictionary;
    /** As `budget` of iamlet_request. */
    uint64_t budget;
    /** As `absent` of iamlet_request. */
    uint32_t absent;
    /** IAMLET_GATEWAY_ENDPOINT, IAMLET_DERIVE_RESOURCE_ACCOUNT. */
    uint32_t flags;
} iamlet_principal_input;
#define IAMLET_PRINCIPAL_INPUT_INIT {sizeof(iamlet_principal_input), IAMLET_PRINCIPAL_INIT, NULL, \
    0, 0, 0}

/** Tells how many bytes a prepared principal takes at most. It checks pointers, lengths, flags and
 *  numbers, and the head of the dictionary. */
IAMLET_MUST_USE iamlet_status iamlet_principal_size(const iamlet_principal_input *input,
    size_t *size);

/** Prepares a principal, once a session for example: all that its requests have in common is worked
 *  out, for iamlet_request_assemble.
 *  Everything is copied, the dictionary too, and into each request again: a dictionary of the keys
 *  of your sets costs little, one of all keys that there are costs more. The prepared principal
 *  serves any number of requests, from any number of threads, for this build of the library. It has
 *  no alignment and no pointers.
 *  @param input the principal.
 *  @param memory where the prepared principal goes. Must not overlap other arguments.
 *  @param memory_len its bytes; iamlet_principal_size tells how many are enough.
 *  @param used as in iamlet_request_prepare.
 *  @return as iamlet_request_prepare, as far as it is about the principal; for the dictionary
 *      IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT. After any error
 *      the memory holds no principal. */
IAMLET_MUST_USE iamlet_status iamlet_principal_prepare(const iamlet_principal_input *input,
    void *memory, size_t memory_len, size_t *used);

/** As iamlet_request_member, for a principal. */
iamlet_text iamlet_principal_member(const iamlet_principal_input *input);

/** Tells how many bytes a prepared action takes. */
IAMLET_MUST_USE iamlet_status iamlet_action_size(const char *action, size_t action_len,
    size_t *size);

/** Prepares an action, for iamlet_request_assemble. As a prepared principal it serves any number of
 *  requests and threads.
 *  @param action the action, "s3:GetObject" for one, without wildcards.
 *  @param action_len its bytes.
 *  @param memory where the prepared action goes. Must not overlap other arguments.
 *  @param memory_len its bytes; iamlet_action_size tells how many it takes.
 *  @param used as in iamlet_request_prepare.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL; IAMLET_MALFORMED_ACTION; IAMLET_NOT_UTF8;
 *      IAMLET_REQUEST_TOO_LARGE; or what is wrong with the call. After any error the memory holds
 *      no action. */
IAMLET_MUST_USE iamlet_status iamlet_action_prepare(const char *action, size_t action_len,
    void *memory, size_t memory_len, size_t *used);

/** A context key of an assembled request with its values. The same slot in several entries is one
 *  key with all the values. A key without values is absent. */
typedef struct iamlet_slot_entry {
    /** The values, UTF-8. */
    const iamlet_text *values;
    /** How many. */
    size_t value_count;
    /** The key's slot in the principal's dictionary. Leave out keys that have none: no policy names
     *  them. What they say is then not held against the principal either. */
    uint32_t slot;
    /** As in iamlet_context_entry. */
    uint32_t multivalued;
    /** As in iamlet_context_entry. */
    uint32_t not_fetched;
    /** 0. */
    uint32_t reserved;
} iamlet_slot_entry;
#define IAMLET_SLOT_ENTRY_INIT {NULL, 0, 0, 0, 0, 0}

/** What a request is assembled from. Set it to zero first, then `struct_size`. */
typedef struct iamlet_assembly {
    /** sizeof(iamlet_assembly). */
    size_t struct_size;
    /** The prepared principal. */
    const void *principal;
    /** Its bytes. */
    size_t principal_len;
    /** The prepared action. */
    const void *action;
    /** Its bytes. */
    size_t action_len;
    /** The resource; NULL where each item has its own. */
    const iamlet_resource *resource;
    /** As in iamlet_request. */
    uint32_t resource_kind;
    /** IAMLET_HAS_CLOCK. */
    uint32_t flags;
    /** With IAMLET_HAS_CLOCK: the time in seconds since 1970. */
    int64_t clock;
    /** The context, as in iamlet_request but by slots. */
    const iamlet_slot_entry *entries;
    /** How many entries. */
    size_t entry_count;
} iamlet_assembly;
#define IAMLET_ASSEMBLY_INIT {sizeof(iamlet_assembly), NULL, 0, NULL, 0, NULL, 0, 0, 0, NULL, 0}

/** Tells how many bytes an assembled request takes at most. It checks pointers, lengths, flags and
 *  numbers; whether the request is malformed shows when it is assembled. */
IAMLET_MUST_USE iamlet_status iamlet_assembly_size(const iamlet_assembly *assembly, size_t *size);

/** Assembles a request from a prepared principal, a prepared action and what it brings itself: the
 *  request that iamlet_request_prepare would prepare of the same, in about half of the
 *  instructions. Every function takes it as such a one.
 *  Everything is copied, and the rules are those of iamlet_request_prepare. Where names of the
 *  dictionary collide, a decision takes some steps more to look a key up.
 *  @param assembly what it is assembled from.
 *  @param memory where the request goes. Must not overlap the assembly or anything that it points
 *      to.
 *  @param memory_len its bytes; iamlet_assembly_size tells how many are enough.
 *  @param used as in iamlet_request_prepare.
 *  @return as iamlet_request_prepare, and IAMLET_NOT_A_PRINCIPAL, IAMLET_NOT_AN_ACTION,
 *      IAMLET_UNKNOWN_SLOT. */
IAMLET_MUST_USE iamlet_status iamlet_request_assemble(const iamlet_assembly *assembly, void *memory,
    size_t memory_len, size_t *used);

/** As iamlet_request_member, for a request that was to be assembled. */
iamlet_text iamlet_assembly_member(const iamlet_assembly *assembly);

/* DECISIONS
 * ---------
 * Whether a request is allowed, and which statement says so.
 */

/** What becomes of a request. Only IAMLET_ALLOW permits. */
typedef enum iamlet_effect {
    /** Nothing allows it, or no decision was computed. */
    IAMLET_IMPLICIT_DENY = 0,
    /** A statement denies it. */
    IAMLET_EXPLICIT_DENY = 1,
    /** It is allowed. */
    IAMLET_ALLOW = 2,
} iamlet_effect;

/** The name of an effect, "implicit_deny" for one; empty for a number that is none. */
iamlet_text iamlet_effect_text(uint32_t effect);

/** Why a decision is what it is. */
typedef enum iamlet_reason {
    /** No decision was computed; `status` says why. */
    IAMLET_REASON_ERROR = 0,
    /** A statement denies. */
    IAMLET_REASON_EXPLICIT_DENY = 1,
    /** The identity-based policies allow. */
    IAMLET_REASON_IDENTITY_ALLOWS = 2,
    /** The resource-based policy allows by itself. */
    IAMLET_REASON_RESOURCE_ALLOWS = 3,
    /** Both the identity-based policies and the resource-based policy allow. */
    IAMLET_REASON_BOTH_ALLOW = 4,
    /** The root user of the owning account needs no Allow. */
    IAMLET_REASON_ROOT_USER = 5,
    /** No service control policy of `level` allows. */
    IAMLET_REASON_SCP_SILENT = 6,
    /** The VPC endpoint policy does not allow. */
    IAMLET_REASON_ENDPOINT_SILENT = 7,
    /** No identity-based policy allows. */
    IAMLET_REASON_IDENTITY_SILENT = 8,
    /** The permissions boundary does not allow. */
    IAMLET_REASON_BOUNDARY_SILENT = 9,
    /** No session policy allows, or a federated user has none. */
    IAMLET_REASON_SESSION_SILENT = 10,
    /** The resource-based policy does not allow, and its word is needed. */
    IAMLET_REASON_RESOURCE_SILENT = 11,
    /** This type of principal cannot do this to such a resource. */
    IAMLET_REASON_IMPOSSIBLE = 12,
    /** The action needs no permission: sts:GetCallerIdentity. */
    IAMLET_REASON_NO_PERMISSION_NEEDED = 13,
    /** The session policy of a federated session of the root user allows. */
    IAMLET_REASON_SESSION_ALLOWS = 14,
    /** The decision could depend on context keys that are not fetched yet: fetch those in `needs`,
     *  and decide again. */
    IAMLET_REASON_NEEDS_CONTEXT = 15,
} iamlet_reason;

/** What a reason means, in a sentence's half; empty for a number that is none. */
iamlet_text iamlet_reason_text(uint32_t reason);

/** Stands for "none" where a decision has a number. */
#define IAMLET_NONE UINT32_C(4294967295)

/** The answer to a request. All zero, it denies. */
typedef struct iamlet_decision {
    /** The iamlet_effect. Let the request proceed for IAMLET_ALLOW only. */
    uint32_t effect;
    /** The iamlet_reason. */
    uint32_t reason;
    /** The iamlet_status: IAMLET_OK, or why no decision was computed. */
    uint32_t status;
    /** The iamlet_layer that decided, or the first that `status` is about; 0 for none, as for a
     *  root user. For a Deny or an Allow, that of the statement; for a layer that is silent, that
     *  layer; with IAMLET_REASON_BOTH_ALLOW, IDENTITY. */
    uint32_t layer;
    /** The level of that layer, for SCPs and RCPs. */
    uint32_t level;
    /** The number of the item, for iamlet_decide_resources; else 0. */
    uint32_t item;
    /** The number of the policy set with the statement that decided, in the list of the call; an
     *  item's own set has the number `set_count`. Of several statements it is the first by layer,
     *  level, set, policy and statement. IAMLET_NONE where no single statement decided, here and
     *  below. */
    uint32_t set;
    /** The number of the policy in the list that its set was built from. */
    uint32_t policy;
    /** The number of the statement in the policy. */
    uint32_t statement;
    /** All layers that `status` is about, for each the bit of its IAMLET_ABSENT_ constant: with
     *  IAMLET_MISSING_LAYER, all that are missing. Else 0. */
    uint32_t layers;
    /** Your tag of the policy. */
    uint64_t tag;
    /** The Sid of the statement; empty for none. It lies in the set's own bytes: copy it before
     *  they go. */
    iamlet_text sid;
    /** With IAMLET_REASON_NEEDS_CONTEXT, the context keys on which the decision could depend, a bit
     *  each; iamlet_request_needed_key names them. Else 0. */
    uint64_t needs;
} iamlet_decision;
#define IAMLET_DECISION_INIT {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {NULL, 0}, 0}

/** Decides a request against policy sets.
 *  It reads its arguments and nothing else, and writes `decision` and nothing else: no clock, no
 *  input or output, no allocation, no lock. Any number of threads may decide at once, over the same
 *  sets and requests. The stack used is below 4 KiB.
 *  @param sets the opened sets, at most 16: the organization's, the user's with its groups, the
 *      session's, the resource's, in any order.
 *  @param set_count how many; 0 is allowed. The list itself is not kept.
 *  @param request a prepared request with a resource.
 *  @param request_len its bytes.
 *  @param decision the answer; after any error one that denies.
 *  @return IAMLET_OK, or why there is no decision: IAMLET_TOO_MANY_SETS, IAMLET_NO_RESOURCE,
 *      IAMLET_MISSING_LAYER, IAMLET_CONTRADICTED_LAYER, IAMLET_LAYER_REPEATED,
 *      IAMLET_WRONG_RESOURCE_KIND, IAMLET_BUDGET_EXHAUSTED, IAMLET_NOT_A_REQUEST,
 *      IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT; or what is
 *      wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_decide(const iamlet_set *sets, size_t set_count,
    const void *request, size_t request_len, iamlet_decision *decision);

/** The name of a context key that a decision needs, in lower case. It lies in the request's own
 *  bytes.
 *  @param request the prepared request of the decision.
 *  @param request_len its bytes.
 *  @param needs `needs` of the decision.
 *  @param number which of them, from 0.
 *  @param name the name; empty after an error.
 *  @return IAMLET_OK; IAMLET_UNKNOWN_VALUE after the last; or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_request_needed_key(const void *request, size_t request_len,
    uint64_t needs, uint32_t number, iamlet_text *name);

/** One decision of a batch: a request, and the item of it that the decision is about, if any. Set
 *  it to zero first. */
typedef struct iamlet_batch_entry {
    /** The prepared request. */
    const void *request;
    /** Its bytes. */
    size_t request_len;
    /** The prepared item, whose resource and context are used; NULL for none, and then `item_len`
     *  is 0 and `set` NULL. */
    const void *item;
    /** Its bytes. */
    size_t item_len;
    /** The set of the resource's side, beside the sets of the call; NULL for none. */
    const iamlet_set *set;
} iamlet_batch_entry;
#define IAMLET_BATCH_ENTRY_INIT {NULL, 0, NULL, 0, NULL}

/** Decides many requests at once, each as iamlet_decide would.
 *  @param sets the sets that all of them share.
 *  @param set_count how many.
 *  @param entries the requests.
 *  @param count how many.
 *  @param decisions `count` answers, in the same order, each with its own `status`; where that is
 *      not IAMLET_OK, the answer denies.
 *  @return IAMLET_OK if every answer is a decision; else the status of the first that is not, or
 *      what is wrong with the call: then every answer denies and has that status. */
IAMLET_MUST_USE iamlet_status iamlet_decide_batch(const iamlet_set *sets, size_t set_count,
    const iamlet_batch_entry *entries, size_t count, iamlet_decision *decisions);

/** Decides one request about several resources: one explicit deny denies, and all must be allowed.
 *  @param sets as in iamlet_decide.
 *  @param set_count how many.
 *  @param request the prepared request, whose own resource is not used.
 *  @param request_len its bytes.
 *  @param items the resources: entries whose `request` is not used.
 *  @param count how many; 0 is an error.
 *  @param decision the answer, that of the item which made it: the first that is explicitly denied,
 *      else the first that is denied, else the first.
 *  @return as iamlet_decide. One item without a decision makes all of it an error, which denies. */
IAMLET_MUST_USE iamlet_status iamlet_decide_resources(const iamlet_set *sets, size_t set_count,
    const void *request, size_t request_len, const iamlet_batch_entry *items, size_t count,
    iamlet_decision *decision);

/** Decides one request about many resources, each by itself, as iamlet_decide_batch would: for a
 *  list that shows only what its reader may see. What the sets have of the request's action is
 *  looked up once.
 *  The stack used is below 8 KiB.
 *  @param sets as in iamlet_decide.
 *  @param set_count how many.
 *  @param request the prepared request, whose own resource is not used.
 *  @param request_len its bytes.
 *  @param items the resources: entries whose `request` is not used.
 *  @param count how many.
 *  @param allowed `count / 8` bytes, rounded up: bit `i % 8` of byte `i / 8` is 1 where item `i` is
 *      allowed. All bits are 0 after an error of the call; NULL if only `decisions` are wanted.
 *  @param decisions `count` answers, as of iamlet_decide_batch; NULL if only `allowed` is wanted.
 *      `item` is the number of the item.
 *  @return IAMLET_OK if every answer is a decision; else the status of the first that is not, whose
 *      bit is 0, or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_filter(const iamlet_set *sets, size_t set_count,
    const void *request, size_t request_len, const iamlet_batch_entry *items, size_t count,
    uint8_t *allowed, iamlet_decision *decisions);

/** The bytes that iamlet_decision_format takes at most. */
#define IAMLET_DECISION_ROOM 2560

/** Writes a decision in one line, for a log: effect, who, what, on what; why; layer, level, set,
 *  policy, statement, Sid and tag, or after an error all layers that it is about. Long texts are
 *  cut, and characters that would end the line are escaped.
 *  `allow: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::b/k: an identity-based
 *  policy allows (identity-based policy, set 0, policy 1, statement 0, Sid Read, tag 7)`
 *  @param decision the decision, with its Sid still there.
 *  @param request the prepared request; NULL for none, and then it is left out, as are bytes that
 *      are no request.
 *  @param request_len its bytes.
 *  @param item the prepared item that it is about; NULL for none.
 *  @param item_len its bytes.
 *  @param out where the line goes, without a NUL; NULL where out_len is 0, to ask for the size.
 *      IAMLET_DECISION_ROOM suffices.
 *  @param out_len its bytes.
 *  @param used the bytes that the line takes.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what is wrong with the
 *      call. */
IAMLET_MUST_USE iamlet_status iamlet_decision_format(const iamlet_decision *decision,
    const void *request, size_t request_len, const void *item, size_t item_len, char *out,
    size_t out_len, size_t *used);

/* EXPLANATIONS
 * ------------
 * Why a decision is what it is, and what would change it. Who never asks links nothing of it.
 */

/** What a record of an explanation is about. */
typedef enum iamlet_record_kind {
    /** What was decided. The first record. */
    IAMLET_RECORD_DECISION = 1,
    /** A layer whose Allow is missing. */
    IAMLET_RECORD_SILENT_LAYER = 2,
    /** A statement that decides, or nearly does. */
    IAMLET_RECORD_STATEMENT = 3,
    /** A condition of the statement before it. */
    IAMLET_RECORD_CONDITION = 4,
} iamlet_record_kind;

/** Why a statement is in an explanation. */
typedef enum iamlet_role {
    /** It applies: it denies, or is an Allow of an allowed request. */
    IAMLET_ROLE_DECIDES = 1,
    /** One of its elements keeps it from applying. */
    IAMLET_ROLE_NEAR_MISS = 2,
    /** Several elements keep it from applying, and no statement of its layer and level comes
     *  nearer. */
    IAMLET_ROLE_NEAREST = 3,
} iamlet_role;

/** The name of a role, "near_miss" for one; empty for a number that is none. */
iamlet_text iamlet_role_text(uint32_t role);

/** Whether the Allow of a silent layer is needed. */
typedef enum iamlet_need {
    /** Nothing else can take its place. */
    IAMLET_NEED_NEEDED = 1,
    /** It is one way; the other layers with this need have another. */
    IAMLET_NEED_ONE_WAY = 2,
} iamlet_need;

/** The name of a need, "one_way" for one; empty for a number that is none. */
iamlet_text iamlet_need_text(uint32_t need);

/** Whether an element of a statement, or a condition, holds. */
typedef enum iamlet_truth {
    /** It does not. */
    IAMLET_TRUTH_FALSE = 0,
    /** That is open: enough for a Deny, too little for an Allow. */
    IAMLET_TRUTH_INDET = 1,
    /** It does, or the statement does not have the element. */
    IAMLET_TRUTH_TRUE = 2,
} iamlet_truth;

/** What is so about the key of a condition. */
typedef enum iamlet_fact {
    /** The request does not have the key. */
    IAMLET_FACT_ABSENT = 1,
    /** The request has it, which is all that `Null` asks. */
    IAMLET_FACT_PRESENT = 2,
    /** AWS always sends the key, and nobody told its value. */
    IAMLET_FACT_UNKNOWN = 3,
    /** The key has several values, or is one that may have, and the operator has no set qualifier.
     */
    IAMLET_FACT_SEVERAL_VALUES = 4,
    /** All values are empty texts, and a qualifier asks for them. */
    IAMLET_FACT_NOTHING_BUT_EMPTY = 5,
    /** Value `sent` of the request is value `expected` of the policy, or matches it. */
    IAMLET_FACT_MATCHES = 6,
    /** Value `sent` of the request matches none of the policy's. */
    IAMLET_FACT_NO_MATCH = 7,
    /** Value `sent` of the request is none of the operator's family: no number, date, address. */
    IAMLET_FACT_DOES_NOT_PARSE = 8,
    /** Value `sent` of the request matches none, and value `expected` of the policy has a variable
     *  without a value. */
    IAMLET_FACT_VARIABLE_WITHOUT_VALUE = 9,
    /** Whether value `sent` of the request matches value `expected` of the policy is left open. */
    IAMLET_FACT_OPEN = 10,
    /** The key is not fetched yet. */
    IAMLET_FACT_NOT_FETCHED = 11,
} iamlet_fact;

/** The name of a fact, "absent" for one; empty for a number that is none. */
iamlet_text iamlet_fact_text(uint32_t fact);

/** What the request's key would have to be for a condition to turn, so that its Deny would not
 *  apply or its Allow would. */
typedef enum iamlet_change {
    /** One value, which matches one of the policy's. */
    IAMLET_CHANGE_ONE_OF = 1,
    /** One value, which matches none of the policy's. */
    IAMLET_CHANGE_NONE_OF = 2,
    /** There, with any value that is not empty. */
    IAMLET_CHANGE_PRESENT = 3,
    /** Not there. */
    IAMLET_CHANGE_ABSENT = 4,
} iamlet_change;

/** The name of a change, "one_of" for one; empty for a number that is none. */
iamlet_text iamlet_change_text(uint32_t change);

/** One record of an explanation: 48 bytes, without a text. What a kind of records does not have is
 *  0. */
typedef struct iamlet_record {
    /** STATEMENT: your tag of the policy. DECISION: `needs` of the iamlet_decision. */
    uint64_t tag;
    /** The iamlet_record_kind; 0 where nothing was written. */
    uint32_t kind;
    /** STATEMENT, CONDITION: the number of the policy in the list that its set was built from. */
    uint32_t policy;
    /** STATEMENT, CONDITION: the number of the statement in the policy. */
    uint32_t statement;
    /** DECISION: how many statements deny. */
    uint32_t denies;
    /** CONDITION: its number in the statement, in the order of the document. */
    uint16_t condition;
    /** CONDITION: the number of the request's value that the fact is about. */
    uint16_t sent;
    /** CONDITION: the number of the policy's value that the fact is about. */
    uint16_t expected;
    /** STATEMENT, CONDITION: the number of the set in the list; an item's own set has the number
     *  after the last. */
    uint16_t set;
    /** DECISION, SILENT_LAYER, STATEMENT: the iamlet_layer, or 0. */
    uint16_t layer;
    /** The level of that layer, for SCPs and RCPs. */
    uint16_t level;
    /** DECISION: the iamlet_effect. STATEMENT: IAMLET_EXPLICIT_DENY for a Deny, IAMLET_ALLOW for an
     *  Allow. */
    uint8_t effect;
    /** DECISION: the iamlet_reason. */
    uint8_t reason;
    /** DECISION: the iamlet_reason that there would be if no statement denied. */
    uint8_t without_denies;
    /** STATEMENT: the iamlet_role. SILENT_LAYER: the iamlet_need. */
    uint8_t role;
    /** SILENT_LAYER: 1 if it has a policy, else 0. */
    uint8_t is_there;
    /** STATEMENT: the iamlet_truth of its action. */
    uint8_t action;
    /** STATEMENT: that of its resource. */
    uint8_t resource;
    /** STATEMENT: that of its principal. */
    uint8_t principal;
    /** STATEMENT: that of its conditions, all together. */
    uint8_t conditions;
    /** CONDITION: the iamlet_truth of it. */
    uint8_t truth;
    /** CONDITION: the iamlet_fact. */
    uint8_t fact;
    /** CONDITION: the iamlet_change by which its statement would turn; 0 for none. */
    uint8_t change;
} iamlet_record;
#define IAMLET_RECORD_INIT {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/** Decides a request as iamlet_decide does, and writes down why: first the decision, then the
 *  layers whose Allow is missing, then the statements that decide, each followed by its conditions,
 *  and then those that nearly did, in the order of layer, level, set, policy and statement.
 *  Of iamlet_decide_resources, iamlet_decide_batch and iamlet_filter, explain one answer at a time,
 *  with the entry that it is about: the answer is the same. Each statement of the layers that apply
 *  is judged once or twice, whether the sets have indexes or not, within the budget of the request.
 *  The stack used is below 8 KiB.
 *  @param sets as in iamlet_decide.
 *  @param set_count how many.
 *  @param request the prepared request.
 *  @param request_len its bytes.
 *  @param item the entry with the item that it is about, whose `request` is not used; NULL for
 *      none.
 *  @param decision the answer.
 *  @param records room for the records; NULL where `record_count` is 0, to ask for their number.
 *  @param record_count how many fit.
 *  @param used the number of records; after an error but IAMLET_BUFFER_TOO_SMALL it is 0.
 *  @return as iamlet_decide; IAMLET_BUFFER_TOO_SMALL where there are more records than fit: then
 *      the records are zeroed, and the answer denies. After any error the answer denies. */
IAMLET_MUST_USE iamlet_status iamlet_explain(const iamlet_set *sets, size_t set_count,
    const void *request, size_t request_len, const iamlet_batch_entry *item,
    iamlet_decision *decision, iamlet_record *records, size_t record_count, size_t *used);

/** Where a policy comes from, for the texts of explanations. Set it to zero first. */
typedef struct iamlet_source {
    /** Your tag of the policy. Give each policy its own. */
    uint64_t tag;
    /** The name of its file, or what its readers call it. */
    iamlet_text name;
    /** The source map that compiling wrote; NULL for none. */
    const void *map;
    /** Its bytes. */
    size_t map_len;
} iamlet_source;
#define IAMLET_SOURCE_INIT {0, {NULL, 0}, NULL, 0}

/** An explanation with what its records point to, for texts. Set it to zero first. */
typedef struct iamlet_explanation {
    /** The sets, as they were explained. */
    const iamlet_set *sets;
    /** How many. */
    size_t set_count;
    /** The prepared request. */
    const void *request;
    /** Its bytes. */
    size_t request_len;
    /** The entry of the item; NULL for none. */
    const iamlet_batch_entry *item;
    /** The records. */
    const iamlet_record *records;
    /** How many. */
    size_t count;
    /** Where the policies come from; NULL where that is not known. One without a source is told by
     *  its numbers. */
    const iamlet_source *sources;
    /** How many. */
    size_t source_count;
} iamlet_explanation;
#define IAMLET_EXPLANATION_INIT {NULL, 0, NULL, 0, NULL, NULL, 0, NULL, 0}

/** Writes an explanation in full, for operators: lines of at most 80 columns, but for words that
 *  are longer, and no line end behind the last. It tells what policies say: clients get
 *  iamlet_explain_client_text.
 *  Characters that would end a line or turn it around are escaped.
 *  @param explanation the explanation.
 *  @param out where the text goes, without a NUL; NULL where out_len is 0, to ask for the size.
 *  @param out_len its bytes.
 *  @param used the bytes that the text takes.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what is wrong with the
 *      call. */
IAMLET_MUST_USE iamlet_status iamlet_explain_text(const iamlet_explanation *explanation, char *out,
    size_t out_len, size_t *used);

/** Writes an explanation as one line of JSON, for audit logs and tools; docs/explanations.md has
 *  its members. It is not for clients.
 *  @param explanation the explanation.
 *  @param out as in iamlet_explain_text.
 *  @param out_len its bytes.
 *  @param used the bytes that the JSON takes.
 *  @return as iamlet_explain_text. */
IAMLET_MUST_USE iamlet_status iamlet_explain_json(const iamlet_explanation *explanation, char *out,
    size_t out_len, size_t *used);

/** Writes an explanation as one item of EvaluationResults, the shape in which
 *  simulate-custom-policy answers, for emulators. It is not for clients.
 *  @param explanation the explanation.
 *  @param out as in iamlet_explain_text.
 *  @param out_len its bytes.
 *  @param used the bytes that the JSON takes.
 *  @return as iamlet_explain_text. */
IAMLET_MUST_USE iamlet_status iamlet_explain_simulation(const iamlet_explanation *explanation,
    char *out, size_t out_len, size_t *used);

/** Writes AWS's own sentence for AccessDenied, as one line: `User: arn is not authorized to
 *  perform: s3:GetObject on resource: "arn" with an explicit deny in a service control policy`. AWS
 *  tells it to the caller of its own account.
 *  @param explanation the explanation.
 *  @param out as in iamlet_explain_text.
 *  @param out_len its bytes.
 *  @param used the bytes that the sentence takes.
 *  @return as iamlet_explain_text. */
IAMLET_MUST_USE iamlet_status iamlet_explain_sentence(const iamlet_explanation *explanation,
    char *out, size_t out_len, size_t *used);

/** Writes what a client may know: the type of the policy, and whether it denies explicitly. No ARN,
 *  and nothing that a policy says: `explicit deny in a service control policy`.
 *  @param explanation the explanation.
 *  @param out as in iamlet_explain_text.
 *  @param out_len its bytes.
 *  @param used the bytes that the text takes.
 *  @return as iamlet_explain_text. */
IAMLET_MUST_USE iamlet_status iamlet_explain_client_text(const iamlet_explanation *explanation,
    char *out, size_t out_len, size_t *used);

/** The texts of a record, as they lie in the sets. */
typedef struct iamlet_record_texts {
    /** STATEMENT: its Sid; empty for none. */
    iamlet_text sid;
    /** CONDITION: the name of its key, in lower case. */
    iamlet_text key;
} iamlet_record_texts;
#define IAMLET_RECORD_TEXTS_INIT {{NULL, 0}, {NULL, 0}}

/** The texts that a record points to. They lie in the sets' own bytes.
 *  @param explanation the explanation.
 *  @param number the number of the record.
 *  @param texts the texts; empty after an error.
 *  @return IAMLET_OK; IAMLET_UNKNOWN_VALUE for a number that is none of a record, and for a record
 *      of other sets; or what is wrong with the call. */
IAMLET_MUST_USE iamlet_status iamlet_explain_record_texts(const iamlet_explanation *explanation,
    size_t number, iamlet_record_texts *texts);

/* REFUSED DOCUMENTS
 * -----------------
 * Why and where a document is refused, for those who write it.
 */

/** Why a policy document is refused. */
typedef enum iamlet_fault {
    /** The engine's own capacity is exceeded; `pool` of the error names it. Larger scratch memory
     *  helps but for the first three pools. */
    IAMLET_FAULT_CAPACITY = 1,
    /** The document exceeds AWS's upload limit for its kind. */
    IAMLET_FAULT_TOO_LARGE = 2,
    /** Invalid UTF-8, or a byte order mark. */
    IAMLET_FAULT_ENCODING = 3,
    /** Not strict JSON (RFC 8259). */
    IAMLET_FAULT_JSON_SYNTAX = 4,
    /** Something follows the document. */
    IAMLET_FAULT_JSON_TRAILING = 5,
    /** The same member twice in one object. */
    IAMLET_FAULT_JSON_DUPLICATE_KEY = 6,
    /** Arrays and objects nested deeper than 8. */
    IAMLET_FAULT_JSON_DEPTH = 7,
    /** A character that IAM's API refuses. */
    IAMLET_FAULT_BAD_CHARACTER = 8,
    /** A JSON value of the wrong type. */
    IAMLET_FAULT_WRONG_TYPE = 9,
    /** A member that the policy grammar does not have. */
    IAMLET_FAULT_UNKNOWN_ELEMENT = 10,
    /** A required element is missing; `missing` of the error names it. */
    IAMLET_FAULT_MISSING_ELEMENT = 11,
    /** An element that this kind of policy must not have. */
    IAMLET_FAULT_FORBIDDEN_ELEMENT = 12,
    /** An element beside its `Not` form. */
    IAMLET_FAULT_EXCLUSIVE_ELEMENTS = 13,
    /** Elements that must not stand together. */
    IAMLET_FAULT_FORBIDDEN_COMBINATION = 14,
    /** An empty array or object. */
    IAMLET_FAULT_EMPTY = 15,
    /** A `Version` that this kind of policy does not take. */
    IAMLET_FAULT_BAD_VERSION = 16,
    /** An `Effect` that this kind of policy does not take. */
    IAMLET_FAULT_BAD_EFFECT = 17,
    /** A `Sid` with characters that this kind does not take. */
    IAMLET_FAULT_BAD_SID = 18,
    /** Two statements with one `Sid`. */
    IAMLET_FAULT_DUP_SID = 19,
    /** An action that this kind of policy does not take. */
    IAMLET_FAULT_BAD_ACTION = 20,
    /** A resource that this kind of policy does not take. */
    IAMLET_FAULT_BAD_RESOURCE = 21,
    /** A principal that this kind of policy does not take. */
    IAMLET_FAULT_BAD_PRINCIPAL = 22,
    /** No such condition operator. */
    IAMLET_FAULT_BAD_OPERATOR = 23,
    /** A context key that cannot be one. */
    IAMLET_FAULT_BAD_CONDITION_KEY = 24,
    /** One operator has the key twice, in two spellings. */
    IAMLET_FAULT_DUP_CONDITION_KEY = 25,
    /** A value that the operator cannot take. */
    IAMLET_FAULT_BAD_CONDITION_VALUE = 26,
    /** A policy variable that is malformed or out of place. */
    IAMLET_FAULT_BAD_VARIABLE = 27,
} iamlet_fault;

/** The code of a fault, "JSON_SYNTAX" for one; empty for a number that is none. */
iamlet_text iamlet_fault_code(uint32_t fault);

/** What a fault means, in a sentence's half; empty for a number that is none. */
iamlet_text iamlet_fault_text(uint32_t fault);

/** The capacity that a document exceeds. The first three are fixed; the others grow with the
 *  scratch memory. */
typedef enum iamlet_pool {
    /** Bytes of the document. */
    IAMLET_POOL_DOCUMENT = 1,
    /** Bytes of one string. */
    IAMLET_POOL_STRING = 2,
    /** Members of one list. */
    IAMLET_POOL_LIST = 3,
    /** Statements. */
    IAMLET_POOL_STATEMENTS = 4,
    /** Conditions: a key of an operator each. */
    IAMLET_POOL_CONDITIONS = 5,
    /** Patterns and values. */
    IAMLET_POOL_PATTERNS = 6,
    /** Distinct context keys. */
    IAMLET_POOL_KEYS = 7,
    /** Distinct policy variables. */
    IAMLET_POOL_VARIABLES = 8,
    /** Bytes of distinct text. */
    IAMLET_POOL_TEXT = 9,
} iamlet_pool;

/** The name of a pool, "text" for one; empty for a number that is none. */
iamlet_text iamlet_pool_text(uint32_t pool);

/** Why and where a document is refused. All zero after a success. */
typedef struct iamlet_error {
    /** The iamlet_fault. */
    uint32_t fault;
    /** The byte, from 0, where the element at fault begins. */
    uint32_t offset;
    /** The line of that byte, from 1. */
    uint32_t line;
    /** The column of that byte, from 1, in code points; a tab is one. */
    uint32_t column;
    /** With IAMLET_FAULT_CAPACITY, the iamlet_pool that is full; else 0. */
    uint32_t pool;
    /** With IAMLET_FAULT_MISSING_ELEMENT, the element that the object at `offset` lacks, for
     *  iamlet_error_pointer and iamlet_error_format; else 0. */
    uint32_t missing;
    /** 1 where the fault belongs to an element, which has a JSON Pointer; 0 where it belongs to the
     *  document as a whole. */
    uint32_t located;
    /** The iamlet_detail: what exactly is wrong with the element, or with the part of it that the
     *  next two tell; 0 where nothing more is known than the fault. */
    uint32_t detail;
    /** The byte of the document, from 0, where that part begins. */
    uint32_t part_offset;
    /** Its bytes, as the document has them; 0 where the detail is about no part. */
    uint32_t part_len;
    /** How many characters, fields or colons there are, where the text of iamlet_error_explain
     *  tells it; else 0. */
    uint32_t count;
    /** 0. */
    uint32_t reserved;
} iamlet_error;

/** The bytes that iamlet_error_explain takes at most, and iamlet_error_format beside the file's
 *  name. */
#define IAMLET_ERROR_ROOM 256

/** Writes an error as `file:line:column: CODE message`, without the part of the document that is at
 *  fault; iamlet_error_explain shows it.
 *  @param file the name of the document; may be empty.
 *  @param error the error.
 *  @param out where the text goes, without a NUL; may be NULL where out_len is 0, to ask for the
 *      size. 256 bytes and the name suffice.
 *  @param out_len its bytes.
 *  @param used the bytes that the text takes.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what is wrong with the
 *      call. */
IAMLET_MUST_USE iamlet_status iamlet_error_format(iamlet_text file, const iamlet_error *error,
    char *out, size_t out_len, size_t *used);

/** Writes what is wrong, with the part of the document that is at fault: "the account field
 *  `11112222333` has 11 digits, not 12". The part is shown as the document has it, and cut where it
 *  is long.
 *  @param json the document that was refused, unchanged.
 *  @param json_len its bytes.
 *  @param error the error.
 *  @param out where the text goes, without a NUL; may be NULL where out_len is 0, to ask for the
 *      size. 256 bytes suffice.
 *  @param out_len its bytes.
 *  @param used the bytes that the text takes.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what is wrong with the
 *      call. */
IAMLET_MUST_USE iamlet_status iamlet_error_explain(const char *json, size_t json_len,
    const iamlet_error *error, char *out, size_t out_len, size_t *used);

/** Writes the JSON Pointer (RFC 6901, with ~0 and ~1 in names) of the element that an error is
 *  about. It has no bytes where the error is about the document as a whole; else it is as long as
 *  the names and numbers on the way to the element.
 *  @param json the document that was refused, unchanged.
 *  @param json_len its bytes.
 *  @param error the error.
 *  @param out where the pointer goes, without a NUL; may be NULL where out_len is 0, to ask for the
 *      size.
 *  @param out_len its bytes.
 *  @param used the bytes that the pointer takes.
 *  @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what is wrong with the
 *      call. */
IAMLET_MUST_USE iamlet_status iamlet_error_pointer(const char *json, size_t json_len,
    const iamlet_error *error, char *out, size_t out_len, size_t *used);

/* DETAILS OF FAULTS
 * -----------------
 * For programs that answer to one of them; people read iamlet_error_explain.
 */

/** What exactly is wrong with an element, where a fault could be several things.
 *  iamlet_error_explain says it in words. Later versions add to it. */
typedef enum iamlet_detail {
    /** A principal other than `*` stands alone. */
    IAMLET_DETAIL_PRINCIPAL_TEXT = 1,
    /** No such type of principals. */
    IAMLET_DETAIL_PRINCIPAL_MEMBER = 2,
    /** A type of principals that this kind of policy does not take. */
    IAMLET_DETAIL_PRINCIPAL_KIND = 3,
    /** `"*"` in a trust policy. */
    IAMLET_DETAIL_TRUST_EVERYONE = 4,
    /** `*` in `NotPrincipal`. */
    IAMLET_DETAIL_NOT_EVERYONE = 5,
    /** A principal of a resource control policy that is not `"*"`. */
    IAMLET_DETAIL_RCP_PRINCIPAL = 6,
    /** A wildcard in a principal. */
    IAMLET_DETAIL_PRINCIPAL_WILDCARD = 7,
    /** A `$` in a principal. */
    IAMLET_DETAIL_PRINCIPAL_VARIABLE = 8,
    /** A character that no principal has. */
    IAMLET_DETAIL_PRINCIPAL_CHARACTER = 9,
    /** Neither account nor ARN nor unique id. */
    IAMLET_DETAIL_PRINCIPAL_FORM = 10,
    /** An ARN that has not six fields. */
    IAMLET_DETAIL_FIELD_COUNT = 11,
    /** An ARN that does not begin with `arn`. */
    IAMLET_DETAIL_ARN_SCHEME = 12,
    /** A partition that cannot be one. */
    IAMLET_DETAIL_PARTITION = 13,
    /** A service that has no principals of this type. */
    IAMLET_DETAIL_PRINCIPAL_SERVICE = 14,
    /** A region in the ARN of a principal. */
    IAMLET_DETAIL_PRINCIPAL_REGION = 15,
    /** Digits in the account field, and not twelve. */
    IAMLET_DETAIL_ACCOUNT_LENGTH = 16,
    /** Something else in the account field. */
    IAMLET_DETAIL_ACCOUNT_CHARACTERS = 17,
    /** An account that has not twelve digits. */
    IAMLET_DETAIL_ACCOUNT_ID_LENGTH = 18,
    /** No principal of IAM. */
    IAMLET_DETAIL_IAM_NAME = 19,
    /** A group. */
    IAMLET_DETAIL_GROUP = 20,
    /** No principal of STS. */
    IAMLET_DETAIL_STS_NAME = 21,
    /** An empty part of a path. */
    IAMLET_DETAIL_EMPTY_PATH = 22,
    /** Characters that no unique id has. */
    IAMLET_DETAIL_UNIQUE_ID = 23,
    /** A unique id, and not that of a user or role. */
    IAMLET_DETAIL_UNIQUE_ID_PREFIX = 24,
    /** Another principal of the account `cloudfront`. */
    IAMLET_DETAIL_ORIGIN_ACCESS_IDENTITY = 25,
    /** A service of no domain of AWS's. */
    IAMLET_DETAIL_SERVICE_SUFFIX = 26,
    /** Nothing but the suffix of a service. */
    IAMLET_DETAIL_SERVICE_NAME = 27,
    /** Characters that no name of a service has. */
    IAMLET_DETAIL_SERVICE_LABEL = 28,
    /** Two dots in a row. */
    IAMLET_DETAIL_SERVICE_EMPTY_LABEL = 29,
    /** No identity provider. */
    IAMLET_DETAIL_PROVIDER = 30,
    /** The ARN of something else than a provider. */
    IAMLET_DETAIL_PROVIDER_SERVICE = 31,
    /** The ARN of something else in IAM. */
    IAMLET_DETAIL_PROVIDER_NAME = 32,
    /** A canonical user id that has not 64 characters. */
    IAMLET_DETAIL_CANONICAL_LENGTH = 33,
    /** Characters that no canonical user id has. */
    IAMLET_DETAIL_CANONICAL_CHARACTERS = 34,
    /** A number that is no account. */
    IAMLET_DETAIL_ACCOUNT_NUMBER = 35,
    /** Neither `*` nor an ARN. */
    IAMLET_DETAIL_RESOURCE_FORM = 36,
    /** An ARN of less than three fields. */
    IAMLET_DETAIL_FEW_FIELDS = 37,
    /** A partition that cannot be one. */
    IAMLET_DETAIL_RESOURCE_PARTITION = 38,
    /** No service. */
    IAMLET_DETAIL_SERVICE_EMPTY = 39,
    /** A wildcard in the service field. */
    IAMLET_DETAIL_SERVICE_WILDCARD = 40,
    /** Characters that no service has. */
    IAMLET_DETAIL_SERVICE_CHARACTERS = 41,
    /** Characters that no region has. */
    IAMLET_DETAIL_REGION_CHARACTERS = 42,
    /** Characters that no account has. */
    IAMLET_DETAIL_RESOURCE_ACCOUNT = 43,
    /** Digits and wildcards in an endpoint policy. */
    IAMLET_DETAIL_ACCOUNT_MIXED = 44,
    /** More than twelve digits and wildcards. */
    IAMLET_DETAIL_ACCOUNT_PATTERN_LENGTH = 45,
    /** A key without a colon. */
    IAMLET_DETAIL_KEY_COLON = 46,
    /** Nothing in front of the colon. */
    IAMLET_DETAIL_KEY_PREFIX = 47,
    /** A character that no prefix has. */
    IAMLET_DETAIL_KEY_PREFIX_CHARACTER = 48,
    /** A path with an empty part. */
    IAMLET_DETAIL_KEY_PATH = 49,
    /** Nothing behind the colon. */
    IAMLET_DETAIL_KEY_NAME = 50,
    /** A key of tags that names no tag. */
    IAMLET_DETAIL_KEY_TAG = 51,
    /** A variable in a key. */
    IAMLET_DETAIL_KEY_VARIABLE = 52,
    /** White space around a key. */
    IAMLET_DETAIL_KEY_SPACE = 53,
    /** No closing brace. */
    IAMLET_DETAIL_VARIABLE_OPEN = 54,
    /** No name. */
    IAMLET_DETAIL_VARIABLE_EMPTY = 55,
    /** A name that is no key. */
    IAMLET_DETAIL_VARIABLE_COLON = 56,
    /** Characters that no name has. */
    IAMLET_DETAIL_VARIABLE_CHARACTER = 57,
    /** A default that is not quoted, or holds a brace. */
    IAMLET_DETAIL_VARIABLE_DEFAULT = 58,
    /** A variable in the partition or service. */
    IAMLET_DETAIL_VARIABLE_FIELD = 59,
    /** A variable where the operator takes none. */
    IAMLET_DETAIL_VARIABLE_OPERATOR = 60,
    /** An action without a colon. */
    IAMLET_DETAIL_ACTION_COLON = 61,
    /** An action with several colons. */
    IAMLET_DETAIL_ACTION_COLONS = 62,
    /** Characters that no service has. */
    IAMLET_DETAIL_ACTION_SERVICE = 63,
    /** A service that is wild in part. */
    IAMLET_DETAIL_ACTION_SERVICE_WILDCARD = 64,
    /** Every service, where one must be named. */
    IAMLET_DETAIL_ACTION_ANY_SERVICE = 65,
    /** Upper case where the kind takes none. */
    IAMLET_DETAIL_ACTION_SERVICE_CASE = 66,
    /** No name. */
    IAMLET_DETAIL_ACTION_NAME = 67,
    /** A character that no name has. */
    IAMLET_DETAIL_ACTION_CHARACTER = 68,
    /** `*` where actions must be named. */
    IAMLET_DETAIL_ACTION_EVERY = 69,
    /** An action of another service in a trust policy. */
    IAMLET_DETAIL_ACTION_STS = 70,
    /** A wildcard inside a name, in the classic grammar. */
    IAMLET_DETAIL_ACTION_WILDCARD = 71,
    /** A byte order mark. */
    IAMLET_DETAIL_BYTE_ORDER_MARK = 72,
} iamlet_detail;

/** The code of a detail, "ACCOUNT_LENGTH" for one; empty for a number that is none. */
iamlet_text iamlet_detail_code(uint32_t detail);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* IAMLET_H */
