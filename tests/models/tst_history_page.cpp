// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "models/history_page_model.h"
#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

FoundSession found(const QString &id, const QString &summary = {})
{
    FoundSession one;
    one.row.sessionId = id;
    one.row.userId = u"user of "_s + id;
    one.row.status = u"completed"_s;
    one.row.startedAtMs = 1'700'000'000'000;
    one.row.turns = 2;
    one.row.nodeId = u"b"_s;
    if (!summary.isEmpty())
        one.row.summary = summary;
    return one;
}

SessionPage page(const QStringList &ids, const QString &cursor = {})
{
    SessionPage made;
    for (const QString &id : ids)
        made.rows.append(found(id));
    made.nextCursor = cursor;
    return made;
}

const Error broken{u"store_busy"_s, u"Too many searches wait."_s, u"Try again."_s, true};

} // namespace

/// Protects the search through stored conversations: the newest question is the one that is answered, pages
/// follow each other, what was found is marked and nothing else is, and what goes wrong is said with its
/// remedy; and reading and saving what was found.
class TestHistoryPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_link = std::make_unique<ScriptedLink>();
        m_clock = std::make_unique<ManualClock>();
        m_page = std::make_unique<HistoryPageModel>(*m_link, *m_clock);
        m_tester = std::make_unique<QAbstractItemModelTester>(m_page->found());
    }

    void cleanup()
    {
        m_tester.reset();
        m_page.reset();
    }

    void nothingIsAskedBeforeItIsLookedAt()
    {
        QVERIFY(m_link->queries.isEmpty());
        m_link->pages = {page({u"a"_s, u"b"_s})};
        m_page->found()->activate();
        QCOMPARE(ids(), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(m_page->found()->countText(), u"2"_s);
        QVERIFY(!m_page->found()->isFiltered());
    }

    void typingIsWaitedForAndAsksOnce()
    {
        for (const QString &typed : {u"re"_s, u"ref"_s, u"refund "_s})
            m_page->found()->setSearch(typed);
        m_page->found()->setUser(u" ana "_s);
        m_page->found()->setStatus(HistoryModel::Status::Completed);
        QVERIFY(m_link->queries.isEmpty());
        QCOMPARE(m_page->found()->state(), HistoryModel::State::Loading);
        m_clock->advance(250ms);
        QCOMPARE(m_link->queries.size(), 1);
        const SessionQuery query = m_link->queries.first();
        QCOMPARE(query.text, u"refund"_s);
        QCOMPARE(query.userId, u"ana"_s);
        QCOMPARE(query.status, std::optional(SessionStatus::Completed));
        QVERIFY(query.cursor.isEmpty());
        QVERIFY(m_page->found()->isFiltered());
    }

    void anAnswerToAnEarlierQuestionIsNotShown()
    {
        m_link->holdLoads = true;
        m_link->pages = {page({u"old"_s}), page({u"new"_s})};
        m_page->found()->activate();
        m_page->found()->setSearch(u"x"_s);
        m_link->release(); // the old one, while the new one is typed
        QVERIFY(ids().isEmpty());
        m_clock->advance(250ms);
        m_link->release();
        QCOMPARE(ids(), QStringList{u"new"_s});
    }

    void pagesFollowEachOther()
    {
        m_link->pages = {page({u"a"_s}, u"next"_s), page({u"b"_s, u"c"_s})};
        m_page->found()->activate();
        QVERIFY(m_page->found()->hasMore());
        QCOMPARE(m_page->found()->countText(), u"1+"_s);
        m_page->found()->loadMore();
        QCOMPARE(m_link->queries.last().cursor, u"next"_s);
        QCOMPARE(ids(), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        m_page->found()->loadMore(); // that was all
        QCOMPARE(m_link->queries.size(), 2);
    }

    void pagesWithNothingOnThemAreSkipped()
    {
        m_link->pages = {page({}, u"1"_s), page({}, u"2"_s), page({u"a"_s})};
        m_page->found()->activate();
        QCOMPARE(ids(), QStringList{u"a"_s});
        QCOMPARE(m_link->queries.size(), 3);
    }

    void aSearchThatFindsNothingForLongAsksThePerson()
    {
        for (int i = 0; i < 100; ++i)
            m_link->pages.append(page({}, QString::number(i)));
        m_page->found()->activate();
        QCOMPARE(m_page->found()->state(), HistoryModel::State::Ready);
        QCOMPARE(m_link->queries.size(), 20);
        QVERIFY(m_page->found()->hasMore());
    }

    void aFailureIsSaidAndTriedAgainWhereItWas()
    {
        m_link->pages = {page({u"a"_s}, u"next"_s), broken, page({u"b"_s})};
        m_page->found()->activate();
        m_page->found()->loadMore();
        QCOMPARE(m_page->found()->state(), HistoryModel::State::Failed);
        QCOMPARE(m_page->found()->error(), u"Too many searches wait. Try again."_s);
        QCOMPARE(ids(), QStringList{u"a"_s});
        m_page->found()->retry();
        QCOMPARE(ids(), (QStringList{u"a"_s, u"b"_s}));
        QVERIFY(m_page->found()->error().isEmpty());
    }

    void whatIsMissingIsSaid()
    {
        SessionPage partial = page({u"a"_s});
        partial.partial =
            Error{u"database_away"_s, u"The database cannot be reached."_s, u"Try again."_s, true};
        m_link->pages = {partial, page({u"a"_s})};
        m_page->found()->activate();
        QCOMPARE(m_page->found()->notice(), u"The database cannot be reached. Try again."_s);
        m_page->found()->activate();
        QVERIFY(m_page->found()->notice().isEmpty());
    }

    void onlyWhatMatchedIsMarkup()
    {
        const Snippet snippet{7, u"say <b>refund</b> & go\nrefund"_s, {{7, 6}, {23, 6}}, true, false};
        QCOMPARE(HistoryModel::marked(snippet),
                 u"… say &lt;b&gt;<b>refund</b>&lt;/b&gt; &amp; go <b>refund</b>"_s);
        // A backend elsewhere may say anything.
        QCOMPARE(HistoryModel::marked({1, u"abc"_s, {{-5, 2}, {2, 99}, {1, 1}}, false, true}),
                 u"<b></b>ab<b>c</b><b></b> …"_s);
    }

    void aRowSaysWhoWhenAndWhat()
    {
        SessionPage made = page({u"a"_s});
        made.rows[0].row.durationSeconds = 75;
        made.rows[0].row.summary = u"Asked about <a refund>.\nSatisfied."_s;
        m_link->pages = {made};
        m_page->found()->activate();
        const auto say = [this](int role) { return m_page->found()->index(0).data(role).toString(); };
        QCOMPARE(say(HistoryModel::StateWordRole), u"ended"_s);
        QCOMPARE(say(HistoryModel::FactsRole), u"2 turns · 1 min 15 s · b"_s);
        QVERIFY(say(HistoryModel::StartedRole).contains(u"2023"_s));
        QCOMPARE(say(HistoryModel::TextRole), u"Asked about <a refund>. Satisfied."_s);
        QCOMPARE(say(HistoryModel::MarkedRole), u"Asked about &lt;a refund&gt;. Satisfied."_s);
    }

    void whatIsChosenIsRead()
    {
        m_link->pages = {page({u"a"_s, u"b"_s})};
        m_link->stored[u"a"_s] = {
            anEvent(u"a"_s, 1, EventType::SessionStarted, {}, {{u"protocol"_s, u"text"_s}}),
            anEvent(u"a"_s, 2, EventType::UserMessage, u"hello"_s),
            anEvent(u"a"_s, 3, EventType::AiMessage, u"Hi."_s)};
        m_page->found()->activate();
        m_page->selectNeighbour(1);
        QCOMPARE(m_page->selectedId(), u"a"_s);
        QCOMPARE(m_page->title(), u"user of a"_s);
        QCOMPARE(m_page->transcript()->count(), 3);
        QCOMPARE(m_page->inspector()->protocol(), u"text"_s);
        QCOMPARE(m_page->inspector()->node(), u"b"_s);
        QVERIFY(!m_page->isLoading());
        m_page->selectNeighbour(1);
        QCOMPARE(m_page->selectedId(), u"b"_s);
        QCOMPARE(m_page->transcript()->count(), 0);
    }

    void whatCannotBeReadSaysWhy()
    {
        m_link->pages = {page({u"a"_s})};
        m_link->loadError = broken;
        m_page->found()->activate();
        m_page->select(u"a"_s);
        QCOMPARE(m_page->loadError(), u"Too many searches wait. Try again."_s);
        m_link->loadError.reset();
        m_page->reload();
        QVERIFY(m_page->loadError().isEmpty());
    }

    void itIsSavedWhereAndAsWhatThePersonSays()
    {
        const QTemporaryDir folder;
        m_link->pages = {page({u"a"_s})};
        m_page->found()->activate();
        m_page->saving()->setFolder(folder.path());
        m_page->select(u"a"_s);
        ExportModel &saving = *m_page->saving();
        QCOMPARE(saving.path(), folder.filePath(u"a.json"_s));
        saving.setFormat(2);
        QCOMPARE(saving.path(), folder.filePath(u"a.md"_s));
        saving.save();
        QCOMPARE(m_link->exports, QStringList{u"a markdown"_s});
        QCOMPARE(saving.message(), u"Saved to %1"_s.arg(folder.filePath(u"a.md"_s)));
        QFile file(folder.filePath(u"a.md"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "the file\n");
        saving.save(); // it is there
        QVERIFY(saving.hasFailed());
        QCOMPARE(m_link->exports.size(), 1);
        saving.save();
        QCOMPARE(m_link->exports.size(), 2);
        QVERIFY(!saving.hasFailed());
    }

    void whatCannotBeSavedSaysWhy()
    {
        m_link->pages = {page({u"a"_s})};
        m_page->found()->activate();
        m_page->select(u"a"_s);
        ExportModel &saving = *m_page->saving();
        saving.setPath(u"  "_s);
        saving.save();
        QVERIFY(saving.hasFailed());
        saving.setPath(u"/"_s);
        saving.save();
        QVERIFY(saving.message().contains("is a folder"_L1));
        saving.setPath(u"/nowhere/at/all.json"_s);
        saving.save();
        QVERIFY(saving.hasFailed());
        QVERIFY(saving.message().contains("/nowhere/at/all.json"_L1));
        m_link->exportError =
            Error{u"session_not_found"_s, u"The session is gone."_s, u"Search again."_s, false};
        saving.save();
        QCOMPARE(saving.message(), u"The session is gone. Search again."_s);
    }

private:
    QStringList ids()
    {
        QStringList all;
        for (int row = 0; row < m_page->found()->rowCount(); ++row)
            all.append(m_page->found()->sessionAt(row));
        return all;
    }

    std::unique_ptr<ScriptedLink> m_link;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<HistoryPageModel> m_page;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(TestHistoryPage)
#include "tst_history_page.moc"
