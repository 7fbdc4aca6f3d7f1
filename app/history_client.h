// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

#include <QNetworkAccessManager>
#include <QUrl>

class QNetworkReply;

namespace loquat {

/// Reads the history of a backend elsewhere over its HTTP API, with the operators' token. TLS is verified.
/// One thread.
class HistoryClient
{
public:
    using Exported = std::function<void(Expected<QByteArray>)>;

    /// `server`: ws or wss, as operatorAddress() gives it.
    HistoryClient(const QUrl &server, QString token);

    /// GET /api/sessions. Errors: the backend's own, not_connected, bad_answer.
    void find(const SessionQuery &query, SessionHistory::Sessions found);
    /// GET /api/sessions/{id}/export.
    void exportSession(const QString &sessionId, const QString &format, Exported exported);

private:
    void get(const QUrl &url, std::function<void(Expected<QByteArray>)> done);

    static constexpr int timeLimitMs = 30'000; ///< without a byte of the answer

    QUrl m_api; ///< …/api/sessions
    const QString m_token;
    QNetworkAccessManager m_network;
};

} // namespace loquat
