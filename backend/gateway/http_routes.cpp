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

QHttpServerResponse demoFile(const QString &name)
{
    // Only files that were built in; a name cannot leave the folder.
    if (name.contains(u'/') || name.contains(u".."_s))
        return notFound();
    QFile file(u":/demo/"_s + name);
    if (!file.open(QIODevice::ReadOnly))
        return notFound();
    return {mimeType(name), file.readAll()};
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
                                          {"chat"_L1, "/ws/session/{session_id}?user_id="_L1}}}});
}

} // namespace

void HttpRoutes::install(QHttpServer &server, const OriginPolicy &origins,
                         std::function<Readiness()> readiness)
{
    server.route("/", Method::Get, [](const QHttpServerRequest &request) { return root(request); });
    server.route("/demo", Method::Get, [] { return demoFile(u"index.html"_s); });
    server.route("/demo/<arg>", Method::Get, [](const QString &name) { return demoFile(name); });
    server.route("/healthz", Method::Get, [] {
        return json({{"status"_L1, "ok"_L1},
                     {"app"_L1, "loquat"_L1},
                     {"version"_L1, QCoreApplication::applicationVersion()}});
    });
    server.route("/readyz", Method::Get, [readiness] {
        const Readiness state = readiness();
        return json({{"status"_L1, state.ready ? "ready"_L1 : "not_ready"_L1},
                     {"dependencies"_L1, state.dependencies}},
                    state.ready ? Status::Ok : Status::ServiceUnavailable);
    });
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
