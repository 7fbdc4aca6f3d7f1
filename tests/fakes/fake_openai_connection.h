// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fake_openai_script.h"

#include <QJsonDocument>
#include <QObject>
#include <QTcpSocket>
#include <QTimer>

namespace loquat::fakes {

class FakeOpenAi;

/// One client of a FakeOpenAi: reads HTTP/1.1 requests one after the other and plays the answers, chunked.
class FakeOpenAiConnection final : public QObject
{
    Q_OBJECT

public:
    FakeOpenAiConnection(QTcpSocket *socket, FakeOpenAi *server);
    ~FakeOpenAiConnection() override;

    void play(const FakeAnswer &answer);
    void answerJson(int status, const QJsonDocument &json);

private:
    void read();
    void playOn();
    void end(bool aborted);

    QTcpSocket *m_socket;
    FakeOpenAi *m_server;
    QByteArray m_in;
    QTimer m_timer;
    FakeAnswer m_answer;
    qsizetype m_next = 0;
    bool m_answering = false;
};

} // namespace loquat::fakes
