// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"

#include <QProcess>

#include <cstdio>
#include <cstring>

using namespace loquat;

namespace {

constexpr int sessions = 20;

/// The victim: keeps appending to every session and says what was confirmed, until it is killed.
class Victim : public QObject
{
public:
    explicit Victim(const QString &folder)
        : m_journal(std::move(*Journal::open({.dataDir = folder})))
    {
        for (int i = 0; i < sessions; ++i)
            say(u"s%1"_s.arg(i), 1);
    }

private:
    void say(const QString &session, qint64 seq)
    {
        const auto event =
            seq == 1 ? started(session) : eventOf(session, seq, EventType::UserMessage, session);
        m_journal->append(event, this, [this, session, seq](const Expected<void> &stored) {
            if (!stored)
                return;
            std::printf("%s %lld\n", qPrintable(session), static_cast<long long>(seq));
            std::fflush(stdout);
            say(session, seq + 1);
        });
    }

    std::unique_ptr<Journal> m_journal;
};

} // namespace

/// Protects the heart of it: what was confirmed survives kill -9.
class TestJournalCrash : public JournalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasConfirmedSurvivesAKill()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QHash<QString, qint64> confirmed;
        for (int round = 1; round <= 3; ++round) {
            const auto folder = m_dir->filePath(u"%1"_s.arg(round));
            QProcess victim;
            victim.start(QCoreApplication::applicationFilePath(), {u"--victim"_s, folder});
            QVERIFY(victim.waitForReadyRead());
            QTest::qWait(100 * round);
            victim.kill();
            QVERIFY(victim.waitForFinished());
            QCOMPARE(victim.exitStatus(), QProcess::CrashExit);
            auto lines = victim.readAllStandardOutput().split('\n');
            lines.removeLast(); // cut off by the kill, or empty

            confirmed.clear();
            for (const auto &line : std::as_const(lines)) {
                const auto words = QString::fromUtf8(line).split(u' ');
                confirmed[words[0]] = words[1].toLongLong();
            }
            QCOMPARE(confirmed.size(), sessions);
            // The lock went with the process: nothing has to be cleaned up by hand.
            QVERIFY(open({.dataDir = folder}));
            for (auto it = confirmed.cbegin(); it != confirmed.cend(); ++it) {
                const auto session = load(it.key());
                QVERIFY(session.has_value());
                QVERIFY(session->events.size() >= it.value());
                for (qsizetype i = 0; i < session->events.size(); ++i)
                    QCOMPARE(session->events[i].seq, i + 1);
            }
            QCOMPARE(unfinished().size(), sessions);
            m_journal.reset();
        }
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 3 && std::strcmp(argv[1], "--victim") == 0) {
        Victim victim(QString::fromLocal8Bit(argv[2]));
        return QCoreApplication::exec();
    }
    TestJournalCrash test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_journal_crash.moc"
