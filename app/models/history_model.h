// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"
#include "domain/clock.h"

#include <QAbstractListModel>
#include <qqmlregistration.h>

namespace loquat {

/// Stored sessions that match what a person looks for, page by page. Typing is waited for a moment; an answer
/// to an earlier question is not shown.
class HistoryModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by HistoryPageModel")
    Q_PROPERTY(QString search READ search WRITE setSearch NOTIFY filterChanged)
    Q_PROPERTY(QString user READ user WRITE setUser NOTIFY filterChanged)
    Q_PROPERTY(Status status READ status WRITE setStatus NOTIFY filterChanged)
    Q_PROPERTY(bool filtered READ isFiltered NOTIFY filterChanged)
    Q_PROPERTY(int count READ count NOTIFY stateChanged)
    Q_PROPERTY(QString countText READ countText NOTIFY stateChanged)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString error READ error NOTIFY stateChanged)
    Q_PROPERTY(QString notice READ notice NOTIFY stateChanged)
    Q_PROPERTY(bool more READ hasMore NOTIFY stateChanged)

public:
    enum Role {
        SessionIdRole = Qt::UserRole + 1,
        UserIdRole,
        StateWordRole,
        StateKindRole,
        StartedRole,
        FactsRole,
        TextRole,
        MarkedRole,
    };
    enum class Status { Any, Active, Ending, Completed };
    Q_ENUM(Status)
    enum class State { Idle, Loading, Ready, Failed };
    Q_ENUM(State)

    /// `link` and `clock` outlive it. Asks nothing before activate().
    HistoryModel(ConsoleLink &link, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    [[nodiscard]] QString search() const { return m_search; }
    void setSearch(const QString &search);
    [[nodiscard]] QString user() const { return m_user; }
    void setUser(const QString &user);
    [[nodiscard]] Status status() const { return m_status; }
    void setStatus(Status status);
    [[nodiscard]] bool isFiltered() const;
    [[nodiscard]] int count() const { return rowCount(); }
    [[nodiscard]] QString countText() const;
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QString error() const { return m_error; }   ///< with its remedy
    [[nodiscard]] QString notice() const { return m_notice; } ///< why this is not all there is
    [[nodiscard]] bool hasMore() const { return !m_cursor.isEmpty(); }

    /// It is looked at: begins, or begins anew.
    Q_INVOKABLE void activate();
    Q_INVOKABLE void loadMore();
    /// After a failure; also where paging failed.
    Q_INVOKABLE void retry();
    [[nodiscard]] const SessionRow *find(const QString &sessionId) const;
    [[nodiscard]] QString sessionAt(int row) const;
    [[nodiscard]] int rowOf(const QString &sessionId) const;

    /// `snippet` as Qt's styled text: what matched is bold, and nothing else in it is markup.
    static QString marked(const Snippet &snippet);

Q_SIGNALS:
    void filterChanged();
    void stateChanged();

private:
    void changeFilter();
    void ask();
    void take(const Expected<SessionPage> &page);
    void setState(State state);

    static constexpr std::chrono::milliseconds typingPause{250};
    static constexpr int pageSize = 50;
    static constexpr int maxEmptyPages = 20; ///< in a row, before a person is asked whether to go on

    ConsoleLink &m_link;
    Clock &m_clock;
    std::unique_ptr<Clock::Timer> m_typing;
    QList<FoundSession> m_rows;
    QString m_search;
    QString m_user;
    Status m_status = Status::Any;
    State m_state = State::Idle;
    bool m_fresh = true; ///< the page that is asked for replaces what is shown
    QString m_cursor;
    QString m_error;
    QString m_notice;
    int m_emptyPages = 0;
    quint64 m_serial = 0;
};

} // namespace loquat
