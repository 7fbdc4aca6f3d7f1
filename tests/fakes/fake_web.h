// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QTcpServer>

#include <functional>

namespace loquat::fakes {

/// A web server on a free port that answers as the test says.
class FakeWeb final : public QObject
{
    Q_OBJECT

public:
    struct Request
    {
        QByteArray method;
        QByteArray target;                    ///< path and query as sent
        QMap<QByteArray, QByteArray> headers; ///< names in lower case
        QByteArray body;
    };
    struct Answer
    {
        int status = 200;
        QByteArray body;
        QList<std::pair<QByteArray, QByteArray>> headers = {{"Content-Type", "application/json"}};
        bool never = false; ///< leave the client waiting
    };

    FakeWeb();
    [[nodiscard]] QString url(const QString &path = {}) const;
    std::function<Answer(const Request &)> handle;
    QList<Request> seen;

Q_SIGNALS:
    void requested();
    void gone(); ///< a client hung up

private:
    void read(QTcpSocket *socket);

    QTcpServer m_server;
};

} // namespace loquat::fakes
