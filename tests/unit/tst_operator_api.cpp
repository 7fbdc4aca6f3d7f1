// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/live_json.h"
#include "gateway/api_query.h"
#include "gateway/api_reply.h"
#include "gateway/operator_access.h"
#include "gateway/operator_command.h"
#include "operator_address.h"
#include "store/history_cursor.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const OperatorPolicy local{{}, true};
const OperatorPolicy exposed{{}, false};
const OperatorPolicy guarded{u"the ōne"_s, true};

RequestHead head(const QByteArrayList &lines, bool webSocket = false)
{
    QByteArray bytes = "GET /api/sessions HTTP/1.1\r\n";
    for (const QByteArray &line : lines)
        bytes += line + "\r\n";
    if (webSocket)
        bytes += "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    return *parseRequestHead(bytes + "\r\n");
}

/// "granted", "owes token", or the refusal's status and code.
QString verdict(const RequestHead &request, const OperatorPolicy &policy)
{
    const auto access = operatorAccess(request, policy);
    if (!access)
        return u"%1 %2"_s.arg(access.error().status).arg(access.error().error.code);
    return *access == OperatorAccess::Granted ? u"granted"_s : u"owes token"_s;
}

QUrlQuery query(const QString &text)
{
    return QUrlQuery(text);
}

} // namespace

/// Protects the operators' side where it reads what others wrote: who is let in, what is asked for, what is
/// commanded, and that what is sent to a console elsewhere arrives as it was.
class TestOperatorApi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTokenLetsInAndNothingElseDoes()
    {
        const QByteArray token = guarded.token.toUtf8();
        QCOMPARE(verdict(head({"Authorization: Bearer " + token}), guarded), u"granted"_s);
        QCOMPARE(verdict(head({"authorization: bEARER   " + token}), guarded), u"granted"_s);
        QCOMPARE(verdict(head({}), guarded), u"401 operator_token_missing"_s);
        for (const QByteArray &wrong :
             {"Bearer " + token + "x", "Bearer " + token.chopped(1), "Basic " + token, token,
              QByteArray("Bearer"), QByteArray("Bearer "), QByteArray("x")})
            QCOMPARE(verdict(head({"Authorization: " + wrong}), guarded), u"401 operator_token_wrong"_s);
        // With a token the network and the page do not matter.
        const OperatorPolicy far{guarded.token, false};
        QCOMPARE(verdict(head({"Authorization: Bearer " + token, "Origin: https://else.example"}), far),
                 u"granted"_s);
    }

    void aBrowsersWebSocketBringsItAsASubprotocolOrOwesIt()
    {
        const auto offering = [](const QByteArray &token) {
            return head({"Sec-WebSocket-Protocol: loquat.operator, loquat.token." +
                         token.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)},
                        true);
        };
        QCOMPARE(verdict(offering(guarded.token.toUtf8()), guarded), u"granted"_s);
        QCOMPARE(verdict(offering("guess"), guarded), u"401 operator_token_wrong"_s);
        QCOMPARE(verdict(offering(""), guarded), u"401 operator_token_wrong"_s);
        QCOMPARE(verdict(head({"Sec-WebSocket-Protocol: loquat.operator"}, true), guarded), u"owes token"_s);
        QCOMPARE(verdict(head({"Sec-WebSocket-Protocol: loquat.token." +
                               guarded.token.toUtf8().toBase64(QByteArray::Base64UrlEncoding)}),
                         guarded),
                 u"401 operator_token_missing"_s); // not a WebSocket
    }

    void withoutATokenOnlyThisComputerIsAnswered_data()
    {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::addColumn<QString>("expected");
        const QString host = u"403 foreign_host"_s;
        const QString origin = u"403 foreign_origin"_s;
        QTest::newRow("a program") << QByteArrayList{"Host: 127.0.0.1:8000"} << u"granted"_s;
        QTest::newRow("by name") << QByteArrayList{"Host: localhost:8000"} << u"granted"_s;
        QTest::newRow("IPv6") << QByteArrayList{"Host: [::1]:8000"} << u"granted"_s;
        QTest::newRow("another name") << QByteArrayList{"Host: evil.example:8000"} << host;
        QTest::newRow("a name that begins well") << QByteArrayList{"Host: localhost.evil.example"} << host;
        QTest::newRow("its own page")
            << QByteArrayList{"Host: localhost:8000", "Origin: http://localhost:8000"} << u"granted"_s;
        QTest::newRow("another page")
            << QByteArrayList{"Host: localhost:8000", "Origin: https://evil.example"} << origin;
        QTest::newRow("another port")
            << QByteArrayList{"Host: localhost:8000", "Origin: http://localhost:3000"} << origin;
        QTest::newRow("no page") << QByteArrayList{"Host: localhost:8000", "Origin: null"} << origin;
        QTest::newRow("an empty origin") << QByteArrayList{"Host: localhost:8000", "Origin:"} << origin;
        QTest::newRow("a proxy") << QByteArrayList{"Host: localhost:8000", "X-Forwarded-For: 192.0.2.1"}
                                 << u"403 operator_token_not_set"_s;
    }

    void withoutATokenOnlyThisComputerIsAnswered()
    {
        QFETCH(const QByteArrayList, lines);
        QFETCH(const QString, expected);
        QCOMPARE(verdict(head(lines), local), expected);
        QCOMPARE(verdict(head(lines, true), local), expected);
        QCOMPARE(verdict(head(lines), exposed), u"403 operator_token_not_set"_s);
        QVERIFY(
            operatorAccess(head(lines), exposed).error().error.remedy.contains("LOQUAT_OPERATOR_TOKEN"_L1));
    }

    void aQueryIsReadOrRefused()
    {
        const auto all = sessionQuery(query({}), {});
        QVERIFY(all.has_value());
        QCOMPARE(all->limit, 50);
        QVERIFY(!all->status);
        const auto some =
            sessionQuery(query(u"status=ending&user_id=a+b%2Bc&q=one%20two&limit=200&cursor=x"_s), {});
        QVERIFY(some.has_value());
        QVERIFY(some->status == SessionStatus::Ending);
        QCOMPARE(some->userId, u"a b+c"_s);
        QCOMPARE(some->text, u"one two"_s);
        QCOMPARE(some->limit, 200);
        QCOMPARE(some->cursor, u"x"_s);
        for (const auto &wrong : {u"status=Active"_s, u"limit=0"_s, u"limit=201"_s, u"user_id=%00"_s,
                                  u"user_id=a%0Ab"_s, u"limit=1.5"_s, u"limit=99999999999999999999"_s}) {
            const auto refused = sessionQuery(query(wrong), {});
            QVERIFY2(!refused.has_value(), qPrintable(wrong));
            QCOMPARE(refused.error().code, u"bad_query"_s);
            QVERIFY(!refused.error().remedy.isEmpty());
        }
        // A form sends the fields that nobody filled in as well.
        const auto blank = sessionQuery(query(u"status=&user_id=&q=&limit=&cursor="_s), {});
        QVERIFY(blank && !blank->status && blank->userId.isEmpty() && blank->cursor.isEmpty());
        QCOMPARE(blank->limit, 50);
        QCOMPARE(eventQuery(u"s"_s, query(u"after=&limit="_s), {.eventPage = 20})->limit, 20);
        QCOMPARE(eventQuery(u"s"_s, query(u"after=7&limit=1000"_s), {})->afterSeq, 7);
        QCOMPARE(eventQuery(u"s"_s, {}, {.eventPage = 20})->limit, 20);
        for (const auto &wrong : {u"after=-1"_s, u"after=x"_s, u"limit=1001"_s})
            QVERIFY2(!eventQuery(u"s"_s, query(wrong), {}).has_value(), qPrintable(wrong));
    }

    void cursorsThatNoDatabaseTakesAreRefused()
    {
        const auto roundTrip = [](const ListCursor &cursor) { return listCursor(toText(cursor)); };
        QCOMPARE(roundTrip({1, u"two words"_s})->value().sessionId, u"two words"_s);
        QVERIFY(roundTrip({-1'000, u"x"_s}).has_value());
        QString nul = u"ab"_s;
        nul[1] = QChar::Null;
        for (const ListCursor &wrong :
             {ListCursor{1, nul}, {9'000'000'000'000'000, u"x"_s}, {-9'000'000'000'000'000, u"x"_s}})
            QCOMPARE(roundTrip(wrong).error().code, u"bad_cursor"_s);
    }

    void aPathIsTakenApartBeforeItIsDecoded()
    {
        QCOMPARE(apiPath("/api/sessions/a%2Fb/events?after=1&x=/api/y")->parts,
                 QStringList({u"sessions"_s, u"a/b"_s, u"events"_s}));
        QCOMPARE(apiPath("/api/sessions?limit=2")->query.queryItemValue(u"limit"_s), u"2"_s);
        QVERIFY(!apiPath("/apix/sessions"));
        QVERIFY(!apiPath("/demo?x=/api/"));
        QVERIFY(isForOperators("/api/live") && isForOperators("/ws/operator") && isForOperators("/api"));
        QVERIFY(!isForOperators("/apix") && !isForOperators("/ws/operators") && !isForOperators("/"));
    }

    void aCommandIsUnderstoodOrNamed()
    {
        const auto whisper =
            parseCommand({{"command"_L1, "whisper"_L1}, {"text"_L1, "psst"_L1}, {"x"_L1, 1}});
        QVERIFY(whisper.has_value());
        QVERIFY(whisper->kind == CommandKind::Whisper);
        QCOMPARE(whisper->text, u"psst"_s);
        QCOMPARE(whisper->by, u"operator"_s);
        QCOMPARE(parseCommand({{"command"_L1, "note"_L1}, {"content"_L1, "psst"_L1}})->text, u"psst"_s);
        QCOMPARE(parseCommand({{"command"_L1, "deny"_L1}, {"call_id"_L1, "c"_L1}, {"by"_L1, " Kim "_L1}})->by,
                 u"Kim"_s);
        for (const QJsonObject &wrong :
             {QJsonObject{}, QJsonObject{{"command"_L1, 1}},
              QJsonObject{{"command"_L1, "note"_L1}, {"text"_L1, QJsonArray()}},
              QJsonObject{{"command"_L1, "approve"_L1}},
              QJsonObject{{"command"_L1, "note"_L1}, {"by"_L1, QString(101, u'x')}}})
            QCOMPARE(parseCommand(wrong).error().code, u"bad_command"_s);
        QCOMPARE(parseCommand({{"command"_L1, "dance"_L1}}).error().code, u"unknown_command"_s);
    }

    void anAddressIsReadAsPeopleWriteIt()
    {
        for (const auto &[written, meant] : std::initializer_list<std::pair<QString, QString>>{
                 {u"http://127.0.0.1:8000"_s, u"ws://127.0.0.1:8000"_s},
                 {u"https://loquat.example/"_s, u"wss://loquat.example"_s},
                 {u"wss://loquat.example/chat/"_s, u"wss://loquat.example/chat"_s},
                 {u"ws://[::1]:8000/ws/operator"_s, u"ws://[::1]:8000"_s}})
            QCOMPARE(operatorAddress(written)->toString(), meant);
        for (const auto &wrong :
             {u""_s, u"loquat.example"_s, u"ftp://loquat.example"_s, u"http://"_s, u"http://a b"_s,
              u"http://me:secret@loquat.example"_s, u"http://loquat.example?token=secret"_s}) {
            const auto refused = operatorAddress(wrong);
            QVERIFY2(!refused.has_value(), qPrintable(wrong));
            QVERIFY(refused.error().message.startsWith("--connect"_L1));
            QVERIFY(!refused.error().message.contains("secret"_L1));
        }
    }

    void whatIsLiveArrivesAsItWas()
    {
        SessionSnapshot session;
        session.sessionId = u"s-1"_s;
        session.userId = u"ana"_s;
        session.mode = Mode::Human;
        session.status = SessionStatus::Ending;
        session.phase = Phase::WaitingForApproval;
        session.phaseDetail = u"refund"_s;
        session.connected = false;
        session.startedAtMs = 1'700'000'000'123;
        session.lastActivityMs = 1'700'000'001'456;
        session.lastSeq = 9;
        session.usage.inputTokens = 12;
        session.usage.source = UsageSource::Reported;
        session.title = u"„…“"_s;
        const Event event{u"s-1"_s,   9,       1'700'000'001'456,       EventType::ToolResult,
                          Role::Tool, u"{}"_s, {{"call_id"_L1, "c"_L1}}};
        const LiveBatch sent{{session}, {Delta{u"s-1"_s, 3, u"wörd "_s, 2, 5}, event}};
        const QByteArray line = QJsonDocument(toJson(sent)).toJson(QJsonDocument::Compact);
        const LiveBatch got = batchFromJson(QJsonDocument::fromJson(line).object(), 77);
        QCOMPARE(toJson(got.sessions.value(0)), toJson(session));
        QCOMPARE(got.sessions.value(0).startedAtMs, session.startedAtMs);
        QVERIFY(got.sessions.value(0).phase == Phase::WaitingForApproval);
        QCOMPARE(std::get<Delta>(got.stream.value(0)).text, u"wörd "_s);
        QCOMPARE(std::get<Delta>(got.stream.value(0)).atMs, 77);
        QCOMPARE(std::get<Event>(got.stream.value(1)), event);

        BackendStatus status;
        status.ttftP99Ms = 30;
        status.store = BackendStatus::Store::Failing;
        status.storeQueued = 1'000;
        status.modelOk = false;
        QCOMPARE(toJson(statusFromJson(toJson(status))), toJson(status));
        QVERIFY(!statusFromJson(toJson(status)).ttftP50Ms);
    }

    void whatANewerServerSaysIsLeftOut()
    {
        const auto batch = batchFromJson(
            QJsonDocument::fromJson(uR"({"sessions":[{"session_id":"s","phase":"dreaming","mode":7}],
                "stream":[{"event":{"event_type":"dream"}},{"dream":{}},7,{"delta":{"token":"x"}}]})"_s
                                        .toUtf8())
                .object(),
            1);
        QCOMPARE(batch.sessions.size(), 1);
        QVERIFY(batch.sessions[0].phase == Phase::Idle && batch.sessions[0].mode == Mode::Ai);
        QCOMPARE(batch.stream.size(), 1);
        QVERIFY(batchFromJson({}, 1).isEmpty());
    }

    void anErrorBecomesTheStatusThatItIs()
    {
        const auto status = [](const QString &code) {
            return problemReply(Error{code, {}, {}, false}).status;
        };
        QCOMPARE(status(u"bad_cursor"_s), 400);
        QCOMPARE(status(u"session_not_found"_s), 404);
        QCOMPARE(status(u"session_not_active"_s), 409);
        QCOMPARE(status(u"store_busy"_s), 503);
        const QByteArray message = httpMessage(problemReply(Error{u"store_busy"_s, u"Busy."_s, {}, true}));
        QVERIFY(message.startsWith("HTTP/1.1 503 Service Unavailable\r\n"));
        QVERIFY(message.contains("\r\nRetry-After: "));
        QVERIFY(message.contains("\r\nContent-Type: application/problem+json\r\n"));
    }
};

QTEST_GUILESS_MAIN(TestOperatorApi)
#include "tst_operator_api.moc"
