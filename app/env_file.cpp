// SPDX-License-Identifier: GPL-3.0-or-later
#include "env_file.h"

#include <QRegularExpression>

#include <optional>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longest = 65'536; // certificates fit; what values make of each other has an end

struct Value
{
    QString text;
    bool literal = false; ///< nothing in it is replaced
    qsizetype end = 0;    ///< where the line after it begins, or the file's end
};

qsizetype endOfLine(const QString &text, qsizetype from)
{
    const qsizetype end = text.indexOf(u'\n', from);
    return end < 0 ? text.size() : end;
}

/// What a backslash and `c` mean within `quote`.
QString unescaped(QChar c, QChar quote)
{
    if (c == u'\'' || c == quote || c == u'\\')
        return c;
    if (quote == u'"') {
        if (c == u'n')
            return u"\n"_s;
        if (c == u'r')
            return u"\r"_s;
        if (c == u't')
            return u"\t"_s;
    }
    return u'\\' + QString(c);
}

/// nullopt: no quote closes it, or something else than a comment follows.
std::optional<Value> quoted(const QString &text, qsizetype at)
{
    const QChar quote = text[at];
    Value value{{}, quote == u'\'', 0};
    for (++at; at < text.size() && text[at] != quote; ++at) {
        if (text[at] == u'\\' && at + 1 < text.size())
            value.text += unescaped(text[++at], quote);
        else
            value.text += text[at];
    }
    if (at >= text.size())
        return {};
    value.end = endOfLine(text, at);
    const QString rest = text.sliced(at + 1, value.end - at - 1).trimmed();
    return rest.isEmpty() || rest.startsWith(u'#') ? std::optional(value) : std::nullopt;
}

Value bare(const QString &text, qsizetype at)
{
    static const QRegularExpression comment(u"\\s+#.*$"_s);
    const qsizetype end = endOfLine(text, at);
    if (at < end && text[at] == u'#' && text[at - 1].isSpace())
        return {{}, false, end}; // python-dotenv takes this comment for the value, which nobody means
    return {text.sliced(at, end - at).remove(comment).trimmed(), false, end};
}

QString expanded(const QString &text, const QHash<QString, QString> &environment,
                 const QHash<QString, QString> &before)
{
    static const QRegularExpression reference(u"\\$\\{([^}:]*)(?::-([^}]*))?\\}"_s);
    QString result;
    qsizetype from = 0;
    for (auto all = reference.globalMatch(text); all.hasNext();) {
        const auto match = all.next();
        const QString name = match.captured(1);
        result += text.sliced(from, match.capturedStart() - from) +
                  environment.value(name, before.value(name, match.captured(2)));
        from = match.capturedEnd();
    }
    return result + text.sliced(from);
}

} // namespace

Expected<EnvFile> parseEnvFile(const QByteArray &bytes, const QHash<QString, QString> &environment)
{
    static const QRegularExpression name(u"(?:export[ \\t]+)?([^\\s=#'\"]+)[ \\t]*=[ \\t]*"_s);
    const QString text = QString::fromUtf8(bytes).replace("\r\n"_L1, "\n"_L1);
    EnvFile file;
    qsizetype line = 1;
    qsizetype counted = 0; ///< up to where `line` is
    for (qsizetype at = 0; at < text.size();) {
        if (text[at].isSpace()) {
            ++at;
            continue;
        }
        if (text[at] == u'#') {
            at = endOfLine(text, at);
            continue;
        }
        const auto match = name.match(text, at, QRegularExpression::NormalMatch,
                                      QRegularExpression::AnchorAtOffsetMatchOption);
        if (!match.hasMatch()) {
            line += QStringView(text).sliced(counted, at - counted).count(u'\n');
            counted = at;
            file.strayLines.append(line);
            at = endOfLine(text, at);
            continue;
        }
        at = match.capturedEnd();
        const bool quotes = at < text.size() && (text[at] == u'"' || text[at] == u'\'');
        const Value value = (quotes ? quoted(text, at) : std::nullopt).value_or(bare(text, at));
        const QString whole = value.literal ? value.text : expanded(value.text, environment, file.values);
        if (whole.size() > longest)
            return Error{
                u"bad_env_file"_s, u"the value of %1 is too long"_s.arg(match.captured(1)), {}, false};
        file.values.insert(match.captured(1), whole);
        at = value.end;
    }
    return file;
}

} // namespace loquat
