// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/sse_parser.h"

#include <algorithm>
#include <cstring>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

Error tooLongError(qsizetype limit)
{
    return {
        u"sse_event_too_long"_s, u"An event of the stream is longer than %1 bytes."_s.arg(limit), {}, false};
}

const char *find(const char *at, const char *end, char wanted)
{
    const void *found = std::memchr(at, wanted, size_t(end - at));
    return found ? static_cast<const char *>(found) : end;
}

/// A field's value, without the one space that may stand before it.
QByteArrayView valueAt(QByteArrayView line, qsizetype at)
{
    const QByteArrayView value = line.sliced(at);
    return value.startsWith(' ') ? value.sliced(1) : value;
}

} // namespace

Expected<void> SseParser::feed(QByteArrayView bytes, const Sink &sink)
{
    const char *at = bytes.begin();
    // Each is looked for once, however many of the other come before it.
    const char *lf = nullptr;
    const char *cr = nullptr;
    while (!m_failed && at != bytes.end()) {
        if (m_afterCr) {
            m_afterCr = false;
            if (*at == '\n') {
                ++at;
                continue;
            }
        }
        if (lf < at)
            lf = find(at, bytes.end(), '\n');
        if (cr < at)
            cr = find(at, bytes.end(), '\r');
        const char *end = std::min(lf, cr);
        const QByteArrayView piece(at, end);
        if (tooLong(piece.size())) {
            m_failed = true;
            break;
        }
        if (end == bytes.end()) {
            m_line.append(piece);
            break;
        }
        m_afterCr = *end == '\r';
        at = end + 1;
        if (m_line.isEmpty()) {
            if (*end == '\n' && at != bytes.end() && *at == '\n' && takeWhole(piece, sink))
                ++at;
            else
                takeLine(piece, sink);
        } else {
            m_line.append(piece);
            takeLine(m_line, sink);
            m_line.resize(0); // keeps the memory for the next line
        }
    }
    if (m_failed)
        return tooLongError(m_limit);
    return {};
}

bool SseParser::takeWhole(QByteArrayView line, const Sink &sink)
{
    if (m_firstLine || !m_data.isEmpty() || !line.startsWith("data:"))
        return false;
    sink({m_event, valueAt(line, 5), m_id});
    m_event.resize(0);
    return true;
}

bool SseParser::tooLong(qsizetype more) const
{
    return m_line.size() + m_data.size() + more > m_limit;
}

void SseParser::takeLine(QByteArrayView line, const Sink &sink)
{
    static constexpr QByteArrayView byteOrderMark("\xEF\xBB\xBF");
    if (m_firstLine && line.startsWith(byteOrderMark))
        line = line.sliced(byteOrderMark.size());
    m_firstLine = false;

    if (line.isEmpty()) {
        dispatch(sink);
        return;
    }
    const qsizetype colon = line.indexOf(':');
    if (colon == 0)
        return; // a comment, sent to keep the connection alive
    if (colon < 0) {
        takeField(line, {});
        return;
    }
    takeField(line.first(colon), valueAt(line, colon + 1));
}

void SseParser::takeField(QByteArrayView name, QByteArrayView value)
{
    if (name == "data") {
        m_data.append(value).append('\n');
    } else if (name == "event") {
        m_event = value.toByteArray();
    } else if (name == "id" && !value.contains('\0')) {
        m_id = value.toByteArray();
    }
}

void SseParser::dispatch(const Sink &sink)
{
    if (!m_data.isEmpty())
        sink({m_event, QByteArrayView(m_data).chopped(1), m_id});
    m_data.resize(0);
    m_event.resize(0);
}

} // namespace loquat
