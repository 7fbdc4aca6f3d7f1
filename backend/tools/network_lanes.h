// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkAccessManager>

#include <memory>
#include <vector>

namespace loquat {

/// As many network managers as requests under way need: one has six connections to a host (HTTP/1.1), and
/// what comes seventh waits inside of it, unseen, until its time is over. One thread.
class NetworkLanes
{
public:
    /// To be held while a request of it is under way.
    [[nodiscard]] std::shared_ptr<QNetworkAccessManager> take();

private:
    std::vector<std::shared_ptr<QNetworkAccessManager>> m_lanes;
};

} // namespace loquat
