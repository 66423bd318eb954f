#include "src/scenario/testing.h"

#include <array>

namespace parley {
namespace {

class FakeFacility : public Facility {
 public:
  FakeFacility(std::string_view name, std::span<const CallTraits> calls, bool named)
      : name_(name), calls_(calls), named_(named) {}

  std::string_view Name() const override { return name_; }
  std::string_view Summary() const override { return "Exists for tests."; }
  Family GetFamily() const override { return Family::kByteStream; }
  std::span<const CallTraits> Calls() const override { return calls_; }
  std::span<const Binding> Bindings() const override { return {}; }
  std::uint64_t AtomicBytes(const std::string&) const override { return 4096; }
  std::uint64_t DefaultCapacityBytes() const override { return 65536; }
  bool named() const override { return named_; }
  Result<void> Probe(const std::string&) const override { return {}; }
  Result<std::unique_ptr<Object>> Make(const ObjectPlan&, const std::string&,
                                       const std::string&) const override {
    return UnsupportedError("a facility for tests makes nothing");
  }
  std::unique_ptr<Port> Attach(const std::string&) const override { return nullptr; }

 private:
  std::string_view name_;
  std::span<const CallTraits> calls_;
  bool named_;
};

constexpr std::array<CallTraits, 7> kLaneCalls{
    {{.name = "put", .effect = Effect::kPut},
     {.name = "puts", .effect = Effect::kPut, .gathers = true},
     {.name = "take", .effect = Effect::kTake},
     {.name = "close", .effect = Effect::kClose},
     {.name = "probe", .effect = Effect::kProbeHandle},
     {.name = "resize", .effect = Effect::kResize},
     {.name = "packets", .effect = Effect::kSetPackets}}};
constexpr std::array<CallTraits, 7> kStreetCalls{
    {{.name = "take", .effect = Effect::kTake},
     {.name = "put", .effect = Effect::kPut},
     {.name = "puts", .effect = Effect::kPut, .gathers = true},
     {.name = "close", .effect = Effect::kClose},
     {.name = "open", .effect = Effect::kOpenRead},
     {.name = "resize", .effect = Effect::kResize},
     {.name = "packets", .effect = Effect::kSetPackets}}};

const FakeFacility kLane("lane", kLaneCalls, false);
const FakeFacility kStreet("street", kStreetCalls, true);
const FacilityRegistration kLaneRegistration(kLane);
const FacilityRegistration kStreetRegistration(kStreet);

}  // namespace

const Facility& LaneForTests() { return kLane; }
const Facility& StreetForTests() { return kStreet; }

}  // namespace parley
