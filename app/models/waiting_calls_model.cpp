// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/waiting_calls_model.h"

#include "domain/json_text.h"
#include "models/format.h"

#include <QPointer>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// Whoever decides must see what they decide on; what is longer is read in the conversation.
constexpr qsizetype longestArgs = 2'000;

QString shown(const QString &args)
{
    return args.size() <= longestArgs ? args : args.left(longestArgs) + u'…';
}

} // namespace

WaitingCallsModel::WaitingCallsModel(ConsoleLink &link, const SessionListModel &sessions,
                                     CommandRunner &runner, QObject *parent)
    : QAbstractListModel(parent)
    , m_link(link)
    , m_sessions(sessions)
    , m_runner(runner)
{
    connect(&runner, &CommandRunner::reachableChanged, this, [this] {
        if (!m_calls.isEmpty())
            Q_EMIT dataChanged(index(0), index(count() - 1), {CanDecideRole});
    });
}

void WaitingCallsModel::apply(const LiveBatch &batch, qint64 nowMs)
{
    m_now = nowMs;
    const auto before = m_calls.size();
    for (const auto &item : batch.stream)
        if (const auto *event = std::get_if<Event>(&item))
            apply(*event);
    for (const SessionSnapshot &session : batch.sessions)
        apply(session);
    if (m_calls.size() != before)
        Q_EMIT countChanged();
}

void WaitingCallsModel::apply(const Event &event)
{
    if (const auto loading = m_loading.find(event.sessionId); loading != m_loading.end()) {
        loading->append(event);
        return;
    }
    const QString callId = event.meta["call_id"_L1].toString();
    const auto isIt = [&](const Call &call) {
        return call.sessionId == event.sessionId && call.callId == callId;
    };
    if (event.type == EventType::ToolCall)
        m_args[event.sessionId].insert(callId, shown(jsonText(event.meta["args"_L1])));
    if (event.type == EventType::ToolResult) {
        if (const auto open = m_args.find(event.sessionId); open != m_args.end()) {
            open->remove(callId);
            if (open->isEmpty())
                m_args.erase(open);
        }
        removeIf(isIt);
    }
    if (event.type != EventType::ToolApproval)
        return;
    if (!m_told.contains(event.sessionId)) {
        m_told.insert(event.sessionId);
        removeIf(
            [&](const Call &call) { return call.sessionId == event.sessionId && call.callId.isEmpty(); });
    }
    removeIf(isIt);
    if (event.meta["decision"_L1] == "asked"_L1)
        add({event.sessionId, callId, event.content, m_args.value(event.sessionId).value(callId),
             event.atMs});
}

void WaitingCallsModel::apply(const SessionSnapshot &session)
{
    const auto isOfIt = [&](const Call &call) { return call.sessionId == session.sessionId; };
    const bool isHere = goesOn(session);
    if (!isHere) {
        m_args.remove(session.sessionId);
        m_told.remove(session.sessionId);
    }
    if (!isHere || session.phase != Phase::WaitingForApproval)
        return removeIf(isOfIt);
    if (m_told.contains(session.sessionId))
        return;
    if (std::ranges::none_of(m_calls, isOfIt))
        add({session.sessionId, {}, session.phaseDetail, shown(session.preview), session.lastActivityMs});
    load(session.sessionId);
}

void WaitingCallsModel::load(const QString &sessionId)
{
    if (m_loading.contains(sessionId) || m_toLoad.contains(sessionId))
        return;
    m_toLoad.append(sessionId);
    loadNext();
}

void WaitingCallsModel::loadNext()
{
    while (!m_toLoad.isEmpty() && m_loading.size() < maxLoads) {
        const QString sessionId = m_toLoad.takeFirst();
        m_loading.insert(sessionId, {});
        m_link.loadEvents(sessionId, [self = QPointer(this), sessionId,
                                      serial = m_serial](const Expected<QList<Event>> &stored) {
            if (self && self->m_serial == serial)
                self->loaded(sessionId, stored);
        });
    }
}

void WaitingCallsModel::loaded(const QString &sessionId, const Expected<QList<Event>> &stored)
{
    const auto before = m_calls.size();
    const QList<Event> meanwhile = m_loading.take(sessionId);
    qint64 known = 0;
    for (const Event &event : stored ? *stored : QList<Event>()) {
        apply(event);
        known = event.seq;
    }
    for (const Event &event : meanwhile)
        if (event.seq > known)
            apply(event);
    const auto *session = m_sessions.find(sessionId);
    const bool isHere = session && goesOn(*session);
    if (!isHere) {
        m_args.remove(sessionId);
        m_told.remove(sessionId);
    }
    if (!isHere || session->phase != Phase::WaitingForApproval) // any more
        removeIf([&](const Call &call) { return call.sessionId == sessionId; });
    loadNext();
    if (m_calls.size() != before)
        Q_EMIT countChanged();
}

void WaitingCallsModel::forgetCalls()
{
    ++m_serial;
    m_toLoad.clear();
    m_loading.clear();
    m_args.clear();
    m_told.clear();
    removeIf([](const Call &) { return true; });
    for (int row = 0; row < m_sessions.rowCount(); ++row)
        apply(*m_sessions.find(m_sessions.index(row).data(SessionListModel::SessionIdRole).toString()));
    Q_EMIT countChanged();
}

void WaitingCallsModel::tick(qint64 nowMs)
{
    m_now = nowMs;
    if (!m_calls.isEmpty())
        Q_EMIT dataChanged(index(0), index(count() - 1), {WaitedRole});
    if (nowMs < m_retryAtMs || !m_runner.isReachable())
        return;
    m_retryAtMs = nowMs + retryMs;
    QStringList unknown;
    for (const Call &call : std::as_const(m_calls))
        if (call.callId.isEmpty())
            unknown.append(call.sessionId);
    for (const QString &sessionId : std::as_const(unknown))
        load(sessionId);
}

void WaitingCallsModel::add(Call call)
{
    const auto at = std::ranges::upper_bound(m_calls, call.askedAtMs, {}, &Call::askedAtMs) - m_calls.begin();
    beginInsertRows({}, int(at), int(at));
    m_calls.insert(at, std::move(call));
    endInsertRows();
}

template <typename Matches> void WaitingCallsModel::removeIf(Matches matches)
{
    for (auto row = m_calls.size() - 1; row >= 0; --row) {
        if (!matches(m_calls[row]))
            continue;
        beginRemoveRows({}, int(row), int(row));
        m_calls.removeAt(row);
        endRemoveRows();
    }
}

qsizetype WaitingCallsModel::rowOf(const QString &sessionId, const QString &callId) const
{
    const auto found = std::ranges::find_if(
        m_calls, [&](const Call &call) { return call.sessionId == sessionId && call.callId == callId; });
    return found == m_calls.cend() ? -1 : found - m_calls.cbegin();
}

void WaitingCallsModel::changed(qsizetype row)
{
    Q_EMIT dataChanged(index(int(row)), index(int(row)));
}

int WaitingCallsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant WaitingCallsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Call &call = m_calls[index.row()];
    switch (role) {
    case SessionIdRole:
        return call.sessionId;
    case CallIdRole:
        return call.callId;
    case UserRole: {
        const auto *session = m_sessions.find(call.sessionId);
        return session && !session->userId.isEmpty() ? session->userId : call.sessionId;
    }
    case Qt::DisplayRole:
    case ToolRole:
        return call.tool;
    case ArgsRole:
        return call.args;
    case WaitedRole:
        return format::age(std::max<qint64>(0, m_now - call.askedAtMs));
    case CanDecideRole:
        return !call.callId.isEmpty() && !call.decided && m_runner.isReachable();
    case TroubleRole:
        return call.trouble;
    default:
        return {};
    }
}

QHash<int, QByteArray> WaitingCallsModel::roleNames() const
{
    return {{SessionIdRole, "sessionId"}, {CallIdRole, "callId"},  {UserRole, "user"},
            {ToolRole, "tool"},           {ArgsRole, "args"},      {WaitedRole, "waited"},
            {CanDecideRole, "canDecide"}, {TroubleRole, "trouble"}};
}

void WaitingCallsModel::approve(const QString &sessionId, const QString &callId)
{
    decide(CommandKind::Approve, sessionId, callId);
}

void WaitingCallsModel::deny(const QString &sessionId, const QString &callId)
{
    decide(CommandKind::Deny, sessionId, callId);
}

void WaitingCallsModel::decide(CommandKind kind, const QString &sessionId, const QString &callId)
{
    const auto row = rowOf(sessionId, callId);
    if (row < 0 || callId.isEmpty() || m_calls[row].decided || !m_runner.isReachable())
        return;
    m_calls[row].decided = true;
    m_calls[row].trouble.clear();
    changed(row);
    Command command;
    command.kind = kind;
    command.callId = callId;
    m_runner.runIn(sessionId, command, [self = QPointer(this), sessionId, callId](bool ok) {
        const auto at = self ? self->rowOf(sessionId, callId) : -1;
        if (ok || at < 0)
            return;
        self->m_calls[at].decided = false;
        self->m_calls[at].trouble = self->m_runner.errorIn(sessionId).text();
        self->changed(at);
    });
}

} // namespace loquat
