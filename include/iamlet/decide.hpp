/* Part of iamlet.hpp. Decisions. */
#ifndef IAMLET_DECIDE_HPP
#define IAMLET_DECIDE_HPP

#include <initializer_list>
#include <string>

#include "policy.hpp"
#include "request.hpp"

namespace iamlet {

namespace detail {
struct Answers;
}

/// The answer to a request.
class [[nodiscard]] Decision {
public:
    Decision() noexcept { answer_.set = answer_.policy = answer_.statement = IAMLET_NONE; }

    /// Let the request proceed if this is true, and for nothing else.
    bool allowed() const noexcept { return status() == Status::ok && effect() == Effect::allow; }

    Effect effect() const noexcept { return static_cast<Effect>(answer_.effect); }
    Reason reason() const noexcept { return static_cast<Reason>(answer_.reason); }

    /// Why no decision was computed, where the reason is Reason::error.
    Status status() const noexcept { return static_cast<Status>(answer_.status); }

    /// The layer that decided, or the first that the status is about.
    std::optional<Layer> layer() const noexcept
    {
        return answer_.layer == 0 ? std::nullopt : std::optional(static_cast<Layer>(answer_.layer));
    }
    /// All layers that the status is about: with missing_layer, all that are missing.
    Absent layers() const noexcept { return static_cast<Absent>(answer_.layers); }
    std::uint32_t level() const noexcept { return answer_.level; } ///< Of that layer, for SCPs and RCPs.
    std::uint32_t item() const noexcept { return answer_.item; }   ///< Of decide_resources.

    /// The numbers of the set, of the policy in it and of the statement in that, where a single statement decided.
    std::optional<std::uint32_t> set() const noexcept { return known(answer_.set); }
    std::optional<std::uint32_t> policy() const noexcept { return known(answer_.policy); }
    std::optional<std::uint32_t> statement() const noexcept { return known(answer_.statement); }
    std::uint64_t tag() const noexcept { return answer_.tag; } ///< Your number of the policy.

    /// The Sid of the statement; it lies in the set's own bytes.
    std::string_view sid() const noexcept { return detail::view(answer_.sid); }
    /// With `Reason::needs_context`, the context keys on which the decision could depend, a bit each; else 0.
    /// `Request::needed_key` names them.
    std::uint64_t needs() const noexcept { return answer_.needs; }

    /// The decision in one line: effect, reason, layer, policy, statement and Sid. With the request, and the item of it
    /// that the decision is about, it begins with who wanted what of what. May throw std::bad_alloc.
    std::string text() const { return line({}, {}); }
    std::string text(const Request& request) const { return line(request.bytes(), {}); }
    std::string text(const Request& request, const Item& item) const { return line(request.bytes(), item.bytes()); }

    const iamlet_decision& c() const noexcept { return answer_; }

private:
    friend struct detail::Answers;

    static std::optional<std::uint32_t> known(std::uint32_t number) noexcept
    {
        return number == IAMLET_NONE ? std::nullopt : std::optional(number);
    }

    std::string line(Bytes request, Bytes item) const
    {
        std::string out(IAMLET_DECISION_ROOM, '\0');
        std::size_t used = 0;
        const bool written = iamlet_decision_format(&answer_, request.data(), request.size(), item.data(), item.size(),
                                                    out.data(), out.size(), &used) == IAMLET_OK;
        out.resize(written ? used : 0);
        return out;
    }

    iamlet_decision answer_{};
};

/// One decision of a batch: a request, the item of it that the decision is about, and the set of the item's resource.
struct BatchEntry : iamlet_batch_entry {
    BatchEntry() noexcept : iamlet_batch_entry{} {}
    BatchEntry(const Request& its_request) noexcept : iamlet_batch_entry{}
    {
        request = its_request.bytes().data();
        request_len = its_request.bytes().size();
    }
    BatchEntry(const Request& its_request, const Item& its_item) noexcept : BatchEntry(its_request)
    {
        // To C no pointer is no item, and the request's own resource would be decided. An empty item is an error.
        static constexpr std::uint8_t nothing = 0;
        item = its_item.bytes().empty() ? &nothing : its_item.bytes().data();
        item_len = its_item.bytes().size();
    }
    BatchEntry(const Request& its_request, const Item& its_item, const SetView& its_set) noexcept
        : BatchEntry(its_request, its_item)
    {
        set = &its_set;
    }
    BatchEntry(const Request&, const Item&, SetView&&) = delete;
};

namespace detail {

/// Where C writes its answers.
struct Answers {
    static iamlet_decision* of(Span<Decision> decisions) noexcept
    {
        return decisions.empty() ? nullptr : &decisions[0].answer_;
    }
    static iamlet_decision* of(Decision& decision) noexcept { return &decision.answer_; }
};

} // namespace detail

// Arrays of them are arrays of what C has.
static_assert(sizeof(Text) == sizeof(iamlet_text) && std::is_standard_layout_v<Text>);
static_assert(sizeof(SetPolicy) == sizeof(iamlet_set_policy) && std::is_standard_layout_v<SetPolicy>);
static_assert(sizeof(SetView) == sizeof(iamlet_set) && std::is_standard_layout_v<SetView>);
static_assert(sizeof(BatchEntry) == sizeof(iamlet_batch_entry) && std::is_standard_layout_v<BatchEntry>);
static_assert(sizeof(Decision) == sizeof(iamlet_decision) && std::is_standard_layout_v<Decision>);

/// Decides a request against policy sets, at most 16, in any order.
inline Decision decide(Span<const SetView> sets, const Request& request) noexcept
{
    Decision decision;
    (void)iamlet_decide(sets.data(), sets.size(), request.bytes().data(), request.bytes().size(),
                        detail::Answers::of(decision));
    return decision;
}
inline Decision decide(std::initializer_list<SetView> sets, const Request& request) noexcept
{
    return decide(Span<const SetView>(sets.begin(), sets.size()), request);
}
inline Decision decide(const PolicySet& set, const Request& request) noexcept
{
    const SetView& view = set;
    return decide(Span<const SetView>(&view, 1), request);
}
Decision decide(PolicySet&&, const Request&) = delete; // The Sid of its decision would dangle.

/// Decides many requests at once, each as decide would.
///
/// @param decisions as many as there are entries, in the same order, each with its own status; where that is not ok,
///                  it denies.
/// @return ok if every answer is a decision, else the first status that is not. With another number of decisions than
///         of entries it is bad_length, and all of them deny.
inline Status decide_batch(Span<const SetView> sets, Span<const BatchEntry> entries,
                           Span<Decision> decisions) noexcept
{
    if (entries.size() != decisions.size()) {
        for (Decision& decision : decisions) {
            decision = Decision();
            detail::Answers::of(decision)->status = detail::number(Status::bad_length);
        }
        return Status::bad_length;
    }
    return static_cast<Status>(iamlet_decide_batch(sets.data(), sets.size(), entries.data(), entries.size(),
                                                   detail::Answers::of(decisions)));
}
inline Status decide_batch(std::initializer_list<SetView> sets, Span<const BatchEntry> entries,
                           Span<Decision> decisions) noexcept
{
    return decide_batch(Span<const SetView>(sets.begin(), sets.size()), entries, decisions);
}

/// Decides one request about several resources: one explicit deny denies, and all must be allowed.
///
/// @param items the resources: entries whose request is not used.
inline Decision decide_resources(Span<const SetView> sets, const Request& request,
                                 Span<const BatchEntry> items) noexcept
{
    Decision decision;
    (void)iamlet_decide_resources(sets.data(), sets.size(), request.bytes().data(), request.bytes().size(),
                                  items.data(), items.size(), detail::Answers::of(decision));
    return decision;
}
inline Decision decide_resources(std::initializer_list<SetView> sets, const Request& request,
                                 Span<const BatchEntry> items) noexcept
{
    return decide_resources(Span<const SetView>(sets.begin(), sets.size()), request, items);
}

/// Decides one request about many resources, each by itself: for a list that shows only what its reader may see. What
/// the sets have of the request's action is looked up once.
///
/// @param items   the resources: entries whose request is not used.
/// @param allowed as many bits as there are items, in the same order: bit i % 8 of byte i / 8.
/// @return ok if every answer is a decision, else the first status that is not. With another number of bytes than the
///         items need it is bad_length, and no bit is set.
inline Status filter(Span<const SetView> sets, const Request& request, Span<const BatchEntry> items,
                     Span<std::uint8_t> allowed) noexcept
{
    if (allowed.size() != items.size() / 8 + (items.size() % 8 != 0 ? 1 : 0)) {
        for (std::uint8_t& byte : allowed) {
            byte = 0;
        }
        return Status::bad_length;
    }
    return static_cast<Status>(iamlet_filter(sets.data(), sets.size(), request.bytes().data(), request.bytes().size(),
                                             items.data(), items.size(), allowed.data(), nullptr));
}
inline Status filter(std::initializer_list<SetView> sets, const Request& request, Span<const BatchEntry> items,
                     Span<std::uint8_t> allowed) noexcept
{
    return filter(Span<const SetView>(sets.begin(), sets.size()), request, items, allowed);
}

} // namespace iamlet

#endif // IAMLET_DECIDE_HPP
