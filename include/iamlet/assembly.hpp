/* Part of iamlet.hpp. Requests in two steps: principals and actions are prepared once, context keys have numbers. */
#ifndef IAMLET_ASSEMBLY_HPP
#define IAMLET_ASSEMBLY_HPP

#include "policy.hpp"
#include "request.hpp"

namespace iamlet {

/// What a dictionary holds.
struct DictionaryInfo {
    std::uint64_t fingerprint = 0; ///< Tells dictionaries apart: of the names in the order of their slots.
    std::uint32_t keys = 0; ///< Their slots are the numbers below.
};

/// A dictionary of context keys: each has a slot, a number that stands for its name in requests. Build it once, of the
/// keys that all your sets name; PolicySet::context_key() tells them.
class Dictionary {
public:
    Dictionary() noexcept = default;
    Dictionary(Dictionary&& other) noexcept
        : bytes_(std::move(other.bytes_)), view_(std::exchange(other.view_, iamlet_dictionary{}))
    {
    }
    Dictionary& operator=(Dictionary&& other) noexcept
    {
        bytes_ = std::move(other.bytes_);
        view_ = std::exchange(other.view_, iamlet_dictionary{});
        return *this;
    }

    /// Builds a dictionary. The names are copied, and may be written in any case; the same one twice has one slot.
    static Result<Dictionary> build(Span<const Text> names) noexcept { return make(detail::Heap(), names); }

    /// The same in your memory.
    static Result<Dictionary> build(Span<const Text> names, Memory memory) noexcept { return make(memory, names); }

    /// Opens a dictionary that was built before: checks all of it. It borrows the bytes.
    static Result<Dictionary> open(Bytes bytes) noexcept { return opened(detail::Buffer(bytes)); }

    /// The slot of a key, in any case. An empty dictionary has none.
    std::optional<std::uint32_t> slot(std::string_view name) const noexcept
    {
        std::uint32_t slot = IAMLET_NONE;
        const auto status = iamlet_dictionary_slot(&view_, name.data(), name.size(), &slot);
        return status == IAMLET_OK && slot != IAMLET_NONE ? std::optional<std::uint32_t>(slot) : std::nullopt;
    }

    /// The name of the key with a slot, in lower case.
    Result<std::string_view> key(std::uint32_t slot) const noexcept
    {
        iamlet_text name{};
        const auto status = iamlet_dictionary_key(&view_, slot, &name);
        return {detail::view(name), detail::error(status)};
    }

    Result<DictionaryInfo> info() const noexcept
    {
        iamlet_dictionary_info info{};
        const auto status = iamlet_dictionary_describe(&view_, &info);
        return {{info.fingerprint, info.keys}, detail::error(status)};
    }

    /// Its bytes: store, map and send them as they are.
    Bytes bytes() const noexcept { return {view_.data, view_.len}; }
    const iamlet_dictionary& c() const noexcept { return view_; }

private:
    static Result<Dictionary> opened(detail::Buffer bytes) noexcept
    {
        Dictionary dictionary;
        dictionary.bytes_ = std::move(bytes);
        const Bytes all = dictionary.bytes_.bytes();
        const auto status = iamlet_dictionary_open(all.data(), all.size(), &dictionary.view_);
        return {std::move(dictionary), detail::error(status)};
    }

    template <class Room> static Result<Dictionary> make(Room room, Span<const Text> names) noexcept
    {
        detail::Buffer buffer;
        std::size_t at = SIZE_MAX;
        Error error = detail::fill(
            buffer, room,
            [&](std::size_t* size) noexcept { return iamlet_dictionary_size(names.data(), names.size(), size, &at); },
            [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                const auto status = iamlet_dictionary_build(names.data(), names.size(), out, size, used, &at);
                return detail::error(status);
            });
        if (error.status == Status::ok) {
            return opened(std::move(buffer));
        }
        if (at < names.size()) {
            error.name = at;
        }
        return error;
    }

    detail::Buffer bytes_;
    iamlet_dictionary view_{};
};

/// Gives the set in this memory the slots of a dictionary, as PolicySet::assign_slots() does.
inline Error assign_slots(Memory set, const Dictionary& dictionary) noexcept
{
    return detail::error(iamlet_set_assign_slots(set.data(), set.size(), &dictionary.c()));
}

inline Error PolicySet::assign_slots(const Dictionary& dictionary) noexcept
{
    return iamlet::assign_slots(bytes_.own(), dictionary);
}

/// What the requests of a principal have in common. As in RequestInput, absent layers are to be said.
struct PrincipalInput {
    Principal principal = {};
    Absent absent = Absent::none;
    const Dictionary* dictionary = nullptr; ///< Whose slots stand for context keys; none without a context.
    bool gateway_endpoint = false;
    bool derive_resource_account = false;
    std::uint64_t budget = 0; ///< Steps of one decision; 0 for IAMLET_DEFAULT_BUDGET.
};

/// A prepared principal. It serves any number of requests, from any number of threads, and has a copy of the dictionary.
class PreparedPrincipal {
public:
    PreparedPrincipal() noexcept = default;

    /// Prepares a principal. What is malformed is to be denied, and so it is by assembling without a value.
    static Result<PreparedPrincipal> prepare(const PrincipalInput& input) noexcept
    {
        return make(detail::Heap(), input);
    }

    /// The same in your memory.
    static Result<PreparedPrincipal> prepare(const PrincipalInput& input, Memory memory) noexcept
    {
        return make(memory, input);
    }

    Bytes bytes() const noexcept { return bytes_.bytes(); }

private:
    template <class Room> static Result<PreparedPrincipal> make(Room room, const PrincipalInput& input) noexcept
    {
        iamlet_principal_input given{};
        given.struct_size = sizeof given;
        given.principal = detail::c(input.principal);
        given.dictionary = input.dictionary != nullptr ? &input.dictionary->c() : nullptr;
        given.budget = input.budget;
        given.absent = detail::number(input.absent);
        given.flags = (input.gateway_endpoint ? std::uint32_t{IAMLET_GATEWAY_ENDPOINT} : 0) |
                      (input.derive_resource_account ? std::uint32_t{IAMLET_DERIVE_RESOURCE_ACCOUNT} : 0);
        PreparedPrincipal prepared;
        const Error error = detail::fill(
            prepared.bytes_, room,
            [&](std::size_t* size) noexcept { return iamlet_principal_size(&given, size); },
            [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                return detail::error(iamlet_principal_prepare(&given, out, size, used));
            });
        return {std::move(prepared), detail::naming(error, [&]() noexcept { return iamlet_principal_member(&given); })};
    }

    detail::Buffer bytes_;
};

/// A prepared action. It serves any number of requests, from any number of threads.
class PreparedAction {
public:
    PreparedAction() noexcept = default;

    /// Prepares an action, "s3:GetObject" for one, without wildcards.
    static Result<PreparedAction> prepare(std::string_view action) noexcept { return make(detail::Heap(), action); }

    /// The same in your memory.
    static Result<PreparedAction> prepare(std::string_view action, Memory memory) noexcept
    {
        return make(memory, action);
    }

    Bytes bytes() const noexcept { return bytes_.bytes(); }

private:
    template <class Room> static Result<PreparedAction> make(Room room, std::string_view action) noexcept
    {
        PreparedAction prepared;
        const Error error = detail::fill(
            prepared.bytes_, room,
            [&](std::size_t* size) noexcept { return iamlet_action_size(action.data(), action.size(), size); },
            [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                return detail::error(iamlet_action_prepare(action.data(), action.size(), out, size, used));
            });
        return {std::move(prepared), error};
    }

    detail::Buffer bytes_;
};

/// A context key of an assembled request, by its slot, with its values: one, or any number. Leave out keys without a
/// slot: no policy names them.
struct SlotEntry {
    SlotEntry(std::uint32_t its_slot, Text its_value) noexcept : slot(its_slot), value(its_value), single(true) {}
    SlotEntry(std::uint32_t its_slot, Kept<const Text> its_values, bool has_many = false) noexcept
        : slot(its_slot), values(its_values), multivalued(has_many)
    {
    }

    std::uint32_t slot;
    Text value;
    /// A key that is not fetched yet, as in `ContextEntry`.
    static SlotEntry of_not_fetched(std::uint32_t slot) noexcept
    {
        SlotEntry entry(slot, Kept<const Text>());
        entry.not_fetched = true;
        return entry;
    }

    Kept<const Text> values;
    bool single = false; ///< `value` counts, not `values`.
    bool multivalued = false; ///< Even one value needs a set qualifier to be tested.
    bool not_fetched = false; ///< As in `ContextEntry`.
};

/// What a request brings beside its principal and its action.
struct AssemblyInput {
    std::optional<Resource> resource = {}; ///< None where each item has its own.
    Kept<const SlotEntry> context = {}; ///< Of an array or vector that lives until the request is assembled.
    std::optional<std::int64_t> clock = {}; ///< Seconds since 1970; without it policies see no time.
    ResourceKind resource_kind = ResourceKind::derived; ///< Another is held against resource and action.
};

namespace detail {

/// Makes a request of its parts.
struct Assembler {
    template <class Room>
    static Result<Request> make(Room room, const PreparedPrincipal& principal, const PreparedAction& action,
                                const AssemblyInput& input) noexcept
    {
        iamlet_slot_entry few[32];
        std::unique_ptr<iamlet_slot_entry[]> many;
        iamlet_slot_entry* entries = few;
        if (input.context.size() > std::size(few)) {
            many.reset(new (std::nothrow) iamlet_slot_entry[input.context.size()]);
            entries = many.get();
            if (entries == nullptr) {
                return error(Status::out_of_memory);
            }
        }
        for (std::size_t i = 0; i < input.context.size(); i++) {
            const SlotEntry& entry = input.context[i];
            const Text* values = entry.single ? &entry.value : entry.values.data();
            const std::size_t count = entry.single ? 1 : entry.values.size();
            entries[i] = {values, count, entry.slot, entry.multivalued ? 1u : 0u, entry.not_fetched ? 1u : 0u, 0};
        }
        const iamlet_resource resource = c(input.resource.value_or(Resource()));
        iamlet_assembly assembly{};
        assembly.struct_size = sizeof assembly;
        assembly.principal = principal.bytes().data();
        assembly.principal_len = principal.bytes().size();
        assembly.action = action.bytes().data();
        assembly.action_len = action.bytes().size();
        assembly.resource = input.resource ? &resource : nullptr;
        assembly.resource_kind = number(input.resource_kind);
        assembly.flags = input.clock ? std::uint32_t{IAMLET_HAS_CLOCK} : 0;
        assembly.clock = input.clock.value_or(0);
        assembly.entries = entries;
        assembly.entry_count = input.context.size();
        Request assembled;
        const Error error = fill(
            assembled.bytes_, room,
            [&](std::size_t* size) noexcept { return iamlet_assembly_size(&assembly, size); },
            [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                return detail::error(iamlet_request_assemble(&assembly, out, size, used));
            });
        return {std::move(assembled), naming(error, [&]() noexcept { return iamlet_assembly_member(&assembly); })};
    }
};

} // namespace detail

/// Assembles a request: the one that Request::prepare would make of the same, in less time. Without a
/// principal or action it is refused, and denied.
inline Result<Request> assemble(const PreparedPrincipal& principal, const PreparedAction& action,
                                const AssemblyInput& input) noexcept
{
    return detail::Assembler::make(detail::Heap(), principal, action, input);
}

/// The same in your memory.
inline Result<Request> assemble(const PreparedPrincipal& principal, const PreparedAction& action,
                                const AssemblyInput& input, Memory memory) noexcept
{
    return detail::Assembler::make(memory, principal, action, input);
}

} // namespace iamlet

#endif // IAMLET_ASSEMBLY_HPP
