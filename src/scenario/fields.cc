#include "src/scenario/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/check.h"
#include "src/base/units.h"

namespace parley {
namespace {

void RefuseKind(const Node& node, std::string_view name, std::string_view wanted,
                Problem& problem) {
  problem.Report(node.at,
                 fmt::format("{} is {}; it must be {}", name, KindText(node.kind), wanted));
}

bool IsPair(const Node& node) {
  return node.kind == NodeKind::kArray && node.items.size() == 2 &&
         std::ranges::all_of(node.items,
                             [](const Node& item) { return item.kind == NodeKind::kInteger; });
}

void AddChoice(Sizes& sizes, Interval choice, const Node& node, std::string_view name,
               Problem& problem) {
  if (sizes.count == kMaxSizeChoices) {
    problem.Report(node.at, fmt::format("{} has more than {} choices", name, kMaxSizeChoices));
    return;
  }
  sizes.choices[sizes.count++] = {.low = static_cast<std::uint32_t>(choice.low),
                                  .high = static_cast<std::uint32_t>(choice.high)};
}

Interval ReadSize(const Node& node, std::string_view name, Limits limits, Problem& problem,
                  std::string_view word) {
  if (node.kind == NodeKind::kString && !word.empty()) {
    if (node.text != word) {
      problem.Report(node.at, fmt::format("{} is \"{}\"; it must be \"{}\" or a number of bytes",
                                          name, node.text, word));
    }
    return {};
  }
  const std::uint64_t size = ReadInteger(node, name, limits, problem);
  return {size, size};
}

}  // namespace

void Problem::Report(Position at, std::string_view what) {
  if (!message_) message_ = Located(path_, at, what);
}

void Problem::ReportUnknown(Position at, std::string_view what) {
  if (missing_) message_.reset();
  missing_ = false;
  Report(at, what);
}

void Problem::ReportMissing(Position at, std::string_view what) {
  missing_ = missing_ || !message_;
  Report(at, what);
}

std::unexpected<Error> Problem::error() const {
  CHECK(message_.has_value());
  return InputError(*message_);
}

std::string DidYouMean(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view nearest = Nearest(word, known);
  if (!nearest.empty()) return fmt::format("; did you mean \"{}\"?", nearest);
  return fmt::format("; known are: {}", fmt::join(known, ", "));
}

std::uint64_t ReadInteger(const Node& node, std::string_view name, Limits limits,
                          Problem& problem) {
  if (node.kind != NodeKind::kInteger) {
    RefuseKind(node, name, fmt::format("a whole number, {}..{}", limits.low, limits.high), problem);
    return limits.low;
  }
  if (node.integer < 0 || static_cast<std::uint64_t>(node.integer) < limits.low ||
      static_cast<std::uint64_t>(node.integer) > limits.high) {
    problem.Report(node.at, fmt::format("{} is {}; it must be {}..{}", name, node.integer,
                                        limits.low, limits.high));
    return limits.low;
  }
  return static_cast<std::uint64_t>(node.integer);
}

Interval ReadInterval(const Node& node, std::string_view name, Limits limits, Problem& problem) {
  if (node.kind == NodeKind::kInteger) {
    const std::uint64_t number = ReadInteger(node, name, limits, problem);
    return {number, number};
  }
  if (!IsPair(node)) {
    RefuseKind(node, name, "a whole number or a range [low, high] of two", problem);
    return {limits.low, limits.low};
  }
  const Interval read{ReadInteger(node.items[0], name, limits, problem),
                      ReadInteger(node.items[1], name, limits, problem)};
  if (read.low <= read.high) return read;
  problem.Report(
      node.at, fmt::format("{} is [{}, {}]; the lower end comes first", name, read.low, read.high));
  return {read.high, read.low};
}

std::string ReadText(const Node& node, std::string_view name, Problem& problem) {
  if (node.kind != NodeKind::kString) RefuseKind(node, name, "a string", problem);
  return node.text;
}

bool ReadBoolean(const Node& node, std::string_view name, Problem& problem) {
  if (node.kind != NodeKind::kBoolean) RefuseKind(node, name, "true or false", problem);
  return node.boolean;
}

std::span<const Node> ReadArray(const Node& node, std::string_view name, Problem& problem) {
  if (node.kind == NodeKind::kArray) return node.items;
  RefuseKind(node, name, "a list", problem);
  return {};
}

Sizes ReadSizes(const Node& node, std::string_view name, Limits limits, Problem& problem,
                std::string_view word) {
  Sizes sizes;
  if (node.kind != NodeKind::kTable) {
    const Interval choice = node.kind == NodeKind::kArray
                                ? ReadInterval(node, name, limits, problem)
                                : ReadSize(node, name, limits, problem, word);
    AddChoice(sizes, choice, node, name, problem);
    return sizes;
  }
  Table table(node, name, problem);
  if (const Node* among = table.Find("among")) {
    for (const Node& item : ReadArray(*among, table.Name("among"), problem)) {
      AddChoice(sizes, ReadSize(item, table.Name("among"), limits, problem, word), item, name,
                problem);
    }
  }
  if (const Node* range = table.Find("range")) {
    AddChoice(sizes, ReadInterval(*range, table.Name("range"), limits, problem), *range, name,
              problem);
  }
  table.RefuseOthers();
  if (sizes.count == 0) problem.Report(node.at, fmt::format("{} offers no size", name));
  return sizes;
}

std::size_t ReadWord(const Node& node, std::string_view name,
                     std::span<const std::string_view> known, Problem& problem) {
  const std::string word = ReadText(node, name, problem);
  const auto found = std::ranges::find(known, word);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  problem.Report(node.at, fmt::format("{} is \"{}\"{}", name, word, DidYouMean(word, known)));
  return 0;
}

Table::Table(const Node& node, std::string_view name, Problem& problem)
    : node_(node), name_(name), problem_(problem) {
  if (node.kind != NodeKind::kTable) RefuseKind(node, name, "a table", problem);
}

const Node* Table::Find(std::string_view key) {
  asked_.push_back(key);
  if (node_.kind != NodeKind::kTable) return nullptr;
  const auto found = std::ranges::find(node_.items, key, &Node::key);
  return found != node_.items.end() ? &*found : nullptr;
}

const Node* Table::Require(std::string_view key) {
  const Node* node = Find(key);
  if (node == nullptr) problem_.ReportMissing(node_.at, fmt::format("{} is missing", Name(key)));
  return node;
}

std::string Table::Name(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

std::uint64_t Table::Integer(std::string_view key, Limits limits, std::uint64_t otherwise) {
  const Node* node = Find(key);
  return node != nullptr ? ReadInteger(*node, Name(key), limits, problem_) : otherwise;
}

Interval Table::Numbers(std::string_view key, Limits limits, Interval otherwise) {
  const Node* node = Find(key);
  return node != nullptr ? ReadInterval(*node, Name(key), limits, problem_) : otherwise;
}

bool Table::Boolean(std::string_view key, bool otherwise) {
  const Node* node = Find(key);
  return node != nullptr ? ReadBoolean(*node, Name(key), problem_) : otherwise;
}

void Table::RefuseOthers() {
  if (node_.kind != NodeKind::kTable) return;
  for (const Node& item : node_.items) {
    if (std::ranges::find(asked_, item.key) != asked_.end()) continue;
    problem_.ReportUnknown(item.key_at, fmt::format("unknown key \"{}\"{}", Name(item.key),
                                                    DidYouMean(item.key, asked_)));
  }
}

}  // namespace parley
