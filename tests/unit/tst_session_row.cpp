// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/api/session_row.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what a console elsewhere shows of a stored session: the row that the API wrote, what is absent
/// included.
class TestSessionRow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRowComesBackFromItsJson()
    {
        const SessionRow row{.sessionId = u"s"_s,
                             .userId = u"u"_s,
                             .status = u"completed"_s,
                             .startedAtMs = 1'700'000'000'123,
                             .endedAtMs = 1'700'000'060'456,
                             .durationSeconds = 60,
                             .summary = u"a summary"_s,
                             .summarySource = u"model"_s,
                             .model = u"m"_s,
                             .turns = 2,
                             .inputTokens = 3,
                             .outputTokens = 4,
                             .costUsd = 0.125,
                             .nodeId = u"n"_s,
                             .metadata = {{"profile"_L1, "sales"_L1}},
                             .lastSeq = 9};
        QCOMPARE(sessionRowFromJson(toJson(row)), row);
    }

    void whatNobodyToldStaysAbsent()
    {
        const SessionRow row{.sessionId = u"s"_s, .userId = u"u"_s, .status = u"active"_s, .startedAtMs = 1};
        QCOMPARE(sessionRowFromJson(toJson(row)), row);
        QCOMPARE(sessionRowFromJson({}), SessionRow());
    }
};

QTEST_GUILESS_MAIN(TestSessionRow)
#include "tst_session_row.moc"
