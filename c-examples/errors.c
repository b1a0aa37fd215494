/*
 * What refusals look like: a document for every fault, with its line, column
 * and JSON Pointer, and a call for everything that can be wrong with a call.
 * Ends with 1 if something is refused otherwise than the tables say.
 */
#include "support.h"

#define ONE(statement) "{\"Version\": \"2012-10-17\", \"Statement\": {" statement "}}"
#define DENY(rest) ONE("\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"" rest)
#define IF(condition) DENY(", \"Condition\": {" condition "}")

static const struct refusal {
    uint32_t fault, kind, flags;
    const char *json;
} REFUSALS[] = {
    {IAMLET_FAULT_CAPACITY, IAMLET_KIND_IDENTITY, 0, NULL}, /* see main */
    {IAMLET_FAULT_TOO_LARGE, IAMLET_KIND_INLINE_USER, IAMLET_ENFORCE_QUOTAS, NULL},
    {IAMLET_FAULT_ENCODING, IAMLET_KIND_IDENTITY, 0, DENY(", \"Sid\": \"\xff\"")},
    {IAMLET_FAULT_JSON_SYNTAX, IAMLET_KIND_SCP_CLASSIC, 0,
     "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Deny\",\n"
     "    \"Action\": \"ec2:RunInstances\",\n    \"Resource\": \"arn:aws:ec2:*:*:instance/*\",\n"
     "    \"Condition\": {\n      \"StringNotEquals\": {\n        \"ec2:InstanceType\": \"t2.micro\"\n      }\n"
     "  }\n}\n"}, /* a brace is missing */
    {IAMLET_FAULT_JSON_TRAILING, IAMLET_KIND_IDENTITY, 0, DENY("") "}"},
    {IAMLET_FAULT_JSON_DUPLICATE_KEY, IAMLET_KIND_IDENTITY, 0, DENY(", \"Effect\": \"Allow\"")},
    {IAMLET_FAULT_JSON_DEPTH, IAMLET_KIND_IDENTITY, 0, "{\"Statement\": [[[[[[[[[]]]]]]]]]}"},
    {IAMLET_FAULT_BAD_CHARACTER, IAMLET_KIND_IDENTITY, IAMLET_ENFORCE_QUOTAS, DENY(", \"Sid\": \"\xe4\xb8\xad\"")},
    {IAMLET_FAULT_WRONG_TYPE, IAMLET_KIND_IDENTITY, 0, DENY(", \"Sid\": 7")},
    {IAMLET_FAULT_UNKNOWN_ELEMENT, IAMLET_KIND_IDENTITY, 0, DENY(", \"Conditions\": {}")},
    {IAMLET_FAULT_MISSING_ELEMENT, IAMLET_KIND_IDENTITY, 0, ONE("\"Effect\": \"Deny\", \"Action\": \"*\"")},
    {IAMLET_FAULT_FORBIDDEN_ELEMENT, IAMLET_KIND_IDENTITY, 0, DENY(", \"Principal\": \"*\"")},
    {IAMLET_FAULT_EXCLUSIVE_ELEMENTS, IAMLET_KIND_IDENTITY, 0, DENY(", \"NotAction\": \"iam:*\"")},
    {IAMLET_FAULT_FORBIDDEN_COMBINATION, IAMLET_KIND_SCP_CLASSIC, 0,
     ONE("\"Effect\": \"Allow\", \"NotAction\": \"iam:*\", \"Resource\": \"*\"")},
    {IAMLET_FAULT_EMPTY, IAMLET_KIND_IDENTITY, 0, "{\"Version\": \"2012-10-17\", \"Statement\": []}"},
    {IAMLET_FAULT_BAD_VERSION, IAMLET_KIND_SCP_FULL, 0, "{\"Version\": \"2008-10-17\", \"Statement\": {}}"},
    {IAMLET_FAULT_BAD_EFFECT, IAMLET_KIND_IDENTITY, 0, ONE("\"Effect\": \"deny\"")},
    {IAMLET_FAULT_BAD_SID, IAMLET_KIND_IDENTITY, 0, DENY(", \"Sid\": \"deny all\"")},
    {IAMLET_FAULT_DUP_SID, IAMLET_KIND_IDENTITY, 0,
     "{\"Version\": \"2012-10-17\", \"Statement\": [\n"
     "  {\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"},\n"
     "  {\"Sid\": \"A\", \"Effect\": \"Deny\", \"Action\": \"iam:*\", \"Resource\": \"*\"}]}"},
    {IAMLET_FAULT_BAD_ACTION, IAMLET_KIND_SCP_CLASSIC, 0,
     ONE("\"Effect\": \"Deny\", \"Action\": [\"ec2:*\", \"s3:*Object\"], \"Resource\": \"*\"")},
    {IAMLET_FAULT_BAD_RESOURCE, IAMLET_KIND_IDENTITY, 0,
     ONE("\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"my-bucket\"")},
    {IAMLET_FAULT_BAD_PRINCIPAL, IAMLET_KIND_RESOURCE, 0, DENY(", \"Principal\": {\"AWS\": \"alice\"}")},
    {IAMLET_FAULT_BAD_OPERATOR, IAMLET_KIND_IDENTITY, 0, IF("\"StringIs\": {\"aws:SourceVpc\": \"vpc-1\"}")},
    {IAMLET_FAULT_BAD_CONDITION_KEY, IAMLET_KIND_IDENTITY, 0, IF("\"StringEquals\": {\"SourceVpc\": \"vpc-1\"}")},
    {IAMLET_FAULT_DUP_CONDITION_KEY, IAMLET_KIND_IDENTITY, 0,
     IF("\"StringEquals\": {\"aws:SourceVpc\": \"vpc-1\", \"aws:sourcevpc\": \"vpc-2\"}")},
    {IAMLET_FAULT_BAD_CONDITION_VALUE, IAMLET_KIND_IDENTITY, 0,
     IF("\"IpAddress\": {\"aws:SourceIp\": \"10.0.0.300\"}")},
    {IAMLET_FAULT_BAD_VARIABLE, IAMLET_KIND_IDENTITY, 0,
     ONE("\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::home/${aws:username\"")},
};

static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_SMALL];
static uint8_t image[4096];
static char long_document[8192];

/* Compiles a document, prints how it is refused, and returns whether it is refused as the table says. */
static int refuse(const struct refusal *want)
{
    iamlet_text json = text_of(want->json == NULL ? long_document : want->json);
    const iamlet_compile_options options = {.struct_size = sizeof options, .flags = want->flags};
    iamlet_error error;
    size_t used, len = 0, pointer_len = 0;
    iamlet_status status = iamlet_policy_compile(json.data, json.len, want->kind, &options, scratch, sizeof scratch,
                                                 image, sizeof image, &used, &error);
    char line[256], pointer[256];
    if (status == IAMLET_DOCUMENT_REFUSED) {
        check(iamlet_error_format(iamlet_kind_text(want->kind), &error, line, sizeof line, &len), "format");
        check(iamlet_error_pointer(json.data, json.len, &error, pointer, sizeof pointer, &pointer_len), "pointer");
    }
    printf("%-100.*s  %.*s\n", (int)len, line, (int)pointer_len, pointer);
    return status == IAMLET_DOCUMENT_REFUSED && error.fault == want->fault;
}

/* The arguments of iamlet_policy_compile that `WRONG_CALLS` tampers with. */
struct call {
    const char *json;
    size_t json_len;
    uint32_t kind;
    iamlet_compile_options options;
    uint8_t *scratch;
    size_t scratch_len;
    uint8_t *image;
    size_t image_len;
};

static void no_document(struct call *call) { call->json = NULL; }
static void odd_scratch(struct call *call) { call->scratch += 1; call->scratch_len += IAMLET_SCRATCH_SMALL; }
static void long_json(struct call *call) { call->json_len = SIZE_MAX; }
static void image_in_scratch(struct call *call) { call->image = call->scratch; }
static void no_room(struct call *call) { call->image = NULL; call->image_len = 0; }
static void little_scratch(struct call *call) { call->scratch_len = IAMLET_SCRATCH_SMALL - 1; }
static void no_kind(struct call *call) { call->kind = IAMLET_KIND_VPCE + 1; }
static void no_flag(struct call *call) { call->options.flags = 1u << 31; }
static void other_struct(struct call *call) { call->options.struct_size = 4; }

static const struct wrong_call {
    const char *what;
    void (*tamper)(struct call *call);
    iamlet_status status;
} WRONG_CALLS[] = {
    {"the document is NULL", no_document, IAMLET_NULL_ARGUMENT},
    {"scratch memory at an odd address", odd_scratch, IAMLET_MISALIGNED},
    {"a document of SIZE_MAX bytes", long_json, IAMLET_BAD_LENGTH},
    {"the image would be written into the scratch memory", image_in_scratch, IAMLET_OVERLAP},
    {"no room for the image", no_room, IAMLET_BUFFER_TOO_SMALL},
    {"one byte of scratch memory is lacking", little_scratch, IAMLET_SCRATCH_TOO_SMALL},
    {"a number that is no kind of policy", no_kind, IAMLET_UNKNOWN_VALUE},
    {"a flag that does not exist", no_flag, IAMLET_UNKNOWN_VALUE},
    {"options of another size", other_struct, IAMLET_BAD_STRUCT_SIZE},
};

static int call_wrongly(const struct wrong_call *wrong)
{
    static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t large_scratch[2 * IAMLET_SCRATCH_SMALL + 8];
    const char json[] = DENY("");
    struct call call = {json, sizeof json - 1, IAMLET_KIND_IDENTITY, {.struct_size = sizeof(iamlet_compile_options)},
                        large_scratch, IAMLET_SCRATCH_SMALL, image, sizeof image};
    wrong->tamper(&call);
    size_t used;
    iamlet_error error;
    iamlet_status status = iamlet_policy_compile(call.json, call.json_len, call.kind, &call.options, call.scratch,
                                                 call.scratch_len, call.image, call.image_len, &used, &error);
    iamlet_text why = iamlet_status_text(status);
    printf("%-52s  %2d  %.*s", wrong->what, (int)status, PRINTED(why));
    printf(used == 0 ? "\n" : ": %zu bytes\n", used);
    return status == wrong->status;
}

int main(void)
{
    /* 400 actions are too many for the smallest scratch memory, and 5 KB too much for a user's inline policy. */
    size_t len = (size_t)snprintf(long_document, sizeof long_document,
                                  "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", "
                                  "\"Resource\": \"*\", \"Action\": [\"a:B\"");
    for (int i = 0; i < 400; i++) {
        len += (size_t)snprintf(long_document + len, sizeof long_document - len, ", \"s3:Get%d\"", i);
    }
    snprintf(long_document + len, sizeof long_document - len, "]}}");

    size_t wrong = 0, count = sizeof REFUSALS / sizeof *REFUSALS;
    for (size_t i = 0; i < count; i++) {
        wrong += !refuse(&REFUSALS[i]);
    }
    if (iamlet_fault_code((uint32_t)count).len == 0 || iamlet_fault_code((uint32_t)count + 1).len != 0) {
        printf("the table does not have every fault\n");
        wrong++;
    }
    printf("\n");
    for (size_t i = 0; i < sizeof WRONG_CALLS / sizeof *WRONG_CALLS; i++) {
        wrong += !call_wrongly(&WRONG_CALLS[i]);
    }
    printf("\n%zu refused otherwise than expected\n", wrong);
    return wrong != 0;
}
