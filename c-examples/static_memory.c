/*
 * No heap: every byte that the program and the library use is in static
 * storage, or on a stack of a few KiB. One policy was compiled on another
 * machine and is a constant of the program, in flash; the other arrives as a
 * document and is compiled here.
 */
#include <stdio.h>

#include "iamlet.h"

/* A literal as an iamlet_text. */
#define TEXT(literal) {(literal), sizeof(literal) - 1}

/* In flash: a deny of everything but IAM without a second factor. */
static const uint8_t MFA_POLICY[] = {
#include "static_policy.inc"
};

static const char REPORTS_POLICY[] =
    "{"
    "  \"Version\": \"2012-10-17\","
    "  \"Statement\": {"
    "    \"Sid\": \"OwnReports\","
    "    \"Effect\": \"Allow\","
    "    \"Action\": [\"s3:GetObject\", \"s3:PutObject\"],"
    "    \"Resource\": \"arn:aws:s3:::reports/${aws:username}/*\""
    "  }"
    "}";

/*
 * The sizes were asked for once and rounded up. Where something does not fit,
 * IAMLET_BUFFER_TOO_SMALL says how many bytes it takes.
 */
static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_SMALL];
static uint8_t reports_policy[512];
static uint8_t set_bytes[1024];
static uint8_t prepared[1024];
static char standard_output[BUFSIZ];

static void report(const char *what, iamlet_status status)
{
    iamlet_text why = iamlet_status_text(status);
    printf("%s: %.*s\n", what, (int)why.len, why.data);
}

/* Both policies in a set, as those of a user. */
static iamlet_status load(iamlet_set *set)
{
    size_t image_len, set_len;
    iamlet_status status = iamlet_policy_compile(
        REPORTS_POLICY, sizeof REPORTS_POLICY - 1, IAMLET_KIND_IDENTITY, NULL, scratch, sizeof scratch,
        reports_policy, sizeof reports_policy, &image_len, NULL);
    if (status != IAMLET_OK) {
        return status;
    }
    const iamlet_set_policy policies[] = {
        {.image = MFA_POLICY, .image_len = sizeof MFA_POLICY, .layer = IAMLET_LAYER_IDENTITY},
        {.image = reports_policy, .image_len = image_len, .layer = IAMLET_LAYER_IDENTITY},
    };
    status = iamlet_set_build(policies, 2, 0, 0, set_bytes, sizeof set_bytes, &set_len, NULL);
    if (status != IAMLET_OK) {
        return status;
    }
    printf("%zu bytes of policy images, %zu bytes of policy set\n", sizeof MFA_POLICY + image_len, set_len);
    return iamlet_set_open(set_bytes, set_len, set);
}

/* Decides, and prints the answer. Whatever goes wrong on the way, the answer denies. */
static uint32_t decide(const iamlet_set *set, iamlet_text action, iamlet_text arn, size_t keys)
{
    static const iamlet_text yes = TEXT("true");
    static const iamlet_context_entry mfa = {
        .key = {.name = TEXT("aws:MultiFactorAuthPresent")}, .values = &yes, .value_count = 1};
    const iamlet_resource resource = {.arn = arn, .account = TEXT("111122223333")};
    const iamlet_request request = {
        .struct_size = sizeof request,
        .principal = {.type = IAMLET_PRINCIPAL_USER, .arn = TEXT("arn:aws:iam::111122223333:user/alice")},
        .action = action,
        .resource = &resource,
        .absent = IAMLET_ABSENT_ORGANIZATION | IAMLET_ABSENT_RESOURCE | IAMLET_ABSENT_BOUNDARY |
                  IAMLET_ABSENT_SESSION | IAMLET_ABSENT_ENDPOINT,
        .context = &mfa,
        .context_count = keys,
    };
    iamlet_decision decision = {0};
    size_t len;
    iamlet_status status = iamlet_request_prepare(&request, prepared, sizeof prepared, &len);
    if (status == IAMLET_OK) {
        status = iamlet_decide(set, 1, prepared, len, &decision);
    }
    if (status != IAMLET_OK) {
        report("no decision", status);
    }
    iamlet_text effect = iamlet_effect_text(decision.effect);
    printf("%-14.*s %-17.*s %-38.*s %s\n", (int)action.len, action.data, (int)effect.len, effect.data,
           (int)arn.len, arn.data, keys == 0 ? "no second factor" : "second factor");
    return decision.effect;
}

int main(void)
{
    /* Else the C library would take its buffer from the heap. */
    setvbuf(stdout, standard_output, _IOFBF, sizeof standard_output);

    static const struct {
        iamlet_text action, arn;
        size_t keys;
        uint32_t effect;
    } REQUESTS[] = {
        {TEXT("s3:GetObject"), TEXT("arn:aws:s3:::reports/alice/may.csv"), 1, IAMLET_ALLOW},
        {TEXT("s3:GetObject"), TEXT("arn:aws:s3:::reports/alice/may.csv"), 0, IAMLET_EXPLICIT_DENY},
        {TEXT("s3:GetObject"), TEXT("arn:aws:s3:::reports/bob/may.csv"), 1, IAMLET_IMPLICIT_DENY},
        {TEXT("iam:ListUsers"), TEXT("*"), 0, IAMLET_IMPLICIT_DENY},
        {TEXT("s3:Get*"), TEXT("*"), 1, IAMLET_IMPLICIT_DENY}, /* no action: malformed */
    };
    iamlet_set set;
    iamlet_status status = load(&set);
    if (status != IAMLET_OK) {
        report("no policies", status);
        return 1;
    }
    int wrong = 0;
    for (size_t i = 0; i < sizeof REQUESTS / sizeof *REQUESTS; i++) {
        wrong += decide(&set, REQUESTS[i].action, REQUESTS[i].arn, REQUESTS[i].keys) != REQUESTS[i].effect;
    }
    return wrong != 0;
}
