// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/frame_scan.h"

#include <algorithm>

namespace loquat {

namespace {

constexpr uchar maskBit = 0x80;
constexpr qsizetype maskSize = 4;

} // namespace

bool FrameScan::take(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        if (m_payload > 0) {
            bytes = bytes.sliced(skip(bytes.size()));
            continue;
        }
        m_head[size_t(m_have++)] = uchar(bytes.front());
        bytes = bytes.sliced(1);
        if (m_have < 2)
            continue;
        if (!(m_head[1] & maskBit))
            return false;
        if (m_have < headSize())
            continue;
        const qsizetype lengthBytes = headSize() - 2 - maskSize;
        m_payload = lengthBytes == 0 ? m_head[1] & ~maskBit : 0;
        for (qsizetype i = 0; i < lengthBytes; ++i)
            m_payload = m_payload << 8 | m_head[size_t(2 + i)];
        m_have = 0;
    }
    return true;
}

qint64 FrameScan::skip(qint64 arrived)
{
    const quint64 skipped = std::min(m_payload, quint64(arrived));
    m_payload -= skipped;
    return qint64(skipped);
}

qsizetype FrameScan::headSize() const
{
    const int length = m_head[1] & ~maskBit;
    return 2 + (length == 127 ? 8 : length == 126 ? 2 : 0) + maskSize;
}

} // namespace loquat
