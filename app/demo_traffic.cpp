// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo_traffic.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QUrlQuery>
#include <QUuid>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

DemoUser::DemoUser(const QUrl &server, QString userId, QStringList questions,
                   std::chrono::milliseconds patience)
    : m_server(server)
    , m_userId(std::move(userId))
    , m_questions(std::move(questions))
    , m_patience(patience)
{
    m_pause.setSingleShot(true);
    connect(&m_socket, &QWebSocket::textMessageReceived, this, &DemoUser::received);
    connect(&m_pause, &QTimer::timeout, this, [this] { m_socket.isValid() ? askNext() : connectAnew(); });
}

void DemoUser::start(std::chrono::milliseconds after)
{
    m_pause.start(after);
}

void DemoUser::connectAnew()
{
    QUrl url = m_server;
    url.setPath(u"/ws/session/"_s + QUuid::createUuid().toString(QUuid::WithoutBraces));
    QUrlQuery query;
    query.addQueryItem(u"user_id"_s, m_userId);
    url.setQuery(query);
    m_socket.open(url);
}

void DemoUser::received(const QString &frame)
{
    const QString type = QJsonDocument::fromJson(frame.toUtf8()).object()["type"_L1].toString();
    if (type == "session_started"_L1)
        askNext();
    else if (type == "done"_L1)
        m_pause.start(m_patience);
}

void DemoUser::askNext()
{
    if (m_next < m_questions.size()) {
        m_socket.sendTextMessage(m_questions.at(m_next++));
        return;
    }
    m_next = 0;
    m_socket.close();
    m_pause.start(2 * m_patience);
}

DemoTraffic::DemoTraffic(const QUrl &server)
{
    const auto add = [&](const QString &user, const QStringList &questions,
                         std::chrono::milliseconds patience) {
        m_users.push_back(std::make_unique<DemoUser>(server, user, questions, patience));
        m_users.back()->start(150ms * m_users.size());
    };
    add(u"user-17"_s, {u"Check order status for order_id=ORD-1001"_s}, 240s);
    add(u"anonymous"_s, {u"Is there anything else?"_s}, 240s);
    add(u"user-9"_s, {u"Explain WebSockets simply"_s, u"What is 10 + 2?"_s}, 3s);
    add(u"founder-7"_s, {u"what does the pricing say?"_s, u"Explain WebSockets simply"_s}, 1s);
    add(u"user-42"_s, {u"How's the weather in Delhi?"_s, u"what does co2 say?"_s}, 2s);
    add(u"user-5"_s, {u"my name is Ada"_s, u"what is my name?"_s, u"Explain WebSockets simply"_s}, 1s);
    add(u"user-23"_s, {u"Check order status for order_id=ORD-1001"_s, u"Explain WebSockets simply"_s}, 4s);
    add(u"user-1"_s,
        {u"How much to ship 5kg to the US? And what is my balance? user_id=user-1"_s,
         u"Explain WebSockets simply"_s},
        1s);
}

} // namespace loquat
