/* Who uses the heap: every operator new of the program is counted. Where there is no memory, that is a status. */
#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "support.hpp"

using namespace iamlet;

namespace {

std::atomic<std::size_t> allocations{0};
std::atomic<bool> exhausted{false};

void* allocate(std::size_t size) noexcept
{
    allocations++;
    return exhausted ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_end(std::size_t size)
{
    void* memory = allocate(size);
    if (memory == nullptr) {
        std::abort(); // The layer asks for no memory that it cannot do without.
    }
    return memory;
}

/// How often `what` allocates.
template <class What> std::size_t allocations_of(What what)
{
    const std::size_t before = allocations;
    what();
    return allocations - before;
}

/// The status of what `make` returns where the heap has nothing.
template <class Make> Status without_memory(Make make)
{
    exhausted = true;
    const auto result = make();
    exhausted = false;
    return result.error().status;
}

alignas(IAMLET_SCRATCH_ALIGN) std::uint8_t scratch[IAMLET_SCRATCH_SMALL];

} // namespace

void* operator new(std::size_t size) { return allocate_or_end(size); }
void* operator new[](std::size_t size) { return allocate_or_end(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

TEST(Heap, IsNotUsedByDecisions)
{
    const PolicySet user = set_of(READ, Kind::identity, Layer::identity);
    const Request request = Request::prepare(input()).value();
    const Item item = Item::prepare(request, ItemInput{*input().resource}).value();
    const BatchEntry entries[] = {request, {request, item}};
    const BatchEntry items[] = {{request, item}};
    Decision one, many[2], resources, refused;
    EXPECT_EQ(allocations_of([&] { one = decide(user, request); }), 0u);
    EXPECT_EQ(allocations_of([&] { one = decide({user, user}, request); }), 0u);
    EXPECT_EQ(allocations_of([&] { (void)decide_batch({user}, entries, many); }), 0u);
    EXPECT_EQ(allocations_of([&] { resources = decide_resources({user}, request, items); }), 0u);
    EXPECT_EQ(allocations_of([&] { refused = decide(user, Request()); }), 0u);
    EXPECT_TRUE(one.allowed() && many[0].allowed() && many[1].allowed() && resources.allowed());
    EXPECT_FALSE(refused.allowed());
}

TEST(Heap, IsNotUsedInMemoryOfTheCaller)
{
    std::uint8_t image[512], bytes[512], prepared[1024], of_item[512];
    const ContextEntry context[] = {{"aws:SourceIp", "10.0.0.1"}};
    RequestInput asked = input();
    asked.context = context;
    bool allowed = false;
    EXPECT_EQ(allocations_of([&] {
                  const auto policy = Policy::compile(READ, Kind::identity, {}, scratch, image);
                  const SetPolicy policies[] = {{*policy, Layer::identity}};
                  const auto set = PolicySet::build(policies, {}, bytes);
                  const auto request = Request::prepare(asked, prepared);
                  const auto item = Item::prepare(*request, ItemInput{*asked.resource}, of_item);
                  const BatchEntry items[] = {{*request, *item}};
                  allowed = decide(*set, *request).allowed() && decide_resources({*set}, *request, items).allowed();
              }),
              0u);
    EXPECT_TRUE(allowed);
}

TEST(Heap, CountsWhatIsOwned)
{
    EXPECT_EQ(allocations_of([] { (void)Request::prepare(input()); }), 1u);
    EXPECT_EQ(allocations_of([] { (void)Policy::compile(READ, Kind::identity); }), 2u);
    EXPECT_EQ(allocations_of([] { (void)Policy::compile_mapped(READ, Kind::identity); }), 3u);
}

TEST(Heap, ThatIsExhaustedIsAStatus)
{
    const auto policy = Policy::compile(READ, Kind::identity);
    const auto request = Request::prepare(input());
    EXPECT_EQ(without_memory([] { return Policy::compile(READ, Kind::identity); }), Status::out_of_memory);
    EXPECT_EQ(without_memory([] { return Policy::compile_mapped(READ, Kind::identity); }), Status::out_of_memory);
    EXPECT_EQ(without_memory([&] { return PolicySet::build({{*policy, Layer::identity}}); }), Status::out_of_memory);
    EXPECT_EQ(without_memory([] { return Request::prepare(input()); }), Status::out_of_memory);
    EXPECT_EQ(without_memory([&] { return Item::prepare(*request, ItemInput{*input().resource}); }),
              Status::out_of_memory);

    static std::uint8_t memory[8192];
    const std::vector<ContextEntry> hundred(100, ContextEntry("a:b", "c"));
    RequestInput asked = input();
    asked.context = hundred;
    EXPECT_EQ(without_memory([&] { return Request::prepare(asked, memory); }), Status::out_of_memory);
    EXPECT_TRUE(Request::prepare(asked, memory));
}
