// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>

#include <optional>

namespace loquat {

/// Reads the answer to one HTTP/1.1 request: bytes in, status, headers and content out. No I/O. Follows
/// RFC 9112; what a client may refuse (folded headers, codings other than chunked, lengths that contradict
/// each other) is malformed.
class ResponseParser
{
public:
    /// Bytes; also of a chunk's size, and of what comes after the last one.
    static constexpr qsizetype maxHead = 64 * 1024;

    /// Appends what is content to `content`.
    void feed(QByteArrayView bytes, QByteArray &content);
    /// The connection has ended: the end of a content that says neither its length nor that it is chunked.
    void close();

    [[nodiscard]] bool hasHead() const { return m_hasHead; }
    [[nodiscard]] bool isWhole() const { return m_state == State::Whole; }
    [[nodiscard]] bool isMalformed() const { return m_state == State::Malformed; }
    /// Whether another request may follow on the same connection, once this answer is whole.
    [[nodiscard]] bool keepsConnection() const { return m_keeps && isWhole(); }

    [[nodiscard]] int status() const { return m_status; } ///< 0 before the head
    [[nodiscard]] const QByteArray &reason() const { return m_reason; }
    [[nodiscard]] const QList<QPair<QByteArray, QByteArray>> &headers() const { return m_headers; }

private:
    enum class State {
        StatusLine,
        Header,
        Sized,
        ChunkSize,
        Chunk,
        ChunkEnd,
        Trailer,
        Open,
        Whole,
        Malformed
    };

    void feedLine(QByteArrayView &bytes);
    /// A line without its end, valid until the next call; nothing while it has not arrived as a whole.
    std::optional<QByteArrayView> takeLine(QByteArrayView &bytes);
    /// Moves what was announced; whether all of it has arrived.
    bool takeContent(QByteArrayView &bytes, QByteArray &content);
    void readStatus(QByteArrayView line);
    void readHeader(QByteArrayView line);
    void readChunkSize(QByteArrayView line);
    void endHead();
    void fail() { m_state = State::Malformed; }

    State m_state = State::StatusLine;
    QByteArray m_line; ///< the beginning of one, from earlier bytes
    bool m_lineIsTaken = false;
    qsizetype m_lineBytes = 0; ///< bytes of the head, of a chunk's size, of what comes after the last chunk
    qint64 m_left = 0;         ///< of the content, or of the chunk
    int m_status = 0;
    QByteArray m_reason;
    QList<QPair<QByteArray, QByteArray>> m_headers;
    bool m_hasHead = false;
    bool m_keeps = false;
};

} // namespace loquat
