// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

using Play = void (*)(SessionStage &, Session &);

qint64 seqOf(const Outbound &message)
{
    return std::visit(
        [](const auto &told) -> qint64 {
            if constexpr (requires { told.seq; })
                return told.seq;
            else
                return 0;
        },
        message);
}

/// What a client shows of it: words that follow each other are one text, however they came.
QStringList shown(const QList<Outbound> &messages)
{
    QStringList all;
    for (const Outbound &message : messages) {
        if (const auto *token = std::get_if<outbound::Token>(&message)) {
            if (!all.isEmpty() && all.last().startsWith(u"says "_s))
                all.last() += token->text;
            else
                all.append(u"says "_s + token->text);
            continue;
        }
        RecordingClient one;
        one.send(message);
        QString words = u"%1 %2"_s.arg(one.kinds().constFirst()).arg(seqOf(message));
        if (const auto *done = std::get_if<outbound::TurnDone>(&message))
            words += u" %1 %2 %3 %4"_s.arg(done->turn).arg(done->finish, done->text).arg(done->durationMs);
        all.append(words);
    }
    return all;
}

void command(Session &session, CommandKind kind, const QString &text = {})
{
    QVERIFY(session.command({kind, text, {}, u"op"_s}).has_value());
}

void twoWaitFor(SessionStage &stage, Session &session, CommandKind kind)
{
    command(session, kind);
    session.userMessage(u"one"_s);
    stage.clock.advance(std::chrono::milliseconds(400));
    session.userMessage(u"two"_s);
    stage.clock.advance(std::chrono::milliseconds(300));
}

} // namespace

/// Protects whoever is cut off at any place: with `after` the last seq that was seen, and what came after it
/// dropped, a client shows what it would have shown, nothing twice and nothing never.
class TestSessionCutOff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsLostOrDoubledWhereverItIs_data()
    {
        QTest::addColumn<Play>("play");
        const auto row = [](const char *name, Play play) { QTest::newRow(name) << play; };
        row("a reply", [](SessionStage &stage, Session &session) {
            session.userMessage(u"hello"_s);
            stage.reply().push(u"Hi "_s);
            stage.reply().push(u"there"_s);
            stage.reply().finish();
        });
        row("a reply that fails", [](SessionStage &stage, Session &session) {
            session.userMessage(u"hello"_s);
            stage.reply().fail({u"model_refused"_s, u"No."_s, {}, false});
        });
        row("a reply that breaks off", [](SessionStage &stage, Session &session) {
            session.userMessage(u"hello"_s);
            stage.reply().push(u"Once"_s);
            stage.reply().fail({u"model_broken_off"_s, u"The model broke off."_s, {}, true});
        });
        row("paused in the middle", [](SessionStage &stage, Session &session) {
            session.userMessage(u"hello"_s);
            stage.reply().push(u"Once "_s);
            stage.reply().push(u"upon"_s);
            command(session, CommandKind::Pause);
        });
        row("a person talks over it", [](SessionStage &stage, Session &session) {
            session.userMessage(u"hello"_s);
            stage.reply().push(u"Once"_s);
            command(session, CommandKind::Reply, u"I am here."_s);
        });
        row("a person answers", [](SessionStage &stage, Session &session) {
            command(session, CommandKind::TakeOver);
            session.userMessage(u"hello"_s);
            stage.clock.advance(std::chrono::milliseconds(700));
            command(session, CommandKind::Reply, u"I am here."_s);
        });
        row("a person answers two", [](SessionStage &stage, Session &session) {
            twoWaitFor(stage, session, CommandKind::TakeOver);
            command(session, CommandKind::Reply, u"To both of you."_s);
        });
        row("resumed with two", [](SessionStage &stage, Session &session) {
            twoWaitFor(stage, session, CommandKind::Pause);
            command(session, CommandKind::Resume);
            stage.reply().push(u"To both of you."_s);
            stage.reply().finish();
        });
        row("two are withdrawn", [](SessionStage &stage, Session &session) {
            twoWaitFor(stage, session, CommandKind::Pause);
            session.cancel();
        });
        row("it ends with two", [](SessionStage &stage, Session &session) {
            twoWaitFor(stage, session, CommandKind::Pause);
            session.end(u"ended"_s);
        });
    }

    void nothingIsLostOrDoubledWhereverItIs()
    {
        QFETCH(const Play, play);
        SessionStage stage;
        Session &first = stage.connectClient();
        play(stage, first);
        stage.settle();
        const QList<Outbound> all = stage.client.messages;
        qint64 newest = 0;
        for (const Outbound &message : all) {
            if (const qint64 seq = seqOf(message); seq > 0) {
                QVERIFY2(seq > newest, qPrintable(shown(all).join(u'\n')));
                newest = seq;
            }
        }
        for (qsizetype cut = 1; cut <= all.size(); ++cut) {
            qsizetype known = cut;
            while (seqOf(all[known - 1]) == 0)
                --known;
            RecordingClient later;
            stage.hub->attach(u"s1"_s, u"user-1"_s, &later, {u"frames"_s, {}, seqOf(all[known - 1])});
            stage.settle();
            QCOMPARE(later.kinds().value(0), u"session_started"_s);
            QCOMPARE(shown(all.first(known) + later.messages.sliced(1)), shown(all));
        }
    }

    void aTurnThatAPersonAnsweredTookAsLongAsItWaited()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        twoWaitFor(stage, session, CommandKind::TakeOver);
        command(session, CommandKind::Reply, u"To both of you."_s);
        const auto ends = stage.client.all<outbound::TurnDone>();
        QCOMPARE(ends.size(), 2);
        QCOMPARE(ends[0].durationMs, 700);
        QCOMPARE(ends[1].durationMs, 300);
        QCOMPARE(ends[1].finish, u"human"_s);
        QCOMPARE(ends[1].text, u"To both of you."_s);
    }

    void aMessageThatWaitsForAPersonCanBeWithdrawn()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        twoWaitFor(stage, session, CommandKind::TakeOver);
        session.cancel(1);
        QCOMPARE(stage.client.last<outbound::TurnDone>().turn, 1);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"cancelled"_s);
        session.cancel(1); // it has ended
        QCOMPARE(stage.client.all<outbound::TurnDone>().size(), 1);
        session.cancel();
        QCOMPARE(stage.client.last<outbound::TurnDone>().turn, 2);
        command(session, CommandKind::Release);
        QVERIFY(!stage.model.lastReply()); // nothing is left to answer
    }
};

QTEST_GUILESS_MAIN(TestSessionCutOff)
#include "tst_session_cut_off.moc"
