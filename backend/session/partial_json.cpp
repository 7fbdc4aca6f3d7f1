// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/partial_json.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

class Scanner
{
public:
    Scanner(QStringView text, qsizetype at)
        : m_text(text)
        , m_at(at)
    {
    }

    [[nodiscard]] bool take(char16_t wanted)
    {
        skipSpace();
        if (m_at >= m_text.size() || m_text[m_at] != wanted)
            return false;
        ++m_at;
        return true;
    }

    [[nodiscard]] bool sees(char16_t wanted)
    {
        skipSpace();
        return m_at < m_text.size() && m_text[m_at] == wanted;
    }

    /// The next value as it is written; empty where it does not end.
    QStringView value()
    {
        skipSpace();
        const qsizetype start = m_at;
        if (m_at >= m_text.size())
            return {};
        if (m_text[m_at] == u'"')
            return skipString() ? m_text.sliced(start, m_at - start) : QStringView();
        if (m_text[m_at] == u'{' || m_text[m_at] == u'[')
            return skipNested() ? m_text.sliced(start, m_at - start) : QStringView();
        while (m_at < m_text.size() && !u",]} \t\r\n"_s.contains(m_text[m_at]))
            ++m_at;
        return m_at < m_text.size() ? m_text.sliced(start, m_at - start) : QStringView();
    }

private:
    void skipSpace()
    {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
    }

    bool skipString()
    {
        for (++m_at; m_at < m_text.size(); ++m_at) {
            if (m_text[m_at] == u'\\')
                ++m_at;
            else if (m_text[m_at] == u'"') {
                ++m_at;
                return true;
            }
        }
        m_at = m_text.size();
        return false;
    }

    bool skipNested()
    {
        for (int depth = 0; m_at < m_text.size();) {
            const QChar c = m_text[m_at];
            if (c == u'"') {
                if (!skipString())
                    return false;
                continue;
            }
            ++m_at;
            depth += c == u'{' || c == u'[' ? 1 : c == u'}' || c == u']' ? -1 : 0;
            if (depth == 0)
                return true;
        }
        return false;
    }

    QStringView m_text;
    qsizetype m_at;
};

/// A line break inside a text is not JSON, but models write it.
QByteArray escaped(QStringView raw)
{
    QString text = raw.toString();
    if (text.startsWith(u'"'))
        text.replace(u'\n', u"\\n"_s).replace(u'\r', u"\\r"_s).replace(u'\t', u"\\t"_s);
    return text.toUtf8();
}

QJsonValue parsed(QStringView raw)
{
    if (raw.isEmpty())
        return QJsonValue::Undefined;
    const QJsonArray one = QJsonDocument::fromJson('[' + escaped(raw) + ']').array();
    return one.size() == 1 ? one.first() : QJsonValue(QJsonValue::Undefined);
}

QJsonArray completeElements(Scanner scanner)
{
    QJsonArray elements;
    if (!scanner.take(u'['))
        return elements;
    do {
        const QJsonValue element = parsed(scanner.value());
        if (element.isUndefined())
            break;
        elements.append(element);
    } while (scanner.take(u','));
    return elements;
}

} // namespace

QJsonObject completeFields(QStringView text, qsizetype start)
{
    QJsonObject fields;
    Scanner scanner(text, start);
    if (!scanner.take(u'{'))
        return fields;
    do {
        const QJsonValue name = scanner.sees(u'"') ? parsed(scanner.value()) : QJsonValue();
        if (!name.isString() || !scanner.take(u':'))
            break;
        const Scanner before = scanner;
        const bool isArray = scanner.sees(u'[');
        const QStringView raw = scanner.value();
        const QJsonValue value = isArray ? QJsonValue(completeElements(before)) : parsed(raw);
        if (!value.isUndefined())
            fields[name.toString()] = value;
        if (raw.isEmpty())
            break;
    } while (scanner.take(u','));
    return fields;
}

} // namespace loquat
