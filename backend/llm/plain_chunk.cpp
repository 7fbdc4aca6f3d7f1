// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/plain_chunk.h"

#include "llm/token_count.h"

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
                   if (key == "usage")
                       return once(m_sawUsage) && (literal("null") || counts());
                   if (key == "error" || key == "x_groq")
                       return literal("null");
                   return scalar();
               }) &&
               m_sawChoices && m_at == m_end;
    }

    /// The next may be the same but for the text.
    [[nodiscard]] bool isOnlyText() const { return text.data() && !finish.data() && usage == Usage(); }

    QByteArrayView model;
    QByteArrayView text;   ///< null if it has none
    QByteArrayView finish; ///< null if it goes on
    Usage usage;

private:
    bool choices()
    {
        const auto choice = [this](QByteArrayView key) {
            if (key == "delta")
                return once(m_sawDelta) && delta();
            if (key == "index")
                return literal("0");
            if (key == "finish_reason")
                return once(m_sawFinish) &&
                       (literal("null") || (string(finish) && std::ranges::all_of(finish, isAscii)));
            if (key == "message")
                return literal("null");
            return scalar();
        };
        return sign('[') && (sign(']') || (object(choice) && sign(']')));
    }

    bool counts()
    {
        return object([this](QByteArrayView key) {
            if (key == "prompt_tokens")
                return count(usage.inputTokens);
            if (key == "completion_tokens")
                return count(usage.outputTokens);
            if (key == "prompt_tokens_details")
                return once(m_sawInputDetails) && detail("cached_tokens", usage.cachedTokens);
            if (key == "completion_tokens_details")
                return once(m_sawOutputDetails) && detail("reasoning_tokens", usage.reasoningTokens);
            return scalar();
        });
    }

    bool detail(QByteArrayView name, std::optional<qint64> &number)
    {
        return literal("null") ||
               object([&](QByteArrayView key) { return key == name ? count(number) : scalar(); });
    }

    /// Of two of the same name the last one holds, so none may come after a number.
    bool count(std::optional<qint64> &number)
    {
        if (number)
            return false;
        const char *begin = m_at;
        if (!integer())
            return scalar();
        number = tokenCount(QByteArrayView(begin, m_at).trimmed().toLongLong());
        return number.has_value();
    }

    bool delta()
    {
        return object([this](QByteArrayView key) {
            if (key == "content")
                return once(m_sawContent) && (literal("null") || string(text));
            if (key == "refusal" || key == "tool_calls")
                return literal("null");
            return scalar();
        });
    }

    template <typename Member> bool object(Member member)
    {
        if (!sign('{'))
            return false;
        if (sign('}'))
            return true;
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
    bool m_sawFinish = false;
    bool m_sawUsage = false;
    bool m_sawInputDetails = false;
    bool m_sawOutputDetails = false;
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

std::optional<PlainChunk> PlainChunks::read(QByteArrayView chunk)
{
    if (!m_before.isEmpty() && chunk.size() >= m_before.size() + m_after.size() &&
        chunk.startsWith(m_before) && chunk.endsWith(m_after)) {
        const auto text = chunk.sliced(m_before.size()).chopped(m_after.size());
        if (std::ranges::all_of(text, isPlain)) {
            const auto known = decoded(text);
            return known ? std::optional(PlainChunk{*known, m_model, {}, {}}) : std::nullopt;
        }
    }
    Walk walk(chunk);
    const auto text = walk.chunk() ? decoded(walk.text) : std::nullopt;
    if (!text)
        return {};
    const PlainChunk plain{*text, QString::fromLatin1(walk.model), QString::fromLatin1(walk.finish),
                           walk.usage};
    if (walk.isOnlyText()) {
        m_model = plain.model;
        m_before = chunk.first(walk.text.begin() - chunk.begin()).toByteArray();
        m_after = chunk.sliced(walk.text.end() - chunk.begin()).toByteArray();
    }
    return plain;
}

} // namespace loquat
