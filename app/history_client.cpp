// SPDX-License-Identifier: GPL-3.0-or-later
#include "history_client.h"

#include "domain/session_snapshot.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkReply>
#include <QUrlQuery>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Snippet snippetOf(const QJsonObject &json)
{
    Snippet snippet;
    snippet.seq = json["seq"_L1].toInteger();
    snippet.text = json["text"_L1].toString();
    snippet.cutBefore = json["cut_before"_L1].toBool();
    snippet.cutAfter = json["cut_after"_L1].toBool();
    const QJsonArray matches = json["matches"_L1].toArray();
    for (const QJsonValue &match : matches) {
        const QJsonObject range = match.toObject();
        snippet.matches.append(
            {qsizetype(range["start"_L1].toInteger()), qsizetype(range["length"_L1].toInteger())});
    }
    return snippet;
}

Expected<SessionPage> pageOf(const QByteArray &body)
{
    const QJsonDocument json = QJsonDocument::fromJson(body);
    if (!json.object().contains("sessions"_L1))
        return Error{u"bad_answer"_s, u"What answered is no Loquat of this version."_s,
                     u"Check the address after --connect."_s, false};
    const QJsonObject page = json.object();
    SessionPage found;
    const QJsonArray sessions = page["sessions"_L1].toArray();
    for (const QJsonValue &each : sessions) {
        const QJsonObject session = each.toObject();
        FoundSession one{sessionRowFromJson(session), {}};
        if (session.contains("snippet"_L1))
            one.snippet = snippetOf(session["snippet"_L1].toObject());
        found.rows.append(one);
    }
    found.nextCursor = page["next_cursor"_L1].toString();
    if (page["partial"_L1].toBool())
        found.partial = Error{u"partial"_s, page["notice"_L1].toString(), {}, true};
    return found;
}

Error errorOf(QNetworkReply &reply, const QByteArray &body)
{
    const QJsonObject problem = QJsonDocument::fromJson(body).object();
    if (problem.contains("code"_L1))
        return {problem["code"_L1].toString(), problem["detail"_L1].toString(),
                problem["remedy"_L1].toString(), true};
    return {u"not_connected"_s, u"The backend does not answer (%1)."_s.arg(reply.errorString()),
            u"Try again once the status bar says that it is connected."_s, true};
}

} // namespace

HistoryClient::HistoryClient(const QUrl &server, QString token)
    : m_api(server)
    , m_token(std::move(token))
{
    m_api.setScheme(server.scheme() == "wss"_L1 ? u"https"_s : u"http"_s);
    m_api.setPath(server.path() + u"/api/sessions"_s);
}

void HistoryClient::find(const SessionQuery &query, SessionHistory::Sessions found)
{
    QUrlQuery wanted;
    const auto add = [&wanted](const QString &name, const QString &value) {
        if (!value.isEmpty())
            wanted.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
    };
    add(u"q"_s, query.text);
    add(u"user_id"_s, query.userId);
    add(u"status"_s, query.status ? nameOf(*query.status) : QString());
    add(u"limit"_s, QString::number(query.limit));
    add(u"cursor"_s, query.cursor);
    QUrl url = m_api;
    url.setQuery(wanted.query(QUrl::FullyEncoded), QUrl::StrictMode);
    get(url, [found = std::move(found)](const Expected<QByteArray> &body) {
        found(body ? pageOf(*body) : Expected<SessionPage>(body.error()));
    });
}

void HistoryClient::exportSession(const QString &sessionId, const QString &format, Exported exported)
{
    QUrl url = m_api;
    url.setPath(m_api.path() + u'/' + sessionId + u"/export"_s); // an id needs no encoding
    url.setQuery(u"format="_s + format);
    get(url, std::move(exported));
}

void HistoryClient::get(const QUrl &url, std::function<void(Expected<QByteArray>)> done)
{
    QNetworkRequest request(url);
    request.setTransferTimeout(timeLimitMs);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    if (!m_token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_token.toUtf8());
    QNetworkReply *reply = m_network.get(request);
    QObject::connect(reply, &QNetworkReply::finished, reply, [reply, done = std::move(done)] {
        reply->deleteLater();
        const QByteArray body = reply->readAll();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (reply->error() == QNetworkReply::NoError && status == 200)
            done(body);
        else
            done(errorOf(*reply, body));
    });
}

} // namespace loquat
