// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace loquat;

/// Protects against bad events, bad folders, bad files and full disks: each is told, none spreads.
class TestJournalFaults : public JournalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aRefusedEventFailsAlone()
    {
        QStringList answers;
        const auto add = [&](const Event &one) {
            m_journal->append(one, this, [&](const Expected<void> &stored) {
                answers << (stored ? u"ok"_s : stored.error().code);
            });
        };
        add(started(u"a"_s));
        add(eventOf(u"a"_s, 2, EventType::UserMessage, u"first"_s));
        add(eventOf(u"a"_s, 2, EventType::UserMessage, u"second"_s));
        add(eventOf(u"nobody"_s, 1, EventType::UserMessage));
        add(eventOf(u"a"_s, 0, EventType::UserMessage));
        add(eventOf(u"a"_s, 3, EventType::AiMessage, {}, {{"final"_L1, true}}));
        add(eventOf(u"a"_s, 3, EventType::AiMessage, {}, {{"final"_L1, true}}));
        add(started(u"b"_s));
        QTRY_COMPARE(answers.size(), 8);
        QCOMPARE(answers, (QStringList{u"ok"_s, u"ok"_s, u"seq_taken"_s, u"unknown_session"_s, u"bad_event"_s,
                                       u"ok"_s, u"duplicate_event"_s, u"ok"_s}));
        QCOMPARE(load(u"a"_s)->events[1].content, u"first"_s);
        QCOMPARE(row(u"a"_s).turns, 1); // the refused one did not count
        QVERIFY(load(u"b"_s));
        QCOMPARE(m_journal->lastId(), 4);
        auto reader = JournalReader::open(m_journal->file());
        QCOMPARE(*(*reader)->lastId(), 4);
    }

    void aSecondOneInTheFolderIsRefused()
    {
        const auto second = Journal::open(settings());
        QVERIFY(!second);
        QCOMPARE(second.error().code, u"store_in_use"_s);
        QVERIFY(second.error().remedy.contains("--data-dir"_L1));
        m_journal.reset();
        QVERIFY(open(settings()));
    }

    void damageIsNoticedAtTheStart_data()
    {
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("bytes");
        QTest::newRow("not a database") << 0 << 4096;
        QTest::newRow("a page inside") << 8192 << 8192;
    }

    void damageIsNoticedAtTheStart()
    {
        QFETCH(int, offset);
        QFETCH(int, bytes);
        append(started(u"s"_s));
        m_journal.reset();
        QFile file(m_dir->filePath(u"loquat.db"_s));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.size() > offset + bytes);
        QVERIFY(file.seek(offset));
        file.write(QByteArray(bytes, '\x5a'));
        file.close();
        const auto opened = Journal::open(settings());
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, u"store_damaged"_s);
        QVERIFY(!opened.error().remedy.isEmpty());
    }

    void aNewerSchemaIsRefused()
    {
        m_journal.reset();
        {
            auto connection =
                SqliteConnection::open(m_dir->filePath(u"loquat.db"_s), SqliteConnection::Access::ReadWrite);
            QVERIFY((*connection)
                        ->run(u"insert into schema_migrations (version, name) values (9999, 'future')"_s)
                        .has_value());
        }
        const auto opened = Journal::open(settings());
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, u"schema_too_new"_s);
    }

    void aFolderThatCannotBeMadeOrWritten()
    {
        const auto impossible = Journal::open({.dataDir = u"/proc/loquat"_s});
        QVERIFY(!impossible);
        QCOMPARE(impossible.error().code, u"store_unwritable"_s);

        QFile file(m_dir->filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(Journal::open({.dataDir = file.fileName()}).error().code, u"store_unwritable"_s);

        // Root writes wherever it likes: be somebody else for a moment.
        constexpr uid_t nobody = 65534;
        const bool root = ::geteuid() == 0;
        QTemporaryDir readOnly;
        QVERIFY(QFile::setPermissions(readOnly.path(), QFile::ReadOwner | QFile::ExeOwner | QFile::ReadOther |
                                                           QFile::ExeOther));
        QVERIFY(!root || ::seteuid(nobody) == 0);
        const auto opened = Journal::open({.dataDir = readOnly.path()});
        QVERIFY(!root || ::seteuid(0) == 0);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, u"store_unwritable"_s);
        QVERIFY(!opened.error().remedy.isEmpty());
    }

    void aFileThatCannotBeWritten()
    {
        append(started(u"s"_s));
        m_journal.reset();
        constexpr uid_t nobody = 65534;
        const bool root = ::geteuid() == 0;
        QFile file(m_dir->filePath(u"loquat.db"_s));
        if (!root) {
            QVERIFY(file.setPermissions(QFile::ReadOwner));
        } else { // who writes wherever it likes; the group is still root's
            QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup));
            QVERIFY(QFile::remove(m_dir->filePath(u"loquat.lock"_s)));
            QCOMPARE(::chown(qPrintable(m_dir->path()), nobody, nobody), 0);
            QCOMPARE(::seteuid(nobody), 0);
        }
        const auto opened = Journal::open(settings());
        QVERIFY(!root || ::seteuid(0) == 0);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, u"store_unwritable"_s);
    }

    void whatIsSaidIsForTheOwnerAlone()
    {
        QTemporaryDir folder;
        QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner |
                                                         QFile::ReadOther | QFile::ExeOther));
        m_journal.reset();
        const auto mask = ::umask(022);
        const bool opened = open({.dataDir = folder.path()});
        const auto stored = opened ? append(started(u"s"_s)) : QString();
        ::umask(mask);
        QCOMPARE(stored, u"ok"_s);
        const auto modeOf = [&](const QString &name) {
            return QFile::permissions(folder.filePath(name)) & ~(QFile::ReadUser | QFile::WriteUser);
        };
        const auto owners = QFile::ReadOwner | QFile::WriteOwner;
        for (const auto &name : {u"loquat.db"_s, u"loquat.db-wal"_s, u"loquat.db-shm"_s})
            QCOMPARE(modeOf(name), owners);
        // Who wants it otherwise is left that.
        m_journal.reset();
        QVERIFY(QFile::setPermissions(folder.filePath(u"loquat.db"_s), owners | QFile::ReadGroup));
        QVERIFY(open({.dataDir = folder.path()}));
        QCOMPARE(modeOf(u"loquat.db"_s), owners | QFile::ReadGroup);
        m_journal.reset();
    }

    void whenThereIsNoRoomLeftAppendsFailAndLaterOnesMayNot()
    {
        m_journal.reset();
        auto tight = settings();
        tight.maxFileBytes = 400'000;
        QVERIFY(open(tight));
        QCOMPARE(append(started(u"s"_s)), u"ok"_s);
        QCOMPARE(append(eventOf(u"s"_s, 2, EventType::UserMessage, QString(1'000'000, u'x'))),
                 u"store_full"_s);
        QCOMPARE(append(eventOf(u"s"_s, 2, EventType::UserMessage, u"short"_s)), u"ok"_s);
        QCOMPARE(load(u"s"_s)->events.size(), 2);
    }

    void theQueueIsBounded()
    {
        m_journal.reset();
        auto tight = settings();
        tight.maxQueuedEvents = 10;
        QVERIFY(open(tight));
        int answers = 0;
        int busy = 0;
        for (int seq = 1; seq <= 5'000; ++seq)
            m_journal->append(seq == 1 ? started(u"s"_s) : eventOf(u"s"_s, seq, EventType::UserMessage), this,
                              [&](const Expected<void> &stored) {
                                  ++answers;
                                  if (!stored && stored.error().code == "store_busy"_L1)
                                      busy += stored.error().retryable ? 1 : 0;
                              });
        QTRY_COMPARE(answers, 5'000);
        QVERIFY(busy > 0);
        QCOMPARE(load(u"s"_s)->events.size(), 5'000 - busy);
    }

    void whatIsBehindOneThatWasTurnedAwayIsTurnedAway()
    {
        m_journal.reset();
        auto tight = settings();
        tight.maxQueuedEvents = 10;
        QVERIFY(open(tight));
        QCOMPARE(append(started(u"s"_s)), u"ok"_s);
        int answers = 0;
        for (int seq = 2; seq <= 5'000; ++seq)
            m_journal->append(
                eventOf(u"s"_s, seq, EventType::UserMessage), this, [&](const auto &) { ++answers; },
                seq == 2 ? EventLog::Order::Alone : EventLog::Order::BehindLast);
        QTRY_COMPARE(answers, 4'999);
        const auto kept = load(u"s"_s)->events;
        QVERIFY(kept.size() < 5'000);
        QCOMPARE(kept.last().seq, kept.size()); // no gap
        QCOMPARE(append(eventOf(u"s"_s, kept.size() + 1, EventType::UserMessage)), u"ok"_s);
    }
};

QTEST_GUILESS_MAIN(TestJournalFaults)
#include "tst_journal_faults.moc"
