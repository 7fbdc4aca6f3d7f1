// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/summary_facts.h"

#include <QJsonArray>
#include <QLocale>
#include <QRegularExpression>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

struct Word
{
    QString word;
    QString kind;
};

Word outcomeWord(const QString &outcome)
{
    if (outcome == "resolved"_L1)
        return {u"resolved"_s, u"ok"_s};
    if (outcome == "partial"_L1)
        return {u"partly resolved"_s, u"warn"_s};
    if (outcome == "unresolved"_L1)
        return {u"unresolved"_s, u"bad"_s};
    if (outcome == "abandoned"_L1)
        return {u"abandoned"_s, u"dim"_s};
    if (outcome == "handed_over"_L1)
        return {u"handed to a person"_s, u"human"_s};
    return {outcome, u"dim"_s}; // of a newer backend
}

QString languageName(const QString &tag)
{
    const QStringList parts = tag.split(u'-');
    const auto language = QLocale::codeToLanguage(parts.first());
    if (language == QLocale::AnyLanguage)
        return tag;
    const QString name = QLocale::languageToString(language);
    const auto territory = parts.size() > 1 ? QLocale::codeToTerritory(parts.last()) : QLocale::AnyTerritory;
    return territory == QLocale::AnyTerritory ? name
                                              : u"%1 (%2)"_s.arg(name, QLocale::territoryToString(territory));
}

QString escaped(QString text)
{
    static const QRegularExpression marks(u"([\\\\`*_\\[\\]<>~|])"_s);
    return text.replace(marks, u"\\\\1"_s);
}

} // namespace

SummaryFacts summaryFacts(const Event &event)
{
    const QJsonObject &meta = event.meta;
    const Word outcome = outcomeWord(meta["outcome"_L1].toString());
    SummaryFacts facts{event.content,
                       meta["title"_L1].toString(),
                       meta["intent"_L1].toString(),
                       outcome.word,
                       outcome.kind,
                       languageName(meta["language"_L1].toString()),
                       {},
                       meta["source"_L1].toString() == "model"_L1};
    for (const auto &point : meta["open_points"_L1].toArray())
        facts.openPoints.append(point.toString());
    return facts;
}

QString summaryDetail(const SummaryFacts &facts)
{
    QStringList parts{facts.outcome, facts.language};
    if (!facts.byModel)
        parts.append(u"without a model"_s);
    parts.removeAll(QString());
    return parts.join(u" · "_s);
}

QString summaryMarkdown(const SummaryFacts &facts)
{
    QString card = facts.title.isEmpty() ? QString() : u"**%1**\n\n"_s.arg(escaped(facts.title));
    card += facts.text;
    if (!facts.openPoints.isEmpty())
        card += u"\n\nStill open:\n"_s;
    for (const QString &point : facts.openPoints)
        card += u"\n- "_s + escaped(point);
    return card;
}

QString summaryPlain(const SummaryFacts &facts)
{
    QStringList lines;
    if (!facts.title.isEmpty())
        lines.append(facts.title);
    lines.append(facts.text);
    if (!facts.openPoints.isEmpty())
        lines.append(u"Still open:"_s);
    for (const QString &point : facts.openPoints)
        lines.append(u"- "_s + point);
    return lines.join(u'\n');
}

} // namespace loquat
