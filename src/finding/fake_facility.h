// A facility that only has a name and bindings, for tests of what is made of judgements.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "src/facility/facility.h"

namespace parley {

class FakeFacility : public Facility {
 public:
  explicit FakeFacility(std::string_view name) : name_(name) {}

  std::string_view Name() const override { return name_; }
  std::string_view Summary() const override { return "nothing"; }
  Family GetFamily() const override { return Family::kByteStream; }
  std::span<const CallTraits> Calls() const override { return {}; }
  std::span<const Binding> Bindings() const override {
    static constexpr Binding kBindings[] = {
        {Clause::kTorn, "pipe.atomic-write"},   {Clause::kProgramOrder, "pipe.order"},
        {Clause::kRealTimeOrder, "pipe.order"}, {Clause::kDuplicate, "xfer.destructive-read"},
        {Clause::kLost, "xfer.conservation"},   {Clause::kInvented, "xfer.conservation"},
    };
    return kBindings;
  }
  std::uint64_t AtomicBytes(const std::string&) const override { return 4096; }
  std::uint64_t DefaultCapacityBytes() const override { return 65536; }
  bool named() const override { return false; }
  Result<void> Probe(const std::string&) const override { return {}; }
  Result<std::unique_ptr<Object>> Make(const ObjectPlan&, const std::string&,
                                       const std::string&) const override {
    return UnsupportedError("a double makes nothing");
  }
  std::unique_ptr<Port> Attach(const std::string&) const override { return nullptr; }

 private:
  std::string_view name_;
};

}  // namespace parley
