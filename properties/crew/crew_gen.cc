#include "properties/crew/crew_gen.h"

namespace parley {

rc::Gen<std::uint32_t> Between(std::uint32_t low, std::uint32_t high) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high + 1));
}

std::vector<std::uint32_t> FramedBytes() { return {24, 100, 511, 512, 2049, 4095, 4096}; }
std::vector<std::uint32_t> AnyRecordBytes() { return {1, 13, 100, 511, 512, 2049, 4095, 4096}; }
std::vector<std::uint32_t> AbovePipeBufBytes() { return {4097, 8192, 65536, 131072}; }
std::vector<std::uint32_t> BufferBytes() { return {65536, 4097, 4096, 4095, 512, 100}; }
std::vector<std::uint32_t> CapacityBytes() { return {65536, 4096, 8192, 131072, 1048576}; }

rc::Gen<CrewRole> RoleLike(const RoleShape& shape) {
  using rc::gen::just;
  using rc::gen::set;
  return rc::gen::build<CrewRole>(
      set(&CrewRole::name, just(shape.name)), set(&CrewRole::ends, just(shape.ends)),
      set(&CrewRole::count, Between(shape.count_low, shape.count_high)),
      set(&CrewRole::topology, OneOf(shape.topologies)), set(&CrewRole::calls, just(shape.calls)),
      set(&CrewRole::operations, Between(shape.operations_low, shape.operations_high)),
      set(&CrewRole::bytes, SomeOf(shape.bytes)), set(&CrewRole::pieces, Between(1, 16)),
      set(&CrewRole::pauses, Between(0, shape.pauses_high)));
}

rc::Gen<CrewRole> OneReader(std::vector<std::string> topologies) {
  return RoleLike({.name = "reader",
                   .ends = "read",
                   .count_high = 1,
                   .topologies = std::move(topologies),
                   .calls = {"read"},
                   .operations_low = 0,
                   .operations_high = 0,
                   .bytes = BufferBytes(),
                   .pauses_high = 32});
}

rc::Gen<CrewRole> Readers(std::uint32_t count_high, std::uint32_t record_bytes) {
  return RoleLike({.name = "reader",
                   .ends = "read",
                   .count_high = count_high,
                   .calls = {"read"},
                   .operations_low = 0,
                   .operations_high = 0,
                   .bytes = {record_bytes},
                   .pauses_high = 8});
}

rc::Gen<CrewFault> Faults(std::string target, std::vector<std::string> kinds,
                          std::uint32_t count_high) {
  using rc::gen::set;
  return rc::gen::build<CrewFault>(
      set(&CrewFault::target, rc::gen::just(std::move(target))),
      set(&CrewFault::kind, OneOf(std::move(kinds))),
      set(&CrewFault::where, OneOf<std::string>({"between", "inside"})),
      set(&CrewFault::count, Between(0, count_high)));
}

rc::Gen<CrewRole> Scripted(std::string name, std::string ends, std::uint32_t count_low,
                           std::uint32_t count_high, std::vector<std::string> topologies) {
  using rc::gen::just;
  using rc::gen::set;
  return rc::gen::build<CrewRole>(set(&CrewRole::name, just(std::move(name))),
                                  set(&CrewRole::ends, just(std::move(ends))),
                                  set(&CrewRole::count, Between(count_low, count_high)),
                                  set(&CrewRole::topology, OneOf(std::move(topologies))));
}

}  // namespace parley
