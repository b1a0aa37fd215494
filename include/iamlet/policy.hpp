/* Part of iamlet.hpp. Policies and policy sets. */
#ifndef IAMLET_POLICY_HPP
#define IAMLET_POLICY_HPP

#include <initializer_list>

#include "result.hpp"

namespace iamlet {

struct CompileOptions {
    /// Hold the document to AWS's upload limits, its size and its characters.
    bool enforce_quotas = false;
    /// Take a service control policy without `Version` as one of 2012-10-17.
    bool scp_assume_2012 = false;
    /// With enforce_quotas: the limit in bytes in place of AWS's own; 0 for that.
    std::uint32_t quota_bytes = 0;
};

/// What a policy image holds.
struct PolicyInfo {
    Kind kind{};
    std::uint32_t statements = 0;
    bool version_2012 = false;
    /// Context keys that its conditions and policy variables name: context_key() tells them.
    std::uint32_t context_keys = 0;
};

/// A place in a policy document. The lines end with a newline, and columns are counted in characters; both from 1.
struct Position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// Where the statements of a policy stand in its document: 8 bytes for each, which owe nothing to the policy.
class SourceMap {
public:
    SourceMap() noexcept = default;
    /// Of bytes that were written before. It borrows them. Any bytes may be offered: others have no positions, or wrong
    /// ones.
    explicit SourceMap(Bytes bytes) noexcept : bytes_(bytes) {}

    /// Where a statement's `{` stands, by its number in the policy, from 0. None where the map has no position for it.
    std::optional<Position> position(std::uint32_t statement) const noexcept
    {
        iamlet_position found{};
        if (iamlet_policy_position(bytes().data(), bytes().size(), statement, &found) != IAMLET_OK) {
            return std::nullopt;
        }
        return Position{found.line, found.column};
    }

    /// Its bytes: store, map and send them as they are, and give them to explanations, as `map` of iamlet_source.
    Bytes bytes() const noexcept { return bytes_.bytes(); }

private:
    friend class Policy;
    detail::Buffer bytes_;
};

struct MappedPolicy;

/// A policy image.
class Policy {
public:
    Policy() noexcept = default;

    /// Compiles a document. The scratch memory is of the largest class, and of the heap for the time of the call.
    static Result<Policy> compile(std::string_view json, Kind kind, CompileOptions options = {}) noexcept
    {
        static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= IAMLET_SCRATCH_ALIGN, "scratch memory comes from new");
        const auto scratch = detail::allocate(IAMLET_SCRATCH_LARGE);
        if (scratch == nullptr) {
            return detail::error(Status::out_of_memory);
        }
        return make(image_room(json), json, kind, options, Memory(scratch.get(), IAMLET_SCRATCH_LARGE));
    }

    /// The same in your memory: `scratch` of IAMLET_SCRATCH_SMALL, IAMLET_SCRATCH_MEDIUM or IAMLET_SCRATCH_LARGE
    /// bytes, aligned to IAMLET_SCRATCH_ALIGN, and `memory` for the image.
    static Result<Policy> compile(std::string_view json, Kind kind, CompileOptions options, Memory scratch,
                                  Memory memory) noexcept
    {
        return make(memory, json, kind, options, scratch);
    }

    /// Compiles a document, and tells where its statements stand in it. Takes memory as compile() does, and some for the
    /// map.
    static Result<MappedPolicy> compile_mapped(std::string_view json, Kind kind, CompileOptions options = {}) noexcept;

    /// The same in your memory: as compile(), and `map` for the source map, of IAMLET_MAP_ROOM(json.size()) bytes. With
    /// buffer_too_small the error tells `size` and `map_size`, what the image and the map need.
    static Result<MappedPolicy> compile_mapped(std::string_view json, Kind kind, CompileOptions options, Memory scratch,
                                               Memory memory, Memory map) noexcept;

    /// Opens an image that was compiled before: checks all of it. It borrows the bytes.
    static Result<Policy> open(Bytes image) noexcept
    {
        Policy policy;
        policy.image_ = detail::Buffer(image);
        const auto info = policy.info();
        return {std::move(policy), info.error()};
    }

    /// What it holds. This checks the image again.
    Result<PolicyInfo> info() const noexcept
    {
        iamlet_policy_info info{};
        const auto status = iamlet_policy_open(image().data(), image().size(), &info);
        return {{static_cast<Kind>(info.kind), info.statements, info.version_2012 != 0, info.context_keys},
                detail::error(status)};
    }

    /// One of the context keys that it names, in lower case, from 0 to below info()'s `context_keys`. The values that a
    /// request has for other keys change nothing in what it says.
    Result<std::string_view> context_key(std::uint32_t number) const noexcept
    {
        iamlet_text name{};
        const auto status = iamlet_policy_context_key(image().data(), image().size(), number, &name);
        return {std::string_view(name.data, name.len), detail::error(status)};
    }

    /// Its bytes: store, map and send them as they are.
    Bytes image() const noexcept { return image_.bytes(); }
    operator Bytes() const noexcept { return image(); }

private:
    /// The bytes of a document; one that is longer than 1 MiB will be refused.
    static std::size_t taken(std::string_view json) noexcept { return json.size() <= (1u << 20) ? json.size() : 0; }

    /// Most images are smaller than their documents.
    static std::size_t image_room(std::string_view json) noexcept { return taken(json) + 256; }

    /// The options as C has them.
    static iamlet_compile_options c(CompileOptions options) noexcept
    {
        return {
            sizeof(iamlet_compile_options),
            (options.enforce_quotas ? std::uint32_t{IAMLET_ENFORCE_QUOTAS} : 0) |
                (options.scp_assume_2012 ? std::uint32_t{IAMLET_SCP_ASSUME_2012} : 0),
            options.quota_bytes,
        };
    }

    template <class Room>
    static Result<MappedPolicy> make_mapped(Room room, std::string_view json, Kind kind, CompileOptions options,
                                            Memory scratch, Memory map) noexcept;

    template <class Room>
    static Result<Policy> make(Room room, std::string_view json, Kind kind, CompileOptions options,
                               Memory scratch) noexcept
    {
        const iamlet_compile_options asked = c(options);
        Policy policy;
        const Error error = detail::fill(
            policy.image_, room, [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                Error outcome;
                outcome.status = static_cast<Status>(
                    iamlet_policy_compile(json.data(), json.size(), detail::number(kind), &asked, scratch.data(),
                                          scratch.size(), out, size, used, &outcome.document));
                return outcome;
            });
        return {std::move(policy), error};
    }

    detail::Buffer image_;
};

/// A policy, and where its statements stand in its document.
struct MappedPolicy {
    Policy policy;
    SourceMap map;
};

template <class Room>
Result<MappedPolicy> Policy::make_mapped(Room room, std::string_view json, Kind kind, CompileOptions options,
                                         Memory scratch, Memory map) noexcept
{
    const iamlet_compile_options asked = c(options);
    MappedPolicy mapped;
    std::size_t map_used = 0;
    Error error = detail::fill(
        mapped.policy.image_, room, [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
            Error outcome;
            outcome.status = static_cast<Status>(iamlet_policy_compile_mapped(
                json.data(), json.size(), detail::number(kind), &asked, scratch.data(), scratch.size(), out, size,
                used, map.data(), map.size(), &map_used, &outcome.document));
            return outcome;
        });
    error.map_size = map_used;
    if (error.status == Status::ok) {
        mapped.map = SourceMap(Bytes(map.data(), map_used));
    }
    return {std::move(mapped), error};
}

inline Result<MappedPolicy> Policy::compile_mapped(std::string_view json, Kind kind, CompileOptions options) noexcept
{
    const auto scratch = detail::allocate(IAMLET_SCRATCH_LARGE);
    const std::size_t room = IAMLET_MAP_ROOM(taken(json));
    auto map = detail::allocate(room);
    if (scratch == nullptr || map == nullptr) {
        return detail::error(Status::out_of_memory);
    }
    auto mapped = make_mapped(image_room(json), json, kind, options, Memory(scratch.get(), IAMLET_SCRATCH_LARGE),
                              Memory(map.get(), room));
    if (mapped) {
        mapped->map.bytes_ = detail::Buffer(std::move(map), mapped->map.bytes().size());
    }
    return mapped;
}

inline Result<MappedPolicy> Policy::compile_mapped(std::string_view json, Kind kind, CompileOptions options,
                                                   Memory scratch, Memory memory, Memory map) noexcept
{
    return make_mapped(memory, json, kind, options, scratch, map);
}

/// A policy for a set: its image, where it applies, and your own number for it, which comes back in decisions.
struct SetPolicy : iamlet_set_policy {
    SetPolicy() noexcept : iamlet_set_policy{} {}
    SetPolicy(Bytes policy, Layer at, std::uint64_t its_tag = 0) noexcept
        : iamlet_set_policy{policy.data(), policy.size(), its_tag, detail::number(at), 0}
    {
    }
    /// At a level of the service or resource control policies, from 0 at the root of the organization.
    SetPolicy at_level(std::uint32_t number) const noexcept
    {
        SetPolicy policy = *this;
        policy.level = number;
        return policy;
    }
};

/// How many levels of service and of resource control policies an organization has; 0 without a part in them.
struct Levels {
    std::uint32_t scp = 0;
    std::uint32_t rcp = 0;
};

/// A look at an opened policy set. Copy it as you like: it owns nothing. Of bytes that were opened before, it may be
/// made by hand, and is trusted.
struct SetView : iamlet_set {
    SetView() noexcept : iamlet_set{nullptr, 0} {}
    explicit SetView(Bytes opened) noexcept : iamlet_set{opened.data(), opened.size()} {}
};

/// What a policy set holds.
struct SetInfo {
    std::uint32_t policies = 0;
    std::uint32_t statements = 0;
    Levels levels;
    std::uint32_t layers = 0; ///< For each layer that it has the bit of its Absent constant.
    bool has_index = false;   ///< Every set of 12 statements or more has one, which leads decisions to what could apply.
};

class Dictionary;

/// A policy set: policies that apply together.
class PolicySet {
public:
    PolicySet() noexcept = default;
    PolicySet(PolicySet&& other) noexcept
        : bytes_(std::move(other.bytes_)), view_(std::exchange(other.view_, SetView()))
    {
    }
    PolicySet& operator=(PolicySet&& other) noexcept
    {
        bytes_ = std::move(other.bytes_);
        view_ = std::exchange(other.view_, SetView());
        return *this;
    }

    /// Builds a set. The policies are copied into it; their numbers in this list come back in decisions.
    static Result<PolicySet> build(Span<const SetPolicy> policies, Levels levels = {}) noexcept
    {
        const auto room = size(policies, levels);
        return room ? make(*room, policies, levels) : Result<PolicySet>(room.error());
    }
    static Result<PolicySet> build(std::initializer_list<SetPolicy> policies, Levels levels = {}) noexcept
    {
        return build(Span<const SetPolicy>(policies.begin(), policies.size()), levels);
    }

    /// The same in your memory.
    static Result<PolicySet> build(Span<const SetPolicy> policies, Levels levels, Memory memory) noexcept
    {
        return make(memory, policies, levels);
    }

    /// How many bytes are enough to build a set.
    static Result<std::size_t> size(Span<const SetPolicy> policies, Levels levels = {}) noexcept
    {
        std::size_t size = 0;
        std::size_t at = SIZE_MAX;
        const auto status =
            iamlet_set_size(policies.data(), policies.size(), levels.scp, levels.rcp, &size, &at);
        return {size, at_policy(status, at, policies.size())};
    }

    /// Opens a set that was built before: checks all of it. It borrows the bytes.
    static Result<PolicySet> open(Bytes bytes) noexcept { return opened(detail::Buffer(bytes)); }

    /// What it holds.
    Result<SetInfo> info() const noexcept
    {
        iamlet_set_info info{};
        const auto status = iamlet_set_describe(&view_, &info);
        return {{info.policies, info.statements, {info.scp_levels, info.rcp_levels}, info.layers, info.has_index != 0},
                detail::error(status)};
    }

    /// One of the context keys that one of its policies names, in lower case, from 0 on. Several may name one key.
    Result<std::string_view> context_key(std::uint32_t policy, std::uint32_t number) const noexcept
    {
        iamlet_text name{};
        const auto status = iamlet_set_context_key(&view_, policy, number, &name);
        return {detail::view(name), detail::error(status)};
    }

    /// Gives it the slots of a dictionary, if it owns its bytes: of requests that are assembled with the same one,
    /// decisions then find the values of context keys without a search. No decision changes by it. Nobody may decide by
    /// the set meanwhile. A set in your memory gets them by assign_slots(memory, dictionary).
    Error assign_slots(const Dictionary& dictionary) noexcept;

    /// Its bytes: store, map and send them as they are.
    Bytes bytes() const noexcept { return {view_.data, view_.len}; }
    operator const SetView&() const& noexcept { return view_; }
    operator const SetView&() const&& = delete;

private:
    static Error at_policy(iamlet_status status, std::size_t at, std::size_t count) noexcept
    {
        Error error = detail::error(status);
        if (at < count) {
            error.policy = at;
        }
        return error;
    }

    static Result<PolicySet> opened(detail::Buffer bytes) noexcept
    {
        PolicySet set;
        set.bytes_ = std::move(bytes);
        const Bytes all = set.bytes_.bytes();
        const auto status = iamlet_set_open(all.data(), all.size(), &set.view_);
        return {std::move(set), detail::error(status)};
    }

    template <class Room>
    static Result<PolicySet> make(Room room, Span<const SetPolicy> policies, Levels levels) noexcept
    {
        detail::Buffer buffer;
        const Error error =
            detail::fill(buffer, room, [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                std::size_t at = SIZE_MAX;
                const auto status = iamlet_set_build(policies.data(), policies.size(), levels.scp, levels.rcp, out,
                                                     size, used, &at);
                return at_policy(status, at, policies.size());
            });
        return error.status == Status::ok ? opened(std::move(buffer)) : Result<PolicySet>(error);
    }

    detail::Buffer bytes_;
    SetView view_;
};

} // namespace iamlet

#endif // IAMLET_POLICY_HPP
