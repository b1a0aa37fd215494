/* Part of iamlet.hpp. Explanations: why a decision is what it is, and what would change it. */
#ifndef IAMLET_EXPLAIN_HPP
#define IAMLET_EXPLAIN_HPP

#include <initializer_list>
#include <string>
#include <vector>

#include "decide.hpp"

namespace iamlet {

namespace detail {
struct Explainer;
}

/// One record of an explanation: what was decided, a silent layer, a statement, or a condition of the statement before
/// it. What a kind of records does not have is 0 or none. iamlet_record says which kinds have what.
class Record {
public:
    RecordKind kind() const noexcept { return static_cast<RecordKind>(record_.kind); }

    std::optional<Layer> layer() const noexcept { return known<Layer>(record_.layer); }
    std::uint32_t level() const noexcept { return record_.level; } ///< Of that layer, for SCPs and RCPs.
    /// What was decided; of a statement explicit_deny for a Deny, allow for an Allow.
    Effect effect() const noexcept { return static_cast<Effect>(record_.effect); }

    /// Of the decision: why, why there would be if no statement denied, and how many statements deny.
    Reason reason() const noexcept { return static_cast<Reason>(record_.reason); }
    Reason without_denies() const noexcept { return static_cast<Reason>(record_.without_denies); }
    std::uint32_t denies() const noexcept { return record_.denies; }

    /// Of a silent layer: whether its Allow is needed, and whether it has a policy.
    std::optional<Need> need() const noexcept { return of<Need>(RecordKind::silent_layer, record_.role); }
    bool is_there() const noexcept { return record_.is_there != 0; }

    /// Of a statement and of a condition: the numbers of the set, of the policy in it and of the statement in that.
    std::uint32_t set() const noexcept { return record_.set; }
    std::uint32_t policy() const noexcept { return record_.policy; }
    std::uint32_t statement() const noexcept { return record_.statement; }

    /// Of a statement: your number of its policy, why it is here, and which of its elements hold.
    std::uint64_t tag() const noexcept { return record_.tag; }
    std::optional<Role> role() const noexcept { return of<Role>(RecordKind::statement, record_.role); }
    Truth action() const noexcept { return static_cast<Truth>(record_.action); }
    Truth resource() const noexcept { return static_cast<Truth>(record_.resource); }
    Truth principal() const noexcept { return static_cast<Truth>(record_.principal); }
    Truth conditions() const noexcept { return static_cast<Truth>(record_.conditions); }

    /// Of a condition: its number in the statement, whether it holds, and what is so about its key.
    std::uint32_t condition() const noexcept { return record_.condition; }
    Truth truth() const noexcept { return static_cast<Truth>(record_.truth); }
    std::optional<Fact> fact() const noexcept { return known<Fact>(record_.fact); }
    std::uint32_t sent() const noexcept { return record_.sent; }         ///< The request's value of the fact.
    std::uint32_t expected() const noexcept { return record_.expected; } ///< The policy's value of the fact.
    /// By which change of the key the statement would turn.
    std::optional<Change> change() const noexcept { return known<Change>(record_.change); }

    const iamlet_record& c() const noexcept { return record_; }

private:
    friend struct detail::Explainer;

    template <class E> static std::optional<E> known(std::uint32_t number) noexcept
    {
        return number == 0 ? std::nullopt : std::optional(static_cast<E>(number));
    }
    template <class E> std::optional<E> of(RecordKind its_kind, std::uint32_t number) const noexcept
    {
        return kind() == its_kind ? known<E>(number) : std::nullopt;
    }

    iamlet_record record_{};
};

/// Where the policy with a tag comes from, for texts. It borrows the name and the map.
struct Source : iamlet_source {
    Source() noexcept : iamlet_source{} {}
    /// @param map the source map that compiling wrote, if there is one.
    Source(std::uint64_t its_tag, std::string_view its_name, Bytes its_map = {}) noexcept
        : iamlet_source{its_tag, detail::c(its_name), its_map.data(), its_map.size()}
    {
    }
};

/// A decision, and why it is what it is. It owns its records, and has copies of the request and of the item. The bytes
/// of the sets must stay where they are while it is used.
///
/// The texts may throw std::bad_alloc. Each takes time linear in the records and in what it writes. Without a decision
/// there are no records, and text() is that of the decision.
class [[nodiscard]] Explanation {
public:
    Explanation() noexcept = default;
    Explanation(const Explanation&) = default;
    Explanation(Explanation&& other) noexcept : told_(std::exchange(other.told_, Told())) {}
    Explanation& operator=(const Explanation&) = default;
    Explanation& operator=(Explanation&& other) noexcept
    {
        told_ = std::exchange(other.told_, Told());
        return *this;
    }

    /// What decide answers. Without a decision it denies, and its status() says why.
    Decision decision() const noexcept { return told_.decision; }

    /// The records: the decision, the silent layers, the statements that decide and then those that nearly do, each
    /// statement followed by its conditions.
    const std::vector<Record>& records() const& noexcept { return told_.records; }
    std::vector<Record> records() && noexcept { return std::move(told_.records); }

    /// The Sid of a statement, and the name of a condition's key in lower case; empty for other records. They lie in
    /// the bytes of the sets.
    std::string_view sid(const Record& statement) const noexcept { return detail::view(texts(statement).sid); }
    std::string_view key(const Record& condition) const noexcept { return detail::view(texts(condition).key); }

    /// Names the policies in texts by where they come from, in place of numbers. The list is copied, names and maps are
    /// borrowed. May throw std::bad_alloc.
    Explanation& with_sources(Span<const Source> sources) &
    {
        told_.sources.assign(sources.begin(), sources.end());
        return *this;
    }
    Explanation& with_sources(std::initializer_list<Source> sources) &
    {
        return with_sources(Span<const Source>(sources.begin(), sources.size()));
    }
    Explanation with_sources(Span<const Source> sources) && { return std::move(with_sources(sources)); }
    Explanation with_sources(std::initializer_list<Source> sources) && { return std::move(with_sources(sources)); }

    /// In full, for operators: lines of at most 80 columns. It tells what policies say: it is not for clients.
    std::string text() const { return told_.records.empty() ? line() : write(iamlet_explain_text); }

    /// One line of JSON, for audit logs and tools; empty without a request. It is not for clients.
    std::string json() const { return write(iamlet_explain_json); }

    /// One item of EvaluationResults, as simulate-custom-policy answers; empty without a request. It is not for
    /// clients.
    std::string simulation() const { return write(iamlet_explain_simulation); }

    /// AWS's own sentence for AccessDenied; empty without a request. AWS tells it to the caller of its own account.
    std::string sentence() const { return write(iamlet_explain_sentence); }

    /// What a client may know: the type of the policy, and whether it denies explicitly. Without a request it is
    /// "denied".
    std::string client_text() const
    {
        std::string out = write(iamlet_explain_client_text);
        return out.empty() ? "denied" : out;
    }

private:
    friend struct detail::Explainer;

    struct Told {
        Decision decision;
        std::vector<Record> records;
        std::vector<SetView> sets;
        std::vector<std::uint8_t> request;
        std::vector<std::uint8_t> item;
        std::vector<Source> sources;
        SetView own;          // The item's own set.
        bool has_item = false;
        bool has_own = false;
    };

    /// The item as C has it, without its request.
    static iamlet_batch_entry entry(const Told& told) noexcept
    {
        iamlet_batch_entry entry{};
        entry.item = told.item.data();
        entry.item_len = told.item.size();
        entry.set = told.has_own ? &told.own : nullptr;
        return entry;
    }

    /// Calls C with this explanation, but with these records.
    template <class Call> auto with(const iamlet_record* records, std::size_t count, Call call) const
    {
        const iamlet_batch_entry item = entry(told_);
        iamlet_explanation given{};
        given.sets = told_.sets.data();
        given.set_count = told_.sets.size();
        given.request = told_.request.data();
        given.request_len = told_.request.size();
        given.item = told_.has_item ? &item : nullptr;
        given.records = records;
        given.count = count;
        given.sources = told_.sources.data();
        given.source_count = told_.sources.size();
        return call(&given);
    }

    iamlet_record_texts texts(const Record& record) const noexcept
    {
        iamlet_record_texts texts{};
        (void)with(&record.c(), 1, [&](const iamlet_explanation* given) noexcept {
            return iamlet_explain_record_texts(given, 0, &texts);
        });
        return texts;
    }

    template <class Function> std::string write(Function function) const
    {
        const iamlet_record* records = told_.records.empty() ? nullptr : &told_.records[0].c();
        std::string out(1024, '\0');
        for (;;) {
            std::size_t used = 0;
            const auto status = with(records, told_.records.size(), [&](const iamlet_explanation* given) noexcept {
                return function(given, out.data(), out.size(), &used);
            });
            if (status != IAMLET_BUFFER_TOO_SMALL || used <= out.size()) {
                out.resize(status == IAMLET_OK ? used : 0);
                return out;
            }
            out.resize(used);
        }
    }

    std::string line() const
    {
        const iamlet_decision& answer = told_.decision.c();
        std::string out(IAMLET_DECISION_ROOM, '\0');
        std::size_t used = 0;
        const bool written =
            iamlet_decision_format(&answer, told_.request.data(), told_.request.size(), told_.item.data(),
                                   told_.item.size(), out.data(), out.size(), &used) == IAMLET_OK;
        out.resize(written ? used : 0);
        return out;
    }

    Told told_;
};

static_assert(sizeof(Record) == sizeof(iamlet_record) && std::is_standard_layout_v<Record>);
static_assert(sizeof(Source) == sizeof(iamlet_source) && std::is_standard_layout_v<Source>);

namespace detail {

/// Makes an explanation.
struct Explainer {
    static Explanation make(Span<const SetView> sets, const Request& request, const BatchEntry* item)
    {
        Explanation why;
        auto& told = why.told_;
        told.sets.assign(sets.begin(), sets.end());
        told.request.assign(request.bytes().begin(), request.bytes().end());
        if (item != nullptr) {
            const auto* bytes = static_cast<const std::uint8_t*>(item->item);
            told.has_item = true;
            if (bytes != nullptr) {
                told.item.assign(bytes, bytes + item->item_len);
            }
            told.has_own = item->set != nullptr;
            told.own = told.has_own ? SetView(Bytes(item->set->data, item->set->len)) : SetView();
        }
        const iamlet_batch_entry entry = Explanation::entry(told);
        std::size_t count = 32; // Most explanations have fewer records.
        for (;;) {
            told.records.resize(count);
            const auto status = iamlet_explain(told.sets.data(), told.sets.size(), told.request.data(),
                                               told.request.size(), told.has_item ? &entry : nullptr,
                                               Answers::of(told.decision), &told.records[0].record_,
                                               told.records.size(), &count);
            if (status != IAMLET_BUFFER_TOO_SMALL || count <= told.records.size()) {
                told.records.resize(status == IAMLET_OK ? count : 0);
                return why;
            }
        }
    }
};

} // namespace detail

/// Decides a request as decide does, and tells why. Each statement of the layers that apply is judged once or twice,
/// with an index or without, within the budget of the request: it takes more steps than a decision. May throw
/// std::bad_alloc.
inline Explanation explain(Span<const SetView> sets, const Request& request)
{
    return detail::Explainer::make(sets, request, nullptr);
}
inline Explanation explain(std::initializer_list<SetView> sets, const Request& request)
{
    return explain(Span<const SetView>(sets.begin(), sets.size()), request);
}
inline Explanation explain(const PolicySet& set, const Request& request)
{
    const SetView& view = set;
    return explain(Span<const SetView>(&view, 1), request);
}
Explanation explain(PolicySet&&, const Request&) = delete; // Its records would point to nothing.

/// The same of an item of the request. Of decide_resources, explain the item that the decision names.
///
/// @param item the entry of the item, whose request is not used. It is copied, but for the bytes of its set.
inline Explanation explain(Span<const SetView> sets, const Request& request, const BatchEntry& item)
{
    return detail::Explainer::make(sets, request, &item);
}
inline Explanation explain(std::initializer_list<SetView> sets, const Request& request, const BatchEntry& item)
{
    return explain(Span<const SetView>(sets.begin(), sets.size()), request, item);
}
inline Explanation explain(const PolicySet& set, const Request& request, const BatchEntry& item)
{
    const SetView& view = set;
    return explain(Span<const SetView>(&view, 1), request, item);
}
Explanation explain(PolicySet&&, const Request&, const BatchEntry&) = delete;

} // namespace iamlet

#endif // IAMLET_EXPLAIN_HPP
