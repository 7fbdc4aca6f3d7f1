// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/history_model.h"

#include "models/format.h"

#include <QDateTime>
#include <QLocale>
#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype lineLength = 220;

QString startedText(qint64 atMs)
{
    return QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(atMs), u"d MMM yyyy, HH:mm"_s);
}

QString factsOf(const SessionRow &row)
{
    QStringList parts{row.turns == 1 ? u"1 turn"_s : format::count(row.turns) + u" turns"_s};
    if (row.durationSeconds)
        parts.append(format::duration(*row.durationSeconds * 1000));
    if (row.nodeId && !row.nodeId->isEmpty())
        parts.append(*row.nodeId);
    return parts.join(u" · "_s);
}

QString textOf(const FoundSession &found)
{
    if (found.snippet)
        return format::oneLine(found.snippet->text, lineLength);
    return format::oneLine(found.row.summary.value_or(QString()), lineLength);
}

} // namespace

HistoryModel::HistoryModel(ConsoleLink &link, Clock &clock, QObject *parent)
    : QAbstractListModel(parent)
    , m_link(link)
    , m_clock(clock)
{
}

int HistoryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant HistoryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const FoundSession &found = m_rows[index.row()];
    switch (role) {
    case SessionIdRole:
        return found.row.sessionId;
    case Qt::DisplayRole:
    case UserIdRole:
        return found.row.userId;
    case StateWordRole:
        return found.row.status == "completed"_L1 ? u"ended"_s
               : found.row.status == "active"_L1  ? u"live"_s
                                                  : found.row.status;
    case StateKindRole:
        return found.row.status == "active"_L1 ? u"ok"_s : u"dim"_s;
    case StartedRole:
        return startedText(found.row.startedAtMs);
    case FactsRole:
        return factsOf(found.row);
    case TextRole:
        return textOf(found);
    case MarkedRole:
        return found.snippet ? marked(*found.snippet) : textOf(found).toHtmlEscaped();
    default:
        return {};
    }
}

QHash<int, QByteArray> HistoryModel::roleNames() const
{
    return {{SessionIdRole, "sessionId"}, {UserIdRole, "userId"},   {StateWordRole, "stateWord"},
            {StateKindRole, "stateKind"}, {StartedRole, "started"}, {FactsRole, "facts"},
            {TextRole, "plain"},          {MarkedRole, "marked"}};
}

QString HistoryModel::marked(const Snippet &snippet)
{
    const auto escaped = [&](qsizetype from, qsizetype to) {
        return snippet.text.sliced(from, to - from).replace(u'\n', u' ').toHtmlEscaped();
    };
    QString text = snippet.cutBefore ? u"… "_s : QString();
    qsizetype at = 0;
    for (const Snippet::Range &match : snippet.matches) {
        const qsizetype start = std::clamp<qsizetype>(match.start, at, snippet.text.size());
        const qsizetype end = std::clamp<qsizetype>(match.start + match.length, start, snippet.text.size());
        text += escaped(at, start) + u"<b>"_s + escaped(start, end) + u"</b>"_s;
        at = end;
    }
    return text + escaped(at, snippet.text.size()) + (snippet.cutAfter ? u" …"_s : QString());
}

bool HistoryModel::isFiltered() const
{
    return !m_search.trimmed().isEmpty() || !m_user.trimmed().isEmpty() || m_status != Status::Any;
}

QString HistoryModel::countText() const
{
    if (m_rows.isEmpty())
        return {};
    return format::count(m_rows.size()) + (hasMore() ? u"+"_s : QString());
}

void HistoryModel::setSearch(const QString &search)
{
    if (std::exchange(m_search, search) != search)
        changeFilter();
}

void HistoryModel::setUser(const QString &user)
{
    if (std::exchange(m_user, user) != user)
        changeFilter();
}

void HistoryModel::setStatus(Status status)
{
    if (std::exchange(m_status, status) != status)
        changeFilter();
}

void HistoryModel::changeFilter()
{
    Q_EMIT filterChanged();
    ++m_serial; // what is on its way is no answer to this
    setState(State::Loading);
    m_typing = m_clock.after(typingPause, [this] { activate(); });
}

void HistoryModel::activate()
{
    m_typing.reset();
    m_fresh = true;
    m_cursor.clear();
    m_emptyPages = 0;
    ask();
}

void HistoryModel::loadMore()
{
    if (m_state == State::Ready && hasMore()) {
        m_emptyPages = 0;
        ask();
    }
}

void HistoryModel::retry()
{
    m_emptyPages = 0;
    ask();
}

void HistoryModel::ask()
{
    SessionQuery query;
    query.text = m_search.trimmed();
    query.userId = m_user.trimmed();
    if (m_status != Status::Any)
        query.status = m_status == Status::Active   ? SessionStatus::Active
                       : m_status == Status::Ending ? SessionStatus::Ending
                                                    : SessionStatus::Completed;
    query.limit = pageSize;
    query.cursor = m_cursor;
    setState(State::Loading);
    m_link.findSessions(query,
                        [self = QPointer(this), serial = ++m_serial](const Expected<SessionPage> &page) {
                            if (self && self->m_serial == serial)
                                self->take(page);
                        });
}

void HistoryModel::take(const Expected<SessionPage> &page)
{
    if (!page) {
        m_error = page.error().text();
        return setState(State::Failed);
    }
    if (std::exchange(m_fresh, false)) {
        beginResetModel();
        m_rows = page->rows;
        endResetModel();
    } else if (!page->rows.isEmpty()) {
        beginInsertRows({}, rowCount(), rowCount() + int(page->rows.size()) - 1);
        m_rows += page->rows;
        endInsertRows();
    }
    m_cursor = page->nextCursor;
    m_error.clear();
    m_notice = page->partial ? page->partial->text() : QString();
    // A search that looked through a lot may have found nothing yet.
    if (page->rows.isEmpty() && hasMore() && ++m_emptyPages < maxEmptyPages)
        return ask();
    setState(State::Ready);
}

void HistoryModel::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

const SessionRow *HistoryModel::find(const QString &sessionId) const
{
    const int row = rowOf(sessionId);
    return row < 0 ? nullptr : &m_rows[row].row;
}

QString HistoryModel::sessionAt(int row) const
{
    return row < 0 || row >= m_rows.size() ? QString() : m_rows[row].row.sessionId;
}

int HistoryModel::rowOf(const QString &sessionId) const
{
    for (qsizetype i = 0; i < m_rows.size(); ++i)
        if (m_rows[i].row.sessionId == sessionId)
            return int(i);
    return -1;
}

} // namespace loquat
