// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/finding.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

QString nameOf(Finding::State state)
{
    switch (state) {
    case Finding::State::Off:
        return u"off"_s;
    case Finding::State::Note:
        return u"note"_s;
    case Finding::State::Bad:
        return u"bad"_s;
    case Finding::State::Ok:
        break;
    }
    return u"ok"_s;
}

} // namespace

bool allWork(const QList<Finding> &findings)
{
    return std::ranges::none_of(findings,
                                [](const Finding &each) { return each.state == Finding::State::Bad; });
}

QByteArray asTable(const QList<Finding> &findings)
{
    qsizetype width = 4;
    for (const Finding &each : findings)
        width = std::max(width, each.name.size());
    const auto line = [width](const QString &name, const QString &state, QString what) {
        return (name.leftJustified(width + 2) + state.leftJustified(6) + what.replace(u'\n', u' '))
                   .trimmed() +
               u'\n';
    };
    QString table = line(u"NAME"_s, u"STATE"_s, u"WHAT TO KNOW AND TO DO"_s);
    for (const Finding &each : findings) {
        table += line(each.name, nameOf(each.state), each.what);
        if (!each.remedy.isEmpty())
            table += QString(width + 8, u' ') + u"→ "_s + QString(each.remedy).replace(u'\n', u' ') + u'\n';
    }
    return table.toUtf8();
}

QByteArray asJson(const QList<Finding> &findings)
{
    QJsonArray checks;
    for (const Finding &each : findings)
        checks.append(QJsonObject{{"name"_L1, each.name},
                                  {"state"_L1, nameOf(each.state)},
                                  {"what"_L1, each.what},
                                  {"remedy"_L1, each.remedy}});
    return QJsonDocument(QJsonObject{{"ok"_L1, allWork(findings)}, {"checks"_L1, checks}}).toJson();
}

} // namespace loquat
