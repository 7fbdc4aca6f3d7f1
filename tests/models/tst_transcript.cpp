// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript_fixture.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using Fixture = TranscriptFixture;

/// Protects the conversation on screen: nothing twice, nothing missing, tools with their results, a running
/// reply that becomes the stored one.
class TestTranscript : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aReplyThatIsLoadedStandsWhereItBegan()
    {
        TranscriptFixture f;
        QList<Event> events{anEvent(id, 1, EventType::UserMessage, u"hi"_s, {{"turn"_L1, 1}}),
                            anEvent(id, 3, EventType::OperatorWhisper, u"be brief"_s),
                            anEvent(id, 4, EventType::ModeChanged, {}, {{"mode"_L1, "human"_L1}}),
                            ai(5, u"Once upon"_s, u"cancelled"_s)};
        events.last().meta["ttft_ms"_L1] = 200;
        events.last().meta["duration_ms"_L1] = 3'700; // of the 4 s since the message
        f.model.load(events, nullptr, 5);
        QCOMPARE(f.model.rowCount(), 4);
        QCOMPARE(f.at(1, Field::TextRole), u"Once upon"_s);
        QCOMPARE(f.at(2, Field::TextRole), u"be brief"_s);
    }

    void aDayIsToldWhereItBegins()
    {
        const auto at = [](qint64 seq, const QDateTime &when) {
            auto event = anEvent(id, seq, EventType::UserMessage, u"hi"_s);
            event.atMs = when.toMSecsSinceEpoch();
            return event;
        };
        const QDateTime evening({2024, 2, 28}, {23, 59, 50});
        Fixture f;
        f.model.load({at(1, evening), at(2, evening.addSecs(9)), at(3, evening.addSecs(10)),
                      at(4, evening.addSecs(11))},
                     nullptr, 4);
        QCOMPARE(f.at(0, Field::TimeRole), u"28 Feb 2024, 23:59:50"_s);
        QCOMPARE(f.at(1, Field::TimeRole), u"23:59:59"_s);
        QCOMPARE(f.at(2, Field::TimeRole), u"29 Feb 2024, 00:00:00"_s);
        QCOMPARE(f.at(3, Field::TimeRole), u"00:00:01"_s);

        Fixture dropped;
        dropped.model.load({at(1, evening)}, nullptr, 1);
        auto reply = token(u"wrong"_s);
        reply.atMs = evening.addSecs(10).toMSecsSinceEpoch();
        dropped.model.apply(reply);
        dropped.model.apply(at(2, evening.addSecs(11)));
        QCOMPARE(dropped.at(2, Field::TimeRole), u"00:00:01"_s);
        QSignalSpy changes(&dropped.model, &QAbstractItemModel::dataChanged);
        dropped.model.load({at(1, evening), at(2, evening.addSecs(11))}, nullptr, 2);
        QCOMPARE(dropped.at(1, Field::TimeRole), u"29 Feb 2024, 00:00:01"_s);
        QCOMPARE(changes.size(), 1);

        Fixture today;
        const QDateTime now = QDateTime::currentDateTime();
        today.model.load({at(1, now)}, nullptr, 1);
        QCOMPARE(today.at(0, Field::TimeRole), now.toString(u"HH:mm:ss"_s));
    }

    void everyKindOfEventHasItsEntry()
    {
        Fixture f;
        f.model.load({anEvent(id, 1, EventType::SessionStarted, {}, {{"user_id"_L1, u"ada"_s}}),
                      anEvent(id, 2, EventType::UserMessage, u"hi"_s), ai(3, u"hello"_s),
                      anEvent(id, 4, EventType::OperatorWhisper, u"be kind"_s),
                      anEvent(id, 5, EventType::OperatorMessage, u"a person"_s),
                      anEvent(id, 6, EventType::OperatorNote, u"note"_s),
                      anEvent(id, 7, EventType::ModeChanged, {}, {{"mode"_L1, u"human"_s}}),
                      anEvent(id, 8, EventType::ErrorRaised, u"It broke."_s),
                      anEvent(id, 9, EventType::SessionEnded, {}, {{"reason"_L1, u"lost"_s}}),
                      anEvent(id, 10, EventType::Summary, u"They greeted."_s), toolCall(11, u"c"_s)},
                     nullptr, 11);
        QStringList kinds;
        for (int row = 0; row < f.model.rowCount(); ++row)
            kinds.append(f.at(row, Field::KindRole));
        QCOMPARE(kinds.join(u' '),
                 u"line user assistant whisper operator note line error line summary tool"_s);
        QCOMPARE(f.at(1, Field::AuthorRole), u"ada"_s);
        QCOMPARE(f.at(8, Field::TextRole), u"Session ended: the connection was lost"_s);
    }

    void aSummaryIsACardWithItsTitleAndWhatIsOpen()
    {
        Fixture f;
        f.model.load({anEvent(id, 1, EventType::Summary, u"They greeted."_s, {{"source"_L1, u"fallback"_s}}),
                      anEvent(id, 2, EventType::Summary, u"They *met*."_s,
                              {{"source"_L1, u"model"_s},
                               {"title"_L1, u"snake_case_ and **stars**"_s},
                               {"outcome"_L1, u"partial"_s},
                               {"language"_L1, u"en"_s},
                               {"open_points"_L1, QJsonArray{u"Call [back](http://x)"_s}}})},
                     nullptr, 2);
        QCOMPARE(f.at(0, Field::DetailRole), u"without a model"_s);
        QCOMPARE(f.at(0, Field::TextRole), u"They greeted."_s);
        QCOMPARE(f.at(1, Field::DetailRole), u"partly resolved · English"_s);
        // What is copied has no marks that the model did not write.
        QCOMPARE(f.at(1, Field::TextRole),
                 u"snake_case_ and **stars**\nThey *met*.\nStill open:\n- Call [back](http://x)"_s);
        const auto *blocks = f.model.index(1).data(Field::BlocksRole).value<QAbstractItemModel *>();
        QVERIFY(blocks);
        QString shown;
        for (int row = 0; row < blocks->rowCount(); ++row)
            shown += blocks->index(row, 0).data().toString();
        // A title and an open point are text, whatever stands in them.
        QVERIFY2(shown.contains("snake_case_ and **stars**"_L1), qPrintable(shown));
        QVERIFY2(shown.contains("Call [back](http://x)"_L1) || shown.contains("Call [back]("_L1),
                 qPrintable(shown));
        QVERIFY(!shown.contains(">back<"_L1));
    }

    void aRunningReplyBecomesTheStoredOne()
    {
        Fixture f;
        f.model.load({anEvent(id, 1, EventType::UserMessage, u"hi"_s)}, nullptr, 1);
        f.model.apply(token(u"Hel"_s));
        f.model.apply(token(u"lo"_s));
        QCOMPARE(f.model.rowCount(), 2);
        QCOMPARE(f.at(1, Field::TextRole), u"Hello"_s);
        QVERIFY(f.model.index(1).data(Field::StreamingRole).toBool());
        f.model.apply(ai(2, u"Hello!"_s));
        QCOMPARE(f.model.rowCount(), 2);
        QCOMPARE(f.at(1, Field::TextRole), u"Hello!"_s);
        QVERIFY(!f.model.index(1).data(Field::StreamingRole).toBool());
        QCOMPARE(f.at(1, Field::DetailRole), u"first token 212 ms · 62 tok/s"_s);
    }

    void aTokenChangesNoRowOfTheTranscript()
    {
        Fixture f;
        f.model.apply(token(u"Hel"_s));
        QSignalSpy changes(&f.model, &QAbstractItemModel::dataChanged);
        f.model.apply(token(u"lo"_s));
        QVERIFY(changes.isEmpty()); // the reply's own blocks tell, so no other entry is looked at
    }

    void aKnownSeqIsShownOnce()
    {
        Fixture f;
        f.model.load({anEvent(id, 1, EventType::UserMessage, u"hi"_s), ai(2, u"yo"_s)}, nullptr, 0);
        f.model.apply(anEvent(id, 1, EventType::UserMessage, u"hi"_s));
        f.model.apply(ai(2, u"yo"_s));
        QCOMPARE(f.model.rowCount(), 2);
        f.model.apply(anEvent(id, 3, EventType::UserMessage, u"more"_s));
        QCOMPARE(f.model.rowCount(), 3);
    }

    void tokensOfAReplyThatWasLoadedWholeAreNotShownAgain()
    {
        Fixture f;
        const RunningReplies::Reply running{u"Hello th"_s, 1, 1};
        // The store is ahead of the live stream: it has the reply whose tokens still come in.
        f.model.load({anEvent(id, 1, EventType::UserMessage, u"hi"_s), ai(2, u"Hello there"_s)}, &running, 1);
        f.model.apply(token(u"ere"_s));
        f.model.apply(ai(2, u"Hello there"_s));
        QCOMPARE(f.model.rowCount(), 2);
        f.model.apply(token(u"Next"_s));
        QCOMPARE(f.model.rowCount(), 3);
    }

    void aSessionOpenedHalfwayShowsWhatWasSaid()
    {
        Fixture f;
        const RunningReplies::Reply running{u"Half of "_s, 1, 1};
        f.model.load({anEvent(id, 1, EventType::UserMessage, u"hi"_s)}, &running, 1);
        f.model.apply(token(u"it"_s));
        QCOMPARE(f.at(1, Field::TextRole), u"Half of it"_s);
    }

    void loadingAgainKeepsWhatIsShown()
    {
        Fixture f;
        const QList<Event> shown{anEvent(id, 1, EventType::UserMessage, u"hi"_s), ai(2, u"yo"_s)};
        f.model.load(shown, nullptr, 2);
        f.model.apply(token(u"Half"_s));
        const QSignalSpy removed(&f.model, &QAbstractItemModel::rowsRemoved);
        f.model.load(shown + QList{ai(3, u"Half of it"_s), toolCall(4, u"a"_s)}, nullptr, 4);
        QVERIFY(removed.isEmpty());
        QCOMPARE(f.model.rowCount(), 4);
        QCOMPARE(f.at(2, Field::TextRole), u"Half of it"_s);
        f.model.apply(ai(6, u"after a gap"_s));
        f.model.load(shown + QList{ai(3, u"Half of it"_s), toolCall(4, u"a"_s), toolResult(5, u"a"_s, true),
                                   ai(6, u"after a gap"_s)},
                     nullptr, 6);
        QCOMPARE(f.at(3, Field::ToolStateRole), u"ok"_s); // it was missing in the middle
        QCOMPARE(f.model.rowCount(), 5);
        f.model.apply(token(u"lost"_s));
        f.model.load(shown, nullptr, 6); // fewer: not what is shown
        QCOMPARE(f.model.rowCount(), 2);
    }

    void everyLineHasItsAuthor()
    {
        Fixture f;
        f.model.setUserName(u"🦜 Polly"_s);
        const auto by = [](const QString &name) { return QJsonObject{{"by"_L1, name}}; };
        f.model.load({anEvent(id, 1, EventType::OperatorWhisper, u"x"_s, by(u"operator"_s)),
                      anEvent(id, 2, EventType::OperatorWhisper, u"x"_s, by(u"Ada"_s)),
                      anEvent(id, 3, EventType::OperatorWhisper, u"x"_s, by(u"client"_s)),
                      anEvent(id, 4, EventType::OperatorMessage, u"x"_s, by(u"Ada"_s)),
                      anEvent(id, 5, EventType::UserMessage, u"x"_s)},
                     nullptr, 5);
        QCOMPARE(f.at(0, Field::AuthorRole), u"You whispered to the assistant"_s);
        QCOMPARE(f.at(1, Field::AuthorRole), u"Ada whispered to the assistant"_s);
        QCOMPARE(f.at(2, Field::AuthorRole), u"The client set an instruction"_s);
        QCOMPARE(f.at(3, Field::AuthorRole), u"Ada"_s);
        QCOMPARE(f.at(4, Field::GlyphRole), u"🦜"_s); // whole
    }

    void whatIsUnknownIsNotSaid()
    {
        QCOMPARE(replyDetail({}), QString());
        QCOMPARE(replyDetail({{"finish"_L1, u"cancelled"_s}}), u"cancelled"_s);
        QCOMPARE(replyDetail({{"ttft_ms"_L1, 90}, {"finish"_L1, u"failed"_s}}),
                 u"first token 90 ms · failed"_s);
    }
};

QTEST_GUILESS_MAIN(TestTranscript)
#include "tst_transcript.moc"
