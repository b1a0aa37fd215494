/* What the parts of the test share. */
#ifndef SUPPORT_HPP
#define SUPPORT_HPP

#include <gtest/gtest.h>

#include <ostream>

#include "iamlet.hpp"

namespace iamlet {

// How a failed expectation shows them.
inline std::ostream& operator<<(std::ostream& out, Status status) { return out << text(status); }
inline std::ostream& operator<<(std::ostream& out, Effect effect) { return out << text(effect); }
inline std::ostream& operator<<(std::ostream& out, Reason reason) { return out << text(reason); }

} // namespace iamlet

inline constexpr iamlet::Absent ABSENT_BUT_IDENTITY = iamlet::Absent::organization | iamlet::Absent::resource |
                                                      iamlet::Absent::boundary | iamlet::Absent::session |
                                                      iamlet::Absent::endpoint;

inline constexpr std::string_view READ = R"({"Version": "2012-10-17", "Statement": {"Sid": "Read", "Effect": "Allow",
    "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}})";
inline constexpr std::string_view NO_WRITE = R"({"Version": "2012-10-17", "Statement": {"Sid": "NoWrite",
    "Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}})";

/// The set of one policy.
inline iamlet::PolicySet set_of(std::string_view json, iamlet::Kind kind, iamlet::Layer layer, std::uint64_t tag = 0)
{
    auto policy = iamlet::Policy::compile(json, kind);
    auto set = iamlet::PolicySet::build({{*policy, layer, tag}});
    EXPECT_EQ(set.error().status, iamlet::Status::ok);
    return std::move(*set);
}

/// A request that READ allows.
inline iamlet::RequestInput input()
{
    return {iamlet::Principal::user("arn:aws:iam::111122223333:user/alice"), "s3:GetObject",
            iamlet::Resource{"arn:aws:s3:::b/k", "111122223333"}, iamlet::ResourceKind::derived,
            ABSENT_BUT_IDENTITY};
}

#endif
