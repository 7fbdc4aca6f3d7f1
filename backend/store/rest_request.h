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
QList<QByteArray> eventRows(const ReplicaBatch &batch);

/// How many of `rows` from `at` on fit into a request of `limit` bytes; one always does.
qsizetype rowsThatFit(const QList<QByteArray> &rows, qsizetype at, qsizetype limit);

/// Sessions become what the rows say, unless a newer row is there (a trigger of sql/postgres sees to that).
RestRequest storeSessions(const QList<QByteArray> &rows);
/// Events that are there stay as they are.
RestRequest storeEvents(const QList<QByteArray> &rows);
/// Asks for the number of the newest file of sql/postgres that was run there.
RestRequest askVersion();

/// With the URL and everything that a header says.
QNetworkRequest networkRequest(const RestSettings &settings, const RestRequest &request);

} // namespace loquat
