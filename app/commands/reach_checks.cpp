// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/reach_checks.h"

#include "llm/anthropic_model.h"
#include "llm/base_url.h"
#include "llm/gemini_model.h"
#include "provider_list.h"
#include "tools/mcp_settings.h"

#include <QCoreApplication>
#include <QNetworkReply>

namespace loquat {

using namespace Qt::StringLiterals;
using State = Finding::State;

namespace {

constexpr int patienceMs = 10'000;

QNetworkRequest requestTo(const QUrl &url)
{
    QNetworkRequest request(url);
    // A redirection would carry the key to where nobody meant it to go.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(patienceMs);
    request.setHeader(QNetworkRequest::UserAgentHeader,
                      u"Loquat/"_s + QCoreApplication::applicationVersion());
    return request;
}

/// What stands between the base URL and the rest, unless the base URL has it.
template <typename Settings> QString versionOf(const ProviderOptions &provider)
{
    return versionBelow(provider.baseUrl, provider.versionPath, Settings().versionPath);
}

QNetworkRequest modelList(const ProviderOptions &provider)
{
    const QByteArray key = provider.apiKey.toUtf8();
    if (provider.name == "gemini"_L1) {
        auto request = requestTo(below(provider.baseUrl, u"/models"_s, versionOf<GeminiSettings>(provider)));
        request.setRawHeader("x-goog-api-key", key);
        return request;
    }
    if (provider.name == "anthropic"_L1) {
        auto request =
            requestTo(below(provider.baseUrl, u"/models"_s, versionOf<AnthropicSettings>(provider)));
        request.setRawHeader("x-api-key", key);
        request.setRawHeader("anthropic-version", "2023-06-01");
        return request;
    }
    auto request = requestTo(below(provider.baseUrl, u"/models"_s));
    if (!key.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + key);
    return request;
}

} // namespace

ReachChecks::ReachChecks(const Options &options, const Config &config, const QList<FleetNode> &nodes,
                         bool online)
{
    for (const ProviderOptions &provider : options.providers)
        addProvider(provider, options, online);
    if (const auto servers = mcpServersFromJson(config.mcpServers, options.environment))
        for (const McpServerSettings &server : *servers)
            if (!server.url.isEmpty())
                add({u"MCP server "_s + server.name,
                     requestTo(server.url),
                     true,
                     u"its \"url\" in loquat.json"_s,
                     {}});
    const QUrl supabase(options.environment.value(u"SUPABASE_URL"_s));
    const bool asked = options.databaseUrl.isEmpty() && options.supabase.isReplica();
    if (!supabase.host().isEmpty() && !asked) // for its JWKS
        add({u"Supabase REST"_s, requestTo(below(supabase, u"/rest/v1/"_s)), true, u"SUPABASE_URL"_s, {}});
    for (const FleetNode &node : nodes)
        add({u"node "_s + node.nodeId,
             requestTo(below(QUrl(node.address), u"/healthz"_s)),
             true,
             u"LOQUAT_NODE_URL of that node"_s,
             {}});
}

void ReachChecks::addProvider(const ProviderOptions &provider, const Options &options, bool online)
{
    const QString name = u"model "_s + provider.name;
    const QString prefix = variablePrefix(provider.name);
    if (provider.name == "simulated"_L1)
        add({}, {name, State::Ok, u"needs nothing; its answers are simulated"_s});
    else if (!online && needsKey(provider.baseUrl) &&
             options.environment.value(prefix + u"BASE_URL"_s).isEmpty())
        add({}, {name, State::Off, u"%1 was not asked"_s.arg(provider.baseUrl.host()),
                 u"To try the key there: loquat doctor --online."_s});
    else
        add({name, modelList(provider), false, prefix + u"BASE_URL"_s, prefix + u"API_KEY"_s});
}

void ReachChecks::add(Question question, const Finding &answered)
{
    m_questions.append(std::move(question));
    m_findings.append(answered);
}

void ReachChecks::start(Done done)
{
    m_done = std::move(done);
    m_open = 1; // for the call below, so that it is never from within
    for (qsizetype i = 0; i < m_questions.size(); ++i) {
        const Question &question = m_questions[i];
        if (question.request.url().isEmpty())
            continue;
        ++m_open;
        auto *reply =
            question.signOfLife ? m_network.head(question.request) : m_network.get(question.request);
        connect(reply, &QNetworkReply::finished, this, [this, i, reply] { answered(i, reply); });
    }
    QMetaObject::invokeMethod(
        this, [this] { answered(-1, nullptr); }, Qt::QueuedConnection);
}

void ReachChecks::answered(qsizetype index, QNetworkReply *reply)
{
    if (reply) {
        m_findings[index] = finding(m_questions[index], *reply);
        reply->deleteLater();
    }
    if (--m_open == 0)
        m_done(m_findings);
}

Finding ReachChecks::finding(const Question &question, const QNetworkReply &reply)
{
    const QString place = reply.request().url().adjusted(QUrl::RemoveUserInfo).authority();
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0) {
        const QString why = reply.error() == QNetworkReply::OperationCanceledError
                                ? u"no answer within ten seconds"_s
                                : reply.errorString();
        return {question.name, State::Bad, u"%1 cannot be reached: %2"_s.arg(place, why),
                u"Check %1, and that this machine may connect there."_s.arg(question.urlSetting)};
    }
    if (question.signOfLife && status < 500)
        return {question.name, State::Ok, place + u" answers"_s};
    if (status == 401 || status == 403)
        return {question.name, State::Bad, u"%1 refuses the key (HTTP %2)"_s.arg(place).arg(status),
                u"Check %1."_s.arg(question.keySetting)};
    if (status < 300)
        return {question.name, State::Ok, u"%1 answers and takes the key"_s.arg(place)};
    if (status == 404 || status == 405)
        return {question.name, State::Note, u"%1 answers, but has no list of models"_s.arg(place),
                u"Nothing if it works; otherwise check the path in %1."_s.arg(question.urlSetting)};
    return {question.name, State::Bad, u"%1 answers with HTTP %2"_s.arg(place).arg(status),
            u"Try again later; check %1."_s.arg(question.urlSetting)};
}

} // namespace loquat
