// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace loquat::bench {

using Time = std::chrono::steady_clock;

/// What all clients saw together.
struct Tally
{
    int64_t tokens = 0;
    int64_t turns = 0;
    int64_t errors = 0;
    std::string firstError = {};
    int welcomed = 0;  ///< clients whose session has started
    int streaming = 0; ///< replies of which the first token came and the end did not
    int streamingMost = 0;
    std::vector<double> firstTokenMs = {};
    std::vector<Time::time_point> waiting = {}; ///< filled at the end: since when, for a first token
};

} // namespace loquat::bench
