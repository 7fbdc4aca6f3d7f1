// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "fakes/reply_listener.h"
#include "fakes/scripted_model.h"
#include "llm/budgeted_model.h"
#include "llm/prices.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 replyTokens = 50;

/// A model on a budget of so many tokens per session. A request of "hi" is estimated at 5 + 50 tokens.
struct Stage
{
    explicit Stage(qint64 tokens)
        : Stage(ofTokens(tokens))
    {
    }
    explicit Stage(const BudgetSettings &settings)
    {
        auto inner = std::make_unique<ScriptedModel>();
        scripted = inner.get();
        model = std::make_unique<BudgetedModel>(std::move(inner), std::make_shared<Budget>(settings),
                                                std::make_shared<Prices>(), replyTokens, clock);
    }

    static BudgetSettings ofTokens(qint64 tokens)
    {
        BudgetSettings settings;
        settings.session.tokens = tokens;
        return settings;
    }

    std::unique_ptr<ChatReply> ask(const QString &session = u"s"_s)
    {
        ChatRequest request{{{Role::User, u"hi"_s, {}, {}}}, {}};
        request.sessionId = session;
        return model->start(request);
    }

    ManualClock clock;
    ScriptedModel *scripted = nullptr;
    std::unique_ptr<BudgetedModel> model;
};

} // namespace

/// Protects money: no provider is asked for what the budget does not allow, and every way in which a call can
/// end is accounted for.
class TestBudgetedModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCallPastTheBudgetIsNotMade()
    {
        Stage stage(40);
        const ReplyListener heard(stage.ask());
        QCOMPARE(heard.ends, 0); // not before start() has returned
        stage.clock.advance(1ms);
        QCOMPARE(heard.error.code, u"budget_exceeded"_s);
        QCOMPARE(stage.scripted->count(), 0);
    }

    void callsThatRunCount()
    {
        Stage stage(100);
        const auto first = stage.ask();
        const auto second = stage.ask();
        QCOMPARE(stage.scripted->count(), 1);
        const auto other = stage.ask(u"other"_s);
        QCOMPARE(stage.scripted->count(), 2);
    }

    void theReplyComesThroughAndIsSettled()
    {
        Stage stage(100);
        const ReplyListener heard(stage.ask());
        stage.scripted->lastReply()->push(u"yes"_s);
        stage.scripted->lastReply()->finish({5, 1, UsageSource::Reported});
        QCOMPARE(heard.text(), u"yes"_s);
        QCOMPARE(*heard.outcome.usage.inputTokens, 5);
        const auto second = stage.ask(); // 6 used, 55 wanted
        QCOMPARE(stage.scripted->count(), 2);
    }

    void aRefusalOfTheProviderIsFree()
    {
        Stage stage(100);
        const ReplyListener heard(stage.ask());
        stage.scripted->lastReply()->fail({u"model_overloaded"_s, u"Busy."_s, {}, true});
        QCOMPARE(heard.error.code, u"model_overloaded"_s);
        const auto second = stage.ask();
        QCOMPARE(stage.scripted->count(), 2);
    }

    // A filter stops it before a word is said; the provider tells what it took all the same.
    void aStopThatTheProviderBillsIsPaid()
    {
        Stage stage(100);
        const ReplyListener heard(stage.ask());
        stage.scripted->lastReply()->setUsageSoFar({60, 0, UsageSource::Reported});
        stage.scripted->lastReply()->fail({u"model_filtered"_s, u"Filtered."_s, {}, false});
        const auto second = stage.ask(); // 60 used, 55 wanted
        QCOMPARE(stage.scripted->count(), 1);
    }

    void aCancelledCallCostsWhatWasSaid()
    {
        Stage stage(100);
        auto first = stage.ask();
        stage.scripted->lastReply()->push(u"a long story"_s);
        stage.scripted->lastReply()->setUsageSoFar({5, 60, UsageSource::Estimated});
        first->abort();
        const auto second = stage.ask(); // 65 used, 55 wanted
        QCOMPARE(stage.scripted->count(), 1);
    }

    // The reply knows who was asked; the first provider's price is only a guess at it.
    void aCancelledCallCostsWhatTheReplySays()
    {
        BudgetSettings settings;
        settings.session.usd = 1.0;
        Stage stage(settings);
        auto first = stage.ask();
        stage.scripted->lastReply()->push(u"a long story"_s);
        stage.scripted->lastReply()->setUsageSoFar({5, 60, UsageSource::Estimated}, 0.9999);
        first->abort();
        const auto second = stage.ask();
        QCOMPARE(stage.scripted->count(), 1);
    }

    void whatFailedAttemptsBillIsPaidWhoeverAnswers()
    {
        const FailedAttempt billed{u"p0"_s, {}, Usage{60, 0, UsageSource::Reported}};
        for (const bool cancelled : {false, true}) {
            Stage stage(100);
            auto first = stage.ask();
            stage.scripted->lastReply()->setFailuresSoFar({billed});
            if (cancelled)
                first->abort();
            else
                stage.scripted->lastReply()->fail({u"model_overloaded"_s, u"Busy."_s, {}, true});
            const auto second = stage.ask(); // 60 used, 55 wanted
            QCOMPARE(stage.scripted->count(), 1);
            const auto other = stage.ask(u"other"_s); // and no more than that
            QCOMPARE(stage.scripted->count(), 2);
        }
    }

    void aCallWhoseUseNobodyKnowsCostsItsEstimate()
    {
        Stage stage(100);
        auto first = stage.ask();
        first.reset();
        const auto second = stage.ask();
        QCOMPARE(stage.scripted->count(), 1);
    }
};

QTEST_GUILESS_MAIN(TestBudgetedModel)
#include "tst_budgeted_model.moc"
