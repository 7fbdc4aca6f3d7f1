// SPDX-License-Identifier: GPL-3.0-or-later
// How long a journal with a history takes to open, and to give back a session and the newest ones.
#include "bench.h"
#include "conversation.h"
#include "store/journal.h"
#include "store/journal_reader.h"

#include <QFileInfo>
#include <QTemporaryDir>

#include <QThread>

namespace loquat::bench {
namespace {

constexpr int eventsPerSession = 101;

/// Appends `events` events and waits; the ids of the sessions are session-0, session-1, …
void fill(const QString &folder, qint64 events)
{
    auto journal = Journal::open({.dataDir = folder, .synchronous = SqliteConnection::Synchronous::Normal});
    if (!journal)
        giveUp(journal.error().message);
    // A hundred sessions talk at the same time: their rows lie between each other's.
    constexpr qint64 together = 100;
    std::vector<Conversation> sessions;
    for (qint64 i = 0; i < events; ++i) {
        const qint64 slot = i % together;
        const qint64 group = i / (together * eventsPerSession);
        if (i % (together * eventsPerSession) == 0) {
            sessions.clear();
            for (qint64 s = 0; s < together; ++s)
                sessions.emplace_back(u"session-%1"_s.arg(group * together + s));
        }
        (*journal)->append(sessions[size_t(slot)].next(), nullptr, {});
        // Nobody is called back: look now and then whether the disk has caught up.
        while (i % 1'000 == 0 && i - (*journal)->lastId() > 20'000)
            QThread::msleep(1);
    }
    (*journal)->close();
    if ((*journal)->lastId() != events)
        giveUp(u"the journal was not filled"_s);
}

template <typename Call> double milliseconds(int rounds, Call call)
{
    std::vector<double> took;
    for (int round = 0; round < rounds; ++round) {
        QElapsedTimer clock;
        clock.start();
        call();
        took.push_back(seconds(clock) * 1000);
    }
    return median(took);
}

} // namespace

void benchOpening(const Amount &amount)
{
    const QTemporaryDir folder;
    QElapsedTimer clock;
    clock.start();
    fill(folder.path(), amount.storedEvents);
    const QString file = folder.filePath(u"loquat.db"_s);
    line("filling the journal that is opened", double(amount.storedEvents) / seconds(clock), "events/s",
         u"%1 events, %2 MB"_s.arg(amount.storedEvents).arg(QFileInfo(file).size() / 1'000'000));
    line("opening it",
         milliseconds(amount.rounds,
                      [&] {
                          if (auto journal = Journal::open({.dataDir = folder.path()}); !journal)
                              giveUp(journal.error().message);
                      }),
         "ms");
    auto reader = JournalReader::open(file);
    if (!reader)
        giveUp(reader.error().message);
    const auto middle = u"session-%1"_s.arg(amount.storedEvents / eventsPerSession / 2);
    line("one session of 101 events",
         milliseconds(amount.rounds,
                      [&] {
                          if (const auto session = (*reader)->session(middle); !session || !*session)
                              giveUp(u"%1 is not there"_s.arg(middle));
                      }),
         "ms");
    line("the 100 newest sessions",
         milliseconds(amount.rounds, [&] { std::ignore = (*reader)->newest(100); }), "ms");
    line("all that are not completed",
         milliseconds(amount.rounds, [&] { std::ignore = (*reader)->unfinished(); }), "ms");
}

} // namespace loquat::bench
