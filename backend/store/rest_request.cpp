// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rest_request.h"

#include "domain/json_writer.h"
#include "store/replica_columns.h"

#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QByteArray compact(const QJsonObject &row)
{
    return QJsonDocument(row).toJson(QJsonDocument::Compact);
}

RestRequest store(const QString &table, const QStringList &columns, const QString &conflict,
                  const QByteArray &prefer, const QList<QByteArray> &rows)
{
    RestRequest request;
    request.table = table;
    request.query.addQueryItem(u"on_conflict"_s, conflict);
    request.query.addQueryItem(u"columns"_s, columns.join(u','));
    request.prefer = prefer;
    request.body = '[' + rows.join(',') + ']';
    return request;
}

/// What an operator says of `value`; a query takes a + for a space.
QString filter(QLatin1StringView condition, const QString &value)
{
    return condition + u'.' + QString::fromLatin1(QUrl::toPercentEncoding(value));
}

RestRequest eventsOf(const QString &sessionId, const QString &columns)
{
    RestRequest request;
    request.table = u"session_events"_s;
    request.query.addQueryItem(u"select"_s, columns);
    request.query.addQueryItem(u"session_id"_s, filter("eq"_L1, sessionId));
    return request;
}

QString anyOf(const QList<qint64> &seqs)
{
    QStringList numbers;
    for (const qint64 seq : seqs)
        numbers << QString::number(seq);
    return u"in.(%1)"_s.arg(numbers.join(u','));
}

} // namespace

QList<QByteArray> sessionRows(const ReplicaBatch &batch)
{
    QList<QByteArray> rows;
    for (const auto &row : batch.sessions)
        rows.append(compact(toJson(row)));
    return rows;
}

QList<QByteArray> eventRows(const QList<EventRow> &events)
{
    QList<QByteArray> rows;
    for (const EventRow &event : events)
        rows.append(JsonWriter()
                        .text("session_id"_L1, event.sessionId)
                        .number("seq"_L1, event.seq)
                        .text("ts"_L1, event.time)
                        .text("event_type"_L1, event.type)
                        .text("role"_L1, event.role)
                        .text("content"_L1, event.content)
                        .json("metadata"_L1, event.meta)
                        .object()
                        .toUtf8());
    return rows;
}

qsizetype rowsThatFit(const QList<QByteArray> &rows, qsizetype at, qsizetype limit)
{
    qsizetype bytes = 1;
    qsizetype count = 0;
    while (at + count < rows.size()) {
        bytes += rows[at + count].size() + 1;
        if (bytes > limit && count > 0)
            break;
        ++count;
    }
    return count;
}

RestRequest storeSessions(const QList<QByteArray> &rows)
{
    return store(u"sessions"_s, namesOf(replicaSessionColumns), u"session_id"_s,
                 "resolution=merge-duplicates,return=minimal", rows);
}

RestRequest storeEvents(const QList<QByteArray> &rows)
{
    auto request = store(u"session_events"_s, namesOf(replicaEventColumns), u"session_id,seq"_s,
                         "resolution=ignore-duplicates,return=representation", rows);
    request.query.addQueryItem(u"select"_s, u"session_id,seq"_s);
    return request;
}

RestRequest askEvents(const QString &sessionId, const QList<qint64> &seqs)
{
    auto request = eventsOf(sessionId, u"seq,ts,event_type"_s);
    request.query.addQueryItem(u"seq"_s, anyOf(seqs));
    return request;
}

RestRequest askLateEvents(const QString &sessionId, const QList<qint64> &seqs)
{
    auto request = eventsOf(sessionId, u"metadata->late_seq,ts,event_type"_s);
    request.query.addQueryItem(u"metadata->>late_seq"_s, anyOf(seqs));
    return request;
}

RestRequest askNewestSeq(const QString &sessionId)
{
    auto request = eventsOf(sessionId, u"seq"_s);
    request.query.addQueryItem(u"order"_s, u"seq.desc"_s);
    request.query.addQueryItem(u"limit"_s, u"1"_s);
    return request;
}

RestRequest askAnySession()
{
    RestRequest request;
    request.table = u"sessions"_s;
    request.query.addQueryItem(u"select"_s, u"session_id"_s);
    request.query.addQueryItem(u"limit"_s, u"1"_s);
    return request;
}

RestRequest askForColumns(const QString &table, QStringList columns)
{
    columns.removeOne(u"last_seq"_s); // the second file adds it
    RestRequest request;
    request.table = table;
    request.query.addQueryItem(u"select"_s, columns.join(u','));
    request.query.addQueryItem(u"limit"_s, u"1"_s);
    return request;
}

RestRequest askVersion()
{
    RestRequest request;
    request.table = u"schema_migrations"_s;
    request.query.addQueryItem(u"select"_s, u"version,name"_s);
    request.query.addQueryItem(u"order"_s, u"version.desc"_s);
    request.query.addQueryItem(u"limit"_s, u"1"_s);
    return request;
}

QNetworkRequest networkRequest(const RestSettings &settings, const RestRequest &request)
{
    QUrl url = settings.base;
    url.setPath(url.path() + u'/' + request.table);
    url.setQuery(request.query);
    QNetworkRequest wire(url);
    wire.setRawHeader("apikey", settings.key);
    if (settings.keyIsToken())
        wire.setRawHeader("Authorization", "Bearer " + settings.key);
    // Qt's own "Mozilla/5.0" makes Supabase take us for a browser, where a secret key must not be.
    wire.setHeader(QNetworkRequest::UserAgentHeader, settings.userAgent);
    wire.setRawHeader("Accept", "application/json");
    wire.setRawHeader(request.writes() ? "Content-Profile" : "Accept-Profile", settings.schema.toLatin1());
    if (request.writes()) {
        wire.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        wire.setRawHeader("Prefer", request.prefer);
    }
    // The key goes where SUPABASE_URL says and nowhere else.
    wire.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    wire.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    wire.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    wire.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    // One request at a time gains nothing by HTTP/2.
    wire.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    return wire;
}

} // namespace loquat
