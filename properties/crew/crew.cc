#include "properties/crew/crew.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>
#include <string_view>

namespace parley {
namespace {

std::string Quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", word);
  }
  return text;
}

// How a role's sizes are called depends on what its calls do with them.
std::string_view SizesKey(const CrewRole& role) {
  const std::string& call = role.calls.front();
  if (call.starts_with("write")) return "message_bytes";
  return call.starts_with("read") ? "buffer_bytes" : "capacity_bytes";
}

std::string DrawsText(const CrewRole& role) {
  std::string calls;
  bool scatters = false;
  for (const std::string& call : role.calls) {
    calls += fmt::format("{}{} = 1", calls.empty() ? "" : ", ", call);
    scatters = scatters || call.ends_with('v');
  }
  std::string text = fmt::format("calls = {{ {} }}\n", calls);
  if (role.operations > 0) text += fmt::format("operations = {}\n", role.operations);
  text += fmt::format("{} = {{ among = [{}] }}\n", SizesKey(role), fmt::join(role.bytes, ", "));
  if (scatters) text += fmt::format("pieces = [1, {}]\n", role.pieces);
  return text;
}

std::string RoleText(const CrewRole& role) {
  std::string text =
      fmt::format("\n[[workers]]\nrole = \"{}\"\ncount = {}\n", role.name, role.count);
  text += fmt::format("topology = \"{}\"\nends = \"{}\"\n", role.topology, role.ends);
  if (role.creator) text += "creator = true\n";
  if (!role.calls.empty()) text += DrawsText(role);
  if (!role.bodies.empty()) text += fmt::format("bodies = [{}]\n", Quoted(role.bodies));
  if (role.pauses > 0) {
    text += fmt::format("jitter = {{ sleep = {}, pause_us = 100 }}\n", role.pauses);
  }
  if (role.interrupt_us > 0) {
    text += fmt::format("interrupts = {{ interval_us = {}, restart = true }}\n", role.interrupt_us);
  }
  return text;
}

std::string FaultText(const CrewFault& fault) {
  std::string text = fmt::format("\n[[faults]]\nkind = \"{}\"\ntarget = \"{}\"\nwhere = \"{}\"\n",
                                 fault.kind, fault.target, fault.where);
  text += fmt::format("count = {}\n", fault.count);
  return text + (fault.kind == "kill" ? "respawn = false\n" : "duration_us = 1000\n");
}

std::string StepText(const CrewStep& step) {
  std::string text = fmt::format("who = \"{}\", ", step.who);
  text += step.call.empty() ? fmt::format("fault = \"{}\"", step.fault)
                            : fmt::format("call = \"{}\"", step.call);
  if (step.bytes > 0) text += fmt::format(", bytes = {}", step.bytes);
  if (step.repeat > 1) text += fmt::format(", repeat = {}", step.repeat);
  if (step.argument > 0) text += fmt::format(", argument = {}", step.argument);
  if (step.delay_us > 0) text += fmt::format(", delay_us = {}", step.delay_us);
  return "{ " + text + " }";
}

}  // namespace

std::string ScenarioText(const SampledCrew& crew) {
  std::string text = "# A crew that a property has sampled.\n";
  text += fmt::format("facilities = [\"{}\"]\npromises = [{}]\nrounds = 0\nencoding = \"{}\"\n",
                      crew.facility, Quoted(crew.promises), crew.encoding);
  text +=
      fmt::format("\n[object]\ncapacity_bytes = {}\nnonblocking = {}\n",
                  crew.capacity_bytes == 0 ? "\"default\"" : std::to_string(crew.capacity_bytes),
                  crew.nonblocking);
  for (const CrewRole& role : crew.roles) {
    if (role.count > 0) text += RoleText(role);
  }
  for (const CrewFault& fault : crew.faults) {
    if (fault.count > 0) text += FaultText(fault);
  }
  for (const auto& phase : crew.phases) {
    if (phase.empty()) continue;
    text += "\n[[phases]]\nsteps = [\n";
    for (const CrewStep& step : phase) text += fmt::format("  {},\n", StepText(step));
    text += "]\n";
  }
  return text;
}

void showValue(const CrewRole& role, std::ostream& os) {
  os << fmt::format("{} {} {} x {}", role.count, role.topology, role.name, role.operations);
  if (!role.calls.empty()) {
    os << fmt::format(" {} of {} bytes", fmt::join(role.calls, "|"), fmt::join(role.bytes, "|"));
  }
}

void showValue(const CrewFault& fault, std::ostream& os) {
  os << fmt::format("{} {} of {} {}", fault.count, fault.kind, fault.target, fault.where);
}

void showValue(const CrewStep& step, std::ostream& os) { os << StepText(step); }

}  // namespace parley
