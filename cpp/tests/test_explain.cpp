/* Explanations: their records, their texts, and how long they live. */
#include <string>
#include <type_traits>
#include <vector>

#include "support.hpp"

using namespace iamlet;

namespace iamlet {

inline std::ostream& operator<<(std::ostream& out, Role role) { return out << text(role); }
inline std::ostream& operator<<(std::ostream& out, Need need) { return out << text(need); }
inline std::ostream& operator<<(std::ostream& out, Fact fact) { return out << text(fact); }
inline std::ostream& operator<<(std::ostream& out, Change change) { return out << text(change); }

} // namespace iamlet

namespace {

constexpr std::string_view ALL_BUT_ABROAD = R"({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Sid": "RegionLock", "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}}]})";

const PolicySet& user()
{
    static const PolicySet set = set_of(ALL_BUT_ABROAD, Kind::identity, Layer::identity, 7);
    return set;
}

const PolicySet& reader()
{
    static const PolicySet set = set_of(READ, Kind::identity, Layer::identity, 4711);
    return set;
}

const PolicySet& bucket()
{
    static const PolicySet set = set_of(NO_WRITE, Kind::resource, Layer::resource, 815);
    return set;
}

Request request(std::string_view action = "s3:GetObject", Absent absent = ABSENT_BUT_IDENTITY)
{
    RequestInput asked = input();
    asked.action = action;
    asked.absent = absent;
    return Request::prepare(asked).value();
}

constexpr Absent ABSENT_BUT_BOTH = Absent::all & ~(Absent::identity | Absent::resource);

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

void expect_equal(const Decision& a, const Decision& b)
{
    EXPECT_EQ(a.text(), b.text());
    EXPECT_EQ(a.status(), b.status());
    EXPECT_EQ(a.sid().data(), b.sid().data());
}

template <class Set, class = void> constexpr bool EXPLAINS = false;
template <class Set>
constexpr bool EXPLAINS<Set, std::void_t<decltype(explain(std::declval<Set>(), std::declval<const Request&>()))>> =
    true;
static_assert(EXPLAINS<const PolicySet&> && EXPLAINS<Span<const SetView>> && !EXPLAINS<PolicySet>);

} // namespace

TEST(Explain, TellsWhatDecidesAndWhatWouldChangeIt)
{
    const Request asked = request();
    const Explanation why = explain(user(), asked);
    expect_equal(why.decision(), decide(user(), asked));
    EXPECT_EQ(why.decision().effect(), Effect::explicit_deny);

    ASSERT_EQ(why.records().size(), 3u);
    std::string seen;
    for (const auto& record : why.records()) {
        switch (record.kind()) {
        case RecordKind::decision:
            EXPECT_EQ(record.effect(), Effect::explicit_deny);
            EXPECT_EQ(record.reason(), Reason::explicit_deny);
            EXPECT_EQ(record.without_denies(), Reason::identity_allows);
            EXPECT_EQ(record.denies(), 1u);
            EXPECT_EQ(record.layer(), Layer::identity);
            EXPECT_FALSE(record.role() || record.need() || record.fact() || record.change());
            break;
        case RecordKind::statement:
            EXPECT_EQ(record.role(), Role::decides);
            EXPECT_EQ(record.effect(), Effect::explicit_deny);
            EXPECT_EQ(record.tag(), 7u);
            EXPECT_EQ(record.set() + record.policy() + record.level(), 0u);
            EXPECT_EQ(record.statement(), 1u);
            for (const Truth truth : {record.action(), record.resource(), record.principal(), record.conditions()}) {
                EXPECT_TRUE(truth == Truth::true_);
            }
            EXPECT_EQ(why.sid(record), "RegionLock");
            EXPECT_EQ(why.key(record), "");
            break;
        case RecordKind::condition:
            EXPECT_EQ(record.statement(), 1u);
            EXPECT_EQ(record.condition(), 0u);
            EXPECT_TRUE(record.truth() == Truth::true_);
            EXPECT_EQ(record.fact(), Fact::absent);
            EXPECT_EQ(record.change(), Change::one_of);
            EXPECT_EQ(why.key(record), "aws:requestedregion");
            EXPECT_EQ(why.sid(record), "");
            break;
        case RecordKind::silent_layer: ADD_FAILURE(); break;
        }
        seen += std::to_string(record.c().kind);
    }
    EXPECT_EQ(seen, "134");
    EXPECT_EQ(why.sid(Record()), "");
}

TEST(Explain, TellsOfSilentLayersAndOfWhatNearlyAllows)
{
    const Explanation why = explain({reader(), bucket()}, request("s3:ListBucket", ABSENT_BUT_BOTH));
    EXPECT_EQ(why.decision().reason(), Reason::identity_silent);
    bool silent = false, near = false;
    for (const Record record : why.records()) { // Copies serve as well.
        if (record.kind() == RecordKind::silent_layer && record.layer() == Layer::identity) {
            EXPECT_TRUE(record.need() && record.is_there());
            EXPECT_FALSE(record.role());
            silent = true;
        }
        if (record.role() == Role::near_miss && record.effect() == Effect::allow) {
            EXPECT_TRUE(record.action() == Truth::false_);
            EXPECT_EQ(why.sid(record), "Read");
            near = true;
        }
    }
    EXPECT_TRUE(silent && near) << why.text();
}

TEST(Explain, WritesTexts)
{
    Explanation why = explain(user(), request());
    EXPECT_TRUE(contains(why.text(), "Denied by set 0, policy 0, statement 1 RegionLock")) << why.text();
    EXPECT_EQ(why.json().rfind(R"({"effect":"explicit_deny",)", 0), 0u) << why.json();
    EXPECT_EQ(why.sentence(), "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on "
                              "resource: \"arn:aws:s3:::b/k\" with an explicit deny in an identity-based policy");
    EXPECT_EQ(why.client_text(), "explicit deny in an identity-based policy");
    EXPECT_TRUE(contains(why.simulation(), R"("EvalDecision":"explicitDeny")")) << why.simulation();

    const std::uint8_t map[] = {1, 0, 0, 0, 1, 0, 0, 0, 42, 0, 0, 0, 5, 0, 0, 0};
    EXPECT_TRUE(contains(why.with_sources({{7, "dev.json"}}).text(), "dev.json statement 1 RegionLock")) << why.text();
    const std::vector<Source> sources = {{8, "other.json"}, {7, "dev.json", map}};
    EXPECT_TRUE(contains(why.with_sources(sources).text(), "dev.json:42 RegionLock")) << why.text();
    EXPECT_TRUE(contains(why.json(), R"("source":"dev.json","line":42,"column":5)")) << why.json();
    EXPECT_EQ(explain(user(), request()).with_sources(sources).text(), why.text());
    EXPECT_EQ(explain(user(), request()).with_sources({{7, "dev.json", map}}).text(), why.text());
}

TEST(Explain, GrowsWithItsRecordsAndItsTexts)
{
    std::string json = R"({"Version": "2012-10-17", "Statement": [)";
    for (int i = 0; i < 100; i++) {
        json += i == 0 ? "" : ",";
        json += R"({"Effect": "Deny", "Action": "s3:*", "Resource": "*",
                    "Condition": {"Null": {"aws:RequestedRegion": "true"}}})";
    }
    const PolicySet set = set_of(json + "]}", Kind::identity, Layer::identity);
    const Explanation why = explain(set, request());
    EXPECT_EQ(why.decision().effect(), Effect::explicit_deny);
    EXPECT_EQ(why.records().at(0).denies(), 100u);
    EXPECT_GT(why.records().size(), 100u);
    EXPECT_GT(why.json().size(), 10'000u);
    EXPECT_EQ(why.json().back(), '}');
}

TEST(Explain, ExplainsItems)
{
    const Request asked = request("s3:PutObject", ABSENT_BUT_BOTH);
    Explanation why;
    {
        const auto item = Item::prepare(asked, ItemInput{Resource{"arn:aws:s3:::b/other", "111122223333"}});
        ASSERT_TRUE(item);
        const BatchEntry entry(asked, *item, bucket());
        why = explain(reader(), asked, entry);
        expect_equal(why.decision(), decide_resources({reader()}, asked, Span<const BatchEntry>(&entry, 1)));
        expect_equal(explain({reader()}, asked, entry).decision(), why.decision());
        EXPECT_EQ(explain(reader(), asked, {asked, *item}).decision().status(), Status::missing_layer);
    }
    // The item is gone, and its set is not.
    EXPECT_EQ(why.decision().sid(), "NoWrite");
    EXPECT_EQ(why.decision().set(), 1u);
    EXPECT_TRUE(contains(why.sentence(), "arn:aws:s3:::b/other")) << why.sentence();
    EXPECT_EQ(why.sid(why.records().at(3)), "NoWrite") << why.text();

    const Item none;
    EXPECT_EQ(explain(reader(), request(), {asked, none}).decision().status(), Status::not_a_request);
    EXPECT_EQ(explain(reader(), request(), BatchEntry()).decision().status(), Status::not_a_request);
}

TEST(Explain, OutlivesWhatItWasMadeOf)
{
    const Explanation why = [] { return explain({bucket(), reader()}, request("s3:PutObject", ABSENT_BUT_BOTH)); }();
    EXPECT_TRUE(contains(why.text(), "NoWrite")) << why.text();
    Explanation copy = why;
    const std::string text = copy.text();
    const Explanation moved = std::move(copy);
    EXPECT_EQ(moved.text(), text);
    EXPECT_EQ(why.text(), text);
    std::size_t count = 0;
    for (const auto& record : explain(user(), request()).records()) {
        count += record.kind() == RecordKind::statement ? 1 : 0;
    }
    EXPECT_EQ(count, 1u);
}

TEST(Explain, DeniesWhatIsEmptyOrMovedOrRefused)
{
    Explanation allowed = explain(reader(), request());
    EXPECT_TRUE(allowed.decision().allowed());
    EXPECT_EQ(allowed.client_text(), "allowed");
    const Explanation taken = std::move(allowed);
    for (const Explanation& none : {Explanation(), allowed, explain(reader(), Request())}) {
        EXPECT_FALSE(none.decision().allowed());
        EXPECT_TRUE(none.records().empty());
        EXPECT_EQ(none.text().rfind("implicit_deny: ", 0), 0u) << none.text();
        EXPECT_EQ(none.client_text(), "denied");
        EXPECT_EQ(none.json() + none.simulation() + none.sentence(), "");
    }

    const Explanation missing = explain(reader(), request("s3:GetObject", ABSENT_BUT_BOTH));
    EXPECT_EQ(missing.decision().status(), Status::missing_layer);
    EXPECT_EQ(missing.decision().layers(), Absent::resource);
    EXPECT_TRUE(missing.records().empty());
    EXPECT_EQ(missing.text(), missing.decision().text(request()));
    EXPECT_EQ(missing.json().rfind(R"({"effect":"implicit_deny","reason":)", 0), 0u) << missing.json();
    EXPECT_TRUE(contains(missing.simulation(), "implicitDeny")) << missing.simulation();
    EXPECT_EQ(missing.client_text(), "denied");
    EXPECT_EQ(explain(std::vector<SetView>(17, reader()), request()).decision().status(), Status::too_many_sets);
    EXPECT_EQ(explain({reader(), SetView()}, request()).decision().status(), Status::not_an_image);

    RequestInput poor = input();
    poor.budget = 1;
    const Explanation exhausted = explain(reader(), *Request::prepare(poor));
    EXPECT_EQ(exhausted.decision().status(), Status::budget_exhausted);
}
