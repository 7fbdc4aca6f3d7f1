// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/inspector_model.h"

#include "models/format.h"

#include <QSysInfo>

namespace loquat {

using namespace Qt::StringLiterals;

InspectorModel::InspectorModel(QObject *parent)
    : QObject(parent)
{
}

void InspectorModel::clear()
{
    m_turn.clear();
    m_session = {};
    m_summary = {};
    m_endedAtMs.reset();
    m_liveRate = 0;
    m_history.clear();
    m_timeline.show(m_turn, 0);
    Q_EMIT turnChanged();
    Q_EMIT sessionChanged();
}

void InspectorModel::apply(const Event &event)
{
    if (event.type == EventType::Summary)
        m_summary = summaryFacts(event); // showSession() tells
    else if (event.type == EventType::SessionEnded)
        m_endedAtMs = event.atMs;
    else if (event.type == EventType::SessionResumed)
        m_endedAtMs.reset();
    m_turn.apply(event);
}

void InspectorModel::showSession(const SessionSnapshot &session)
{
    m_session = session;
    Q_EMIT sessionChanged();
}

void InspectorModel::refresh(const RateMeter *meter, qint64 nowMs)
{
    m_liveRate = meter ? meter->perSecond(nowMs) : 0;
    // A finished reply keeps its picture until the next one begins.
    if (meter && (m_liveRate > 0 || m_history.isEmpty()))
        m_history = meter->history(nowMs);
    m_timeline.show(m_turn, nowMs);
    Q_EMIT turnChanged();
}

QString InspectorModel::firstToken() const
{
    return format::duration(m_turn.firstTokenMs());
}

QString InspectorModel::rate() const
{
    if (m_turn.rate())
        return format::rate(*m_turn.rate());
    return m_turn.running() && m_liveRate > 0 ? format::rate(m_liveRate) : format::unknown;
}

QString InspectorModel::tokens() const
{
    const Usage &usage = m_turn.usage();
    if (!usage.inputTokens && !usage.outputTokens)
        return format::unknown;
    return u"%1 / %2"_s.arg(format::count(usage.inputTokens), format::count(usage.outputTokens));
}

QString InspectorModel::tokensLabel() const
{
    return m_turn.usage().source == UsageSource::Estimated ? u"tokens in / out, estimated"_s
                                                           : u"tokens in / out"_s;
}

QString InspectorModel::cost() const
{
    return m_turn.costUsd() ? u"$%1"_s.arg(*m_turn.costUsd(), 0, 'f', 4) : format::unknown;
}

QString InspectorModel::started() const
{
    return m_session.startedAtMs > 0 ? format::moment(m_session.startedAtMs) : format::unknown;
}

QString InspectorModel::toolCalls() const
{
    return u"%1 ok · %2 failed"_s.arg(m_session.toolCallsOk).arg(m_session.toolCallsFailed);
}

QString InspectorModel::sessionTokens() const
{
    const Usage &usage = m_session.usage;
    if (!usage.inputTokens && !usage.outputTokens)
        return format::unknown;
    return u"%1 in · %2 out"_s.arg(format::count(usage.inputTokens), format::count(usage.outputTokens));
}

QString InspectorModel::summary() const
{
    return m_summary.text.isEmpty() ? m_session.summary : m_summary.text;
}

QString InspectorModel::protocol() const
{
    return m_session.protocol.isEmpty() ? format::unknown : m_session.protocol;
}

QString InspectorModel::node() const
{
    // Who was given no name goes by the host's.
    const QString &id = m_session.nodeId;
    return id.isEmpty() || id == QSysInfo::machineHostName() ? u"this computer"_s : id;
}

} // namespace loquat
