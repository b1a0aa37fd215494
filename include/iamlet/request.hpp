/* Part of iamlet.hpp. Requests, and what they are made of. */
#ifndef IAMLET_REQUEST_HPP
#define IAMLET_REQUEST_HPP

#include "result.hpp"

namespace iamlet {

/// A context key. One that is used again and again is prepared once.
class Key {
public:
    Key() noexcept = default;
    template <class S, class = std::enable_if_t<std::is_convertible_v<const S&, std::string_view>>>
    Key(const S& name) noexcept
    {
        key_.name = detail::c(name);
    }

    /// A key with the hash of its name, which must stay where it is as long as the key is used.
    static Result<Key> prepare(std::string_view name) noexcept
    {
        Key key;
        const auto status = iamlet_key_prepare(detail::c(name), &key.key_);
        return {key, detail::error(status)};
    }

    std::string_view name() const noexcept { return detail::view(key_.name); }
    bool prepared() const noexcept { return key_.prepared != 0; }
    const iamlet_key& c() const noexcept { return key_; }

private:
    iamlet_key key_{};
};

/// A context key of a request with its values: one, or any number.
struct ContextEntry {
    ContextEntry(Key its_key, Text its_value) noexcept : key(its_key), value(its_value), single(true) {}
    ContextEntry(Key its_key, Kept<const Text> its_values, bool has_many = false) noexcept
        : key(its_key), values(its_values), multivalued(has_many)
    {
    }

    /// A key that is not fetched yet: a tag that another service has, for one. A decision that could depend on it is denied
    /// with `Reason::needs_context`, and its `needs` has the key; one that could not is made without it. At most 64 of a
    /// request, and none of an item, which brings what was fetched.
    static ContextEntry of_not_fetched(Key key) noexcept
    {
        ContextEntry entry(key, Kept<const Text>());
        entry.not_fetched = true;
        return entry;
    }

    Key key;
    Text value;
    Kept<const Text> values;
    bool single = false; ///< `value` counts, not `values`.
    bool multivalued = false; ///< Even one value needs a set qualifier to be tested.
    bool not_fetched = false; ///< See `of_not_fetched`.
};

/// Who makes a request. The type follows from `arn` where it is `derived`.
struct Principal {
    PrincipalType type = PrincipalType::derived;
    std::string_view arn = {};
    std::string_view role_arn = {};
    std::string_view user_arn = {};
    std::string_view service_principal = {};
    std::string_view identity_provider = {};
    std::string_view canonical_user = {};
    std::string_view unique_id = {};
    bool management_account = false;

    static Principal user(std::string_view arn) noexcept { return of(PrincipalType::user, arn); }
    static Principal role_session(std::string_view arn, std::string_view role_arn) noexcept
    {
        Principal principal = of(PrincipalType::role_session, arn);
        principal.role_arn = role_arn;
        return principal;
    }
    static Principal federated_user(std::string_view arn, std::string_view user_arn = {}) noexcept
    {
        Principal principal = of(PrincipalType::federated_user, arn);
        principal.user_arn = user_arn;
        return principal;
    }
    static Principal root(std::string_view arn) noexcept { return of(PrincipalType::root, arn); }
    static Principal service(std::string_view name) noexcept
    {
        Principal principal = of(PrincipalType::service, {});
        principal.service_principal = name;
        return principal;
    }
    static Principal saml(std::string_view provider) noexcept
    {
        Principal principal = of(PrincipalType::saml, {});
        principal.identity_provider = provider;
        return principal;
    }
    static Principal oidc(std::string_view provider) noexcept
    {
        Principal principal = of(PrincipalType::oidc, {});
        principal.identity_provider = provider;
        return principal;
    }
    static Principal anonymous() noexcept { return of(PrincipalType::anonymous, {}); }

    static Principal origin_access_identity(std::string_view arn) noexcept
    {
        return of(PrincipalType::origin_access_identity, arn);
    }

    /// Of the type that the ARN tells. An ARN that tells none, that of a role for one, makes a principal that a
    /// request refuses; so does that of a session, until it has its `role_arn`.
    static Principal from_arn(std::string_view arn) noexcept { return of(PrincipalType::derived, arn); }

private:
    static Principal of(PrincipalType type, std::string_view arn) noexcept
    {
        Principal principal;
        principal.type = type;
        principal.arn = arn;
        return principal;
    }
};

/// The type of principal that an ARN tells; `derived` where it tells none, as that of a role does.
inline PrincipalType principal_type_of(std::string_view arn) noexcept
{
    return static_cast<PrincipalType>(iamlet_principal_type_of_arn(arn.data(), arn.size()));
}

/// The kind of resource that follows from an action and an ARN.
inline ResourceKind resource_kind_of(std::string_view action, std::string_view arn) noexcept
{
    return static_cast<ResourceKind>(iamlet_resource_kind_of(action.data(), action.size(), arn.data(), arn.size()));
}

/// One resource, and the account that owns it where its ARN does not say.
struct Resource {
    std::string_view arn = {};
    std::string_view account = {};
    bool in_management_account = false;
};

/// What a request is made of. Principal, action, resource and absent layers are to be said; the others have a meaning
/// as they are.
struct RequestInput {
    Principal principal = {};
    std::string_view action = {};
    std::optional<Resource> resource = {}; ///< None where each item has its own.
    ResourceKind resource_kind = ResourceKind::derived; ///< Another is held against resource and action.
    Absent absent = Absent::none; ///< The layers that do not exist; one that is neither here nor in a set is an error.
    Kept<const ContextEntry> context = {}; ///< Of an array or vector that lives until the request is prepared.
    std::optional<std::int64_t> clock = {}; ///< Seconds since 1970; without it policies see no time.
    bool gateway_endpoint = false;
    bool derive_resource_account = false;
    std::uint64_t budget = 0; ///< Steps of one decision; 0 for IAMLET_DEFAULT_BUDGET.
};

/// What an item is made of: a resource of its own, and what differs for it.
struct ItemInput {
    Resource resource = {};
    Kept<const ContextEntry> context = {};
    Absent absent = Absent::none;
};

namespace detail {

inline iamlet_principal c(const Principal& principal) noexcept
{
    iamlet_principal out{};
    out.type = number(principal.type);
    out.flags = principal.management_account ? std::uint32_t{IAMLET_MANAGEMENT_ACCOUNT} : 0;
    out.arn = c(principal.arn);
    out.role_arn = c(principal.role_arn);
    out.user_arn = c(principal.user_arn);
    out.service = c(principal.service_principal);
    out.provider = c(principal.identity_provider);
    out.canonical_user = c(principal.canonical_user);
    out.unique_id = c(principal.unique_id);
    return out;
}

inline iamlet_resource c(const Resource& resource) noexcept
{
    return {c(resource.arn), c(resource.account), resource.in_management_account ? 1u : 0u, 0};
}

/// Context entries as C has them. A few need no heap.
class Context {
public:
    explicit Context(Span<const ContextEntry> entries) noexcept : entries_(few_), count_(entries.size())
    {
        if (count_ > std::size(few_)) {
            many_.reset(new (std::nothrow) iamlet_context_entry[count_]);
            entries_ = many_.get();
        }
        for (std::size_t i = 0; entries_ != nullptr && i < count_; i++) {
            const ContextEntry& entry = entries[i];
            const Text* values = entry.single ? &entry.value : entry.values.data();
            const std::size_t count = entry.single ? 1 : entry.values.size();
            entries_[i] = {entry.key.c(), values, count, entry.multivalued ? 1u : 0u, entry.not_fetched ? 1u : 0u};
        }
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const iamlet_context_entry* data() const noexcept { return entries_; } ///< NULL without memory.
    std::size_t size() const noexcept { return count_; }

private:
    iamlet_context_entry few_[32];
    std::unique_ptr<iamlet_context_entry[]> many_;
    iamlet_context_entry* entries_;
    std::size_t count_;
};

/// The error, with the member that `ask()` tells where its status does not.
template <class Ask> Error naming(Error error, Ask ask) noexcept
{
    if (error.status == Status::not_utf8 || error.status == Status::request_too_large) {
        error.member = view(ask());
    }
    return error;
}

/// Memory of the heap as large as `ask(&size)` says.
struct Heap {};

template <class Ask, class Write> Error fill(Buffer& buffer, Heap, Ask ask, Write write) noexcept
{
    std::size_t size = 0;
    const Error asked = error(ask(&size));
    return asked.status == Status::ok ? fill(buffer, size, write) : asked;
}

template <class Ask, class Write> Error fill(Buffer& buffer, Memory memory, Ask, Write write) noexcept
{
    return fill(buffer, memory, write);
}

} // namespace detail

namespace detail {
struct Assembler;
}

/// A prepared request. It serves any number of decisions, over any sets, from any number of threads.
class Request {
public:
    Request() noexcept = default;

    /// Prepares a request. What is malformed is to be denied, and so it is by deciding without a value.
    static Result<Request> prepare(const RequestInput& input) noexcept { return make(detail::Heap(), input); }

    /// The same in your memory.
    static Result<Request> prepare(const RequestInput& input, Memory memory) noexcept { return make(memory, input); }

    Bytes bytes() const noexcept { return bytes_.bytes(); }

    /// The name, in lower case, of a context key that a decision needs: `needs` is the decision's, and `number` counts from
    /// 0. Nothing after the last. It lies in the request's own bytes.
    std::optional<std::string_view> needed_key(std::uint64_t needs, std::uint32_t number) const noexcept
    {
        iamlet_text name{};
        const auto status = iamlet_request_needed_key(bytes().data(), bytes().size(), needs, number, &name);
        return status == IAMLET_OK ? std::optional<std::string_view>(detail::view(name)) : std::nullopt;
    }

private:
    friend detail::Assembler; // assembly.hpp

    template <class Room> static Result<Request> make(Room room, const RequestInput& input) noexcept
    {
        const detail::Context context(input.context);
        if (context.data() == nullptr) {
            return detail::error(Status::out_of_memory);
        }
        const iamlet_resource resource = detail::c(input.resource.value_or(Resource()));
        iamlet_request request{};
        request.struct_size = sizeof request;
        request.principal = detail::c(input.principal);
        request.action = detail::c(input.action);
        request.resource = input.resource ? &resource : nullptr;
        request.resource_kind = detail::number(input.resource_kind);
        request.absent = detail::number(input.absent);
        request.flags = (input.gateway_endpoint ? std::uint32_t{IAMLET_GATEWAY_ENDPOINT} : 0) |
                        (input.derive_resource_account ? std::uint32_t{IAMLET_DERIVE_RESOURCE_ACCOUNT} : 0) |
                        (input.clock ? std::uint32_t{IAMLET_HAS_CLOCK} : 0);
        request.clock = input.clock.value_or(0);
        request.budget = input.budget;
        request.context = context.data();
        request.context_count = context.size();
        Request prepared;
        const Error error = detail::fill(
            prepared.bytes_, room,
            [&](std::size_t* size) noexcept { return iamlet_request_size(&request, size); },
            [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                return detail::error(iamlet_request_prepare(&request, out, size, used));
            });
        return {std::move(prepared), detail::naming(error, [&]() noexcept { return iamlet_request_member(&request); })};
    }

    detail::Buffer bytes_;
};

/// A prepared item of a request: a resource of its own, and the context that goes with it.
class Item {
public:
    Item() noexcept = default;

    /// Prepares an item of a request, which may then be used with the request only.
    static Result<Item> prepare(const Request& request, const ItemInput& input) noexcept
    {
        return make(detail::Heap(), request, input);
    }

    /// The same in your memory.
    static Result<Item> prepare(const Request& request, const ItemInput& input, Memory memory) noexcept
    {
        return make(memory, request, input);
    }

    Bytes bytes() const noexcept { return bytes_.bytes(); }

private:
    template <class Room>
    static Result<Item> make(Room room, const Request& request, const ItemInput& input) noexcept
    {
        const detail::Context context(input.context);
        if (context.data() == nullptr) {
            return detail::error(Status::out_of_memory);
        }
        iamlet_request_item item{};
        item.struct_size = sizeof item;
        item.resource = detail::c(input.resource);
        item.context = context.data();
        item.context_count = context.size();
        item.absent = detail::number(input.absent);
        Item prepared;
        const Error error = detail::fill(
            prepared.bytes_, room, [&](std::size_t* size) noexcept { return iamlet_item_size(&item, size); },
            [&](std::uint8_t* out, std::size_t size, std::size_t* used) noexcept {
                return detail::error(iamlet_item_prepare(request.bytes().data(), request.bytes().size(), &item, out,
                                                         size, used));
            });
        return {std::move(prepared), detail::naming(error, [&]() noexcept { return iamlet_item_member(&item); })};
    }

    detail::Buffer bytes_;
};

} // namespace iamlet

#endif // IAMLET_REQUEST_HPP
