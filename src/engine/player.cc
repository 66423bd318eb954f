#include "src/engine/player.h"

#include <fmt/format.h>

#include <string>

namespace parley {

Result<void> LookForDeaths(Crew& crew, std::span<Player> players) {
  for (Player& player : players) {
    if (!player.alive) continue;
    if (const std::string death = crew.Reap(player.seat); !death.empty()) {
      player.alive = false;
      return std::unexpected(
          Error{.message = fmt::format("worker {} died by itself, {}", player.worker, death)});
    }
  }
  return {};
}

}  // namespace parley
