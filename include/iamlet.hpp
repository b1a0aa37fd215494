/*
 * iamlet for C++17, in headers alone: the C API of iamlet.h, with types that own, convert and refuse. iamlet.h is the
 * manual of policies, sets, requests and decisions; here is what C++ adds.
 *
 *   Policy --PolicySet::build--> PolicySet --+
 *                                            +--decide--> Decision        cpp/examples/first.cpp has it in ten lines
 *   RequestInput --Request::prepare--> Request, or in two steps by assembly.hpp
 *
 * OWNERSHIP
 *   Policy, PolicySet, Request and Item are moved, never copied. They own what they make. Where you give the memory,
 *   or the bytes to open, they borrow it: then it must stay as it is while they are used. Texts, spans and views
 *   borrow always. The inputs of compile, build and prepare are not needed afterwards; but a prepared Key needs its
 *   name, a Decision's sid() lies in the bytes of the set, and a BatchEntry needs all that it was made of.
 *
 * ERRORS
 *   Nothing here throws, except what is said to: what can fail returns a Result, which is a value or an Error. Ask
 *   value() to have an Exception thrown instead; in a program without exceptions it aborts.
 *   A Decision is no Result: where there is no answer it denies, and its status() says why.
 *
 * FAIL CLOSED
 *   What is default-constructed, was moved from, or stands in a Result for a value that there is not, is empty:
 *   building from it, preparing with it and deciding by it are refused. So a chain of steps may be left unchecked
 *   until its decision, which then denies.
 *
 * EXPLANATIONS
 *   explain decides as decide does, and tells why: records to look at, and texts for operators, logs and clients. An
 *   Explanation has copies of the request and of the item. It borrows the bytes of the sets.
 *
 * HEAP
 *   decide, decide_batch and decide_resources allocate nothing. Whoever gives the memory prepares requests (of up to
 *   32 context entries), builds sets and compiles without the heap as well. explain and its texts use the heap, and may throw std::bad_alloc.
 *
 * THREADS
 *   As in C: any number of threads may use one object at once as long as nobody changes it.
 */
#ifndef IAMLET_HPP
#define IAMLET_HPP

#if __cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L)
#error "iamlet.hpp needs C++17: compile with -std=c++17 or later"
#endif

#include "iamlet/assembly.hpp"
#include "iamlet/decide.hpp"
#include "iamlet/explain.hpp"

#endif // IAMLET_HPP
