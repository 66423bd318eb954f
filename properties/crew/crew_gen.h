// Generators of crews.  What they give shrinks towards few workers, few operations and small sizes.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "properties/crew/crew.h"

namespace parley {

// A number in [low, high], at any of rapidcheck's sizes; shrinks towards low.
rc::Gen<std::uint32_t> Between(std::uint32_t low, std::uint32_t high);

// One of the values; shrinks towards the first.
template <typename T>
rc::Gen<T> OneOf(const std::vector<T>& values) {
  const auto last = static_cast<std::uint32_t>(values.size()) - 1;
  return rc::gen::map(Between(0, last), [values](std::uint32_t index) { return values[index]; });
}

// Up to count items; shrinks by leaving out and by shrinking what is left.
template <typename T>
rc::Gen<std::vector<T>> UpTo(int count, rc::Gen<T> item) {
  return rc::gen::resize(count, rc::gen::container<std::vector<T>>(std::move(item)));
}

// One to four of the values; shrinks towards the first alone.
template <typename T>
rc::Gen<std::vector<T>> SomeOf(const std::vector<T>& values) {
  return rc::gen::map(rc::gen::pair(OneOf(values), UpTo(3, OneOf(values))),
                      [](std::pair<T, std::vector<T>> drawn) {
                        drawn.second.insert(drawn.second.begin(), std::move(drawn.first));
                        return std::move(drawn.second);
                      });
}

// The boundary sets of sizes, where PIPE_BUF and a page are 4096 bytes; the mildest comes first.
std::vector<std::uint32_t> FramedBytes();        // a header to PIPE_BUF
std::vector<std::uint32_t> AnyRecordBytes();     // 1 to PIPE_BUF; self-identifying
std::vector<std::uint32_t> AbovePipeBufBytes();  // to 128 KiB; self-identifying
std::vector<std::uint32_t> BufferBytes();        // of readers
std::vector<std::uint32_t> CapacityBytes();      // of pipes, to 1 MiB

// What the workers of a role that draw their calls may be like.
struct RoleShape {
  std::string name = "writer";
  std::string ends = "write";
  std::uint32_t count_low = 1;
  std::uint32_t count_high = 8;
  std::vector<std::string> topologies{"related"};  // one of them for all
  std::vector<std::string> calls{"write"};         // all of them
  std::uint32_t operations_low = 1;
  std::uint32_t operations_high = 150;
  std::vector<std::uint32_t> bytes = FramedBytes();  // some of them
  std::uint32_t pauses_high = 0;
};

rc::Gen<CrewRole> RoleLike(const RoleShape& shape);

// One reader to the end of the stream.
rc::Gen<CrewRole> OneReader(std::vector<std::string> topologies = {"related"});

// Readers to the end of the stream, of records that all have one size, for who reads beside others
// must not cut a record.
rc::Gen<CrewRole> Readers(std::uint32_t count_high, std::uint32_t record_bytes);

// Up to count_high faults of a role.
rc::Gen<CrewFault> Faults(std::string target, std::vector<std::string> kinds,
                          std::uint32_t count_high);

// A role that follows the phases.
rc::Gen<CrewRole> Scripted(std::string name, std::string ends, std::uint32_t count_low,
                           std::uint32_t count_high,
                           std::vector<std::string> topologies = {"related"});

}  // namespace parley
