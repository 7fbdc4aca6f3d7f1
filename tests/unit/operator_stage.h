// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/operator_desk.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSemaphore>
#include <QTcpServer>
#include <QTcpSocket>
#include <QWebSocket>

#include <atomic>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

inline constexpr int patience = 20'000; // ms

/// A store whose answers come when the test lets them, from the thread they were asked for in.
class SlowStore final : public SessionHistory, public EventTail
{
public:
    void sessions(const SessionQuery &, QObject *context, Sessions found) override
    {
        SessionRow row;
        row.sessionId = u"s"_s;
        QMetaObject::invokeMethod(context, [found = std::move(found), row] {
            found(SessionPage{{{row}}, {}});
        });
    }
    void events(const EventQuery &query, QObject *context, Events found) override
    {
        EventPage page;
        for (qint64 seq = query.afterSeq + 1; seq <= stored && page.events.size() < query.limit; ++seq)
            page.events.append(event(seq));
        page.more = query.afterSeq + page.events.size() < stored;
        QMetaObject::invokeMethod(context, [found = std::move(found), page] { found(page); });
    }
    [[nodiscard]] qint64 lastId() const override { return newest.loadAcquire(); }
    void after(qint64 id, int limit, qsizetype characters, QObject *context, Entries found) override
    {
        ++reads;
        mostAtOnce = limit;
        mostCharacters = characters;
        QList<JournalEntry> entries;
        qsizetype text = 0;
        for (qint64 next = id + 1; next <= lastId() && entries.size() < limit && text <= characters; ++next) {
            entries.append({next, event(next)});
            entries.last().event.content = QString(50'000, u'x');
            text += entries.last().event.content.size();
        }
        QMetaObject::invokeMethod(context, [found = std::move(found), entries] { found(entries); });
    }
    void settledEvents(const EventQuery &query, QObject *context, SessionHistory::Events found) override
    {
        mostAtOnce = query.limit;
        asked.release();
        const std::lock_guard lock(m_mutex);
        m_held.append([context, found = std::move(found)] {
            QMetaObject::invokeMethod(context, [found] { found(EventPage{}); });
        });
    }
    void answerAll()
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &each : std::exchange(m_held, {}))
            each();
    }

    QAtomicInteger<qint64> newest = 0;
    QSemaphore asked;
    qint64 stored = 0;                  ///< events of the one session there is, as events() tells
    std::atomic<qint64> mostAtOnce = 0; ///< events, as asked for last
    std::atomic<qint64> mostCharacters = 0;
    std::atomic<int> reads = 0; ///< of what came after some event

private:
    static Event event(qint64 seq)
    {
        Event event;
        event.seq = seq;
        event.sessionId = u"s"_s;
        return event;
    }

    std::mutex m_mutex;
    QList<std::function<void()>> m_held;
};

/// The desk behind a door that looks at nothing.
class Door final : public QTcpServer
{
public:
    /// `lines`: of the head, besides those that every one has.
    Door(const QByteArray &path, const QString &token, const ApiLimits &limits, const QByteArray &lines = {})
        : m_path(path)
        , m_lines(lines)
        , m_desk(OperatorParts{
              .history = store,
              .tail = store,
              .feed = feed,
              .live = live,
              .command = {},
              .status = [] { return BackendStatus{}; },
              .exportSession = [this](const QString &, const SessionRow &,
                                      const QList<Event> &) { return QByteArray(exported, 'x'); },
              .policy = {token, true},
              .limits = limits})
    {
        m_desk.start();
        listen(QHostAddress::LocalHost);
    }
    ~Door() override { m_desk.stop(); }

    [[nodiscard]] QUrl url(const QString &scheme) const
    {
        return QUrl(u"%1://127.0.0.1:%2%3"_s.arg(scheme).arg(serverPort()).arg(QString::fromLatin1(m_path)));
    }

    SlowStore store;
    LiveFeed feed;
    LiveSessions live;
    qsizetype exported = 0; ///< bytes of a session as a file

protected:
    void incomingConnection(qintptr descriptor) override
    {
        const bool webSocket = m_path.startsWith("/ws/");
        m_desk.handOver(
            [descriptor](QObject *parent) {
                auto *socket = new QTcpSocket(parent);
                socket->setSocketDescriptor(descriptor);
                return socket;
            },
            *parseRequestHead((m_path.endsWith("/commands") ? "POST " : "GET ") + m_path +
                              " HTTP/1.1\r\nHost: localhost\r\n" + m_lines +
                              (webSocket
                                   ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
                                     "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                   : "") +
                              "\r\n"));
    }

private:
    QByteArray m_path;
    QByteArray m_lines;
    OperatorDesk m_desk;
};

/// A console, and what it was sent.
struct Console
{
    explicit Console(const Door &door)
    {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [this](const QString &text) {
            frames.append(QJsonDocument::fromJson(text.toUtf8()).object());
        });
        QObject::connect(&socket, &QWebSocket::disconnected, &socket, [this] { closed = true; });
        socket.open(door.url(u"ws"_s));
    }
    [[nodiscard]] qsizetype count(const QString &type) const
    {
        return std::ranges::count_if(frames,
                                     [&](const auto &each) { return each["type"_L1].toString() == type; });
    }

    QWebSocket socket;
    QList<QJsonObject> frames;
    bool closed = false;
};

/// A connection that takes nothing until it is told to, and what it got then.
struct Lazy
{
    explicit Lazy(const Door &door)
    {
        socket.setReadBufferSize(1); // and so the kernel's buffers fill
        QObject::connect(&socket, &QTcpSocket::errorOccurred, &socket, [this] { over = true; });
        QObject::connect(&socket, &QTcpSocket::disconnected, &socket, [this] { over = true; });
        socket.connectToHost(QHostAddress::LocalHost, door.serverPort());
    }
    void upgrade()
    {
        socket.write(
            "GET /ws/operator HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }
    void read()
    {
        QObject::connect(&socket, &QTcpSocket::readyRead, &socket, [this] { take(); });
        socket.setReadBufferSize(0);
        take();
    }

    QTcpSocket socket;
    QByteArray got;
    bool over = false;

private:
    void take() { got += socket.readAll(); }
};

} // namespace loquat::fakes
