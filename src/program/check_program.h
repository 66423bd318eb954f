// Which programs a stepped round can run.
#pragma once

#include "src/base/error.h"
#include "src/program/program.h"

namespace parley {

inline constexpr std::size_t kMaxRoles = 256;       // WorkerPlan::role is one byte
inline constexpr std::uint32_t kIdentityCount = 8;  // of self-identifying bytes; payload.h
inline constexpr std::uint16_t kMaxChance = 1024;   // of a fault, and of all together

// That the program is one of scripts and schedule only, exceeds no limit, names calls that its
// facility has, and that its payload can be encoded: framed records are empty or have a whole
// header, writers of self-identifying bytes have numbers of their own.
//
// Errors: input errors; the place as a JSON pointer into the file of codec.h: "/workers/2/steps/0".
Result<void> CheckProgram(const Program& program);

// Whether its payload can be told for certain when several workers receive: then all bytes are
// framed, and sent and received in one size that a write moves indivisibly, so that everybody finds
// whole records.  A program that is shrunk must not lose that, or it breaks promises on its own.
// Its facility exists.
bool ReadersFindWholeRecords(const Program& program);

}  // namespace parley
