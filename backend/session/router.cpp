// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/router.h"

#include <QJsonArray>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// Returns `value` with every text in it replaced by what `change` makes of it.
template <typename Change> QJsonValue mapTexts(const QJsonValue &value, const Change &change)
{
    if (value.isString())
        return change(value.toString());
    if (value.isArray()) {
        QJsonArray array;
        for (const QJsonValue &each : value.toArray())
            array.append(mapTexts(each, change));
        return array;
    }
    if (!value.isObject())
        return value;
    QJsonObject object = value.toObject();
    for (auto each = object.begin(); each != object.end(); ++each)
        each.value() = mapTexts(each.value(), change);
    return object;
}

/// `text` with each {placeholder} replaced. In one pass: what a user wrote is never itself expanded.
template <typename Lookup> QString expand(const QString &text, const Lookup &lookup)
{
    static const QRegularExpression placeholder(u"\\{(\\w+)\\}"_s);
    QString result;
    qsizetype done = 0;
    for (auto each = placeholder.globalMatch(text); each.hasNext();) {
        const auto match = each.next();
        result += QStringView(text).sliced(done, match.capturedStart() - done);
        result += lookup(match.captured(1));
        done = match.capturedEnd();
    }
    result += QStringView(text).sliced(done);
    return result;
}

QString patternOf(const RouterRule &rule)
{
    // The engine itself counts its steps; the limits must stand before the pattern.
    const QString limits = u"(*LIMIT_MATCH=%1)(*LIMIT_DEPTH=%1)"_s.arg(Router::maxSteps);
    if (rule.match == RouterRule::Match::Regex)
        return limits + rule.regex;
    QStringList words;
    for (const QString &keyword : rule.keywords)
        words.append(QRegularExpression::escape(keyword.simplified()).replace(u"\\ "_s, u"\\s+"_s));
    // Not \b: a keyword may begin or end with a sign, as "C++" does.
    return limits + u"(?<![\\p{L}\\p{N}_])(?:%1)(?![\\p{L}\\p{N}_])"_s.arg(words.join(u'|'));
}

bool isGroup(const QRegularExpression &expression, const QString &name)
{
    bool number = false;
    const int index = name.toInt(&number);
    return number ? index <= expression.captureCount() : expression.namedCaptureGroups().contains(name);
}

/// What is wrong with a rule; empty if nothing is.
QString complaint(const RouterRule &rule, const QRegularExpression &expression)
{
    if (rule.tool.isEmpty())
        return u"it names no tool"_s;
    if (rule.match == RouterRule::Match::Keywords &&
        (rule.keywords.isEmpty() ||
         std::ranges::any_of(rule.keywords, [](const QString &word) { return word.trimmed().isEmpty(); })))
        return u"a keyword is empty"_s;
    if (rule.match == RouterRule::Match::Regex && rule.regex.isEmpty())
        return u"its regex is empty"_s;
    if (rule.regex.size() > Router::maxPattern)
        return u"its regex is longer than %1 characters"_s.arg(Router::maxPattern);
    if (expression.pattern().size() > Router::maxRules * Router::maxPattern)
        return u"its keywords are too many"_s;
    if (!expression.isValid())
        return u"its regex is wrong: %1"_s.arg(expression.errorString());
    QString unknown;
    mapTexts(rule.arguments, [&](const QString &text) {
        return expand(text, [&](const QString &name) {
            if (name != "text"_L1 && !isGroup(expression, name))
                unknown = name;
            return QString();
        });
    });
    return unknown.isEmpty() ? QString() : u"{%1} is not a group of its regex"_s.arg(unknown);
}

} // namespace

Expected<Router> Router::create(const QList<RouterRule> &rules)
{
    const auto wrong = [](const QString &what) {
        return Error{u"bad_router"_s, what,
                     u"expected keywords or a regex, a tool, and arguments with {text}, {0} or {group}"_s};
    };
    if (rules.size() > maxRules)
        return wrong(u"There are more than %1 rules"_s.arg(maxRules));
    Router router;
    for (const RouterRule &rule : rules) {
        if (rule.match == RouterRule::Match::Model) {
            router.m_rules.append({{}, rule});
            continue;
        }
        QRegularExpression expression(patternOf(rule), QRegularExpression::CaseInsensitiveOption |
                                                           QRegularExpression::UseUnicodePropertiesOption);
        if (const QString problem = complaint(rule, expression); !problem.isEmpty())
            return wrong(u"Rule %1: %2"_s.arg(router.m_rules.size()).arg(problem));
        expression.optimize();
        router.m_rules.append({expression, rule});
    }
    return router;
}

QStringList Router::tools() const
{
    QStringList tools;
    for (const Compiled &each : m_rules)
        if (each.rule.match != RouterRule::Match::Model)
            tools.append(each.rule.tool);
    return tools;
}

std::optional<RoutedCall> Router::route(const QString &text) const
{
    const QString searched = text.left(maxText);
    for (const auto &[expression, rule] : m_rules) {
        if (rule.match == RouterRule::Match::Model)
            return {};
        const QRegularExpressionMatch match = expression.match(searched);
        if (!match.hasMatch())
            continue;
        const auto lookup = [&](const QString &name) {
            if (name == "text"_L1)
                return searched;
            bool number = false;
            const int index = name.toInt(&number);
            return number ? match.captured(index) : match.captured(name);
        };
        return RoutedCall{rule.tool, mapTexts(rule.arguments, [&](const QString &each) {
                                         return expand(each, lookup);
                                     }).toObject()};
    }
    return {};
}

} // namespace loquat
