// SPDX-License-Identifier: GPL-3.0-or-later
// Events per second that the journal confirms, from two threads of sessions as the gateway has them, beside a
// transaction for each event.
#include "bench.h"
#include "conversation.h"
#include "store/journal.h"
#include "store/journal_batch.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QThread>

#include <atomic>

namespace loquat::bench {
namespace {

using Synchronous = SqliteConnection::Synchronous;

constexpr int threads = 2;
constexpr int sessionsPerThread = 500;
/// Events each thread has under way: together two batches and more, less than what the journal lets wait.
constexpr int underWay = 20'000;

/// Appends the next event whenever one was confirmed, until its share is written.
class Producer : public QObject
{
public:
    Producer(Journal &journal, int number, qint64 share)
        : m_journal(journal)
        , m_toAppend(share)
        , m_toConfirm(share)
    {
        for (int i = 0; i < sessionsPerThread; ++i)
            m_sessions.emplace_back(u"session-%1-%2"_s.arg(number).arg(i));
    }

    void start()
    {
        for (int i = 0; i < underWay; ++i)
            append();
    }

private:
    void append()
    {
        if (m_toAppend == 0)
            return;
        --m_toAppend;
        m_journal.append(m_sessions[m_next++ % m_sessions.size()].next(), this,
                         [this](const Expected<void> &stored) {
                             if (!stored)
                                 giveUp(stored.error().message);
                             append();
                             if (--m_toConfirm == 0)
                                 thread()->quit();
                         });
    }

    Journal &m_journal;
    std::vector<Conversation> m_sessions;
    size_t m_next = 0;
    qint64 m_toAppend;
    qint64 m_toConfirm;
};

double throughJournal(Synchronous synchronous, qint64 events)
{
    const QTemporaryDir folder;
    auto journal = Journal::open({.dataDir = folder.path(), .synchronous = synchronous});
    if (!journal)
        giveUp(journal.error().message);
    std::vector<std::unique_ptr<QThread>> running;
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < threads; ++i) {
        auto *producer = new Producer(**journal, i, events / threads);
        auto &thread = running.emplace_back(std::make_unique<QThread>());
        producer->moveToThread(thread.get());
        QObject::connect(thread.get(), &QThread::started, producer, [producer] { producer->start(); });
        QObject::connect(thread.get(), &QThread::finished, producer, &QObject::deleteLater);
        thread->start();
    }
    for (const auto &thread : running)
        thread->wait();
    const double rate = double(events) / seconds(clock);
    (*journal)->close();
    return rate;
}

/// The same tables and statements, with a transaction for each event.
double oneByOne(Synchronous synchronous, qint64 events)
{
    const QTemporaryDir folder;
    if (auto journal = Journal::open({.dataDir = folder.path()}); !journal)
        giveUp(journal.error().message);
    auto connection = SqliteConnection::open(folder.filePath(u"loquat.db"_s),
                                             SqliteConnection::Access::ReadWrite, synchronous);
    JournalBatch batch(**connection);
    std::vector<Conversation> sessions;
    for (int i = 0; i < threads * sessionsPerThread; ++i)
        sessions.emplace_back(u"session-%1"_s.arg(i));
    QElapsedTimer clock;
    clock.start();
    ReplicaNotes none;
    for (qint64 i = 0; i < events; ++i) {
        const EncodedEvent event(sessions[size_t(i) % sessions.size()].next());
        if (!batch.write({&event}, none).front())
            giveUp(u"an event cannot be written"_s);
    }
    return double(events) / seconds(clock);
}

} // namespace

void benchJournal(const Amount &amount)
{
    for (const auto synchronous : {Synchronous::Normal, Synchronous::Full}) {
        std::vector<double> journal;
        std::vector<double> single;
        for (int round = 0; round < amount.rounds; ++round) {
            single.push_back(oneByOne(synchronous, amount.events / 20));
            journal.push_back(throughJournal(synchronous, amount.events));
        }
        const bool full = synchronous == Synchronous::Full;
        line(full ? "journal, FULL" : "journal, NORMAL", median(journal), "events/s",
             times(median(journal), median(single), "a transaction each"));
        line(full ? "  a transaction each, FULL" : "  a transaction each, NORMAL", median(single),
             "events/s");
    }
}

} // namespace loquat::bench
