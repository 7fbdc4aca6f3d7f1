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
                  const QByteArray &resolution, const QList<QByteArray> &rows)
{
    RestRequest request;
    request.table = table;
    request.query.addQueryItem(u"on_conflict"_s, conflict);
    request.query.addQueryItem(u"columns"_s, columns.join(u','));
    // minimal: rows that come back are paid for and not looked at.
    request.prefer = "resolution=" + resolution + ",return=minimal";
    request.body = '[' + rows.join(',') + ']';
    return request;
}

} // namespace

QList<QByteArray> sessionRows(const ReplicaBatch &batch)
{
    QList<QByteArray> rows;
    for (const auto &row : batch.sessions)
        rows.append(compact(toJson(row)));
    return rows;
}

QList<QByteArray> eventRows(const ReplicaBatch &batch)
{
    QList<QByteArray> rows;
    for (const EventRow &event : batch.events)
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
    return store(u"sessions"_s, namesOf(replicaSessionColumns), u"session_id"_s, "merge-duplicates", rows);
}

RestRequest storeEvents(const QList<QByteArray> &rows)
{
    return store(u"session_events"_s, namesOf(replicaEventColumns), u"session_id,seq"_s, "ignore-duplicates",
                 rows);
}

RestRequest askVersion()
{
    RestRequest request;
    request.table = u"schema_migrations"_s;
    request.query.addQueryItem(u"select"_s, u"version"_s);
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
