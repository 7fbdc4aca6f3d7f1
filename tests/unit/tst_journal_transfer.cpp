// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"

#include "store/journal_export.h"
#include "store/journal_import.h"

#include <QBuffer>
#include <QJsonDocument>

using namespace loquat;

/// Protects what leaves a journal that is written to meanwhile, and what comes into one that knows better.
class TestJournalTransfer : public JournalFixture
{
    Q_OBJECT

private:
    static Event reply(const QString &session, qint64 seq, const QString &said)
    {
        return eventOf(session, seq, EventType::AiMessage, said, {{"final"_L1, true}});
    }

    void converse(const QString &session, const QStringList &said)
    {
        QCOMPARE(append(started(session)), u"ok"_s);
        for (qsizetype i = 0; i < said.size(); ++i)
            QCOMPARE(append(reply(session, i + 2, said[i])), u"ok"_s);
    }

    QByteArray exported(const std::function<void()> &meanwhile = {})
    {
        const auto writer = exportWriter(ExportFormat::JsonLines);
        QByteArray all;
        const auto count = exportJournal(m_journal->file(), {}, *writer, [&](const QByteArray &piece) {
            if (all.isEmpty() && meanwhile)
                meanwhile();
            all += piece;
            return true;
        });
        return count ? all : count.error().code.toUtf8();
    }

    /// "ok", or the error's code and message.
    QString imported(QByteArray lines)
    {
        m_journal.reset();
        QBuffer file(&lines);
        file.open(QIODevice::ReadOnly);
        const auto count = importJournal(settings(), file);
        open(settings());
        return count ? u"ok"_s : count.error().code + u": "_s + count.error().message;
    }

    /// Another folder's journal from here on.
    void moveOn()
    {
        m_journal.reset();
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(open(settings()));
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aSessionIsExportedAsOfOneMoment()
    {
        converse(u"a"_s, {u"first"_s});
        converse(u"b"_s, {u"one"_s});
        converse(u"c"_s, {u"gone"_s});
        const auto lines = exported([this] {
                               append(reply(u"b"_s, 3, u"two"_s));
                               bool forgotten = false;
                               m_journal->forget(u"c"_s, this, [&](const auto &) { forgotten = true; });
                               QTRY_VERIFY(forgotten);
                           })
                               .trimmed()
                               .split('\n');
        qint64 last = 0;
        qint64 told = 0;
        for (const auto &line : lines) {
            const auto json = QJsonDocument::fromJson(line);
            QVERIFY(json["session_id"_L1].toString() != "c"_L1);
            if (json["session_id"_L1].toString() != "b"_L1)
                continue;
            if (json["kind"_L1].toString() == "session"_L1)
                told = json["turns"_L1].toInteger();
            else
                last = json["seq"_L1].toInteger();
        }
        QCOMPARE(last, 3);
        QCOMPARE(told, 2); // the row knows of both replies
    }

    void anotherConversationWithTheSameIdIsRefused()
    {
        converse(u"default"_s, {u"beta one"_s, u"beta two"_s});
        const auto theirs = exported();
        moveOn();
        converse(u"default"_s, {u"alpha"_s});
        const auto before = exported();
        const auto refusal = imported(theirs);
        QVERIFY2(refusal.startsWith("other_session: Line 3: "_L1), qPrintable(refusal));
        QCOMPARE(exported(), before);
        QCOMPARE(imported(before), u"ok"_s);
        auto later = before;
        later.replace("2023-11-14", "2024-11-14");
        QVERIFY(imported(later).startsWith("other_session: Line 2: "_L1));
        QCOMPARE(exported(), before);
    }

    void theRowOfWhoKnowsMoreIsKept()
    {
        converse(u"s"_s, {u"one"_s});
        const auto early = exported();
        QCOMPARE(append(reply(u"s"_s, 3, u"two"_s)), u"ok"_s);
        const auto late = exported();
        moveOn();
        QCOMPARE(imported(early), u"ok"_s);
        QCOMPARE(row(u"s"_s).turns, 1);
        QCOMPARE(imported(late), u"ok"_s);
        QCOMPARE(row(u"s"_s).turns, 2);

        // This journal lacks an event in the middle and has the end: what the file says of the whole is
        // older.
        moveOn();
        auto gap = late.split('\n');
        gap.removeAt(2);
        QCOMPARE(imported(gap.join('\n')), u"ok"_s);
        QCOMPARE(imported(early), u"ok"_s);
        QCOMPARE(load(u"s"_s)->events.size(), 3);
        QCOMPARE(row(u"s"_s).turns, 2);
    }
};

QTEST_GUILESS_MAIN(TestJournalTransfer)
#include "tst_journal_transfer.moc"
