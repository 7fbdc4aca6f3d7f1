// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/fake_web.h"
#include "store/rest_target.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using fakes::FakeWeb;

namespace {

const QString secret = u"sb_secret_of-the-project"_s;

QString tokenOf(const QByteArray &role)
{
    return u"eyJh.%1.c2ln"_s.arg(QString::fromLatin1(QByteArray("{\"role\":\"" + role + "\"}").toBase64()));
}

RestSettings settingsOf(const QString &url, const QString &key = secret)
{
    auto settings = *restSettings(url, key);
    settings.keyName = u"SUPABASE_KEY"_s;
    return settings;
}

ReplicaBatch batchOf(int events)
{
    ReplicaBatch batch{{SessionRow{.sessionId = u"s"_s, .userId = u"u"_s, .status = u"active"_s}}, {}};
    for (int seq = 1; seq <= events; ++seq)
        batch.events.append(eventRow(
            {seq, {u"s"_s, seq, 1'700'000'000'123, EventType::UserMessage, Role::User, u"hi"_s, {}}}));
    return batch;
}

} // namespace

/// Protects how the journal is put into requests to Supabase's API, and what is made of its answers.
class TestRestTarget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theKeyGoesWhereItsKindBelongs()
    {
        const auto secretly = networkRequest(settingsOf(u"https://x.supabase.co"_s), askVersion());
        QCOMPARE(secretly.rawHeader("apikey"), secret.toLatin1());
        QVERIFY(!secretly.hasRawHeader("Authorization"));
        QVERIFY(!secretly.url().toString().contains(secret));
        const auto token = tokenOf("service_role");
        const auto openly = networkRequest(settingsOf(u"https://x.supabase.co"_s, token), askVersion());
        QCOMPARE(openly.rawHeader("apikey"), token.toLatin1());
        QCOMPARE(openly.rawHeader("Authorization"), "Bearer " + token.toLatin1());
        QVERIFY(!settingsOf(u"https://x.supabase.co"_s, token).place().contains(token));
    }

    void rowsAreSentAsPostgrestWantsThem()
    {
        auto settings = settingsOf(u"https://x.supabase.co"_s);
        settings.schema = u"chat"_s;
        settings.userAgent = u"Loquat/9"_s;
        const auto events = storeEvents(eventRows(batchOf(2).events));
        const auto wire = networkRequest(settings, events);
        QCOMPARE(wire.url().path(), u"/rest/v1/session_events"_s);
        QCOMPARE(wire.url().query(),
                 u"on_conflict=session_id,seq&columns=session_id,seq,ts,event_type,role,content,"
                 "metadata&select=session_id,seq"_s);
        QCOMPARE(wire.rawHeader("Prefer"), "resolution=ignore-duplicates,return=representation");
        QCOMPARE(wire.rawHeader("Content-Profile"), "chat");
        QCOMPARE(wire.rawHeader("User-Agent"), "Loquat/9");
        const auto rows = QJsonDocument::fromJson(events.body).array();
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[1].toObject()["seq"_L1].toInt(), 2);
        QCOMPARE(rows[1].toObject()["ts"_L1].toString(), u"2023-11-14T22:13:20.123Z"_s);

        const auto sessions = networkRequest(settings, storeSessions(sessionRows(batchOf(1))));
        QVERIFY(sessions.url().query().startsWith("on_conflict=session_id&columns=session_id,user_id,"_L1));
        QCOMPARE(sessions.rawHeader("Prefer"), "resolution=merge-duplicates,return=minimal");
        QCOMPARE(networkRequest(settings, askVersion()).rawHeader("Accept-Profile"), "chat");
    }

    void whatIsAskedOfASessionNamesItWhole()
    {
        const auto settings = settingsOf(u"https://x.supabase.co"_s);
        const auto query = [&](const RestRequest &request) {
            return networkRequest(settings, request).url().query(QUrl::FullyEncoded);
        };
        QCOMPARE(query(askEvents(u"a+b&c=\"%,d é"_s, {1, 22})),
                 u"select=seq,ts,event_type&session_id=eq.a%2Bb%26c%3D%22%25%2Cd%20%C3%A9"
                 "&seq=in.(1,22)"_s);
        QCOMPARE(query(askLateEvents(u"s"_s, {7})), u"select=metadata-%3Elate_seq,ts,event_type&"
                                                    "session_id=eq.s&metadata-%3E%3Elate_seq=in.(7)"_s);
        QCOMPARE(query(askNewestSeq(u"s"_s)), u"select=seq&session_id=eq.s&order=seq.desc&limit=1"_s);
    }

    void portionsStayBelowTheLimitButHoldARow()
    {
        const QList<QByteArray> rows{QByteArray(10, 'a'), QByteArray(10, 'b'), QByteArray(100, 'c')};
        QCOMPARE(rowsThatFit(rows, 0, 23), 2);
        QVERIFY(storeEvents(rows.first(2)).body.size() <= 23);
        QCOMPARE(rowsThatFit(rows, 0, 22), 1);
        QCOMPARE(rowsThatFit(rows, 2, 23), 1);
        QCOMPARE(rowsThatFit(rows, 0, 1000), 3);
    }

    void answersAreToldApart_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<bool>("retryable");
        const auto row = [](const char *what, int status, const QString &code, const QString &expected,
                            bool retryable = true) {
            QTest::newRow(what) << status << code << expected << retryable;
        };
        row("unknown key", 401, {}, u"supabase_refused"_s);
        row("expired token", 401, u"PGRST303"_s, u"supabase_refused"_s);
        row("row level security", 403, u"42501"_s, u"supabase_not_allowed"_s);
        row("row level security, anon", 401, u"42501"_s, u"supabase_not_allowed"_s);
        row("a firewall", 403, {}, u"supabase_not_allowed"_s);
        row("no table", 404, u"PGRST205"_s, u"supabase_tables_missing"_s);
        row("no table, older PostgREST", 404, u"42P01"_s, u"supabase_tables_missing"_s);
        row("no column", 400, u"PGRST204"_s, u"supabase_tables_missing"_s);
        row("hidden schema", 406, u"PGRST106"_s, u"supabase_schema_hidden"_s);
        row("no unique constraint", 400, u"42P10"_s, u"supabase_other_schema"_s);
        row("another site", 404, {}, u"supabase_no_api"_s);
        row("a page", 200, {}, u"supabase_no_api"_s);
        row("not a value of its type", 400, u"22P02"_s, u"supabase_row_refused"_s, false);
        row("a check", 400, u"23514"_s, u"supabase_row_refused"_s, false);
        row("no session", 409, u"23503"_s, u"supabase_row_refused"_s, false);
        row("not JSON", 400, u"PGRST102"_s, u"supabase_row_refused"_s, false);
        row("a trigger of theirs", 400, u"P0001"_s, u"supabase_row_refused"_s, false);
        row("too large alone", 413, {}, u"supabase_row_refused"_s, false);
        row("too often", 429, {}, u"supabase_rate_limited"_s);
        row("no connections", 503, u"53300"_s, u"supabase_unreachable"_s);
        row("pool", 504, u"PGRST003"_s, u"supabase_unreachable"_s);
        row("gateway", 502, {}, u"supabase_unreachable"_s);
        row("statement timeout", 500, u"57014"_s, u"supabase_too_slow"_s);
        row("gateway's patience", 504, {}, u"supabase_too_slow"_s);
        row("deadlock", 500, u"40P01"_s, u"supabase_unreachable"_s);
        row("paused", 540, {}, u"supabase_paused"_s);
        row("redirect", 301, {}, u"supabase_moved"_s);
    }

    void answersAreToldApart()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        QFETCH(QString, expected);
        QFETCH(bool, retryable);
        const QJsonObject body{
            {"code"_L1, code}, {"message"_L1, "said"}, {"details"_L1, "Failing row: said"}};
        const RestAnswer answer{.status = status,
                                .body = code.isEmpty() ? "<html>said" : QJsonDocument(body).toJson()};
        const auto error = restError(settingsOf(u"https://x.supabase.co"_s), answer, u"Run 0001."_s);
        QCOMPARE(error.code, expected);
        QCOMPARE(error.retryable, retryable);
        QVERIFY(!error.message.isEmpty() && !error.remedy.isEmpty());
        for (const auto &text : {error.message, error.remedy}) {
            QVERIFY2(!text.contains("said"_L1), qPrintable(text));
            QVERIFY2(!text.contains(secret), qPrintable(text));
        }
    }

    void idsThatAreBehindAreNoFaultOfTheRows()
    {
        const RestAnswer answer{
            .status = 409,
            .body = "{\"code\":\"23505\",\"message\":\"constraint \\\"session_events_pkey\\\"\"}"};
        const auto error = restError(settingsOf(u"https://x.supabase.co"_s), answer, {});
        QCOMPARE(error.code, u"supabase_ids_behind"_s);
        QVERIFY(error.retryable && error.remedy.contains("setval"_L1));
    }

    void aPauseThatIsAskedForIsUnderstood_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<qint64>("pause"); // -1: none
        QTest::newRow("seconds") << QByteArray("7") << qint64(7'000);
        QTest::newRow("date") << QByteArray("Fri, 20 Nov 2026 08:00:30 GMT") << qint64(30'000);
        QTest::newRow("past") << QByteArray("Fri, 20 Nov 2026 07:00:00 GMT") << qint64(0);
        QTest::newRow("for ever") << QByteArray("99999999") << qint64(600'000);
        QTest::newRow("none") << QByteArray() << qint64(-1);
        QTest::newRow("nonsense") << QByteArray("soon") << qint64(-1);
    }

    void aPauseThatIsAskedForIsUnderstood()
    {
        QFETCH(QByteArray, header);
        QFETCH(qint64, pause);
        const QDateTime now({2026, 11, 20}, {8, 0}, Qt::UTC);
        const auto error =
            restError(settingsOf(u"https://x.supabase.co"_s), {.status = 429, .retryAfter = header}, {}, now);
        QCOMPARE(error.retryAfterMs.value_or(-1), pause);
    }

    void thePublicKeyIsCalledSo()
    {
        for (const auto &key : {u"sb_publishable_x"_s, tokenOf("anon")}) {
            const auto error = restError(settingsOf(u"https://x.supabase.co"_s, key),
                                         {.status = 401, .body = R"({"code":"42501"})"}, {});
            QVERIFY2(error.message.contains("SUPABASE_KEY"_L1) && error.message.contains("anon"_L1),
                     qPrintable(error.message));
        }
    }

    void onlyTheFilesThatAreMissingAreNamed()
    {
        const QList<Migration> files{{1, u"one"_s, {}}, {2, u"two"_s, {}}, {3, u"three"_s, {}}};
        const auto text = filesToRun(files, 1, u"public"_s);
        QVERIFY(!text.contains("one"_L1));
        QVERIFY(text.contains("sql/postgres/0002_two.sql, then sql/postgres/0003_three.sql"_L1));
        QVERIFY(!text.contains("search_path"_L1));
        QVERIFY(filesToRun(files, 1, u"chat"_s).contains("set search_path = chat;"_L1));
    }

    void aCallThatBlocksIsBrokenOff()
    {
        FakeWeb web;
        web.handle = [](const FakeWeb::Request &) { return FakeWeb::Answer{.body = {}, .never = true}; };
        RestTarget target(settingsOf(web.url()));
        Expected<void> connected;
        const std::unique_ptr<QThread> caller(QThread::create([&] { connected = target.connect(); }));
        QSignalSpy gone(&web, &FakeWeb::gone);
        caller->start();
        QTRY_COMPARE_WITH_TIMEOUT(web.seen.size(), 1, 20'000);
        target.interrupt();
        QVERIFY(caller->wait(20'000));
        QCOMPARE(connected.error().code, u"supabase_unreachable"_s);
        QTRY_COMPARE_WITH_TIMEOUT(gone.size(), 1, 20'000); // and the server is not left with it
    }

    void aBatchIsSentInPortionsThatAreTaken()
    {
        FakeWeb web;
        QList<qint64> stored;
        int refused = 0;
        web.handle = [&](const FakeWeb::Request &request) -> FakeWeb::Answer {
            if (request.body.size() > 700) {
                constexpr int refusals[] = {413, 504, 408, 524};
                return {.status = refusals[refused++ % 4], .body = "<html>"};
            }
            if (request.target.startsWith("/rest/v1/session_events"))
                for (const auto &row : QJsonDocument::fromJson(request.body).array())
                    stored.append(row.toObject()["seq"_L1].toInteger());
            return {.status = 201, .body = request.body};
        };
        RestTarget target(settingsOf(web.url()));
        Expected<void> shipped;
        const std::unique_ptr<QThread> caller(QThread::create([&] { shipped = target.ship(batchOf(20)); }));
        caller->start();
        QTRY_VERIFY_WITH_TIMEOUT(caller->isFinished(), 20'000);
        QVERIFY2(shipped.has_value(), shipped ? "" : qPrintable(shipped.error().message));
        QCOMPARE(stored.size(), 20);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(stored[i], i + 1);
        QVERIFY(refused > 0);
        QVERIFY2(refused < 6, "what was learned is forgotten");
        QVERIFY(web.seen.first().target.startsWith("/rest/v1/sessions?")); // events refer to them
    }
};

QTEST_GUILESS_MAIN(TestRestTarget)
#include "tst_rest_target.moc"
