/*
 * The case files: every decision of vectors.jsonl, from one policy set, from a set per layer and in a batch, and every
 * document of invalid.jsonl. docs/semantics.md tells their format; what a file leaves unsaid is said here: a layer that
 * it does not have is declared absent, and a resource whose ARN names no account is the principal's.
 */
#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support.hpp"

using namespace iamlet;
using Json = nlohmann::ordered_json;

namespace {

std::vector<Json> lines(const std::string& file)
{
    std::ifstream in(std::string(DATA) + "/" + file);
    std::vector<Json> cases;
    for (std::string line; std::getline(in, line);) {
        cases.push_back(Json::parse(line));
    }
    EXPECT_GT(cases.size(), 100u) << file;
    return cases;
}

std::string_view text_of(const Json& object, const char* member)
{
    return object.contains(member) ? std::string_view(object[member].get_ref<const std::string&>()) : "";
}

bool flag_of(const Json& object, const char* member)
{
    return object.value(member, false);
}

/// The number whose text a name is, among those of an enum that begins at 1.
template <class E> E named(std::string_view name)
{
    for (std::uint32_t i = 1;; i++) {
        const auto value = static_cast<E>(i);
        if (text(value) == name) {
            return value;
        }
        if (text(value).empty()) {
            ADD_FAILURE() << "no such name: " << name;
            return {};
        }
    }
}

/// The kind of the resource where none is stated: of several resources, the first one's.
const char* kind_that_follows(const Json& request)
{
    const Json& resource = request.contains("resource") ? request["resource"] : request["resources"][0]["arn"];
    switch (iamlet::resource_kind_of(text_of(request, "action"), resource.get_ref<const std::string&>())) {
    case ResourceKind::kms_key: return "kms";
    case ResourceKind::role: return "trust";
    default: return "resource";
    }
}

/// The policies of a case, compiled.
struct Policies {
    std::deque<Policy> images; // Their bytes stay where they are.
    std::vector<SetPolicy> list;
    Levels levels;
    Absent absent = Absent::none;
    bool valid = true;

    explicit Policies(const Json& test)
    {
        const Json& policies = test["policies"];
        const Json options = test.value("options", Json::object());
        const std::string kind = policies.value("resource_kind", kind_that_follows(test["request"]));
        const bool classic = options.value("scp_dialect", "full") == "classic";
        CompileOptions compile;
        compile.scp_assume_2012 = options.value("scp_missing_version", "") == "assume_2012";
        add(policies, "identity", Kind::identity, Layer::identity, Absent::identity, compile);
        add(policies, "boundary", Kind::boundary, Layer::boundary, Absent::boundary, compile);
        add(policies, "session", Kind::session, Layer::session, Absent::session, compile);
        add(policies, "resource", named<Kind>(kind), Layer::resource, Absent::resource, compile);
        add(policies, "vpce", Kind::vpce, Layer::endpoint, Absent::endpoint, compile);
        levels.scp = add_levels(policies, "scp", classic ? Kind::scp_classic : Kind::scp_full, Layer::scp,
                                Absent::scp, compile);
        levels.rcp = add_levels(policies, "rcp", Kind::rcp, Layer::rcp, Absent::rcp, compile);
    }

private:
    void add_one(const Json& document, Kind kind, Layer layer, std::uint32_t level, CompileOptions options)
    {
        const std::string json = document.is_string() ? document.get<std::string>() : document.dump();
        auto policy = Policy::compile(json, kind, options);
        valid = valid && policy;
        images.push_back(std::move(*policy));
        list.push_back(SetPolicy(images.back(), layer, 100 + list.size()).at_level(level));
    }

    void add(const Json& policies, const char* member, Kind kind, Layer layer, Absent flag, CompileOptions options)
    {
        const Json documents = policies.value(member, Json::array());
        if (documents.empty()) {
            absent |= flag;
        } else if (!documents.is_array()) {
            add_one(documents, kind, layer, 0, options);
        } else {
            for (const Json& document : documents) {
                add_one(document, kind, layer, 0, options);
            }
        }
    }

    std::uint32_t add_levels(const Json& policies, const char* member, Kind kind, Layer layer, Absent flag,
                             CompileOptions options)
    {
        const Json all = policies.value(member, Json::array());
        if (!policies.contains(member)) {
            absent |= flag;
        } else if (all.empty()) {
            valid = false; // An organization without a single level is none.
        }
        std::uint32_t level = 0;
        for (const Json& documents : all) {
            for (const Json& document : documents) {
                add_one(document, kind, layer, level, options);
            }
            level++;
        }
        return level;
    }
};

/// Context entries, with all that they point to.
struct Context {
    std::deque<std::vector<Text>> values;
    std::vector<ContextEntry> entries;

    Context(const Json& of, const Json& request)
    {
        const auto declared = [&](std::string_view key) {
            for (const Json& name : request.value("multivalued", Json::array())) {
                const std::string& other = name.get_ref<const std::string&>();
                if (std::equal(key.begin(), key.end(), other.begin(), other.end(),
                               [](char a, char b) { return std::tolower(a) == std::tolower(b); })) {
                    return true;
                }
            }
            return false;
        };
        if (of.contains("context")) {
            for (const auto& [key, list] : of["context"].items()) {
                values.emplace_back();
                for (const Json& value : list) {
                    values.back().emplace_back(value.get_ref<const std::string&>());
                }
                entries.emplace_back(std::string_view(key), values.back(), declared(key));
            }
        }
        // Of an item, a key without values would take the request's away.
        if (&of == &request && request.contains("multivalued")) {
            for (const Json& name : request["multivalued"]) {
                entries.emplace_back(name.get_ref<const std::string&>(), Span<const Text>(), true);
            }
        }
    }
};

Principal principal_of(const Json& value)
{
    if (value.is_string()) {
        const std::string& arn = value.get_ref<const std::string&>();
        return arn == "anonymous" ? Principal::anonymous() : Principal::from_arn(arn);
    }
    static const std::pair<const char*, PrincipalType> TYPES[] = {
        {"user", PrincipalType::user},       {"role_session", PrincipalType::role_session},
        {"root", PrincipalType::root},       {"federated_user", PrincipalType::federated_user},
        {"service", PrincipalType::service}, {"saml", PrincipalType::saml},
        {"oidc", PrincipalType::oidc},       {"anonymous", PrincipalType::anonymous},
    };
    Principal principal = Principal::from_arn(text_of(value, "arn"));
    for (const auto& [name, type] : TYPES) {
        if (text_of(value, "type") == name) {
            principal.type = type;
        }
    }
    principal.role_arn = text_of(value, "role_arn");
    principal.user_arn = text_of(value, "user_arn");
    principal.service_principal = text_of(value, "service");
    principal.identity_provider = text_of(value, "provider");
    principal.canonical_user = text_of(value, "canonical");
    principal.unique_id = text_of(value, "unique_id");
    principal.management_account = flag_of(value, "management_account");
    // R-PRIN-17: the library takes no such flag, for the path says it.
    const bool linked = principal.role_arn.find(":role/aws-service-role/") != std::string_view::npos;
    if (value.value("service_linked_role", linked) != linked) {
        principal.type = static_cast<PrincipalType>(99); // no type: such a request is refused
    }
    return principal;
}

std::string_view account_of(std::string_view arn)
{
    std::size_t begin = 0;
    for (int field = 0; field < 4; field++) {
        begin = arn.find(':', begin) + 1;
        if (begin == 0) {
            return "";
        }
    }
    return arn.substr(begin, arn.find(':', begin) - begin);
}

Resource resource_of(std::string_view arn, const Json& request, std::string_view principal_arn)
{
    Resource resource{arn, text_of(request, "resource_account"), flag_of(request, "resource_in_management_account")};
    const std::string_view named_by_arn = account_of(arn);
    const bool named = named_by_arn.size() == 12 && named_by_arn.find_first_not_of("0123456789") == named_by_arn.npos;
    if (resource.account.empty() && !named) {
        resource.account = account_of(principal_arn);
    }
    return resource;
}

/// A request and its items, prepared.
struct Prepared {
    Request request;
    std::deque<Item> items;
    std::vector<BatchEntry> entries;
    bool valid = true;

    Prepared(const Json& test, Absent absent)
    {
        const Json& asked = test["request"];
        const Context context(asked, asked);
        const std::string kind = test["policies"].value("resource_kind", "");
        RequestInput input;
        input.principal = principal_of(asked["principal"]);
        input.action = text_of(asked, "action");
        if (asked.contains("resource")) {
            input.resource = resource_of(text_of(asked, "resource"), asked, input.principal.arn);
        }
        input.resource_kind = kind == "kms"        ? ResourceKind::kms_key
                              : kind == "trust"    ? ResourceKind::role
                              : kind == "resource" ? ResourceKind::ordinary
                                                   : ResourceKind::derived;
        input.absent = absent;
        input.gateway_endpoint = test["policies"].value("vpce_type", "") == "gateway";
        input.context = context.entries;
        auto made = Request::prepare(input);
        valid = made.has_value();
        request = std::move(*made);
        for (const Json& item : asked.value("resources", Json::array())) {
            const Context overlay(item, asked);
            auto prepared = Item::prepare(
                request, ItemInput{resource_of(text_of(item, "arn"), asked, input.principal.arn), overlay.entries});
            valid = valid && prepared;
            items.push_back(std::move(*prepared));
            entries.emplace_back(request, items.back());
        }
    }

    Decision decided_by(Span<const SetView> sets) const
    {
        return items.empty() ? decide(sets, request) : decide_resources(sets, request, entries);
    }
};

/// A policy set for each layer.
std::vector<PolicySet> split(const Policies& policies)
{
    std::vector<PolicySet> sets;
    for (std::uint32_t layer = 1; !text(static_cast<Layer>(layer)).empty(); layer++) {
        std::vector<SetPolicy> own;
        for (const SetPolicy& policy : policies.list) {
            if (policy.layer == layer) {
                own.push_back(policy);
            }
        }
        const Levels levels{static_cast<Layer>(layer) == Layer::scp ? policies.levels.scp : 0,
                            static_cast<Layer>(layer) == Layer::rcp ? policies.levels.rcp : 0};
        if (!own.empty() || levels.scp != 0 || levels.rcp != 0) {
            sets.push_back(PolicySet::build(own, levels).value());
        }
    }
    return sets;
}

void expect_same(const Decision& a, const Decision& b)
{
    EXPECT_EQ(a.effect(), b.effect());
    EXPECT_EQ(a.reason(), b.reason());
    EXPECT_EQ(a.status(), b.status());
    EXPECT_EQ(a.tag(), b.tag());
    EXPECT_EQ(a.sid(), b.sid());
    EXPECT_EQ(a.statement(), b.statement());
    EXPECT_EQ(a.item(), b.item());
}

} // namespace

TEST(Vectors, AreDecidedAsExpected)
{
    for (const Json& test : lines("vectors.jsonl")) {
        SCOPED_TRACE(text_of(test, "id"));
        const Policies policies(test);
        if (text_of(test, "expect") == "invalid_policy") {
            EXPECT_FALSE(policies.valid);
            continue;
        }
        ASSERT_TRUE(policies.valid);
        const PolicySet set = PolicySet::build(policies.list, policies.levels).value();
        const Prepared prepared(test, policies.absent);
        const SetView one[] = {set};
        const Decision decision = prepared.decided_by(one);
        EXPECT_EQ(text(decision.effect()), text_of(test, "expect"));
        EXPECT_EQ(decision.status() == Status::ok, prepared.valid) << text(decision.status());
        EXPECT_EQ(decision.allowed(), text_of(test, "expect") == "allow");

        const std::vector<PolicySet> layers = split(policies);
        const std::vector<SetView> views(layers.begin(), layers.end());
        expect_same(decision, prepared.decided_by(views));
        if (prepared.items.empty()) {
            Decision batch[2];
            const BatchEntry entries[] = {prepared.request, prepared.request};
            EXPECT_EQ(decide_batch(one, entries, batch), decision.status());
            expect_same(decision, batch[0]);
            expect_same(decision, batch[1]);
        }
    }
}

TEST(Documents, AreRefusedWhereTheCasesSay)
{
    for (const Json& test : lines("invalid.jsonl")) {
        SCOPED_TRACE(text_of(test, "id"));
        std::string json(text_of(test, "policy"));
        const std::string_view digits = text_of(test, "policy_hex");
        for (std::size_t i = 0; i < digits.size(); i += 2) {
            json += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
        }
        const Json options = test.value("options", Json::object());
        CompileOptions compile;
        compile.enforce_quotas = flag_of(options, "enforce_quotas");
        compile.scp_assume_2012 = options.value("scp_missing_version", "") == "assume_2012";
        compile.quota_bytes = options.value("quota_bytes", 0u);
        const auto policy = Policy::compile(json, named<Kind>(text_of(test, "kind")), compile);
        if (text_of(test, "expect") == "valid") {
            EXPECT_TRUE(policy) << policy.error().format("policy");
            continue;
        }
        ASSERT_EQ(policy.error().status, Status::document_refused);
        EXPECT_EQ(code(policy.error().fault()), text_of(test, "code"));
        if (test.contains("at") && test["at"].is_string()) {
            EXPECT_EQ(policy.error().pointer(json), text_of(test, "at"));
        }
        if (test.contains("offset") && test["offset"].is_number()) {
            EXPECT_EQ(policy.error().document.offset, test["offset"].get<std::uint32_t>());
        }
    }
}
