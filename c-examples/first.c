#include <stdio.h>
#include "iamlet_easy.h"

int main(void)
{
    iamlet_easy *easy = iamlet_easy_new(NULL);
    iamlet_easy_add(easy, IAMLET_KIND_IDENTITY, 0, IAMLET_TEXT("{\"Version\": \"2012-10-17\", \"Statement\": {"
        "\"Effect\": \"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"arn:aws:s3:::team/${aws:username}/*\"}}"));
    iamlet_resource plan = {.arn = IAMLET_TEXT("arn:aws:s3:::team/alice/plan"), .account = IAMLET_TEXT("111122223333")};
    iamlet_request request = IAMLET_REQUEST_INIT;
    request.principal.arn = IAMLET_TEXT("arn:aws:iam::111122223333:user/alice");
    request.action = IAMLET_TEXT("s3:GetObject");
    request.resource = &plan;
    request.absent = iamlet_easy_absent(easy); /* the layers that no policy was added for do not exist */
    bool allowed = iamlet_easy_allows(easy, &request);
    puts(iamlet_easy_text(easy));
    iamlet_easy_free(easy);
    return allowed ? 0 : 1;
}
