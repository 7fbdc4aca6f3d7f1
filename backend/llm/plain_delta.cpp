// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/plain_delta.h"

#include <algorithm>
#include <utility>

namespace loquat {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// May stand in a JSON string as itself.
bool isPlain(char c)
{
    return c != '"' && c != '\\' && uchar(c) >= 0x20;
}

bool isAscii(char c)
{
    return uchar(c) < 0x80;
}

/// Walks over the JSON of a chunk. Every function moves past what it names, or says that it is not there.
class Walk
{
public:
    explicit Walk(QByteArrayView json)
        : m_at(json.begin())
        , m_end(json.end())
    {
    }

    bool chunk()
    {
        return object([this](QByteArrayView key) {
                   if (key == "choices")
                       return once(m_sawChoices) && choices();
                   if (key == "model")
                       return once(m_sawModel) && string(model) && std::ranges::all_of(model, isAscii);
                   if (key == "error" || key == "usage" || key == "x_groq")
                       return literal("null");
                   return scalar();
               }) &&
               m_sawContent && m_at == m_end;
    }

    QByteArrayView model;
    QByteArrayView text;

private:
    bool choices()
    {
        const auto choice = [this](QByteArrayView key) {
            if (key == "delta")
                return once(m_sawDelta) && delta();
            if (key == "index")
                return literal("0");
            if (key == "finish_reason" || key == "message")
                return literal("null");
            return scalar();
        };
        return sign('[') && object(choice) && sign(']');
    }

    bool delta()
    {
        return object([this](QByteArrayView key) {
            if (key == "content")
                return once(m_sawContent) && string(text);
            if (key == "refusal" || key == "tool_calls")
                return literal("null");
            return scalar();
        });
    }

    template <typename Member> bool object(Member member)
    {
        if (!sign('{'))
            return false;
        do {
            QByteArrayView key;
            if (!string(key) || !std::ranges::all_of(key, isAscii) || !sign(':') || !member(key))
                return false;
        } while (sign(','));
        return sign('}');
    }

    bool scalar()
    {
        if (QByteArrayView skipped; string(skipped))
            return std::ranges::all_of(skipped, isAscii);
        return literal("null") || literal("true") || literal("false") || integer();
    }

    bool string(QByteArrayView &value)
    {
        if (m_at == m_end || *m_at != '"')
            return false;
        const char *close = std::find_if_not(m_at + 1, m_end, isPlain);
        if (close == m_end || *close != '"')
            return false;
        value = {m_at + 1, close};
        m_at = close + 1;
        skipSpace();
        return true;
    }

    bool integer()
    {
        const char *end = std::find_if_not(m_at, m_end, isDigit);
        const qsizetype digits = end - m_at;
        // Of more it depends on the parser what becomes of them.
        if (digits == 0 || digits > 15 || (*m_at == '0' && digits > 1))
            return false;
        m_at = end;
        skipSpace();
        return true;
    }

    bool literal(QByteArrayView word)
    {
        if (!QByteArrayView(m_at, m_end).startsWith(word))
            return false;
        m_at += word.size();
        skipSpace();
        return true;
    }

    bool sign(char c)
    {
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        skipSpace();
        return true;
    }

    void skipSpace()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\t' || *m_at == '\n' || *m_at == '\r'))
            ++m_at;
    }

    static bool once(bool &seen) { return !std::exchange(seen, true); }

    const char *m_at;
    const char *const m_end;
    bool m_sawChoices = false;
    bool m_sawModel = false;
    bool m_sawDelta = false;
    bool m_sawContent = false;
};

/// Nothing if it is not UTF-8, or cannot be told from what is not.
std::optional<QString> decoded(QByteArrayView text)
{
    if (std::ranges::all_of(text, isAscii))
        return QString::fromLatin1(text);
    QString string = QString::fromUtf8(text);
    // A mark of the byte order at the start would be left out.
    if (string.contains(QChar::ReplacementCharacter) || text.startsWith("\xEF\xBB\xBF"))
        return {};
    return string;
}

} // namespace

std::optional<QString> PlainDeltas::textOf(QByteArrayView chunk)
{
    if (!m_before.isEmpty() && chunk.size() >= m_before.size() + m_after.size() &&
        chunk.startsWith(m_before) && chunk.endsWith(m_after)) {
        const auto text = chunk.sliced(m_before.size()).chopped(m_after.size());
        if (std::ranges::all_of(text, isPlain))
            return decoded(text);
    }
    Walk walk(chunk);
    if (!walk.chunk())
        return {};
    m_model = QString::fromLatin1(walk.model);
    m_before = chunk.first(walk.text.begin() - chunk.begin()).toByteArray();
    m_after = chunk.sliced(walk.text.end() - chunk.begin()).toByteArray();
    return decoded(walk.text);
}

} // namespace loquat
