// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/session_snapshot.h"

namespace loquat {

using namespace Qt::StringLiterals;

QString nameOf(SessionStatus status)
{
    switch (status) {
    case SessionStatus::Ending:
        return u"ending"_s;
    case SessionStatus::Completed:
        return u"completed"_s;
    case SessionStatus::Active:
        break;
    }
    return u"active"_s;
}

QString nameOf(Mode mode)
{
    switch (mode) {
    case Mode::Paused:
        return u"paused"_s;
    case Mode::Human:
        return u"human"_s;
    case Mode::Ai:
        break;
    }
    return u"ai"_s;
}

Expected<Mode> modeFromString(const QString &name)
{
    for (const Mode mode : {Mode::Ai, Mode::Paused, Mode::Human})
        if (nameOf(mode) == name)
            return mode;
    return Error{u"unknown_mode"_s, u"'%1' is not a mode."_s.arg(name), u"Use ai, paused or human."_s, false};
}

} // namespace loquat
