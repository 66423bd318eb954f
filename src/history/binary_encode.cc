#include <bit>
#include <concepts>
#include <cstring>
#include <string>

#include "src/history/binary.h"

namespace parley {
namespace {

template <std::integral T>
void Put(std::string& out, T value) {
  if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

void PutText(std::string& out, std::string_view text) {
  Put(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

void PutFlag(std::string& out, bool flag) { Put(out, static_cast<std::uint8_t>(flag)); }

// Sends one section off: name, length, payload, checksum of all three.
class Section {
 public:
  Section(const Sink& sink, std::string_view name, std::uint64_t payload_bytes) : sink_(sink) {
    std::string frame(name);
    Put(frame, payload_bytes);
    Append(frame);
  }
  ~Section() {
    std::string frame;
    Put(frame, sum_.value());
    sink_(frame);
  }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  void Append(std::string_view bytes) {
    sum_.Add(bytes);
    sink_(bytes);
  }

 private:
  const Sink& sink_;
  Checksum sum_;
};

void SendSection(const Sink& sink, std::string_view name, std::string_view payload) {
  Section(sink, name, payload.size()).Append(payload);
}

std::string HeadOf(const HistoryHeader& header) {
  std::string out;
  for (const std::uint64_t number :
       {header.seed, header.round, header.clock_slack_ns, header.atomic_bytes,
        header.default_capacity_bytes, header.capacity_bytes, header.capacity_messages,
        header.message_bytes, header.class_min, header.class_max}) {
    Put(out, number);
  }
  Put(out, static_cast<std::uint8_t>(header.family));
  PutFlag(out, header.complete);
  PutFlag(out, header.drained);
  PutFlag(out, header.overwrites);
  for (const std::string* text : {&header.facility, &header.scenario, &header.token, &header.mode,
                                  &header.kernel, &header.planted}) {
    PutText(out, *text);
  }
  return out;
}

std::string CallsOf(const History& history) {
  std::string out;
  Put(out, static_cast<std::uint32_t>(history.calls.size()));
  for (const Call& call : history.calls) {
    PutText(out, call.name);
    Put(out, static_cast<std::uint8_t>(call.effect));
    PutFlag(out, call.gathers);
    Put(out, static_cast<std::uint8_t>(call.select));
    Put(out, static_cast<std::uint8_t>(call.deadline));
    Put(out, static_cast<std::uint8_t>(call.lock));
    PutFlag(out, call.exclusive);
    PutFlag(out, call.truncates);
    PutFlag(out, call.never_restarts);
  }
  return out;
}

std::string WorkersOf(const History& history) {
  std::string out;
  Put(out, static_cast<std::uint32_t>(history.workers.size()));
  for (const WorkerInfo& worker : history.workers) {
    PutText(out, worker.role);
    Put(out, static_cast<std::uint8_t>(worker.topology));
    PutFlag(out, worker.creator);
    PutFlag(out, worker.interrupted);
  }
  return out;
}

void PutOperation(std::string& out, const Operation& op) {
  Put(out, op.invoked_ns);
  Put(out, op.returned_ns);
  Put(out, op.result);
  Put(out, op.argument);
  Put(out, op.position);
  Put(out, op.requested);
  Put(out, op.extent_count);
  Put(out, op.system_error);
  Put(out, op.worker);
  Put(out, op.handle);
  Put(out, op.pieces);
  Put(out, op.call);
  Put(out, op.object);
  Put(out, static_cast<std::uint8_t>(op.outcome));
  PutFlag(out, op.nonblocking);
}

void PutExtent(std::string& out, const Extent& extent) {
  Put(out, extent.position);
  Put(out, extent.bytes);
  Put(out, extent.writer);
  Put(out, extent.kind);
}

void SendOperations(const History& history, const Sink& sink) {
  Section section(sink, "OPER", history.operations.size() * kOperationBytes);
  std::string out;
  for (const Operation& op : history.operations) {
    PutOperation(out, op);
    section.Append(out);
    out.clear();
  }
}

void SendExtents(const History& history, const Sink& sink) {
  std::uint64_t count = 0;
  for (const Operation& op : history.operations) count += op.extent_count;
  Section section(sink, "EXTE", count * kExtentBytes);
  std::string out;
  for (const Operation& op : history.operations) {
    if (op.extent_count == 0) continue;
    for (const Extent& extent : history.received(op)) PutExtent(out, extent);
    section.Append(out);
    out.clear();
  }
}

std::string FaultsOf(const History& history) {
  std::string out;
  Put(out, static_cast<std::uint32_t>(history.faults.size()));
  for (const Fault& fault : history.faults) {
    Put(out, static_cast<std::uint8_t>(fault.kind));
    Put(out, fault.worker);
    Put(out, fault.invoked_ns);
    Put(out, fault.returned_ns);
  }
  return out;
}

std::string SightingsOf(const History& history) {
  std::string out;
  Put(out, static_cast<std::uint32_t>(history.sightings.size()));
  for (const Sighting& sighting : history.sightings) {
    Put(out, sighting.worker);
    Put(out, sighting.from_ns);
    Put(out, sighting.until_ns);
    Put(out, sighting.samples);
    Put(out, sighting.system_call);
    Put(out, sighting.heartbeat_gap_ns_max);
    PutFlag(out, sighting.steady);
  }
  return out;
}

std::string ResidueOf(const History& history) {
  std::string out;
  Put(out, static_cast<std::uint32_t>(history.residue.size()));
  for (const std::string& line : history.residue) PutText(out, line);
  return out;
}

}  // namespace

void EncodeBinary(const History& history, const Sink& sink) {
  std::string out(kBinaryMagic);
  Put(out, static_cast<std::uint32_t>(history.header.version));
  sink(out);
  SendSection(sink, "HEAD", HeadOf(history.header));
  SendSection(sink, "CALL", CallsOf(history));
  SendSection(sink, "WORK", WorkersOf(history));
  SendOperations(history, sink);
  SendExtents(history, sink);
  SendSection(sink, "FAUL", FaultsOf(history));
  SendSection(sink, "SIGH", SightingsOf(history));
  SendSection(sink, "RESI", ResidueOf(history));
  SendSection(sink, "DONE", "");
}

}  // namespace parley
