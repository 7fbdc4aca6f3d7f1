// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/same_secret.h"

#include <QTest>

using namespace loquat;

class TestSameSecret : public QObject
{
    Q_OBJECT

private slots:
    void onlyTheSecretItselfOpens()
    {
        QVERIFY(sameSecret("s3cret", "s3cret"));
        QVERIFY(!sameSecret("s3creT", "s3cret"));
        QVERIFY(!sameSecret("s3cret ", "s3cret"));
        QVERIFY(!sameSecret("", "s3cret"));
    }

    void anEmptySecretOpensToNobody() { QVERIFY(!sameSecret("", "")); }
};

QTEST_GUILESS_MAIN(TestSameSecret)
#include "tst_same_secret.moc"
