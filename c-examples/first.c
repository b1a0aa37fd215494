/* The example of the README: one policy, one request, one decision. */
#include <stdio.h>
#include "iamlet.h"

#define TEXT(literal) {(literal), sizeof(literal) - 1}

int main(void)
{
    static const char json[] = "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
        " \"Action\": \"s3:Get*\", \"Resource\": \"arn:aws:s3:::team/${aws:username}/*\"}}";
    static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_SMALL];
    static uint8_t image[256], bytes[512], memory[1024];
    iamlet_set_policy policy = {.image = image, .layer = IAMLET_LAYER_IDENTITY, .tag = 7};
    iamlet_resource resource = {.arn = TEXT("arn:aws:s3:::team/alice/plan"), .account = TEXT("111122223333")};
    iamlet_request request = {
        .struct_size = sizeof request, .action = TEXT("s3:GetObject"), .resource = &resource,
        .principal = {.type = IAMLET_PRINCIPAL_USER, .arn = TEXT("arn:aws:iam::111122223333:user/alice")},
        .absent = IAMLET_ABSENT_ORGANIZATION | IAMLET_ABSENT_RESOURCE | IAMLET_ABSENT_BOUNDARY |
                  IAMLET_ABSENT_SESSION | IAMLET_ABSENT_ENDPOINT};
    size_t len;
    iamlet_set set;
    iamlet_decision decision = {0}; /* denies */
    iamlet_status status = iamlet_policy_compile(json, sizeof json - 1, IAMLET_KIND_IDENTITY, NULL, scratch,
                                                 sizeof scratch, image, sizeof image, &policy.image_len, NULL);
    status = status ? status : iamlet_set_build(&policy, 1, 0, 0, bytes, sizeof bytes, &len, NULL);
    status = status ? status : iamlet_set_open(bytes, len, &set);
    status = status ? status : iamlet_request_prepare(&request, memory, sizeof memory, &len);
    status = status ? status : iamlet_decide(&set, 1, memory, len, &decision);
    iamlet_text reason = iamlet_reason_text(decision.reason);
    printf("%s: %.*s\n", decision.effect == IAMLET_ALLOW ? "allow" : "deny", (int)reason.len, reason.data);
    return status != IAMLET_OK || decision.effect != IAMLET_ALLOW;
}
