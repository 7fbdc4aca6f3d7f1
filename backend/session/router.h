// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QJsonObject>
#include <QList>
#include <QRegularExpression>
#include <QStringList>

#include <optional>

namespace loquat {

/// When a message calls a tool before the model is asked. Rules are tried in order; the first that matches
/// decides.
struct RouterRule
{
    enum class Match {
        Keywords, ///< any of them, as whole words in any case
        Regex,    ///< found anywhere in the message, in any case
        Model,    ///< always: the model decides, later rules are not tried
    };

    Match match = Match::Keywords;
    QStringList keywords;
    QString regex;
    QString tool;
    /// The call's arguments. In its texts {text} is the whole message, {0} what matched, {1} or {name} a
    /// group of the regex.
    QJsonObject arguments;
};

struct RoutedCall
{
    QString tool;
    QJsonObject arguments;

    bool operator==(const RoutedCall &) const = default;
};

/// Decides by rules, without a model, which tool a message calls. Pure; cheap whatever is said: the text and
/// the regex engine's work are bounded.
class Router
{
public:
    static constexpr qsizetype maxRules = 200;
    static constexpr qsizetype maxPattern = 1'000; ///< of a regex, in characters
    static constexpr qsizetype maxText = 4'000;    ///< what follows in a message is not searched
    static constexpr int maxSteps = 200'000;       ///< of the regex engine; past them a rule does not match

    Router() = default;
    /// The error names the rule, counted from 0, and what is wrong with it.
    static Expected<Router> create(const QList<RouterRule> &rules);

    /// The call to make before the model is asked; nothing: ask the model at once.
    [[nodiscard]] std::optional<RoutedCall> route(const QString &text) const;
    [[nodiscard]] bool isEmpty() const { return m_rules.isEmpty(); }
    /// Those that rules call.
    [[nodiscard]] QStringList tools() const;

private:
    struct Compiled
    {
        QRegularExpression expression;
        RouterRule rule;
    };

    QList<Compiled> m_rules;
};

} // namespace loquat
