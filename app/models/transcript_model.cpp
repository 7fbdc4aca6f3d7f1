// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transcript_model.h"

#include "models/entry_words.h"
#include "models/format.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;
using Kind = TranscriptEntry::Kind;
using Tool = TranscriptEntry::Tool;

namespace {

/// A reply stands where it began, as it does while it is written, and what came while it was is behind it:
/// who whispered or took over, and messages that are answered later.
bool cameDuring(const TranscriptEntry &entry, const TranscriptEntry &reply)
{
    const bool ofReply = entry.kind == Kind::Assistant || entry.kind == Kind::Tool ||
                         (entry.kind == Kind::User && entry.turn <= reply.turn);
    return !ofReply && entry.atMs > reply.atMs;
}

} // namespace

int TranscriptModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant TranscriptModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TranscriptEntry &entry = m_entries[index.row()];
    switch (role) {
    case KindRole:
        return nameOf(entry.kind);
    case AuthorRole:
        return authorOf(entry, m_user);
    case GlyphRole:
        return glyphOf(entry, m_user);
    case TimeRole:
        return index.row() == 0 ? format::moment(entry.atMs)
                                : format::moment(entry.atMs, m_entries[index.row() - 1].atMs);
    case DetailRole:
        return entry.detail;
    case Qt::DisplayRole:
    case TextRole:
        return entry.kind == Kind::Assistant ? entry.blocks->source() : entry.text;
    case LineKindRole:
        return entry.kindOfLine;
    case BlocksRole:
        return QVariant::fromValue<QObject *>(entry.blocks.get());
    case StreamingRole:
        return entry.streaming;
    case ToolStateRole:
        return wordOf(entry.tool);
    case ToolStateKindRole:
        return kindOf(entry.tool);
    case ToolWaitsRole:
        return entry.tool == Tool::WaitsForApproval;
    case ArgsRole:
        return entry.args;
    case ResultRole:
        return entry.result;
    case CallIdRole:
        return entry.callId;
    case ToolTimeRole:
        return entry.toolMs ? format::duration(*entry.toolMs) : QString();
    default:
        return {};
    }
}

QHash<int, QByteArray> TranscriptModel::roleNames() const
{
    return {{KindRole, "kind"},
            {AuthorRole, "author"},
            {GlyphRole, "glyph"},
            {TimeRole, "time"},
            {DetailRole, "detail"},
            {TextRole, "entryText"},
            {LineKindRole, "lineKind"},
            {BlocksRole, "blocks"},
            {StreamingRole, "streaming"},
            {ToolStateRole, "toolState"},
            {ToolStateKindRole, "toolStateKind"},
            {ToolWaitsRole, "toolWaits"},
            {ArgsRole, "toolArgs"},
            {ResultRole, "toolResult"},
            {ToolTimeRole, "toolTime"},
            {CallIdRole, "callId"}};
}

void TranscriptModel::clear()
{
    m_openCalls.clear();
    m_waiting.clear();
    m_running = -1;
    m_taken = 0;
    m_lastSeq = m_liveSeq = m_staleUntil = 0;
    if (m_entries.isEmpty())
        return;
    // Rows go before their blocks do: a delegate may still be bound to them.
    const auto kept = m_entries;
    beginRemoveRows({}, 0, rowCount() - 1);
    m_entries.clear();
    endRemoveRows();
    Q_EMIT countChanged();
}

void TranscriptModel::load(const QList<Event> &events, const RunningReplies::Reply *running, qint64 liveSeq)
{
    if (!continues(events))
        clear();
    m_liveSeq = std::max(m_liveSeq, liveSeq);
    for (const Event &event : events) {
        if (event.seq <= m_lastSeq)
            continue;
        if (event.type == EventType::AiMessage && event.seq > m_liveSeq)
            m_staleUntil = event.seq;
        take(event);
    }
    const bool writing = running && m_liveSeq >= m_staleUntil;
    if (m_running >= 0 && !writing)
        dropReply(); // what it said meanwhile is not known
    if (writing)
        apply(Delta{{}, running->turn, running->text, 0, running->startedMs, true});
}

bool TranscriptModel::continues(const QList<Event> &events) const
{
    // Of what is shown nothing may be missing in between.
    const auto shown = std::ranges::count_if(events, [this](const Event &it) { return it.seq <= m_lastSeq; });
    return m_taken > 0 && shown == m_taken && events.first().sessionId == m_session;
}

void TranscriptModel::apply(const Event &event)
{
    m_liveSeq = std::max(m_liveSeq, event.seq);
    if (event.seq > m_lastSeq)
        take(event);
    else if (event.type == EventType::AiMessage && m_running >= 0)
        dropReply(); // it is shown already, as it was stored
}

void TranscriptModel::apply(const Delta &delta)
{
    if (m_liveSeq < m_staleUntil)
        return;
    if (delta.whole && m_running >= 0) { // it is told once more
        const QString shown = m_entries[m_running].blocks->source();
        if (m_entries[m_running].turn != delta.turn || !delta.text.startsWith(shown))
            dropReply();
        else
            return m_entries[m_running].blocks->append(delta.text.sliced(shown.size()));
    }
    if (delta.text.isEmpty())
        return;
    if (m_running >= 0 && m_entries[m_running].turn != delta.turn) {
        m_entries[m_running].streaming = false;
        m_entries[m_running].blocks->finish();
        changed(std::exchange(m_running, -1));
    }
    if (m_running < 0) {
        TranscriptEntry entry;
        entry.kind = Kind::Assistant;
        entry.atMs = delta.atMs;
        entry.turn = delta.turn;
        entry.streaming = true;
        entry.blocks = std::make_shared<StreamingMarkdown>();
        m_running = add(std::move(entry));
    }
    m_entries[m_running].blocks->append(delta.text);
}

void TranscriptModel::setWaitsForApproval(const QString &tool)
{
    m_openCalls.setPhase(tool);
    showWaiting();
}

void TranscriptModel::showWaiting()
{
    const QStringList before = std::exchange(m_waiting, m_openCalls.waiting());
    for (const QString &callId : before)
        if (!m_waiting.contains(callId))
            setToolState(callId, Tool::Running);
    for (const QString &callId : std::as_const(m_waiting))
        if (!before.contains(callId))
            setToolState(callId, Tool::WaitsForApproval);
}

void TranscriptModel::setToolState(const QString &callId, Tool state)
{
    const auto row = m_openCalls.rowOf(callId);
    if (!row)
        return;
    m_entries[*row].tool = state;
    changed(*row);
}

void TranscriptModel::take(const Event &event)
{
    m_lastSeq = event.seq;
    m_session = event.sessionId;
    ++m_taken;
    if (event.type == EventType::SessionStarted)
        m_user = event.meta["user_id"_L1].toString(m_user);
    if (event.type == EventType::ToolResult)
        return finishTool(event);
    if (event.type == EventType::ToolApproval) {
        m_openCalls.decide(event);
        showWaiting();
        if (event.meta["decision"_L1] == "denied"_L1)
            setToolState(event.meta["call_id"_L1].toString(), Tool::Denied);
    }
    if (event.type == EventType::AiMessage && m_running >= 0)
        return finishReply(event);
    // An empty message carries a turn's totals only, e.g. of a reply that a tool call cut short.
    if (event.type == EventType::AiMessage && event.content.isEmpty() && replyDetail(event.meta).isEmpty())
        return;
    if (auto entry = entryOf(event))
        add(std::move(*entry));
}

qsizetype TranscriptModel::add(TranscriptEntry entry)
{
    int row = rowCount();
    while (entry.kind == Kind::Assistant && row > 0 && cameDuring(m_entries[row - 1], entry))
        --row;
    m_openCalls.rowInserted(row);
    if (entry.tool == Tool::Running)
        m_openCalls.add(entry.callId, entry.text, row);
    beginInsertRows({}, row, row);
    m_entries.insert(row, std::move(entry));
    endInsertRows();
    if (row + 1 < rowCount())
        changed(row + 1); // its time depends on the one before
    Q_EMIT countChanged();
    return row;
}

void TranscriptModel::changed(qsizetype row)
{
    Q_EMIT dataChanged(index(int(row)), index(int(row)));
}

void TranscriptModel::finishReply(const Event &event)
{
    const qsizetype row = std::exchange(m_running, -1);
    TranscriptEntry &entry = m_entries[row];
    entry.streaming = false;
    entry.detail = replyDetail(event.meta);
    entry.blocks->finishAs(event.content);
    changed(row);
}

void TranscriptModel::dropReply()
{
    const int row = int(std::exchange(m_running, -1));
    const auto kept = m_entries[row].blocks;
    beginRemoveRows({}, row, row);
    m_entries.removeAt(row);
    endRemoveRows();
    m_openCalls.rowRemoved(row);
    if (row < rowCount()) // what follows may now be the first of its day
        changed(row);
    Q_EMIT countChanged();
}

void TranscriptModel::finishTool(const Event &event)
{
    const auto row = m_openCalls.close(event.meta["call_id"_L1].toString());
    if (!row)
        return;
    TranscriptEntry &entry = m_entries[*row];
    if (entry.tool != Tool::Denied)
        entry.tool = event.meta["ok"_L1].toBool() ? Tool::Ok : Tool::Failed;
    entry.result = event.content;
    if (const auto ms = event.meta["ms"_L1]; ms.isDouble())
        entry.toolMs = ms.toInteger();
    changed(*row);
    showWaiting();
}

} // namespace loquat
