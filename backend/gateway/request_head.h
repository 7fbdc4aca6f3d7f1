// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/without_slash.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QUrl>

#include <optional>

namespace loquat {

/// The few things of an HTTP/1.1 request head (RFC 9112) that decide who answers it. The request itself is
/// parsed by Qt's servers; this only looks.
struct RequestHead
{
    QByteArray method;
    QByteArray target;    ///< as sent: path and query, without scheme and host
    int minorVersion = 1; ///< 0: HTTP/1.0
    bool wantsWebSocket = false;
    qsizetype size = 0;   ///< in bytes, with the empty line
    qsizetype behind = 0; ///< bytes that came with it, after its end
    QByteArray webSocketKey;
    QByteArray webSocketVersion;
    QList<std::pair<QByteArray, QByteArray>> headers; ///< as sent, in order

    /// The value of the first header of this name in any case; empty: there is none.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    /// How often it was sent.
    [[nodiscard]] qsizetype count(QByteArrayView name) const;
    /// What all headers of this name list between commas.
    [[nodiscard]] QList<QByteArray> list(QByteArrayView name) const;

    /// Bytes of the body, 0 without one; nullopt: it is not announced by one number (RFC 9112, 6.3).
    [[nodiscard]] std::optional<qint64> contentLength() const;

    /// The target without its query and without a slash at its end, else as sent.
    [[nodiscard]] QByteArray path() const
    {
        const qsizetype mark = target.indexOf('?');
        return withoutSlash(mark < 0 ? target : target.first(mark));
    }
    [[nodiscard]] QUrl url() const { return QUrl::fromEncoded(target); }
};

/// Whether `bytes` hold a whole head (up to the empty line). One whose lines end with a bare LF is whole,
/// too, though it is none that parseRequestHead() takes: nothing more is to be waited for.
[[nodiscard]] bool isHeadComplete(QByteArrayView bytes);

/// nullopt: not HTTP/1.1 as it must be: also with line breaks of other kinds, NUL, and spaces around names
/// (RFC 9112, 2.2 and 5.1), which those behind this would read differently.
[[nodiscard]] std::optional<RequestHead> parseRequestHead(QByteArrayView bytes);

} // namespace loquat
