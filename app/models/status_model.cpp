// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/status_model.h"

#include "models/format.h"

namespace loquat {

using namespace Qt::StringLiterals;
using Store = BackendStatus::Store;

void StatusModel::show(const BackendStatus &status)
{
    m_status = status;
    // Of a backend elsewhere alone there is ever trouble; until it is connected to there always is.
    m_elsewhere = m_elsewhere || !status.trouble.isEmpty();
    Q_EMIT changed();
}

void StatusModel::showOpen(int sessions)
{
    m_open = sessions;
    Q_EMIT changed();
}

QString StatusModel::address() const
{
    if (isAway())
        return m_status.trouble;
    return listening() ? m_status.address : u"not listening"_s;
}

QString StatusModel::demoUrl() const
{
    return http(u"/demo"_s);
}

QString StatusModel::metricsUrl() const
{
    return http(u"/metrics"_s);
}

QString StatusModel::http(const QString &path) const
{
    if (!listening())
        return {};
    QString url = m_status.address;
    return url.replace(0, 2, u"http"_s) + path; // ws:// and wss:// alike
}

QString StatusModel::tryCommand() const
{
    if (!listening())
        return {};
    return u"wscat -c \"%1/ws/session/demo?user_id=me\""_s.arg(m_status.address);
}

QString StatusModel::sessions() const
{
    return m_open == 1 ? u"1 session open"_s : format::count(m_open) + u" sessions open"_s;
}

QString StatusModel::rate() const
{
    return isAway() ? format::unknown + u" tok/s"_s : format::rate(m_status.tokensPerSecond);
}

QString StatusModel::firstToken() const
{
    return u"first token p50 %1 · p99 %2"_s.arg(format::duration(m_status.ttftP50Ms),
                                                format::duration(m_status.ttftP99Ms));
}

QString StatusModel::modelWord() const
{
    if (isAway())
        return u"unknown"_s;
    if (!m_status.modelOk)
        return u"failing"_s;
    return m_status.modelSimulated ? u"no provider key"_s : u"ok"_s;
}

QString StatusModel::modelKind() const
{
    if (isAway())
        return u"dim"_s;
    if (!m_status.modelOk)
        return u"bad"_s;
    return m_status.modelSimulated ? u"warn"_s : u"ok"_s;
}

QString StatusModel::modelDetail() const
{
    if (m_status.modelDetail.isEmpty() && m_status.modelSimulated)
        return u"Nobody's model answers: replies are made up on %1. "
               "Set OPENAI_API_KEY, or another provider's key, %2to talk to a real one."_s.arg(
                   place(), m_elsewhere ? u"there "_s : QString());
    return m_status.modelDetail;
}

QString StatusModel::storeName() const
{
    return isAway() ? u"Store"_s : m_status.storeName;
}

QString StatusModel::storeWord() const
{
    if (isAway())
        return u"unknown"_s;
    switch (m_status.store) {
    case Store::InSync:
        return u"in sync"_s;
    case Store::CatchingUp:
        return u"catching up"_s;
    case Store::Unreachable:
        return u"unreachable"_s;
    case Store::Failing:
        return u"failing"_s;
    case Store::JournalOnly:
        break;
    }
    return u"on %1"_s.arg(place());
}

QString StatusModel::storeKind() const
{
    if (isAway())
        return u"dim"_s;
    switch (m_status.store) {
    case Store::InSync:
    case Store::JournalOnly:
        return u"ok"_s;
    case Store::CatchingUp:
        return u"info"_s;
    case Store::Unreachable:
        return u"warn"_s;
    case Store::Failing:
        break;
    }
    return u"bad"_s;
}

QString StatusModel::place() const
{
    return m_elsewhere ? u"the server"_s : u"this computer"_s;
}

QString StatusModel::queued() const
{
    if (m_status.store == Store::JournalOnly || isAway())
        return {};
    return format::count(m_status.storeQueued) + u" queued"_s;
}

} // namespace loquat
