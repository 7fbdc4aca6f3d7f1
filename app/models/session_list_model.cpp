// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session_list_model.h"

#include "models/format.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr int sparklinePoints = 14;
constexpr qsizetype previewLength = 120;

/// The line that is being written: the end of a reply says more than its start.
QString lastLine(const QString &text)
{
    QStringView tail = QStringView(text).right(previewLength * 2);
    if (!tail.isEmpty() && tail.front().isLowSurrogate())
        tail = tail.sliced(1); // half an emoji
    qsizetype end = tail.size();
    while (end > 0) {
        const qsizetype start = tail.lastIndexOf(u'\n', end - 1) + 1;
        const QString line = format::oneLine(tail.mid(start, end - start), previewLength);
        if (line.size() > 3 || start == 0)
            return line;
        end = start - 1;
    }
    return {};
}

} // namespace

int SessionListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QString SessionListModel::previewOf(const Row &row)
{
    if (!row.liveText.isEmpty())
        return row.liveText;
    // Of a conversation that is over, what it was about says more than its last words.
    const bool titled = row.state.ended && !row.session.title.isEmpty();
    return format::oneLine(titled ? row.session.title : row.session.preview, previewLength);
}

QVariant SessionListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case UserIdRole:
        return row.session.userId;
    case SessionIdRole:
        return row.session.sessionId;
    case StateRole:
        return row.state.word;
    case StateKindRole:
        return row.state.kind;
    case PreviewRole:
        return previewOf(row);
    case RateRole:
        return row.state.streaming ? format::rate(row.meter.perSecond(m_now)) : QString();
    case SparklineRole:
        return QVariant::fromValue(row.state.streaming ? row.meter.history(m_now, sparklinePoints)
                                                       : QList<double>());
    case AgeRole:
        return format::age(m_now - row.session.lastActivityMs);
    case WaitedRole:
        return row.session.phase == Phase::WaitingForApproval && !row.state.ended
                   ? format::stopwatch(m_now - row.waitsSinceMs)
                   : QString();
    case StreamingRole:
        return row.state.streaming;
    case NeedsYouRole:
        return row.state.needsYou;
    case EndedRole:
        return row.state.ended;
    case StartedRole:
        return row.session.startedAtMs;
    default:
        return {};
    }
}

QHash<int, QByteArray> SessionListModel::roleNames() const
{
    return {{SessionIdRole, "sessionId"}, {UserIdRole, "userId"},   {StateRole, "stateWord"},
            {StateKindRole, "stateKind"}, {PreviewRole, "preview"}, {RateRole, "rate"},
            {SparklineRole, "sparkline"}, {AgeRole, "age"},         {StreamingRole, "streaming"},
            {NeedsYouRole, "needsYou"},   {EndedRole, "ended"},     {StartedRole, "startedAtMs"},
            {WaitedRole, "waited"}};
}

void SessionListModel::apply(const LiveBatch &batch, const RunningReplies &replies, qint64 nowMs)
{
    m_now = nowMs;
    const std::tuple before(m_open, m_streaming, m_needsYou);
    QSet<int> changed;
    put(batch.sessions);
    for (const SessionSnapshot &session : batch.sessions)
        touch(session.sessionId, changed, replies);
    for (const auto &item : batch.stream) {
        if (const auto *delta = std::get_if<Delta>(&item)) {
            if (const auto row = m_rowOf.constFind(delta->sessionId); row != m_rowOf.cend())
                m_rows[size_t(*row)].meter.add(delta->atMs, delta->tokens);
            touch(delta->sessionId, changed, replies);
        } else {
            touch(std::get<Event>(item).sessionId, changed, replies);
        }
    }
    tellChanged(changed);
    for (const SessionSnapshot &session : batch.sessions)
        if (session.left && m_rowOf.contains(session.sessionId))
            drop(m_rowOf.value(session.sessionId));
    forgetOldest();
    if (before != std::tuple(m_open, m_streaming, m_needsYou))
        Q_EMIT countsChanged();
}

void SessionListModel::setMine(const QString &sessionId, bool mine)
{
    const auto known = m_rowOf.constFind(sessionId);
    if (known == m_rowOf.cend())
        return;
    Row &row = m_rows[size_t(*known)];
    row.mine = mine;
    row.state = stateOf(row.session, mine); // another word; what is counted stays
    Q_EMIT dataChanged(index(*known), index(*known), {StateRole});
}

void SessionListModel::forgetReplies()
{
    for (Row &row : m_rows)
        row.liveText.clear();
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {PreviewRole});
}

void SessionListModel::tick(qint64 nowMs)
{
    m_now = nowMs;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {RateRole, SparklineRole, AgeRole, WaitedRole});
}

const SessionSnapshot *SessionListModel::find(const QString &sessionId) const
{
    const auto row = m_rowOf.constFind(sessionId);
    return row == m_rowOf.cend() ? nullptr : &m_rows[size_t(*row)].session;
}

SessionState SessionListModel::state(const QString &sessionId) const
{
    const auto row = m_rowOf.constFind(sessionId);
    return row == m_rowOf.cend() ? SessionState{} : m_rows[size_t(*row)].state;
}

const RateMeter *SessionListModel::meter(const QString &sessionId) const
{
    const auto row = m_rowOf.constFind(sessionId);
    return row == m_rowOf.cend() ? nullptr : &m_rows[size_t(*row)].meter;
}

QString SessionListModel::countsText() const
{
    return u"%1 open · %2 streaming"_s.arg(format::count(m_open), format::count(m_streaming));
}

void SessionListModel::put(const QList<SessionSnapshot> &sessions)
{
    // Views and filters take rows that come together as one change: a console that connects gets thousands.
    std::vector<Row> fresh;
    QHash<QString, size_t> places;
    for (const SessionSnapshot &session : sessions) {
        if (session.left)
            continue;
        if (const auto known = m_rowOf.constFind(session.sessionId); known != m_rowOf.cend()) {
            update(m_rows[size_t(*known)], session);
        } else if (const auto place = places.constFind(session.sessionId); place != places.cend()) {
            fresh[*place] = {session, stateOf(session), {}, {}};
        } else {
            places.insert(session.sessionId, fresh.size());
            fresh.push_back({session, stateOf(session), {}, {}});
        }
    }
    if (fresh.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + int(fresh.size()) - 1);
    for (Row &row : fresh) {
        m_rowOf.insert(row.session.sessionId, rowCount());
        count(row, 1);
        row.waitsSinceMs = row.session.lastActivityMs;
        m_rows.push_back(std::move(row));
    }
    endInsertRows();
}

void SessionListModel::update(Row &row, const SessionSnapshot &session)
{
    count(row, -1);
    row.mine = row.mine && (row.session.mode != Mode::Human || session.mode == Mode::Human);
    // Not from what happened last: a note or a whisper does not begin it anew.
    if (row.session.phase != Phase::WaitingForApproval)
        row.waitsSinceMs = session.lastActivityMs;
    row.session = session;
    row.state = stateOf(session, row.mine);
    count(row, 1);
}

void SessionListModel::tellChanged(const QSet<int> &changed)
{
    QList<int> rows(changed.cbegin(), changed.cend());
    std::ranges::sort(rows);
    for (qsizetype at = 0; at < rows.size();) {
        qsizetype end = at + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1)
            ++end;
        Q_EMIT dataChanged(index(rows[at]), index(rows[end - 1]));
        at = end;
    }
}

void SessionListModel::count(const Row &row, int sign)
{
    m_open += row.session.status == SessionStatus::Active ? sign : 0;
    m_ended += row.state.ended ? sign : 0;
    m_streaming += row.state.streaming ? sign : 0;
    m_needsYou += row.state.needsYou ? sign : 0;
}

void SessionListModel::touch(const QString &sessionId, QSet<int> &touched, const RunningReplies &replies)
{
    const auto row = m_rowOf.constFind(sessionId);
    if (row == m_rowOf.cend() || touched.contains(*row))
        return;
    const auto *reply = replies.find(sessionId);
    m_rows[size_t(*row)].liveText = reply ? lastLine(reply->text) : QString();
    touched.insert(*row);
}

void SessionListModel::forgetOldest()
{
    if (m_ended <= maxEnded)
        return;
    QList<std::pair<qint64, QString>> ended;
    for (const Row &row : m_rows)
        if (row.state.ended && row.session.sessionId != m_kept)
            ended.append({row.session.lastActivityMs, row.session.sessionId});
    const qsizetype excess = std::min<qsizetype>(m_ended - maxEnded, ended.size());
    std::partial_sort(ended.begin(), ended.begin() + excess, ended.end());
    for (qsizetype i = 0; i < excess; ++i)
        drop(m_rowOf.value(ended[i].second));
}

void SessionListModel::drop(int row)
{
    beginRemoveRows({}, row, row);
    count(m_rows[size_t(row)], -1);
    m_rowOf.remove(m_rows[size_t(row)].session.sessionId);
    m_rows.erase(m_rows.begin() + row);
    for (int later = row; later < rowCount(); ++later)
        m_rowOf[m_rows[size_t(later)].session.sessionId] = later;
    endRemoveRows();
}

} // namespace loquat
