// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http_routes.h"

#include "gateway/problem.h"
#include "gateway/security_headers.h"

#include <QCoreApplication>
#include <QFile>
#include <QHash>
#include <QHttpServerResponse>
#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

using Status = QHttpServerResponse::StatusCode;
using Method = QHttpServerRequest::Method;

QHttpServerResponse json(const QJsonObject &object, Status status = Status::Ok)
{
    QHttpServerResponse response("application/json", QJsonDocument(object).toJson(QJsonDocument::Compact),
                                 status);
    response.addHeader("Cache-Control", "no-store");
    return response;
}

QHttpServerResponse notFound()
{
    return {"application/problem+json",
            problemJson(404, {u"not_found"_s, u"There is nothing at this path."_s,
                              u"See / for what there is."_s, false}),
            Status::NotFound};
}

void addHeaders(QHttpServerResponse &response, const QHttpServerRequest &request, const OriginPolicy &origins)
{
    for (const auto &[name, value] : securityHeaders())
        response.addHeader(name, value);
    for (const auto &[name, value] : origins.corsHeaders(request.value("Origin")))
        response.addHeader(name, value);
    response.addHeader("Connection", "close"); // see HttpGuard
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
QHttpServerResponse pageFile(const QString &folder, const QString &name)
{
    // Only files that were built in; a name cannot leave the folder.
    if (name.contains(u'/') || name.contains(u".."_s))
        return notFound();
    QFile file(u":/%1/%2"_s.arg(folder, name));
    if (!file.open(QIODevice::ReadOnly))
        return notFound();
    return {mimeType(name), file.readAll()};
}

/// The API's description, with this program's version.
QHttpServerResponse description()
{
    QFile file(u":/api/openapi.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return notFound();
    // As text, so that it keeps its order.
    const QByteArray version = '"' + QCoreApplication::applicationVersion().toUtf8() + '"';
    QHttpServerResponse response("application/json",
                                 file.readAll().replace(R"("version": "0")", R"("version": )" + version));
    response.addHeader("Cache-Control", "no-store");
    return response;
}

QHttpServerResponse root(const QHttpServerRequest &request)
{
    if (request.value("Accept").contains("text/html")) {
        QHttpServerResponse redirect(Status::Found);
        redirect.addHeader("Location", "/demo");
        return redirect;
    }
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

QHttpServerResponse metrics(const QHttpServerRequest &request, const HttpParts &parts)
{
    if (const auto refused =
            parts.refuseMetrics ? parts.refuseMetrics(request.value("Authorization")) : std::nullopt) {
        QHttpServerResponse response{"application/problem+json", problemJson(refused->status, refused->error),
                                     Status(refused->status)};
        if (refused->status == 401)
            response.addHeader("WWW-Authenticate", "Bearer");
        return response;
    }
    QHttpServerResponse response("text/plain; version=0.0.4; charset=utf-8", parts.metrics());
    response.addHeader("Cache-Control", "no-store");
    return response;
}

} // namespace

void HttpRoutes::install(QHttpServer &server, const OriginPolicy &origins, const HttpParts &parts)
{
    server.route("/", Method::Get, [](const QHttpServerRequest &request) { return root(request); });
    server.route("/demo", Method::Get, [] { return pageFile(u"demo"_s, u"index.html"_s); });
    server.route("/demo/<arg>", Method::Get, [](const QString &name) { return pageFile(u"demo"_s, name); });
    server.route("/docs", Method::Get, [] { return pageFile(u"docs"_s, u"index.html"_s); });
    server.route("/docs/<arg>", Method::Get, [](const QString &name) { return pageFile(u"docs"_s, name); });
    server.route("/openapi.json", Method::Get, [] { return description(); });
    server.route("/healthz", Method::Get, [] {
        return json({{"status"_L1, "ok"_L1},
                     {"app"_L1, "loquat"_L1},
                     {"version"_L1, QCoreApplication::applicationVersion()}});
    });
    server.route("/readyz", Method::Get, [readiness = parts.readiness] {
        const Readiness state = readiness();
        return json({{"status"_L1, state.ready ? "ready"_L1 : "not_ready"_L1},
                     {"dependencies"_L1, state.dependencies}},
                    state.ready ? Status::Ok : Status::ServiceUnavailable);
    });
    if (parts.metrics)
        server.route("/metrics", Method::Get,
                     [parts](const QHttpServerRequest &request) { return metrics(request, parts); });
    server.setMissingHandler([origins](const QHttpServerRequest &request, QHttpServerResponder &&responder) {
        QHttpServerResponse response = notFound(); // which afterRequest does not get to see
        addHeaders(response, request, origins);
        response.write(std::move(responder));
    });
    server.afterRequest([origins](QHttpServerResponse &&response, const QHttpServerRequest &request) {
        addHeaders(response, request, origins);
        return std::move(response);
    });
}

} // namespace loquat
