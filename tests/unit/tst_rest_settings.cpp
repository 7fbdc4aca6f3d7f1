// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/rest_settings.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const QString secret = u"sb_secret_of-the-project"_s;

} // namespace

/// Protects how people give the address and key of a project.
class TestRestSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void urlsAreTakenAsPeoplePasteThem_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("base");
        const auto full = u"https://x.supabase.co/rest/v1"_s;
        QTest::newRow("as shown") << u"https://x.supabase.co"_s << full;
        QTest::newRow("slash") << u"https://x.supabase.co/"_s << full;
        QTest::newRow("with the path") << u"https://x.supabase.co/rest/v1/"_s << full;
        QTest::newRow("below a path") << u"https://h.example/base"_s << u"https://h.example/base/rest/v1"_s;
        QTest::newRow("this machine") << u"http://127.0.0.1:54321"_s << u"http://127.0.0.1:54321/rest/v1"_s;
        QTest::newRow("localhost") << u"http://localhost:54321"_s << u"http://localhost:54321/rest/v1"_s;
        QTest::newRow("clear text") << u"http://x.supabase.co"_s << QString();
        QTest::newRow("like this machine") << u"http://127.0.0.1.example"_s << QString();
        QTest::newRow("dashboard") << u"https://supabase.com/dashboard/project/x"_s << QString();
        QTest::newRow("no scheme") << u"x.supabase.co"_s << QString();
        QTest::newRow("password") << u"https://u:p@x.supabase.co"_s << QString();
        QTest::newRow("database") << u"postgresql://x.supabase.co/postgres"_s << QString();
    }

    void urlsAreTakenAsPeoplePasteThem()
    {
        QFETCH(QString, url);
        QFETCH(QString, base);
        const auto settings = restSettings(url, secret);
        if (base.isEmpty())
            QCOMPARE(settings.error().code, u"bad_supabase_url"_s);
        else
            QCOMPARE(settings->base.toString(), base);
    }

    void aKeyThatWouldEndItsHeaderIsRefused()
    {
        const auto settings = restSettings(u"https://x.supabase.co"_s, u"k\r\nX-Other: 1"_s);
        QCOMPARE(settings.error().code, u"bad_supabase_key"_s);
        QVERIFY(!settings.error().message.contains("X-Other"_L1));
        for (const auto *schema : {"a,b", "a;b", "a b", "\"a\""})
            QCOMPARE(
                restSettings(u"https://x.supabase.co"_s, secret, QString::fromLatin1(schema)).error().code,
                u"bad_supabase_schema"_s);
        QCOMPARE(restSettings(u"https://x.supabase.co"_s, secret, u"chat_2"_s)->schema, u"chat_2"_s);
    }
};

QTEST_GUILESS_MAIN(TestRestSettings)
#include "tst_rest_settings.moc"
