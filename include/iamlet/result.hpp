/* Part of iamlet.hpp. Texts and spans, errors, and memory that is owned or borrowed. */
#ifndef IAMLET_RESULT_HPP
#define IAMLET_RESULT_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "numbers.hpp"

namespace iamlet {

/// Values next to each other that somebody else owns: of an array, a vector, a std::span, a pointer and a number.
template <class T> class Span {
    template <class C>
    using If = std::enable_if_t<
        std::is_convertible_v<std::remove_pointer_t<decltype(std::data(std::declval<C&>()))> (*)[], T (*)[]>>;

public:
    constexpr Span() noexcept = default;
    constexpr Span(T* data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <class C, class = If<C>> constexpr Span(C& values) noexcept : Span(std::data(values), std::size(values)) {}
    template <class C, class = If<const C>>
    constexpr Span(const C& values) noexcept : Span(std::data(values), std::size(values))
    {
    }

    constexpr T* data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T* begin() const noexcept { return data_; }
    constexpr T* end() const noexcept { return data_ + size_; }
    constexpr T& operator[](std::size_t at) const noexcept { return data_[at]; }

private:
    T* data_ = nullptr;
    std::size_t size_ = 0;
};

/// A span that is a member of something. It is not made of a temporary, which would be gone before it is read.
template <class T> class Kept : public Span<T> {
public:
    constexpr Kept() noexcept = default;
    constexpr Kept(Span<T> span) noexcept : Span<T>(span) {}
    template <class C, class = std::enable_if_t<std::is_constructible_v<Span<T>, C&>>>
    constexpr Kept(C& values) noexcept : Span<T>(values)
    {
    }
    template <class C, class = std::enable_if_t<std::is_constructible_v<Span<T>, const C&>>>
    Kept(const C&&) = delete;
};

using Bytes = Span<const std::uint8_t>;
using Memory = Span<std::uint8_t>;

/// A text as C has it, made of any string. It borrows.
struct Text : iamlet_text {
    constexpr Text() noexcept : iamlet_text{nullptr, 0} {}
    template <class S, class = std::enable_if_t<std::is_convertible_v<const S&, std::string_view>>>
    constexpr Text(const S& string) noexcept : iamlet_text(detail::c(string))
    {
    }
};

/// Why there is no value.
struct [[nodiscard]] Error {
    Status status = Status::ok;
    /// With buffer_too_small: the bytes that are enough.
    std::size_t size = 0;
    /// From PolicySet::build and PolicySet::size: the number of the policy at fault, if one is.
    std::optional<std::size_t> policy;
    /// From Dictionary::build: the number of the name at fault, if one is.
    std::optional<std::size_t> name{};
    /// From Request::prepare, Item::prepare and their like, with not_utf8 and request_too_large: the member that has such a text,
    /// "principal.role_arn" for example. The other statuses name it in their own text.
    std::string_view member{};
    /// With document_refused: fault, offset, line and column, as iamlet.h tells them.
    iamlet_error document{};
    /// From Policy::compile_mapped, with buffer_too_small: the bytes that are enough for the source map.
    std::size_t map_size = 0;

    std::string_view text() const noexcept { return iamlet::text(status); }
    Fault fault() const noexcept { return static_cast<Fault>(document.fault); }
    Pool pool() const noexcept { return static_cast<Pool>(document.pool); }
    /// What exactly is wrong with the element; none where nothing more is known than the fault.
    Detail detail() const noexcept { return static_cast<Detail>(document.detail); }
    /// The part of the document that was refused that `detail` is about; empty where there is none.
    std::string_view part(std::string_view json) const noexcept
    {
        return document.part_offset > json.size() ? std::string_view()
                                                  : json.substr(document.part_offset, document.part_len);
    }

    /// With document_refused what is wrong, with the part of the document that is at fault, written into your memory;
    /// empty where that is too small. 256 bytes suffice.
    std::string_view explain(std::string_view json, Span<char> out) const noexcept
    {
        std::size_t used = 0;
        const bool written = iamlet_error_explain(json.data(), json.size(), &document, out.data(), out.size(),
                                                  &used) == IAMLET_OK;
        return {out.data(), written ? used : 0};
    }

    /// The same as a string, and the text of the status for the other errors. May throw std::bad_alloc.
    std::string explain(std::string_view json) const
    {
        if (status != Status::document_refused) {
            return (member.empty() ? std::string() : std::string(member).append(": ")).append(text());
        }
        std::string out(IAMLET_ERROR_ROOM, '\0');
        out.resize(explain(json, Span<char>(out)).size());
        return out;
    }

    /// With document_refused `file:line:column: CODE message`, written into your memory; empty where that is too
    /// small. 256 bytes and the name suffice.
    std::string_view format(std::string_view file, Span<char> out) const noexcept
    {
        std::size_t used = 0;
        const bool written =
            iamlet_error_format(detail::c(file), &document, out.data(), out.size(), &used) == IAMLET_OK;
        return {out.data(), written ? used : 0};
    }

    /// The same as a string, and `file: text` for the other errors. May throw std::bad_alloc.
    std::string format(std::string_view file) const
    {
        if (status != Status::document_refused) {
            return std::string(file).append(": ").append(text());
        }
        std::string out(IAMLET_ERROR_ROOM + file.size(), '\0');
        out.resize(format(file, Span<char>(out)).size());
        return out;
    }

    /// The JSON Pointer of the element that the error is about, in the document that was refused; empty for the
    /// document as a whole. May throw std::bad_alloc.
    std::string pointer(std::string_view json) const
    {
        std::size_t used = 0;
        (void)iamlet_error_pointer(json.data(), json.size(), &document, nullptr, 0, &used);
        std::string out(used, '\0');
        const bool written = iamlet_error_pointer(json.data(), json.size(), &document, out.data(), out.size(),
                                                  &used) == IAMLET_OK;
        out.resize(written ? used : 0);
        return out;
    }
};

/// What Result::value() throws.
class Exception : public std::exception {
public:
    explicit Exception(const Error& error) noexcept : error_(error)
    {
        std::string_view text = error.text();
        if (error.status == Status::document_refused) {
            text = error.format("policy", Span<char>(what_, sizeof what_ - 1));
            what_[text.size()] = '\0';
        } else {
            what_[text.copy(what_, sizeof what_ - 1)] = '\0';
        }
    }
    const char* what() const noexcept override { return what_; }
    const Error& error() const noexcept { return error_; }

private:
    Error error_;
    char what_[320];
};

/// A value, or why there is none, as std::expected. But `*` and `->` are never undefined: without a value they give
/// an empty one, which is refused wherever it is used.
template <class T> class [[nodiscard]] Result {
public:
    Result(T value) noexcept : value_(std::move(value)) {}
    Result(const Error& error) noexcept : error_(error) {}
    /// A value, unless the error is one.
    Result(T value, const Error& error) noexcept : error_(error)
    {
        if (has_value()) {
            value_ = std::move(value);
        }
    }

    bool has_value() const noexcept { return error_.status == Status::ok; }
    explicit operator bool() const noexcept { return has_value(); }
    const Error& error() const noexcept { return error_; }

    T& operator*() & noexcept { return value_; }
    const T& operator*() const& noexcept { return value_; }
    T&& operator*() && noexcept { return std::move(value_); }
    T* operator->() noexcept { return &value_; }
    const T* operator->() const noexcept { return &value_; }

    /// The value, or an Exception.
    T& value() & { return check(), value_; }
    const T& value() const& { return check(), value_; }
    T value() && { return check(), std::move(value_); }

private:
    void check() const
    {
        if (!has_value()) {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
            throw Exception(error_);
#else
            std::abort();
#endif
        }
    }

    T value_{};
    Error error_;
};

namespace detail {

inline Error error(Status status) noexcept
{
    Error error;
    error.status = status;
    return error;
}

inline Error error(iamlet_status status) noexcept
{
    return error(static_cast<Status>(status));
}

/// Bytes that are owned, or borrowed; none by default and after a move.
class Buffer {
public:
    Buffer() noexcept = default;
    explicit Buffer(Bytes borrowed) noexcept : bytes_(borrowed) {}
    Buffer(std::unique_ptr<std::uint8_t[]> own, std::size_t used) noexcept
        : bytes_(own.get(), used), own_(std::move(own))
    {
    }
    Buffer(Buffer&& other) noexcept : bytes_(std::exchange(other.bytes_, {})), own_(std::move(other.own_)) {}
    Buffer& operator=(Buffer&& other) noexcept
    {
        bytes_ = std::exchange(other.bytes_, {});
        own_ = std::move(other.own_);
        return *this;
    }
    Bytes bytes() const noexcept { return bytes_; }
    /// To write to; null where it does not own its bytes.
    Memory own() noexcept { return {own_.get(), bytes_.size()}; }

private:
    Bytes bytes_;
    std::unique_ptr<std::uint8_t[]> own_;
};

inline std::unique_ptr<std::uint8_t[]> allocate(std::size_t size) noexcept
{
    return std::unique_ptr<std::uint8_t[]>(new (std::nothrow) std::uint8_t[size == 0 ? 1 : size]);
}

/// Has `write` fill memory of the caller: `write(data, size, &used)` returns an Error.
template <class Write> Error fill(Buffer& buffer, Memory memory, Write write) noexcept
{
    std::size_t used = 0;
    Error error = write(memory.data(), memory.size(), &used);
    error.size = used;
    if (error.status == Status::ok) {
        buffer = Buffer(Bytes(memory.data(), used));
    }
    return error;
}

/// Has `write` fill memory of the heap, of `room` bytes, or of as many as it then asks for.
template <class Write> Error fill(Buffer& buffer, std::size_t room, Write write) noexcept
{
    for (;;) {
        auto own = allocate(room);
        std::size_t used = 0;
        if (own == nullptr) {
            return error(Status::out_of_memory);
        }
        const Error error = write(own.get(), room, &used);
        if (error.status == Status::ok) {
            buffer = Buffer(std::move(own), used);
        }
        if (error.status != Status::buffer_too_small || used <= room) {
            return error;
        }
        room = used;
    }
}

} // namespace detail

} // namespace iamlet

#endif // IAMLET_RESULT_HPP
