// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/stored_text.h"

#include <QDateTime>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects times on their way into the journal and back: they sort as text and are read by other programs.
class TestStoredText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timesAreWrittenAsQtWritesThem_data()
    {
        QTest::addColumn<qint64>("ms");
        const auto row = [](const char *name, qint64 ms) { QTest::newRow(name) << ms; };
        row("epoch", 0);
        row("one before", -1);
        row("today", 1'700'000'000'123);
        row("leap day", 1'709'208'000'000);
        row("last of a leap year", 1'735'689'599'999);
        row("1900, which was none", -2'203'891'200'000);
        row("year 1", -62'135'596'800'000);
        row("last that has four digits", 253'402'300'799'999);
        row("five digits", 253'402'300'800'000);
    }

    void timesAreWrittenAsQtWritesThem()
    {
        QFETCH(qint64, ms);
        const auto text = storedTime(ms);
        QCOMPARE(text, QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs));
        if (!text.isEmpty())
            QCOMPARE(msFromStored(text), ms);
    }

    void timesThatOthersWroteAreRead()
    {
        QCOMPARE(msFromStored(u"2023-11-14T22:13:20Z"_s), 1'700'000'000'000);
        QCOMPARE(msFromStored(u"2023-11-15T00:13:20.500+02:00"_s), 1'700'000'000'500);
        QCOMPARE(msFromStored(u"2023-02-30T00:00:00.000Z"_s),
                 QDateTime::fromString(u"2023-02-30T00:00:00.000Z"_s, Qt::ISODateWithMs).toMSecsSinceEpoch());
    }
};

QTEST_GUILESS_MAIN(TestStoredText)
#include "tst_stored_text.moc"
