// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QNetworkRequest>

namespace loquat {

/// Writes POST requests as HTTP/1.1. A model asks the same place with the same headers every time, so the
/// last head is kept.
class RequestBytes
{
public:
    [[nodiscard]] QByteArray of(const QNetworkRequest &request, const QByteArray &body);

private:
    QNetworkRequest m_last;
    QByteArray m_head;
};

} // namespace loquat
