// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http_routes.h"

#include "gateway/api_reply.h"
#include "gateway/health.h"
#include "gateway/operator_access.h"
#include "gateway/security_headers.h"
#include "gateway/session_request.h"
#include "gateway/without_slash.h"

#include <QCoreApplication>
#include <QFile>
#include <QHash>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

using Method = QHttpServerRequest::Method;

ApiReply json(const QJsonObject &object, int status = 200)
{
    ApiReply reply = jsonReply(object);
    reply.status = status;
    reply.headers.emplaceBack("Cache-Control", "no-store");
    return reply;
}

ApiReply notFound()
{
    return problemReply(
        Error{u"not_found"_s, u"There is nothing at this path."_s, u"See / for what there is."_s, false});
}

QByteArray mimeType(const QString &file)
{
    static const QHash<QString, QByteArray> types{{u"html"_s, "text/html; charset=utf-8"},
                                                  {u"css"_s, "text/css; charset=utf-8"},
                                                  {u"js"_s, "text/javascript; charset=utf-8"},
                                                  {u"svg"_s, "image/svg+xml"}};
    return types.value(file.section(u'.', -1), "application/octet-stream");
}

/// A file of one of the folders of pages, "demo" or "docs".
ApiReply pageFile(const QString &folder, const QString &name)
{
    // Only files that were built in; a name cannot leave the folder.
    if (name.isEmpty() || name.startsWith(u'.') || name.contains(u'/'))
        return notFound();
    QFile file(u":/%1/%2"_s.arg(folder, name));
    if (!file.open(QIODevice::ReadOnly))
        return notFound();
    return {200, mimeType(name), file.readAll()};
}

/// The API's description, with this program's version and the bounds of its pages.
ApiReply description(const ApiLimits &limits)
{
    QFile file(u":/api/openapi.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return notFound();
    // As text, so that it keeps its order.
    const QByteArray version = '"' + QCoreApplication::applicationVersion().toUtf8() + '"';
    const auto page = [](int most, int usual) {
        return R"("maximum": )" + QByteArray::number(most) + R"(, "default": )" +
               QByteArray::number(std::min(most, usual));
    };
    const ApiLimits standard;
    return {200,
            "application/json",
            file.readAll()
                .replace(R"("version": "0")", R"("version": )" + version)
                .replace(page(standard.maxSessionPage, standard.sessionPage),
                         page(limits.maxSessionPage, limits.sessionPage))
                .replace(page(standard.maxEventPage, standard.eventPage),
                         page(limits.maxEventPage, limits.eventPage)),
            {{"Cache-Control", "no-store"}}};
}

ApiReply root(const QHttpServerRequest &request)
{
    if (request.value("Accept").contains("text/html"))
        return {302, {}, {}, {{"Location", "/demo"}}};
    return json({{"app"_L1, "loquat"_L1},
                 {"version"_L1, QCoreApplication::applicationVersion()},
                 {"links"_L1, QJsonObject{{"demo"_L1, "/demo"_L1},
                                          {"health"_L1, "/healthz"_L1},
                                          {"ready"_L1, "/readyz"_L1},
                                          {"docs"_L1, "/docs"_L1},
                                          {"metrics"_L1, "/metrics"_L1},
                                          {"openapi"_L1, "/openapi.json"_L1},
                                          {"sessions"_L1, "/api/sessions"_L1},
                                          {"live"_L1, "/api/live"_L1},
                                          {"operator"_L1, "/ws/operator"_L1},
                                          {"chat"_L1, "/ws/session/{session_id}?user_id="_L1},
                                          {"realtime"_L1, "/v1/realtime?model="_L1}}}});
}

ApiReply metrics(const QHttpServerRequest &request, const HttpParts &parts)
{
    const bool forwarded = std::ranges::any_of(
        forwardingHeaders, [&request](const char *name) { return !request.value(name).isEmpty(); });
    const auto refused =
        parts.refuseMetrics ? parts.refuseMetrics(request.value("Authorization"), forwarded) : std::nullopt;
    if (refused)
        return problemReply(refused->status, refused->error);
    return {
        200, "text/plain; version=0.0.4; charset=utf-8", parts.metrics(), {{"Cache-Control", "no-store"}}};
}

ApiReply ready(const Readiness &state)
{
    return json(
        {{"status"_L1, state.ready ? "ready"_L1 : "not_ready"_L1}, {"dependencies"_L1, state.dependencies}},
        state.ready ? 200 : 503);
}

/// What GET answers at `path`.
ApiReply page(const QString &path, const QHttpServerRequest &request, const HttpParts &parts)
{
    if (path == "/"_L1)
        return root(request);
    if (path == "/healthz"_L1)
        return json(healthJson());
    if (path == "/readyz"_L1)
        return ready(parts.readiness());
    if (path == "/metrics"_L1 && parts.metrics)
        return metrics(request, parts);
    if (path == "/openapi.json"_L1)
        return description(parts.api);
    if (path == "/v1/realtime"_L1)
        return problemReply(426, webSocketOnly());
    for (const QString &folder : {u"demo"_s, u"docs"_s}) {
        const QString at = u'/' + folder;
        if (path == at || path.startsWith(at + u'/'))
            return pageFile(folder, path == at ? u"index.html"_s : path.sliced(at.size() + 1));
    }
    return notFound();
}

ApiReply answerTo(const QHttpServerRequest &request, const HttpParts &parts)
{
    // Every page names what it loads from the root.
    const QString path = withoutSlash(request.url().path(QUrl::FullyDecoded));
    const ApiReply reply = page(path, request, parts);
    if (request.method() == Method::Get || request.method() == Method::Head || reply.status == 404)
        return reply;
    return methodReply(request.method() == Method::Options ? "OPTIONS" : "other", "GET, HEAD, OPTIONS");
}

void write(QHttpServerResponder responder, const ApiReply &reply, bool withBody)
{
    responder.writeStatusLine(QHttpServerResponder::StatusCode(reply.status));
    for (const auto &[name, value] : reply.headers)
        responder.writeHeader(name, value);
    if (!reply.contentType.isEmpty())
        responder.writeHeader("Content-Type", reply.contentType);
    if (reply.status != 204)
        responder.writeHeader("Content-Length", QByteArray::number(reply.body.size()));
    responder.writeBody(withBody ? reply.body : QByteArray());
}

} // namespace

void HttpRoutes::install(QHttpServer &server, const OriginPolicy &origins, const HttpParts &parts)
{
    // Routes answer nothing to HEAD and 404 to a wrong method, and cannot leave a body out.
    server.setMissingHandler(
        [origins, parts](const QHttpServerRequest &request, QHttpServerResponder &&responder) {
            ApiReply reply = answerTo(request, parts);
            reply.headers += securityHeaders();
            reply.headers += origins.corsHeaders(request.value("Origin"));
            reply.headers.emplaceBack("Connection", "close"); // see HttpGuard
            write(std::move(responder), reply, request.method() != Method::Head);
        });
}

} // namespace loquat
