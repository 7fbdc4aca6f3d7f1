// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"
#include "session/summary_answer.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A conversation of one question that has just ended: the next reply is the summary.
struct Ended : SessionStage
{
    Ended()
    {
        Session &session = connectClient();
        session.userMessage(u"where is my order?"_s);
        reply().push(u"Here"_s);
        reply().finish();
        session.end(u"ended"_s);
    }
    Event summary()
    {
        settle();
        return log.events(u"s1"_s).last();
    }
};

} // namespace

/// Protects summaries: one for each end that has something to sum up, whatever the model answers.
class TestSessionSummary : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEndIsSummedUpOnceByTheModel()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        QCOMPARE(stage.client.closed, CloseReason::Ended);
        QVERIFY(stage.model.lastCall().request.messages.last().content.contains("User: hello"_L1));
        stage.reply().push(u"They greeted."_s);
        stage.reply().finish();
        stage.settle();
        const auto summary = stage.log.events(u"s1"_s).last();
        QCOMPARE(summary.type, EventType::Summary);
        QCOMPARE(summary.content, u"They greeted."_s);
        QCOMPARE(summary.meta["source"_L1].toString(), u"model"_s);
        QVERIFY(stage.hub->isQuiet());
        QCOMPARE(stage.log.types(u"s1"_s).count(EventType::Summary), 1);
    }

    void aSummaryTheModelCannotMakeComesFromTheTranscript()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"where is my order?"_s);
        stage.reply().push(u"Here"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        stage.reply().fail({u"model_quota"_s, u"No quota."_s, {}, false});
        stage.settle();
        const auto summary = stage.log.events(u"s1"_s).last();
        QCOMPARE(summary.meta["source"_L1].toString(), u"fallback"_s);
        QCOMPARE(summary.meta["code"_L1].toString(), u"model_quota"_s);
        QVERIFY(summary.content.contains("where is my order?"_L1));
    }

    void aSummarySaysHowLongWhoAnsweredTookAndWhoFailed()
    {
        Ended stage;
        const qint64 asked = stage.clock.nowMs();
        stage.clock.advance(3s);
        stage.reply().setFailuresSoFar(
            {{u"first"_s, {u"model_timeout"_s, u"Silent."_s, {}, true}, {}, {}, u"small"_s, asked, 1'000}});
        stage.reply().push(u"They greeted."_s);
        stage.reply().finish();
        const QJsonObject meta = stage.summary().meta;
        QCOMPARE(meta["duration_ms"_L1].toInt(), 2'000);
        QCOMPARE(meta["attempts"_L1].toArray().size(), 1);
        QCOMPARE(meta["attempts"_L1][0]["code"_L1].toString(), u"model_timeout"_s);

        Ended unasked; // the budget is spent, say
        unasked.reply().fail({u"budget_spent"_s, u"No more today."_s, {}, false});
        QVERIFY(!unasked.summary().meta.contains("duration_ms"_L1));

        Ended inVain;
        const Error error{u"model_timeout"_s, u"Silent."_s, {}, true};
        inVain.reply().setFailuresSoFar({{u"first"_s, error, {}, {}, u"small"_s, asked, 1'000}});
        inVain.reply().fail(error);
        const QJsonObject failed = inVain.summary().meta;
        QVERIFY(!failed.contains("duration_ms"_L1)); // its attempt tells
        QCOMPARE(failed["attempts"_L1].toArray().size(), 1);
    }

    void aJournalThatCannotBeReadPutsTheSummaryOff()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().finish();
        stage.log.failReadsWith(Error{u"store_failed"_s, u"No."_s, {}, true});
        session.end(u"ended"_s);
        stage.settle();
        QCOMPARE(stage.log.types(u"s1"_s).count(EventType::Summary), 0);
        stage.log.failReadsWith({});
        stage.clock.advance(1s);
        stage.reply().push(u"They greeted."_s);
        stage.reply().finish();
        stage.settle();
        QCOMPARE(stage.log.events(u"s1"_s).last().content, u"They greeted."_s);
    }

    void theProfilesProvidersSumUpAlsoAfterACrash()
    {
        SessionStage stage;
        stage.settings.profiles[u"private"_s].providers = QStringList{u"here"_s};
        stage.restart();
        Session &session =
            stage.hub->attach(u"s1"_s, u"user-1"_s, &stage.client, {u"frames"_s, u"private"_s});
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        stage.restart();
        stage.hub->recover({u"s1"_s});
        stage.settle();
        const ChatRequest &asked = stage.model.lastCall().request;
        QCOMPARE(asked.purpose, Purpose::Summary);
        QCOMPARE(asked.providers, QStringList{u"here"_s});
    }

    void anEmptySessionEndsWithoutASummary()
    {
        SessionStage stage;
        stage.connectClient().end(u"ended"_s);
        QCOMPARE(stage.model.count(), 0);
        QCOMPARE(stage.log.events(u"s1"_s).last().meta["summary"_L1].toString(), u"none"_s);
        QVERIFY(stage.hub->isQuiet());
    }

    void aSummaryThatComesAfterAReopeningIsDropped()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        stage.settle();
        RecordingClient again;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s});
        stage.reply().push(u"too late"_s);
        stage.reply().finish();
        stage.settle();
        QVERIFY(!stage.log.types(u"s1"_s).contains(EventType::Summary));
        stage.hub->find(u"s1"_s)->end(u"ended"_s);
        stage.reply().push(u"in time"_s);
        stage.reply().finish();
        stage.settle();
        QCOMPARE(stage.log.types(u"s1"_s).count(EventType::Summary), 1);
        QCOMPARE(stage.log.events(u"s1"_s).last().content, u"in time"_s);
    }

    void theModelIsAskedForAStructuredAnswerOnTheSessionsAccount()
    {
        Ended stage;
        stage.settle();
        const ChatRequest &request = stage.model.lastCall().request;
        QCOMPARE(request.purpose, Purpose::Summary);
        QCOMPARE(request.replySchema, summary::schema());
        QCOMPARE(request.sessionId, u"s1"_s);
        QCOMPARE(request.userId, u"user-1"_s);
        QVERIFY(request.messages.first().content.contains("language of the conversation"_L1));
    }

    void aStructuredAnswerFillsTheEventAndTheSnapshot()
    {
        Ended stage;
        stage.reply().push(
            u"{\"summary\":\"Asked for an order.\",\"title\":\"An order\",\"intent\":\"Find it\","_s);
        stage.reply().push(
            u"\"outcome\":\"resolved\",\"open_points\":[\"Call back\"],\"language\":\"en\"}"_s);
        stage.reply().finish({300, 40, UsageSource::Reported}, 0.002);
        const Event event = stage.summary();
        QCOMPARE(event.content, u"Asked for an order."_s);
        QCOMPARE(event.meta, (QJsonObject{{"source"_L1, u"model"_s},
                                          {"model"_L1, u"scripted"_s},
                                          {"title"_L1, u"An order"_s},
                                          {"intent"_L1, u"Find it"_s},
                                          {"outcome"_L1, u"resolved"_s},
                                          {"open_points"_L1, QJsonArray{u"Call back"_s}},
                                          {"language"_L1, u"en"_s},
                                          {"usage"_L1, toJson(Usage{300, 40, UsageSource::Reported})},
                                          {"cost_usd"_L1, 0.002},
                                          {"duration_ms"_L1, 0}}));
        QCOMPARE(stage.observer.snapshot.title, u"An order"_s);
        QCOMPARE(stage.observer.snapshot.summary, u"Asked for an order."_s);
        RecordingClient again;
        QCOMPARE(stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s}).snapshot().title,
                 u"An order"_s);
    }

    void anAnswerThatCannotBeReadIsReplacedAndStillPaidFor()
    {
        Ended stage;
        stage.reply().push(u"{\"title\":\"An order\",\"summary\":\"It broke o"_s);
        stage.reply().finish({300, 9, UsageSource::Reported});
        const Event event = stage.summary();
        QCOMPARE(event.meta["source"_L1].toString(), u"fallback"_s);
        QVERIFY(event.content.contains("where is my order?"_L1));
        QCOMPARE(event.meta["title"_L1].toString(), u"An order"_s); // what is complete is kept
        QCOMPARE(event.meta["usage"_L1]["input_tokens"_L1].toInt(), 300);
        QVERIFY(!event.meta.contains("cost_usd"_L1)); // nobody told
    }

    void aServerThatRefusesTheSchemaIsAskedWithoutIt()
    {
        Ended stage;
        const Error refusal{u"model_bad_request"_s, u"No response_format here."_s, {}, false};
        stage.reply().fail(refusal);
        QCOMPARE(stage.model.count(), 3);
        QVERIFY(!stage.model.lastCall().request.replySchema);
        stage.reply().push(u"They greeted."_s);
        stage.reply().finish();
        QCOMPARE(stage.summary().content, u"They greeted."_s);

        Ended stubborn;
        stubborn.reply().fail(refusal);
        stubborn.reply().fail(refusal);
        QCOMPARE(stubborn.summary().meta["source"_L1].toString(), u"fallback"_s);
        QCOMPARE(stubborn.model.count(), 3); // once, not for ever
    }

    void aModelThatTakesTooLongIsEndedAndWhatItUsedIsKept()
    {
        Ended stage;
        stage.reply().push(u"They"_s);
        stage.reply().setUsageSoFar({300, 1, UsageSource::Estimated});
        stage.clock.advance(stage.settings.summaryLimit);
        const Event event = stage.summary();
        QCOMPARE(event.meta["source"_L1].toString(), u"fallback"_s);
        QCOMPARE(event.meta["usage"_L1]["output_tokens"_L1].toInt(), 1);
        QCOMPARE(stage.model.aborts(), 1);
    }

    void whatOnlyAnOperatorSaidIsNotSummedUp()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        QVERIFY(session.command({CommandKind::TakeOver, {}, {}, u"op"_s}));
        QVERIFY(session.command({CommandKind::Reply, u"Hello, anybody there?"_s, {}, u"op"_s}));
        session.end(u"ended"_s);
        stage.settle();
        QCOMPARE(stage.model.count(), 0);
        QVERIFY(!stage.log.types(u"s1"_s).contains(EventType::Summary));
        QVERIFY(stage.hub->isQuiet());
    }
};

QTEST_GUILESS_MAIN(TestSessionSummary)
#include "tst_session_summary.moc"
