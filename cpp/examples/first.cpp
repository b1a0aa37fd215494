/* The example of the README: one policy, one request, one decision. */
#include <iostream>

#include "iamlet.hpp"

int main()
{
    const std::string_view json = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "s3:Get*", "Resource": "arn:aws:s3:::team/${aws:username}/*"}})";
    using namespace iamlet;
    // README begins
    auto policy = Policy::compile(json, Kind::identity);
    auto set = PolicySet::build({{*policy, Layer::identity}});
    RequestInput input{Principal::user("arn:aws:iam::111122223333:user/alice"), "s3:GetObject"};
    input.resource = Resource{"arn:aws:s3:::team/alice/plan", "111122223333"};
    input.absent = Absent::organization | Absent::resource | Absent::boundary | Absent::session | Absent::endpoint;
    auto request = Request::prepare(input);
    Decision decision = decide(*set, *request); // denies where a step failed: set.error(), request.error()
    std::cout << text(decision.effect()) << ": " << text(decision.reason()) << '\n';
    // README ends
    return decision.allowed() ? 0 : 1;
}
