/* What decisions say, and that whatever is empty, moved or refused denies. */
#include <string>
#include <vector>

#include "support.hpp"

using namespace iamlet;

namespace {

const PolicySet& user()
{
    static const PolicySet set = set_of(READ, Kind::identity, Layer::identity, 4711);
    return set;
}

const PolicySet& bucket()
{
    static const PolicySet set = set_of(NO_WRITE, Kind::resource, Layer::resource, 815);
    return set;
}

Request request_with(Absent absent, std::string_view action = "s3:GetObject")
{
    RequestInput asked = input();
    asked.action = action;
    asked.absent = absent;
    return Request::prepare(asked).value();
}

constexpr Absent ABSENT_BUT_BOTH = Absent::all & ~(Absent::identity | Absent::resource);

void expect_no_decision(const Decision& decision, Status status)
{
    EXPECT_FALSE(decision.allowed());
    EXPECT_EQ(decision.effect(), Effect::implicit_deny);
    EXPECT_EQ(decision.reason(), Reason::error);
    EXPECT_EQ(decision.status(), status);
    EXPECT_FALSE(decision.set() || decision.policy() || decision.statement());
}

} // namespace

TEST(Decide, TellsWhatDecided)
{
    const Request read = request_with(ABSENT_BUT_BOTH);
    const Decision allowed = decide({bucket(), user()}, read);
    EXPECT_TRUE(allowed.allowed());
    EXPECT_EQ(allowed.reason(), Reason::identity_allows);
    EXPECT_EQ(allowed.layer(), Layer::identity);
    EXPECT_EQ(allowed.set(), 1u);
    EXPECT_EQ(allowed.policy(), 0u);
    EXPECT_EQ(allowed.statement(), 0u);
    EXPECT_EQ(allowed.tag(), 4711u);
    EXPECT_EQ(allowed.sid(), "Read");
    EXPECT_EQ(allowed.text(), "allow: an identity-based policy allows (identity-based policy, set 1, policy 0, "
                              "statement 0, Sid Read, tag 4711)");
    EXPECT_EQ(allowed.text(read).rfind("allow: arn:aws:iam::", 0), 0u) << allowed.text(read);
    EXPECT_NE(allowed.text(read).find(", s3:GetObject, arn:aws:s3:::"), std::string::npos) << allowed.text(read);
    EXPECT_EQ(Decision().text(), "implicit_deny: no decision could be computed");

    const Decision denied = decide({bucket(), user()}, request_with(ABSENT_BUT_BOTH, "S3:PUTOBJECT"));
    EXPECT_EQ(denied.effect(), Effect::explicit_deny);
    EXPECT_EQ(denied.layer(), Layer::resource);
    EXPECT_EQ(denied.sid(), "NoWrite");

    const Decision silent = decide(user(), request_with(ABSENT_BUT_IDENTITY, "s3:PutObject"));
    EXPECT_EQ(silent.effect(), Effect::implicit_deny);
    EXPECT_EQ(silent.reason(), Reason::identity_silent);
    EXPECT_FALSE(silent.set() || silent.policy() || silent.statement());
    EXPECT_EQ(silent.sid(), "");
}

TEST(Decide, TellsTheLevelThatIsSilent)
{
    const auto all = Policy::compile(
        R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})",
        Kind::scp_full);
    const auto scps = PolicySet::build({SetPolicy(*all, Layer::scp).at_level(0)}, Levels{2, 0});
    const auto absent = Absent::rcp | Absent::resource | Absent::boundary | Absent::session | Absent::endpoint;
    const Decision decision = decide({*scps, user()}, request_with(absent));
    EXPECT_EQ(decision.reason(), Reason::scp_silent);
    EXPECT_EQ(decision.level(), 1u);
}

TEST(Decide, TakesSetsInAnyForm)
{
    const Request request = request_with(ABSENT_BUT_IDENTITY);
    EXPECT_TRUE(decide(user(), request).allowed());
    EXPECT_TRUE(decide({user()}, request).allowed());
    const SetView array[] = {user()};
    EXPECT_TRUE(decide(array, request).allowed());
    EXPECT_TRUE(decide(std::vector<SetView>(16, user()), request).allowed());
    EXPECT_TRUE(decide({SetView(user().bytes())}, request).allowed());
    expect_no_decision(decide(std::vector<SetView>(17, user()), request), Status::too_many_sets);
    expect_no_decision(decide({}, request), Status::missing_layer);
    expect_no_decision(decide({bucket(), user()}, request), Status::contradicted_layer);
    const Request kms = [] {
        RequestInput asked = input();
        asked.absent = ABSENT_BUT_BOTH;
        asked.resource = Resource{"arn:aws:kms:eu-west-1:111122223333:key/k"};
        return Request::prepare(asked).value();
    }();
    expect_no_decision(decide({bucket(), user()}, kms), Status::wrong_resource_kind);
    EXPECT_EQ(decide({user()}, request_with(ABSENT_BUT_BOTH)).layer(), Layer::resource);
}

TEST(Decide, RefusesWhatIsEmpty)
{
    const Request request = request_with(ABSENT_BUT_IDENTITY);
    expect_no_decision(Decision(), Status::ok);
    expect_no_decision(decide(user(), Request()), Status::not_a_request);
    const PolicySet none;
    expect_no_decision(decide(none, request), Status::not_an_image);
    expect_no_decision(decide({user(), none}, request), Status::not_an_image);
    expect_no_decision(decide({user(), SetView()}, request), Status::not_an_image);
    EXPECT_EQ(PolicySet::build({{Policy(), Layer::identity}}).error().status, Status::not_an_image);
    EXPECT_EQ(Item::prepare(Request(), ItemInput{*input().resource}).error().status, Status::not_a_request);
    EXPECT_EQ(Request::prepare({}).error().status, Status::malformed_action);
}

TEST(Decide, RefusesWhatWasMovedFrom)
{
    Request request = request_with(ABSENT_BUT_IDENTITY);
    PolicySet set = set_of(READ, Kind::identity, Layer::identity);
    Policy policy = Policy::compile(READ, Kind::identity).value();

    const Request its_request = std::move(request);
    EXPECT_TRUE(decide(set, its_request).allowed());
    expect_no_decision(decide(set, request), Status::not_a_request);
    PolicySet its_set;
    its_set = std::move(set);
    EXPECT_TRUE(decide(its_set, its_request).allowed());
    expect_no_decision(decide(set, its_request), Status::not_an_image);
    const Policy its_policy = std::move(policy);
    EXPECT_TRUE(PolicySet::build({{its_policy, Layer::identity}}));
    EXPECT_EQ(PolicySet::build({{policy, Layer::identity}}).error().status, Status::not_an_image);

    PolicySet& self = its_set;
    its_set = std::move(self);
    EXPECT_TRUE(decide(its_set, its_request).allowed()) << "moved to itself";
}

TEST(Decide, DeniesAfterAnyStepThatFailed)
{
    const auto policy = Policy::compile("{}", Kind::identity);
    const auto set = PolicySet::build({{*policy, Layer::identity}});
    const auto request = Request::prepare(input());
    EXPECT_FALSE(policy.has_value() || set.has_value());
    expect_no_decision(decide(*set, *request), Status::not_an_image);
}

TEST(DecideBatch, AnswersEachEntry)
{
    const Request request = request_with(ABSENT_BUT_BOTH);
    const auto item = Item::prepare(request, ItemInput{Resource{"arn:aws:s3:::b/other", "111122223333"}});
    ASSERT_TRUE(item);
    const Item none;
    const PolicySet empty;
    const BatchEntry entries[] = {{request, *item, bucket()}, {request, *item}, {request, none, bucket()},
                                  {request, *item, empty},    BatchEntry(),     request};
    Decision decisions[6];
    EXPECT_EQ(decide_batch({user()}, entries, decisions), Status::missing_layer);
    EXPECT_TRUE(decisions[0].allowed());
    EXPECT_EQ(decisions[1].status(), Status::missing_layer);
    expect_no_decision(decisions[2], Status::not_a_request);
    expect_no_decision(decisions[3], Status::not_an_image);
    expect_no_decision(decisions[4], Status::not_a_request);
    EXPECT_EQ(decisions[5].status(), Status::missing_layer);

    EXPECT_EQ(decide_batch({user()}, Span<const BatchEntry>(entries, 1), decisions), Status::bad_length);
    for (const Decision& decision : decisions) {
        expect_no_decision(decision, Status::bad_length);
    }
    EXPECT_EQ(decide_batch({user()}, {}, {}), Status::ok);
}

TEST(DecideBatch, NeverDecidesTheRequestInPlaceOfAnEmptyItem)
{
    // The request's own resource is allowed. An item that could not be prepared has a resource that is not.
    const Request request = request_with(ABSENT_BUT_IDENTITY);
    EXPECT_TRUE(decide(user(), request).allowed());
    const auto refused = Item::prepare(request, ItemInput());
    EXPECT_EQ(refused.error().status, Status::malformed_resource);
    Decision decision;
    const BatchEntry entry(request, *refused);
    EXPECT_EQ(decide_batch({user()}, Span<const BatchEntry>(&entry, 1), Span<Decision>(&decision, 1)),
              Status::not_a_request);
    expect_no_decision(decision, Status::not_a_request);
}

TEST(DecideResources, TakesAllOfThem)
{
    const Request request = request_with(ABSENT_BUT_BOTH);
    std::uint8_t memory[512];
    const auto first = Item::prepare(request, ItemInput{Resource{"arn:aws:s3:::b/1", "111122223333"}}, memory);
    const auto other =
        Item::prepare(request, ItemInput{Resource{"arn:aws:s3:::c/2", "111122223333"}, {}, Absent::resource});
    ASSERT_TRUE(first && other);
    EXPECT_EQ(first->bytes().data(), memory);
    EXPECT_EQ(Item::prepare(request, ItemInput{*input().resource}, Memory(memory, 1)).error().status,
              Status::buffer_too_small);

    const BatchEntry both[] = {{request, *first, bucket()}, {request, *other}};
    const Decision decision = decide_resources({user()}, request, both);
    EXPECT_EQ(decision.status(), Status::ok);
    EXPECT_EQ(decision.effect(), Effect::implicit_deny);
    EXPECT_EQ(decision.item(), 1u);
    EXPECT_TRUE(decide_resources({user()}, request, Span<const BatchEntry>(both, 1)).allowed());
    expect_no_decision(decide_resources({user()}, request, {}), Status::no_resource);
    const Item none;
    const BatchEntry broken[] = {{request, *first, bucket()}, {request, none}};
    expect_no_decision(decide_resources({user()}, request, broken), Status::not_a_request);
}

TEST(Filter, TellsOfEachItemWhetherItIsAllowed)
{
    RequestInput asked = input();
    asked.resource = {};
    const Request request = Request::prepare(asked).value();
    const auto mine = Item::prepare(request, ItemInput{Resource{"arn:aws:s3:::b/1", "111122223333"}});
    const auto other = Item::prepare(request, ItemInput{Resource{"arn:aws:s3:::c/2", "111122223333"}});
    ASSERT_TRUE(mine && other);
    std::vector<BatchEntry> items;
    for (int i = 0; i < 11; ++i) {
        items.push_back(BatchEntry{request, i % 2 == 0 ? *mine : *other});
    }
    std::uint8_t bits[2] = {0xA5, 0xA5};
    const Span<const BatchEntry> list(items.data(), items.size());
    EXPECT_EQ(filter({user()}, request, list, bits), Status::ok);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Span<const BatchEntry> one(&items[i], 1);
        EXPECT_EQ((bits[i / 8] >> (i % 8) & 1) != 0, decide_resources({user()}, request, one).allowed()) << i;
    }
    EXPECT_EQ(filter({user()}, request, list, Span<std::uint8_t>(bits, 1)), Status::bad_length);
    EXPECT_EQ(bits[0], 0);
    EXPECT_EQ(filter({user()}, Request(), list, bits), Status::not_a_request);
    EXPECT_EQ(bits[0] | bits[1], 0);
}

TEST(DecideResources, OverlaysTheContextOfAnItem)
{
    const auto set = set_of(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
        "Resource": "*", "Condition": {"StringEquals": {"a:b": "yes"}}}})", Kind::identity, Layer::identity);
    const ContextEntry no[] = {{"a:b", "no"}}, yes[] = {{"A:B", "yes"}};
    RequestInput asked = input();
    asked.context = no;
    const Request request = Request::prepare(asked).value();
    const auto same = Item::prepare(request, ItemInput{*asked.resource});
    const auto item = Item::prepare(request, ItemInput{*asked.resource, yes});
    const BatchEntry plain[] = {{request, *same}}, overlaid[] = {{request, *item}};
    EXPECT_FALSE(decide_resources({set}, request, plain).allowed());
    EXPECT_TRUE(decide_resources({set}, request, overlaid).allowed());
}
