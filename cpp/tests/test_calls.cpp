/* What each call gives and refuses, in memory of its own and of the caller. */
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "support.hpp"

using namespace iamlet;

namespace {

alignas(IAMLET_SCRATCH_ALIGN) std::uint8_t scratch[IAMLET_SCRATCH_SMALL + 1];

/// A prepared request with one change.
template <class Change> Status prepared(Change change)
{
    RequestInput changed = input();
    change(changed);
    const auto request = Request::prepare(changed);
    const auto set = set_of(READ, Kind::identity, Layer::identity);
    EXPECT_TRUE(request || !decide(set, *request).allowed());
    return request.error().status;
}

} // namespace

TEST(Texts, AreThoseOfTheLibrary)
{
    EXPECT_EQ(text(Status::not_utf8), "a text is not UTF-8");
    EXPECT_EQ(text(Status::out_of_memory), "the heap has no memory");
    EXPECT_EQ(text(static_cast<Status>(9999)), "");
    EXPECT_EQ(text(Kind::scp_full), "scp_full");
    EXPECT_EQ(text(Layer::boundary), "permissions boundary");
    EXPECT_EQ(text(Effect::explicit_deny), "explicit_deny");
    EXPECT_EQ(text(Reason::both_allow), "an identity-based policy and the resource-based policy allow");
    EXPECT_EQ(text(Pool::text), "text");
    EXPECT_EQ(code(Fault::json_syntax), "JSON_SYNTAX");
    EXPECT_FALSE(text(Fault::json_syntax).empty());
}

TEST(Version, IsThatOfTheHeader)
{
    EXPECT_EQ(version(), IAMLET_VERSION_MAJOR * 1000000u + IAMLET_VERSION_MINOR * 1000u + IAMLET_VERSION_PATCH);
    EXPECT_EQ(version_text(), std::to_string(IAMLET_VERSION_MAJOR) + "." + std::to_string(IAMLET_VERSION_MINOR) +
                                  "." + std::to_string(IAMLET_VERSION_PATCH));
    EXPECT_TRUE(library_matches());
}

TEST(Span, IsMadeOfWhatLiesInARow)
{
    int array[] = {1, 2};
    const std::vector<int> vector = {1, 2, 3};
    EXPECT_EQ(Span<int>(array).size(), 2u);
    EXPECT_EQ(Span<const int>(vector)[2], 3);
    EXPECT_EQ(Span<const int>(Span<int>(array)).begin(), array);
    EXPECT_TRUE(Span<int>().empty());
    static_assert(!std::is_constructible_v<Span<int>, const std::vector<int>&>, "constants stay constant");
    static_assert(!std::is_constructible_v<Span<const iamlet_set>, std::vector<SetView>&>, "no array of a base");
}

TEST(Kept, IsNotMadeOfWhatIsGoneBeforeItIsRead)
{
    using Entries = std::vector<ContextEntry>;
    static_assert(std::is_constructible_v<Kept<const ContextEntry>, Entries&>);
    static_assert(std::is_constructible_v<Kept<const ContextEntry>, const Entries&>);
    static_assert(std::is_constructible_v<Kept<const ContextEntry>, Span<const ContextEntry>>);
    static_assert(!std::is_constructible_v<Kept<const ContextEntry>, Entries>);
    static_assert(!std::is_assignable_v<decltype((RequestInput::context)), Entries>);
    static_assert(!std::is_assignable_v<decltype((ItemInput::context)), const Entries>);
    static_assert(std::is_constructible_v<ContextEntry, Key, std::vector<Text>&>);
    static_assert(!std::is_constructible_v<ContextEntry, Key, std::vector<Text>>);

    const Text values[] = {"a", "b"};
    const Entries entries = {{"x:y", values}, {"x:z", std::string_view("c")}};
    RequestInput input;
    input.context = entries;
    EXPECT_EQ(input.context.size(), 2u);
    input.context = {};
    EXPECT_TRUE(input.context.empty());
}

TEST(Policy, IsAnImage)
{
    const auto policy = Policy::compile(READ, Kind::identity);
    ASSERT_TRUE(policy);
    const auto info = policy->info();
    EXPECT_EQ(info->kind, Kind::identity);
    EXPECT_EQ(info->statements, 1u);
    EXPECT_TRUE(info->version_2012);
    EXPECT_EQ(info->context_keys, 0u);
    EXPECT_EQ(policy->context_key(0).error().status, Status::unknown_value);
    const auto conditional = Policy::compile(
        R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}})",
        Kind::identity);
    ASSERT_TRUE(conditional);
    EXPECT_EQ(conditional->info()->context_keys, 1u);
    EXPECT_EQ(*conditional->context_key(0), "aws:securetransport");

    const auto opened = Policy::open(*policy);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->image().data(), policy->image().data());
    EXPECT_EQ(Policy::open(Bytes(policy->image().data(), policy->image().size() - 1)).error().status,
              Status::wrong_size);
    std::vector<std::uint8_t> copy(policy->image().begin(), policy->image().end());
    copy[4]++; // the version of the format
    EXPECT_EQ(Policy::open(copy).error().status, Status::other_format);
    EXPECT_TRUE(Policy::open(copy)->image().empty());
}

TEST(Policy, IsCompiledInMemoryOfTheCaller)
{
    std::uint8_t memory[512];
    const auto policy = Policy::compile(READ, Kind::identity, {}, scratch, memory);
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->image().data(), memory);
    const auto owner = Policy::compile(READ, Kind::identity);
    EXPECT_TRUE(std::equal(owner->image().begin(), owner->image().end(), memory));

    const auto small = Policy::compile(READ, Kind::identity, {}, scratch, {});
    EXPECT_EQ(small.error().status, Status::buffer_too_small);
    EXPECT_EQ(small.error().size, policy->image().size());
    EXPECT_EQ(Policy::compile(READ, Kind::identity, {}, Memory(scratch, 100), memory).error().status,
              Status::scratch_too_small);
    EXPECT_EQ(Policy::compile(READ, Kind::identity, {}, Memory(scratch + 1, sizeof scratch - 1), memory).error().status,
              Status::misaligned);
    EXPECT_EQ(Policy::compile(READ, static_cast<Kind>(99)).error().status, Status::unknown_value);
}

TEST(SourceMap, TellsWhereStatementsStand)
{
    const std::string_view json = "{\"Version\": \"2012-10-17\", \"Id\": \"é中\", \"Statement\": [\n"
                                  "\t{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"},\r\n"
                                  "{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}";
    auto mapped = Policy::compile_mapped(json, Kind::identity);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(mapped->map.bytes().size(), 16u);
    EXPECT_EQ(mapped->map.position(0)->line, 2u);
    EXPECT_EQ(mapped->map.position(0)->column, 2u);
    EXPECT_EQ(mapped->map.position(1)->line, 3u);
    EXPECT_EQ(mapped->map.position(1)->column, 1u);
    EXPECT_FALSE(mapped->map.position(2));
    EXPECT_FALSE(SourceMap().position(0));
    const auto policy = Policy::compile(json, Kind::identity);
    EXPECT_TRUE(std::equal(policy->image().begin(), policy->image().end(), mapped->policy.image().begin()));

    // It outlives the policy, and its bytes are a map again.
    const SourceMap kept = std::move(mapped->map);
    mapped = Error();
    EXPECT_EQ(SourceMap(kept.bytes()).position(1)->line, 3u);
    EXPECT_FALSE(SourceMap(Bytes(kept.bytes().data(), 15)).position(1));

    const Error refused = Policy::compile_mapped("{}", Kind::identity).error();
    EXPECT_EQ(refused.fault(), Fault::missing_element);
    EXPECT_TRUE(Policy::compile_mapped("{}", Kind::identity)->map.bytes().empty());
    CompileOptions quotas;
    quotas.enforce_quotas = true;
    quotas.quota_bytes = 10;
    EXPECT_EQ(Policy::compile_mapped(json, Kind::identity, quotas).error().fault(), Fault::too_large);
    EXPECT_EQ(Policy::compile_mapped(std::string(1 << 21, ' '), Kind::identity).error().pool(), Pool::document);
}

TEST(SourceMap, IsWrittenIntoMemoryOfTheCaller)
{
    std::uint8_t memory[512], map[8];
    const auto mapped = Policy::compile_mapped(READ, Kind::identity, {}, scratch, memory, map);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(mapped->policy.image().data(), memory);
    EXPECT_EQ(mapped->map.bytes().data(), map);
    EXPECT_TRUE(mapped->map.position(0));

    const std::size_t size = mapped->policy.image().size();
    for (const auto& small : {Policy::compile_mapped(READ, Kind::identity, {}, scratch, {}, map).error(),
                              Policy::compile_mapped(READ, Kind::identity, {}, scratch, memory, {}).error()}) {
        EXPECT_EQ(small.status, Status::buffer_too_small);
        EXPECT_EQ(small.size, size);
        EXPECT_EQ(small.map_size, 8u);
    }
    EXPECT_EQ(Policy::compile_mapped(READ, Kind::identity, {}, scratch, memory, memory).error().status, Status::overlap);
}

TEST(Policy, LargerThanItsDocumentIsCompiled)
{
    // Many conditions of short names: an image that takes more than the room that it is given first.
    std::string json = R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*",)"
                       R"("Condition":{"Null":{"a:b":"true")";
    for (int i = 0; i < 200; i++) {
        json += ",\"a:" + std::to_string(i) + "\":\"true\"";
    }
    json += "}}}}";
    const auto policy = Policy::compile(json, Kind::identity);
    ASSERT_TRUE(policy) << policy.error().format("long");
    EXPECT_EQ(policy->info()->statements, 1u);
    EXPECT_GT(policy->image().size(), json.size() + 256);
}

TEST(Policy, IsRefusedWithThePartAtFault)
{
    EXPECT_EQ(code(Detail::account_length), "ACCOUNT_LENGTH");
    const std::string_view json = R"({"Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:sqs:*:1111:q"}})";
    const Error error = Policy::compile(json, Kind::identity).error();
    EXPECT_EQ(error.fault(), Fault::bad_resource);
    EXPECT_EQ(error.detail(), Detail::account_length);
    EXPECT_EQ(error.part(json), "1111");
    EXPECT_EQ(error.part("{}"), "");
    EXPECT_EQ(error.explain(json), "the account field `1111` has 4 digits, not 12");
    char room[256];
    EXPECT_EQ(error.explain(json, room), error.explain(json));
    EXPECT_EQ(error.explain(json, Span<char>(room, 8)), "");

    const Error plain = Policy::compile("{}", Kind::identity).error();
    EXPECT_EQ(plain.detail(), Detail::none);
    EXPECT_EQ(plain.explain("{}"), "a required element is missing: `Statement`");
    EXPECT_EQ(Policy().info().error().explain("{}"), text(Status::not_an_image));
}

TEST(Policy, IsRefusedWithAPlace)
{
    const std::string_view json = "{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"allow\"}}";
    const auto policy = Policy::compile(json, Kind::identity);
    ASSERT_FALSE(policy);
    const Error& error = policy.error();
    EXPECT_EQ(error.status, Status::document_refused);
    EXPECT_EQ(error.fault(), Fault::bad_effect);
    EXPECT_EQ(error.document.line, 2u);
    EXPECT_EQ(error.pointer(json), "/Statement/Effect");
    EXPECT_EQ(error.format("p.json").rfind("p.json:2:26: BAD_EFFECT ", 0), 0u) << error.format("p.json");
    char line[300];
    EXPECT_EQ(error.format("p.json", line), error.format("p.json"));
    EXPECT_EQ(error.format("p.json", Span<char>(line, 8)), "");
    EXPECT_TRUE(policy->image().empty());
    EXPECT_EQ(policy->info().error().status, Status::not_an_image);
    EXPECT_EQ(Policy().info().error().format("p.json"), "p.json: " + std::string(text(Status::not_an_image)));

    const auto full = Policy::compile(std::string(1 << 21, ' '), Kind::identity);
    EXPECT_EQ(full.error().fault(), Fault::capacity);
    EXPECT_EQ(full.error().pool(), Pool::document);
}

TEST(Policy, FollowsItsOptions)
{
    const std::string_view old = R"({"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}})";
    CompileOptions options;
    EXPECT_EQ(Policy::compile(old, Kind::scp_classic, options).error().fault(), Fault::missing_element);
    options.scp_assume_2012 = true;
    EXPECT_TRUE(Policy::compile(old, Kind::scp_classic, options));
    options.enforce_quotas = true;
    options.quota_bytes = 10;
    EXPECT_EQ(Policy::compile(old, Kind::scp_classic, options).error().fault(), Fault::too_large);
}

TEST(PolicySet, IsBuiltAndOpened)
{
    const auto read = Policy::compile(READ, Kind::identity);
    const auto bucket = Policy::compile(NO_WRITE, Kind::resource);
    const SetPolicy policies[] = {{*read, Layer::identity, 1}, {*bucket, Layer::resource, 2}};
    const auto set = PolicySet::build(policies);
    ASSERT_TRUE(set);
    const auto size = PolicySet::size(policies);
    EXPECT_GE(*size, set->bytes().size());
    const auto opened = PolicySet::open(set->bytes());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->bytes().data(), set->bytes().data());
    EXPECT_EQ(PolicySet::open(*read).error().status, Status::not_an_image);

    std::vector<std::uint8_t> memory(*size);
    const auto in_memory = PolicySet::build(policies, {}, memory);
    ASSERT_TRUE(in_memory);
    EXPECT_EQ(in_memory->bytes().data(), memory.data());
    const auto small = PolicySet::build(policies, {}, Memory(memory.data(), 1));
    EXPECT_EQ(small.error().status, Status::buffer_too_small);
    EXPECT_EQ(small.error().size, *size);
    EXPECT_TRUE(small->bytes().empty());
    EXPECT_TRUE(PolicySet::build({}));
}

TEST(PolicySet, TellsWhatItHolds)
{
    const auto scp = Policy::compile(READ, Kind::scp_full);
    const auto few = PolicySet::build({SetPolicy(*scp, Layer::scp).at_level(1)}, Levels{2, 0})->info();
    ASSERT_TRUE(few);
    EXPECT_EQ(few->policies, 1u);
    EXPECT_EQ(few->statements, 1u);
    EXPECT_EQ(few->levels.scp, 2u);
    EXPECT_EQ(few->levels.rcp, 0u);
    EXPECT_EQ(few->layers, std::uint32_t{IAMLET_ABSENT_SCP});
    EXPECT_FALSE(few->has_index);
    const auto read = Policy::compile(READ, Kind::identity);
    const std::vector<SetPolicy> many(12, SetPolicy(*read, Layer::identity));
    EXPECT_TRUE(PolicySet::build(many)->info()->has_index);
    EXPECT_EQ(PolicySet().info().error().status, Status::not_an_image);
}

TEST(PolicySet, NamesThePolicyAtFault)
{
    const auto read = Policy::compile(READ, Kind::identity);
    const auto wrong = PolicySet::build({{*read, Layer::identity}, {*read, Layer::boundary}});
    EXPECT_EQ(wrong.error().status, Status::wrong_layer);
    EXPECT_EQ(wrong.error().policy, 1u);
    EXPECT_EQ(PolicySet::build({{*read, static_cast<Layer>(99)}}).error().status, Status::unknown_value);
    EXPECT_EQ(PolicySet::build({}, Levels{17, 0}).error().status, Status::bad_level);
    EXPECT_FALSE(PolicySet::build({}, Levels{17, 0}).error().policy);
    EXPECT_EQ(PolicySet::build({SetPolicy()}).error().status, Status::unknown_value);

    const auto scp = Policy::compile(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
        "Resource": "*"}})", Kind::scp_full);
    EXPECT_EQ(PolicySet::build({SetPolicy(*scp, Layer::scp).at_level(1)}, Levels{1, 0}).error().status,
              Status::bad_level);
    EXPECT_TRUE(PolicySet::build({SetPolicy(*scp, Layer::scp).at_level(1)}, Levels{2, 0}));
}

TEST(Key, IsPreparedOnce)
{
    const auto key = Key::prepare("aws:SourceIp");
    ASSERT_TRUE(key);
    EXPECT_TRUE(key->prepared());
    EXPECT_EQ(key->name(), "aws:SourceIp");
    EXPECT_FALSE(Key("aws:SourceIp").prepared());
    EXPECT_EQ(Key::prepare("").error().status, Status::malformed_context_key);
}

TEST(Names, AreFoundByTheirTexts)
{
    EXPECT_EQ(iamlet::kind_from_text("scp_full"), iamlet::Kind::scp_full);
    EXPECT_EQ(iamlet::kind_from_text("scp"), std::nullopt);
    EXPECT_EQ(iamlet::layer_from_text(iamlet::code(iamlet::Layer::endpoint)), iamlet::Layer::endpoint);
    EXPECT_EQ(iamlet::layer_from_text("scp_full"), std::nullopt);
    EXPECT_EQ(iamlet::layer_of(iamlet::Kind::trust), iamlet::Layer::resource);
}

TEST(Principal, HasATypeOfItsArn)
{
    EXPECT_EQ(iamlet::principal_type_of("arn:aws:iam::111122223333:root"), PrincipalType::root);
    EXPECT_EQ(iamlet::principal_type_of("arn:aws:iam::111122223333:role/r"), PrincipalType::derived);
    EXPECT_EQ(prepared([](RequestInput& r) { r.principal = Principal::from_arn("arn:aws:iam::111122223333:root"); }),
              Status::ok);
    EXPECT_EQ(prepared([](RequestInput& r) { r.principal = Principal::from_arn("arn:aws:iam::111122223333:role/r"); }),
              Status::role_as_principal);
    const std::string_view session = "arn:aws:sts::111122223333:assumed-role/r/s";
    EXPECT_EQ(prepared([&](RequestInput& r) { r.principal = Principal::from_arn(session); }),
              Status::malformed_role_arn);
    const Principal all[] = {
        Principal::user("arn:aws:iam::111122223333:user/u"),
        Principal::role_session(session, "arn:aws:iam::111122223333:role/r"),
        Principal::federated_user("arn:aws:sts::111122223333:federated-user/f"),
        Principal::federated_user("arn:aws:sts::111122223333:federated-user/f", "arn:aws:iam::111122223333:user/u"),
        Principal::root("arn:aws:iam::111122223333:root"),
        Principal::service("logs.amazonaws.com"),
        Principal::anonymous(),
        Principal::origin_access_identity("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
    };
    for (const Principal& principal : all) {
        EXPECT_EQ(prepared([&](RequestInput& r) { r.principal = principal; }), Status::ok)
            << "type " << static_cast<unsigned>(principal.type);
    }
    const std::pair<Principal, const char*> federated[] = {
        {Principal::saml("arn:aws:iam::111122223333:saml-provider/p"), "sts:AssumeRoleWithSAML"},
        {Principal::oidc("accounts.google.com"), "sts:AssumeRoleWithWebIdentity"},
    };
    for (const auto& one : federated) {
        EXPECT_EQ(prepared([&](RequestInput& r) {
                      r.principal = one.first;
                      r.action = one.second;
                      r.resource = iamlet::Resource{"arn:aws:iam::111122223333:role/r"};
                  }),
                  Status::ok);
        EXPECT_EQ(prepared([&](RequestInput& r) {
                      r.principal = one.first;
                      r.action = one.second;
                  }),
                  Status::contradicted_resource);
    }
}

TEST(Request, IsRefusedForItsMalformedParts)
{
    EXPECT_EQ(prepared([](RequestInput&) {}), Status::ok);
    EXPECT_NE(prepared([](RequestInput& r) { r = RequestInput(); }), Status::ok);
    EXPECT_EQ(prepared([](RequestInput& r) { r.resource_kind = static_cast<iamlet::ResourceKind>(4); }),
              Status::unknown_value);
    EXPECT_EQ(prepared([](RequestInput& r) { r.resource_kind = iamlet::ResourceKind::kms_key; }),
              Status::contradicted_resource_kind);
    EXPECT_EQ(prepared([](RequestInput& r) { r.resource->arn = "arn:aws-cn:s3:::b/k"; }), Status::contradicted_partition);
    EXPECT_EQ(prepared([](RequestInput& r) { r.absent = static_cast<Absent>(1u << 31); }), Status::unknown_value);
    EXPECT_EQ(prepared([](RequestInput& r) { r.action = "s3:Get*"; }), Status::malformed_action);
    EXPECT_EQ(prepared([](RequestInput& r) { r.principal.arn = {}; }), Status::malformed_principal);
    EXPECT_EQ(prepared([](RequestInput& r) { r.resource->account = {}; }), Status::malformed_resource_account);
    EXPECT_EQ(prepared([](RequestInput& r) { r.clock = INT64_MAX; }), Status::bad_clock);
    const ContextEntry derived[] = {{"aws:principalarn", "x"}};
    EXPECT_EQ(prepared([&](RequestInput& r) { r.context = derived; }), Status::contradicted_key);
    const ContextEntry nameless[] = {{Key(), "x"}};
    EXPECT_EQ(prepared([&](RequestInput& r) { r.context = nameless; }), Status::malformed_context_key);
    const ContextEntry latin[] = {{"a:b", "\xff"}};
    EXPECT_EQ(prepared([&](RequestInput& r) { r.context = latin; }), Status::not_utf8);
    const std::string endless(65536, 'a');
    const ContextEntry large[] = {{"a:b", endless}};
    EXPECT_EQ(prepared([&](RequestInput& r) { r.context = large; }), Status::request_too_large);

    RequestInput input;
    input.action = endless;
    const auto refused = Request::prepare(input);
    EXPECT_EQ(refused.error().status, Status::request_too_large);
    EXPECT_EQ(refused.error().member, "action");
    EXPECT_EQ(refused.error().explain({}).rfind("action: a text of the request is longer", 0), 0u);
    iamlet::ItemInput of_item;
    of_item.context = latin;
    EXPECT_EQ(iamlet::Item::prepare(Request(), of_item).error().member, "");
}

TEST(Request, IsPreparedInMemoryOfTheCaller)
{
    std::uint8_t memory[1024];
    const auto request = Request::prepare(input(), memory);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->bytes().data(), memory);
    const auto small = Request::prepare(input(), Memory(memory, 8));
    EXPECT_EQ(small.error().status, Status::buffer_too_small);
    EXPECT_GE(small.error().size, request->bytes().size());
}

TEST(Request, TellsAllThatItHas)
{
    const auto policy = Policy::compile(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
        "Resource": "*", "Condition": {
            "StringEquals": {"aws:ResourceAccount": "111122223333", "a:one": "1"},
            "ForAllValues:StringEquals": {"a:many": ["x", "y"]}, "ForAnyValue:StringEquals": {"a:single": "s"},
            "DateEquals": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}}})", Kind::identity);
    const auto set = PolicySet::build({{*policy, Layer::identity}});
    const Text many[] = {"x", std::string_view("y")};
    const Text single[] = {"s"};
    const auto one = Key::prepare("A:One");
    const ContextEntry context[] = {{*one, "1"}, {"a:many", many}, {"a:single", single, true}};
    RequestInput asked = input();
    asked.context = context;
    asked.derive_resource_account = true;
    asked.clock = 1767225600;
    const auto effect = [&] { return decide(*set, *Request::prepare(asked)).effect(); };
    EXPECT_EQ(effect(), Effect::allow);
    asked.clock = 1767225601;
    EXPECT_EQ(effect(), Effect::implicit_deny);
    asked.clock = 1767225600;
    asked.derive_resource_account = false;
    EXPECT_EQ(effect(), Effect::implicit_deny);
    asked.derive_resource_account = true;
    asked.context = Span<const ContextEntry>(context, 2);
    EXPECT_EQ(effect(), Effect::implicit_deny);
    asked.context = context;
    asked.budget = 1;
    EXPECT_EQ(decide(*set, *Request::prepare(asked)).status(), Status::budget_exhausted);

    // A key that is declared multivalued is not tested without a set qualifier.
    const Text just_one[] = {"1"};
    const ContextEntry declared[] = {{"a:one", just_one, true}, context[1], context[2]};
    asked.budget = 0;
    asked.context = declared;
    EXPECT_EQ(effect(), Effect::implicit_deny);

    // More entries than are kept without the heap, with the one that decides as the last.
    std::vector<ContextEntry> hundred(97, ContextEntry("b:c", "d"));
    hundred.insert(hundred.end(), std::begin(context), std::end(context));
    asked.context = hundred;
    EXPECT_EQ(effect(), Effect::allow);
    hundred.pop_back();
    asked.context = hundred;
    EXPECT_EQ(effect(), Effect::implicit_deny);
}

TEST(Result, ThrowsOrAborts)
{
    EXPECT_EQ(Request::prepare(input()).value().bytes().empty(), false);
#ifdef __cpp_exceptions
    try {
        (void)Policy::compile("{", Kind::identity).value();
        FAIL() << "it does not throw";
    } catch (const Exception& exception) {
        EXPECT_EQ(exception.error().status, Status::document_refused);
        EXPECT_EQ(std::string_view(exception.what()).substr(0, 11), "policy:1:2:") << exception.what();
    }
    try {
        (void)Request::prepare({}).value();
        FAIL() << "it does not throw";
    } catch (const std::exception& exception) {
        EXPECT_EQ(exception.what(), text(Status::malformed_action));
    }
#else
    EXPECT_DEATH((void)Request::prepare({}).value(), "");
#endif
}

TEST(TwoSteps, AssembleTheRequestThatOneCallPrepares)
{
    const Text names[] = {"aws:SourceIp", "s3:prefix", "AWS:SourceIP"};
    const auto dictionary = Dictionary::build(names);
    ASSERT_TRUE(dictionary);
    EXPECT_EQ(dictionary->slot("S3:Prefix"), std::optional<std::uint32_t>(1));
    EXPECT_EQ(dictionary->slot("aws:SourceVpc"), std::nullopt);
    EXPECT_EQ(*dictionary->key(0), "aws:sourceip");
    EXPECT_EQ(dictionary->key(2).error().status, Status::unknown_slot);
    EXPECT_EQ(dictionary->info()->keys, 2u);
    const auto again = Dictionary::open(dictionary->bytes());
    EXPECT_EQ(again->info()->fingerprint, dictionary->info()->fingerprint);

    const RequestInput whole = input();
    const auto principal = PreparedPrincipal::prepare({whole.principal, whole.absent, &*dictionary});
    const auto get = PreparedAction::prepare(whole.action);
    const auto put = PreparedAction::prepare("s3:PutObject");
    ASSERT_TRUE(principal && get && put);
    const auto set = set_of(READ, Kind::identity, Layer::identity);
    const Text prefixes[] = {"a", "b"};
    const SlotEntry context[] = {{0, "203.0.113.7"}, {1, prefixes, true}};
    std::array<std::uint8_t, 2048> memory;
    for (const auto& own : {assemble(*principal, *get, {whole.resource, context}),
                            assemble(*principal, *get, {whole.resource, context}, memory)}) {
        ASSERT_TRUE(own);
        EXPECT_TRUE(decide(set, *own).allowed());
    }
    EXPECT_FALSE(decide(set, *assemble(*principal, *put, {whole.resource})).allowed());

    // With slots a set decides alike, wherever it lies.
    auto with = set_of(READ, Kind::identity, Layer::identity);
    const std::vector<std::uint8_t> before(with.bytes().begin(), with.bytes().end());
    EXPECT_EQ(with.assign_slots(Dictionary()).status, Status::not_an_image);
    EXPECT_TRUE(std::equal(before.begin(), before.end(), with.bytes().begin()));
    EXPECT_EQ(with.assign_slots(*dictionary).status, Status::ok);
    std::vector<std::uint8_t> bytes = before;
    EXPECT_EQ(assign_slots(Memory(bytes.data(), bytes.size()), *dictionary).status, Status::ok);
    EXPECT_NE(bytes, before);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), with.bytes().begin()));
    EXPECT_TRUE(decide(with, *assemble(*principal, *get, {whole.resource, context})).allowed());
    auto borrowed = PolicySet::open(Bytes(bytes.data(), bytes.size()));
    EXPECT_EQ(borrowed->assign_slots(*dictionary).status, Status::null_argument);

    // What is malformed, or empty, is refused, and denied.
    const SlotEntry unknown[] = {{2, "x"}};
    EXPECT_EQ(assemble(*principal, *get, {whole.resource, unknown}).error().status, Status::unknown_slot);
    const SlotEntry broken[] = {{0, "\xff"}};
    const auto refused = assemble(*principal, *get, {whole.resource, broken});
    EXPECT_EQ(refused.error().status, Status::not_utf8);
    EXPECT_EQ(refused.error().member, "context");
    EXPECT_FALSE(decide(set, *refused).allowed());
    EXPECT_EQ(assemble({}, *get, {whole.resource}).error().status, Status::not_a_principal);
    EXPECT_EQ(assemble(*principal, {}, {whole.resource}).error().status, Status::not_an_action);
    EXPECT_EQ(PreparedAction::prepare("s3:*").error().status, Status::malformed_action);
    EXPECT_EQ(PreparedPrincipal::prepare({Principal::user("alice")}).error().status, Status::malformed_principal);
    EXPECT_EQ(PreparedPrincipal::prepare({whole.principal}, Memory(memory.data(), 16)).error().status,
              Status::buffer_too_small);
    const Text nameless[] = {"a", ""};
    const auto error = Dictionary::build(nameless).error();
    EXPECT_EQ(error.status, Status::malformed_context_key);
    EXPECT_EQ(error.name, std::optional<std::size_t>(1));
    EXPECT_EQ(Dictionary().slot("a"), std::nullopt);
    const Dictionary none;
    EXPECT_EQ(PreparedPrincipal::prepare({whole.principal, whole.absent, &none}).error().status, Status::not_an_image);
}
