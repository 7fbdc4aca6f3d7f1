// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fake_openai_script.h"

#include <QHash>
#include <QObject>
#include <QTcpServer>

#include <set>

namespace loquat::fakes {

class FakeOpenAiConnection;

/// A scripted stand-in for an OpenAI-compatible server, on a free port of the loopback. It understands
///   POST …/chat/completions   answers by the first script that matches, else by defaultScript()
///   POST …/responses, …/messages, …:streamGenerateContent   the other protocols: a script with a `body`
///   GET  …/models             its own name
///   POST /script              adds a script: those of answerTo(), plus `match` (part of the last user
///                             message), `path` (part of the request's) and `times` (how often it applies; 0
///                             means always)
///   DELETE /script            forgets scripts and requests
///   GET  /requests            [{path, headers, body}] so far
///   GET  /stats               {open, max_open, aborted, requests, connections}
///   GET  /aborts              [{at, sent, left}]: when a client went away in the middle of an answer
///                             (milliseconds since the epoch), how many pieces it had got and how many not
class FakeOpenAi : public QObject
{
    Q_OBJECT

public:
    struct Stats
    {
        int open = 0;        ///< answers under way
        int maxOpen = 0;     ///< most at once
        int aborted = 0;     ///< answers whose client went away
        int requests = 0;    ///< chat completions asked for
        int connections = 0; ///< ever accepted
    };

    explicit FakeOpenAi(QObject *parent = nullptr);
    ~FakeOpenAi() override;

    bool listen(quint16 port = 0);
    [[nodiscard]] QString url() const;     ///< http://127.0.0.1:PORT
    [[nodiscard]] QString baseUrl() const; ///< url() + "/v1"

    void script(const QJsonObject &script);
    void forget();
    [[nodiscard]] const QList<QJsonObject> &requests() const { return m_requests; }
    [[nodiscard]] const Stats &stats() const { return m_stats; }

private:
    friend class FakeOpenAiConnection;

    void accept();
    /// A complete request came in on `connection`.
    void route(FakeOpenAiConnection *connection, const QByteArray &method, const QByteArray &path,
               const QJsonObject &headers, const QByteArray &body);
    void answerStarted();
    void answerEnded();
    void answerAborted(qsizetype sent, qsizetype left);
    [[nodiscard]] QJsonObject scriptFor(const QString &path, const QJsonObject &request);
    [[nodiscard]] QJsonObject statsAsJson() const;

    QTcpServer m_server;
    std::set<FakeOpenAiConnection *> m_connections;
    QList<QJsonObject> m_scripts;
    QList<QJsonObject> m_requests;
    QList<QJsonObject> m_aborts;
    Stats m_stats;
};

} // namespace loquat::fakes
