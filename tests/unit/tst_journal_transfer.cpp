// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"

#include "store/journal_export.h"

#include <QJsonDocument>

using namespace loquat;

/// Protects what leaves a journal that is written to meanwhile.
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
};

QTEST_GUILESS_MAIN(TestJournalTransfer)
#include "tst_journal_transfer.moc"
