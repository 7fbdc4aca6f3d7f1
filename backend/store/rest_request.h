// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/replica_target.h"
#include "store/rest_settings.h"

#include <QNetworkRequest>
#include <QUrlQuery>

namespace loquat {

/// One request to PostgREST, before it is given a host and a key.
struct RestRequest
{
    QString table;
    QUrlQuery query;
    QByteArray prefer = {};
    QByteArray body = {}; ///< empty: GET, else POST

    [[nodiscard]] bool writes() const { return !body.isEmpty(); }
};

/// Each row as compact JSON, so that it is known how large a request gets.
QList<QByteArray> sessionRows(const ReplicaBatch &batch);
QList<QByteArray> eventRows(const QList<EventRow> &events);

/// How many of `rows` from `at` on fit into a request of `limit` bytes; one always does.
qsizetype rowsThatFit(const QList<QByteArray> &rows, qsizetype at, qsizetype limit);

/// Sessions become what the rows say, unless a newer row is there (a trigger of sql/postgres sees to that).
RestRequest storeSessions(const QList<QByteArray> &rows);
/// Events whose numbers are taken are left out; what is new comes back, as session_id and seq.
RestRequest storeEvents(const QList<QByteArray> &rows);
/// A session's events of these numbers, as seq, ts and event_type: an answer has a bound, a text has none.
RestRequest askEvents(const QString &sessionId, const QList<qint64> &seqs);
/// The same of those that stand behind others of these numbers, with late_seq instead of seq.
RestRequest askLateEvents(const QString &sessionId, const QList<qint64> &seqs);
RestRequest askNewestSeq(const QString &sessionId);
RestRequest askAnySession();
/// Asks for a row of our columns, also where no file of sql/postgres was run.
RestRequest askForColumns(const QString &table, QStringList columns);
/// Asks for the number of the newest file of sql/postgres that was run there.
RestRequest askVersion();

/// With the URL and everything that a header says.
QNetworkRequest networkRequest(const RestSettings &settings, const RestRequest &request);

} // namespace loquat
