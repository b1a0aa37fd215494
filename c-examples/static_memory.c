/*
 * No heap: every byte that the program and the library use is in static
 * storage, or on a stack of a few KiB. One policy was compiled on another
 * machine and is a constant of the program, in flash; the other arrives as a
 * document and is compiled here.
 */
#include <stdio.h>

#include "iamlet.h"


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
static uint64_t scratch[IAMLET_SCRATCH_SMALL_WORDS];
static uint8_t reports_policy[IAMLET_IMAGE_ROOM(sizeof REPORTS_POLICY)];
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
    static const iamlet_text yes = IAMLET_TEXT_INIT("true");
    static const iamlet_context_entry mfa = {
        .key = {.name = IAMLET_TEXT_INIT("aws:MultiFactorAuthPresent")}, .values = &yes, .value_count = 1};
    const iamlet_resource resource = {.arn = arn, .account = IAMLET_TEXT("111122223333")};
    const iamlet_request request = {
        .struct_size = sizeof request,
        .principal = {.type = IAMLET_PRINCIPAL_USER, .arn = IAMLET_TEXT("arn:aws:iam::111122223333:user/alice")},
        .action = action,
        .resource = &resource,
        .absent = IAMLET_ABSENT_ALL & ~IAMLET_ABSENT_IDENTITY,
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

#define MAY(name) IAMLET_TEXT_INIT("arn:aws:s3:::reports/" name "/may.csv")
    static const struct {
        iamlet_text action, arn;
        size_t keys;
        uint32_t effect;
    } REQUESTS[] = {
        {IAMLET_TEXT_INIT("s3:GetObject"), MAY("alice"), 1, IAMLET_ALLOW},
        {IAMLET_TEXT_INIT("s3:GetObject"), MAY("alice"), 0, IAMLET_EXPLICIT_DENY},
        {IAMLET_TEXT_INIT("s3:GetObject"), MAY("bob"), 1, IAMLET_IMPLICIT_DENY},
        {IAMLET_TEXT_INIT("iam:ListUsers"), IAMLET_TEXT_INIT("*"), 0, IAMLET_IMPLICIT_DENY},
        {IAMLET_TEXT_INIT("s3:Get*"), IAMLET_TEXT_INIT("*"), 1, IAMLET_IMPLICIT_DENY}, /* no action: malformed */
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
