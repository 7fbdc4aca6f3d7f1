// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace loquat {

/// What doctor found out about one thing that Loquat depends on.
struct Finding
{
    enum class State {
        Ok,
        Off,  ///< not configured, or not asked; nothing wrong with that
        Note, ///< works, but somebody should know
        Bad,
    };

    QString name;
    State state = State::Ok;
    QString what;
    QString remedy = {}; ///< what to do; there always is one for Bad
};

bool allWork(const QList<Finding> &findings);
/// Columns NAME, STATE, WHAT TO KNOW; what to do stands in the line below what it is for.
QByteArray asTable(const QList<Finding> &findings);
/// {"ok":…,"checks":[{"name","state":"ok|off|note|bad","what","remedy"}]}
QByteArray asJson(const QList<Finding> &findings);

} // namespace loquat
