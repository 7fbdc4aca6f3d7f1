// SPDX-License-Identifier: GPL-3.0-or-later
// How long a search through a journal with a history takes, by how often the words were said.
#include "bench.h"
#include "conversation.h"
#include "store/history_sqlite.h"
#include "store/journal.h"
#include "store/sqlite_connection.h"

#include <QRandomGenerator>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QThread>

#include <cmath>

namespace loquat::bench {
namespace {

constexpr int eventsPerSession = 101;
constexpr int vocabulary = 50'000;

/// Word number n is said n times as seldom as the first, as in any language.
QString someWord(QRandomGenerator &random)
{
    return u"word%1"_s.arg(int(std::exp(random.generateDouble() * std::log(double(vocabulary)))));
}

void fill(const QString &folder, qint64 events)
{
    auto journal = Journal::open({.dataDir = folder, .synchronous = SqliteConnection::Synchronous::Normal});
    if (!journal)
        giveUp(journal.error().message);
    QRandomGenerator random(1);
    std::optional<Conversation> session;
    for (qint64 i = 0; i < events; ++i) {
        if (i % eventsPerSession == 0)
            session.emplace(u"session-%1"_s.arg(i / eventsPerSession));
        Event event = session->next();
        if (event.type == EventType::UserMessage)
            event.content = QStringList{someWord(random), someWord(random), someWord(random)}.join(u' ');
        (*journal)->append(event, nullptr, {});
        while (i % 1'000 == 0 && i - (*journal)->lastId() > 20'000)
            QThread::msleep(1);
    }
    // The index is built while the journal has nothing else to do.
    auto connection =
        SqliteConnection::open(QDir(folder).filePath(u"loquat.db"_s), SqliteConnection::Access::ReadOnly);
    if (!connection)
        giveUp(connection.error().message);
    for (qint64 indexed = 0; indexed < events; QThread::msleep(50)) {
        QSqlQuery query((*connection)->db());
        if (!query.exec(u"select event_id from search_position"_s) || !query.next())
            giveUp(u"there is no index"_s);
        indexed = query.value(0).toLongLong();
    }
}

} // namespace

void benchSearch(const Amount &amount)
{
    const QTemporaryDir folder;
    QElapsedTimer clock;
    clock.start();
    fill(folder.path(), amount.storedEvents);
    line("filling the journal that is searched, and its index", double(amount.storedEvents) / seconds(clock),
         "events/s");
    auto history = SqliteHistory::open(folder.filePath(u"loquat.db"_s));
    if (!history)
        giveUp(history.error().message);
    const auto measure = [&](const char *what, const QString &text) {
        std::vector<double> took;
        qsizetype found = 0;
        for (int round = 0; round < amount.rounds; ++round) {
            clock.start();
            const auto page = (*history)->sessions({.text = text, .limit = 50});
            if (!page)
                giveUp(page.error().message);
            took.push_back(seconds(clock) * 1000);
            found = page->rows.size();
        }
        line(what, median(took), "ms", u"%1 on the first page"_s.arg(found));
    };
    measure("a word that is in every reply", u"express service"_s);
    measure("a frequent word", u"word2 word3"_s);
    measure("a rare word", u"word40000"_s);
    measure("a rare word and a frequent one", u"word30000 word1"_s);
    measure("the beginning of many words", u"wor"_s);
    measure("nothing that was ever said", u"unsaid"_s);
}

} // namespace loquat::bench
