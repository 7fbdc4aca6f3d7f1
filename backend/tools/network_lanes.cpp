// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/network_lanes.h"

#include <algorithm>

namespace loquat {

std::shared_ptr<QNetworkAccessManager> NetworkLanes::take()
{
    constexpr long connectionsPerHost = 6;
    const auto hasRoom = [](const auto &lane) { return lane.use_count() - 1 < connectionsPerHost; };
    const auto free = std::ranges::find_if(m_lanes, hasRoom);
    return free != m_lanes.end() ? *free : m_lanes.emplace_back(std::make_shared<QNetworkAccessManager>());
}

} // namespace loquat
