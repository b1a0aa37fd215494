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
