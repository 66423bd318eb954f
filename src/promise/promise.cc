// Reads the catalogue, which is part of the binary, once.
#include "src/promise/promise.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "src/base/check.h"
#include "src/base/units.h"
#include "src/promise/csv.h"

namespace parley {
namespace {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"  // #embed is C23's and C++26's
constexpr char kCatalogueText[] = {
#embed "src/promise/catalogue.csv"
};
#pragma clang diagnostic pop

// Ids with these prefixes are stated for several facilities; every other prefix belongs to one.
constexpr auto kSharedPrefixes = std::to_array<std::string_view>({
    "app",   // the services
    "ftok",  // the three sysv-*
    "ipctool",
    "mmap",   // both mmap-*
    "pcond",  // condvar, rwlock and barrier
    "perf",
    "psem",   // both posix-sem-*
    "shmem",  // every memory
    "sig",    // signal, signal-rt and signalfd
    "svipc",  // the three sysv-*
    "taxonomy",
    "udgram",   // the four dgram and seqpacket
    "usock",    // the three unix-*
    "ustream",  // unix-stream and socketpair-stream
    "xfer",
});

// Rows and their index.  Never destroyed, so that views stay good while the program ends.
struct Book {
  std::vector<std::vector<std::string>> rows;
  std::vector<Promise> promises;
  std::vector<const Promise*> by_id;
};

const Book* ReadBook() {
  auto* book = new Book;
  book->rows = ParseCsv({kCatalogueText, sizeof kCatalogueText});
  constexpr std::size_t kColumns = 9;
  CHECK(!book->rows.empty());
  for (std::size_t i = 1; i < book->rows.size(); ++i) {
    const std::vector<std::string>& row = book->rows[i];
    CHECK(row.size() == kColumns);
    book->promises.push_back({.id = row[0],
                              .facility = row[1],
                              .priority = row[2],
                              .kind = row[3],
                              .statement = row[4],
                              .source = row[5],
                              .mode = row[6],
                              .oracle = row[7],
                              .mutant = row[8]});
  }
  for (const Promise& promise : book->promises) book->by_id.push_back(&promise);
  std::ranges::sort(book->by_id, {}, &Promise::id);
  CHECK(std::ranges::adjacent_find(book->by_id, {}, &Promise::id) == book->by_id.end());
  return book;
}

const Book& TheBook() {
  static const Book* const book = ReadBook();
  return *book;
}

std::string_view BeforeAt(std::string_view id) { return id.substr(0, id.find('@')); }

}  // namespace

std::span<const Promise> Catalogue() { return TheBook().promises; }

const Promise* FindPromise(std::string_view id) {
  const std::string_view plain = BeforeAt(id);
  if (plain.size() != id.size() && !IsShared(plain)) return nullptr;
  const auto& by_id = TheBook().by_id;
  const auto at = std::ranges::lower_bound(by_id, plain, {}, &Promise::id);
  return at != by_id.end() && (*at)->id == plain ? *at : nullptr;
}

Result<const Promise*> RequirePromise(std::string_view id) {
  if (const Promise* promise = FindPromise(id)) return promise;
  const std::string_view plain = BeforeAt(id);
  if (plain.size() != id.size() && FindPromise(plain) != nullptr) {
    return InputError(fmt::format(
        "promise \"{}\" is unknown; {} belongs to one facility and is written without \"@\"", id,
        plain));
  }
  std::vector<std::string_view> ids;
  for (const Promise& promise : Catalogue()) ids.push_back(promise.id);
  const std::string_view nearest = Nearest(plain, ids);
  if (nearest.empty()) {
    return InputError(
        fmt::format("promise \"{}\" is unknown; \"parley list promises\" prints them all", id));
  }
  return InputError(fmt::format("promise \"{}\" is unknown; did you mean \"{}\"?", id, nearest));
}

bool IsShared(std::string_view id) {
  return std::ranges::binary_search(kSharedPrefixes, id.substr(0, id.find('.')));
}

std::string InstanceId(std::string_view id, std::string_view facility) {
  if (id.find('@') != std::string_view::npos || !IsShared(id)) return std::string(id);
  return fmt::format("{}@{}", id, facility);
}

}  // namespace parley
