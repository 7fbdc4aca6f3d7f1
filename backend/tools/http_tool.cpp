// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/http_tool.h"

#include "tools/http_tool_request.h"
#include "tools/http_tool_result.h"
#include "tools/one_answer.h"
#include "tools/release_later.h"

#include <QNetworkReply>

namespace loquat {

namespace {

constexpr qsizetype maxAnswerBytes =
    qsizetype(4) * 1024 * 1024; ///< of what is read, before anything is picked out of it

} // namespace

HttpTool::HttpTool(HttpToolSettings settings, std::shared_ptr<NetworkLanes> network)
    : m_settings(std::move(settings))
    , m_spec{m_settings.name, m_settings.description, m_settings.parameters}
    , m_network(std::move(network))
{
}

QCoro::Task<Expected<QJsonValue>> HttpTool::run(QJsonObject arguments, ToolContext context)
{
    const auto made = httpToolRequest(m_settings, arguments, context.callId);
    if (!made)
        co_return made.error();
    auto lane = m_network->take();
    QNetworkReply *reply = lane->sendCustomRequest(made->request, m_settings.method, made->body);

    const auto answer = std::make_shared<HttpToolAnswer>();
    const OneAnswer<bool> finished;
    const auto read = [reply, answer] {
        answer->body += reply->read(maxAnswerBytes - answer->body.size());
        answer->cut = answer->cut || reply->bytesAvailable() > 0;
    };
    QObject::connect(reply, &QNetworkReply::readyRead, reply, [reply, answer, read] {
        if (reply->attribute(QNetworkRequest::RedirectionTargetAttribute).isValid())
            return; // says where to go, and is not the answer
        read();
        if (answer->cut)
            reply->abort();
    });
    QObject::connect(reply, &QNetworkReply::finished, reply, [reply, answer, read, finished] {
        if (reply->isOpen())
            read();
        answer->error = reply->error();
        answer->status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        reply->deleteLater();
        finished.give(true);
    });
    if (context.stop)
        context.stop->onStop([reply] { reply->abort(); });
    co_await finished;
    releaseLater(std::move(lane)); // this call may be its last user
    if (context.stop)
        context.stop->forget();
    co_return httpToolResult(m_settings, *answer);
}

} // namespace loquat
