// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/client_tokens.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects who is let in by a list of tokens, and that a wrong list does not show them.
class TestClientTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientTokensNameTheirUser()
    {
        const auto tokens = ClientTokens::parse(u" ana:s3cret, bob : a:b ,"_s);
        QVERIFY(tokens.has_value());
        QCOMPARE(tokens->nameOf("s3cret"), u"ana"_s);
        QCOMPARE(tokens->nameOf("a:b"), u"bob"_s);
        for (const QByteArray wrong : {"", "s3cre", "s3cret ", "S3CRET", "ana", "ana:s3cret"})
            QVERIFY(!tokens->nameOf(wrong));
    }

    void listsOfTokensThatMeanNothingAreRefused()
    {
        for (const QString &list : {u""_s, u","_s, u"s3cret"_s, u"ana:"_s, u":s3cret"_s,
                                    u"a:s3cret,a:other"_s, u"a:s3cret,b:s3cret"_s}) {
            const auto tokens = ClientTokens::parse(list);
            QVERIFY2(!tokens, qPrintable(list));
            QVERIFY(!tokens.error().message.contains("s3cret"_L1));
        }
    }
};

QTEST_GUILESS_MAIN(TestClientTokens)
#include "tst_client_tokens.moc"
