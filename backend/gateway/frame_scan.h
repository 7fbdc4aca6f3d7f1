// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <array>

namespace loquat {

/// Follows the heads of the WebSocket frames in a stream of bytes, however it is cut, and keeps no payload.
/// Whatever else may be wrong with a frame is Qt's to find: this sees what Qt lets pass.
class FrameScan
{
public:
    /// False: a frame is not masked (RFC 6455, 5.1: the connection must be closed). Nothing is read from then
    /// on.
    [[nodiscard]] bool take(QByteArrayView bytes);
    /// How many of the next `arrived` bytes are the payload of the frame that has begun. These are taken
    /// unseen.
    qint64 skip(qint64 arrived);
    /// Of the frame that has begun: payload that has not arrived.
    [[nodiscard]] quint64 missing() const { return m_payload; }

private:
    [[nodiscard]] qsizetype headSize() const;

    std::array<uchar, 14> m_head{}; ///< of the frame that comes
    qsizetype m_have = 0;           ///< bytes of it
    quint64 m_payload = 0;          ///< bytes still to come
};

} // namespace loquat
