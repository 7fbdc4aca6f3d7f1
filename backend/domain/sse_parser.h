// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QByteArray>
#include <QByteArrayView>

#include <functional>

namespace loquat {

/// One server-sent event. The views are valid only inside the sink.
struct SseEvent
{
    QByteArrayView event; ///< empty means "message"
    QByteArrayView data;
    QByteArrayView id; ///< the last one seen, as the specification has it
};

/// Bytes of a text/event-stream in, events out; no I/O. Cut the stream where you like: inside a line end, a
/// character or the byte order mark. Works on bytes, since line ends never occur inside a UTF-8 character.
class SseParser
{
public:
    /// An event that does not end within this many bytes is an error, not a reason to grow.
    static constexpr qsizetype maxEventBytes = 1024 * 1024;

    using Sink = std::function<void(const SseEvent &)>;

    explicit SseParser(qsizetype limit = maxEventBytes)
        : m_limit(limit)
    {
    }

    /// Hands every event that `bytes` completes to `sink`. Once it has failed it stays failed. An event that
    /// the end of the stream cuts off is not one: it is never handed out.
    Expected<void> feed(QByteArrayView bytes, const Sink &sink);

private:
    void takeLine(QByteArrayView line, const Sink &sink);
    /// Takes `line` with the end of its event, if it is the one line of it, as most are: without a copy.
    bool takeWhole(QByteArrayView line, const Sink &sink);
    void takeField(QByteArrayView name, QByteArrayView value);
    void dispatch(const Sink &sink);
    [[nodiscard]] bool tooLong(qsizetype more) const;

    const qsizetype m_limit;
    QByteArray m_line; ///< the start of a line whose end has not come yet
    QByteArray m_data; ///< each line followed by LF
    QByteArray m_event;
    QByteArray m_id;
    bool m_firstLine = true;
    bool m_afterCr = false; ///< a LF that comes next belongs to the line end before it
    bool m_failed = false;
};

} // namespace loquat
