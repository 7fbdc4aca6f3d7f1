// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/response_parser.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace loquat {
namespace {

constexpr qsizetype digitsOfSize = 15; ///< always fits

/// All of `text` as a size.
std::optional<qint64> sizeIn(QByteArrayView text, int base)
{
    qint64 value = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), value, base);
    if (error != std::errc() || end != text.end() || text.size() > digitsOfSize || text.front() == '-')
        return {};
    return value;
}

bool isCalled(const QByteArray &name, const char *what)
{
    return name.compare(what, Qt::CaseInsensitive) == 0;
}

bool lists(const QByteArray &value, const char *what)
{
    return std::ranges::any_of(value.split(','),
                               [what](const QByteArray &part) { return isCalled(part.trimmed(), what); });
}

} // namespace

void ResponseParser::feed(QByteArrayView bytes, QByteArray &content)
{
    while (!bytes.isEmpty()) {
        switch (m_state) {
        case State::Sized:
            if (takeContent(bytes, content))
                m_state = State::Whole;
            break;
        case State::Chunk:
            if (takeContent(bytes, content))
                m_state = State::ChunkEnd;
            break;
        case State::Open:
            content.append(bytes);
            return;
        case State::Whole:
            m_keeps = false; // an answer to nothing
            return;
        case State::Malformed:
            return;
        default:
            feedLine(bytes);
        }
    }
}

void ResponseParser::feedLine(QByteArrayView &bytes)
{
    const auto line = takeLine(bytes);
    if (!line)
        return;
    switch (m_state) {
    case State::StatusLine:
        return readStatus(*line);
    case State::Header:
        return readHeader(*line);
    case State::ChunkSize:
        return readChunkSize(*line);
    case State::ChunkEnd:
        m_lineBytes = 0;
        m_state = line->isEmpty() ? State::ChunkSize : State::Malformed;
        return;
    default: // what comes after the last chunk is of no interest
        if (line->isEmpty())
            m_state = State::Whole;
    }
}

std::optional<QByteArrayView> ResponseParser::takeLine(QByteArrayView &bytes)
{
    if (std::exchange(m_lineIsTaken, false))
        m_line.clear();
    const qsizetype end = bytes.indexOf('\n');
    const qsizetype size = end < 0 ? bytes.size() : end + 1;
    m_lineBytes += size;
    if (m_lineBytes > maxHead) {
        fail();
        return {};
    }
    QByteArrayView line = bytes.first(size);
    bytes = bytes.sliced(size);
    if (end < 0 || !m_line.isEmpty()) {
        m_line.append(line);
        line = m_line;
    }
    if (end < 0)
        return {};
    m_lineIsTaken = true;
    line.chop(1);
    if (line.endsWith('\r'))
        line.chop(1);
    return line;
}

bool ResponseParser::takeContent(QByteArrayView &bytes, QByteArray &content)
{
    const qsizetype taken = qsizetype(std::min<qint64>(m_left, bytes.size()));
    content.append(bytes.first(taken));
    bytes = bytes.sliced(taken);
    m_left -= taken;
    return m_left == 0;
}

void ResponseParser::readStatus(QByteArrayView line)
{
    // HTTP/1.1 200 OK
    constexpr qsizetype codeAt = 9;
    constexpr qsizetype reasonAt = 13;
    const bool isHttp1 = line.startsWith("HTTP/1.0 ") || line.startsWith("HTTP/1.1 ");
    const auto code =
        isHttp1 && line.size() >= reasonAt - 1 ? sizeIn(line.sliced(codeAt, 3), 10) : std::nullopt;
    if (!code || *code < 100 || *code == 101) // nobody asked for another protocol
        return fail();
    m_status = int(*code);
    m_reason = line.size() > reasonAt ? line.sliced(reasonAt).toByteArray() : QByteArray();
    m_keeps = line.startsWith("HTTP/1.1");
    m_state = State::Header;
}

void ResponseParser::readHeader(QByteArrayView line)
{
    if (line.isEmpty())
        return endHead();
    const qsizetype colon = line.indexOf(':');
    // Neither a folded line nor a blank before the colon, which some skip and some do not (RFC 9112, 5.1).
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    if (colon <= 0 || isBlank(line.front()) || isBlank(line[colon - 1]))
        return fail();
    m_headers.emplaceBack(line.first(colon).toByteArray(), line.sliced(colon + 1).trimmed().toByteArray());
}

void ResponseParser::endHead()
{
    if (m_status < 200) { // an answer that says that the answer is still to come
        m_headers.clear();
        m_status = 0;
        m_state = State::StatusLine;
        return;
    }
    std::optional<qint64> length;
    bool isCoded = false;
    bool isChunked = false;
    for (const auto &[name, value] : std::as_const(m_headers)) {
        if (isCalled(name, "Connection") && lists(value, "close"))
            m_keeps = false;
        if (isCalled(name, "Transfer-Encoding")) {
            isChunked = isCalled(value, "chunked") && (isChunked || !isCoded);
            isCoded = true;
        }
        if (isCalled(name, "Content-Length")) {
            const auto size = sizeIn(value, 10);
            if (!size || (length && *length != *size))
                return fail();
            length = size;
        }
    }
    if (isCoded && !isChunked)
        return fail();
    if (isCoded && length)
        m_keeps = false; // RFC 9112, 6.3: somebody may be trying to make two answers of one
    m_hasHead = true;
    m_lineBytes = 0;
    m_left = length.value_or(0);
    const bool isEmpty = m_status == 204 || m_status == 304 || (!isCoded && length == 0);
    m_state = isEmpty ? State::Whole : isChunked ? State::ChunkSize : length ? State::Sized : State::Open;
}

void ResponseParser::readChunkSize(QByteArrayView line)
{
    const qsizetype semicolon = line.indexOf(';');
    const auto size = sizeIn((semicolon < 0 ? line : line.first(semicolon)).trimmed(), 16);
    if (!size)
        return fail();
    m_left = *size;
    m_state = m_left > 0 ? State::Chunk : State::Trailer;
    m_lineBytes = 0;
}

void ResponseParser::close()
{
    if (m_state == State::Open)
        m_state = State::Whole;
    m_keeps = false;
}

} // namespace loquat
