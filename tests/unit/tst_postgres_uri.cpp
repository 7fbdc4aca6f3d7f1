// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_uri.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what people paste into SUPABASE_DB_URL: it works, or they are told why without their password
/// being shown.
class TestPostgresUri : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void good_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("password");
        QTest::addColumn<QString>("place");
        const auto row = [](const char *name, const char *uri, const char *user, const char *password,
                            const char *place) {
            QTest::newRow(name) << QString::fromUtf8(uri) << QString::fromUtf8(user)
                                << QString::fromUtf8(password) << QString::fromUtf8(place);
        };
        row("direct", "postgresql://postgres:secret@db.abc.supabase.co:5432/postgres", "postgres", "secret",
            "db.abc.supabase.co:5432/postgres");
        row("pooler", "postgres://postgres.abc:secret@aws-0-eu.pooler.supabase.com:6543/postgres",
            "postgres.abc", "secret", "abc@aws-0-eu.pooler.supabase.com:6543/postgres");
        row("port and database by default", "postgres://me:pw@localhost", "me", "pw",
            "localhost:5432/postgres");
        row("no password", "postgres://me@localhost/db", "me", "", "localhost:5432/db");
        row("encoded", "postgres://me:p%40ss%2Fw%25rd%3F@h/d%20b", "me", "p@ss/w%rd?", "h:5432/d b");
        row("raw @", "postgres://me:p@ss@h/db", "me", "p@ss", "h:5432/db");
        row("raw / : # ?", "postgres://me:a/b:c#d?e@h/db", "me", "a/b:c#d?e", "h:5432/db");
        row("@ in an option", "postgres://me:pw@h/db?application_name=a@b", "me", "pw", "h:5432/db");
        row("unicode", "postgres://me:gr%C3%BC%C3%9Fe@h/db", "me", "grüße", "h:5432/db");
        row("IPv6", "postgres://me:pw@[::1]:5433/db", "me", "pw", "[::1]:5433/db");
        row("spaces around", "  postgres://me:pw@h/db\n", "me", "pw", "h:5432/db");
    }

    void good()
    {
        QFETCH(QString, uri);
        const auto settings = parsePostgresUri(uri);
        QVERIFY2(settings.has_value(), settings ? "" : qPrintable(settings.error().message));
        QTEST(settings->user, "user");
        QTEST(settings->password, "password");
        QTEST(settings->place(), "place");
    }

    void options_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("options");
        QTest::newRow("defaults") << QString() << u"application_name='loquat';connect_timeout='5'"_s;
        QTest::newRow("told") << u"?connect_timeout=9&application_name=x"_s
                              << u"application_name='x';connect_timeout='9'"_s;
        QTest::newRow("tls") << u"?sslmode=verify-full&sslrootcert=%2Fetc%2Fmy%20ca.crt"_s
                             << u"application_name='loquat';connect_timeout='5';sslmode='verify-full';"
                                "sslrootcert='/etc/my ca.crt'"_s;
        const QString encrypted = u"application_name='loquat';connect_timeout='5';sslmode='%1'"_s;
        QTest::newRow("tls, in another word") << u"?ssl=true"_s << encrypted.arg(u"require"_s);
        QTest::newRow("tls, in both words")
            << u"?sslmode=verify-full&ssl=true"_s << encrypted.arg(u"verify-full"_s);
        QTest::newRow("quotes") << u"?application_name=it%27s%5C"_s
                                << u"application_name='it\\'s\\\\';connect_timeout='5'"_s;
        QTest::newRow("foreign ones are left out")
            << u"?pgbouncer=true&connection_limit=1"_s << u"application_name='loquat';connect_timeout='5'"_s;
    }

    void options()
    {
        QFETCH(QString, query);
        const auto settings = parsePostgresUri(u"postgres://me:pw@h/db"_s + query);
        QVERIFY2(settings.has_value(), settings ? "" : qPrintable(settings.error().message));
        QTEST(settings->options, "options");
    }

    void supabaseIsNeverReachedUnencryptedUnlessTold()
    {
        const auto silent = parsePostgresUri(u"postgres://me:pw@db.abc.supabase.co/postgres"_s);
        QVERIFY(silent->isSupabase());
        QVERIFY(silent->options.contains("sslmode='require'"_L1));
        const auto told = parsePostgresUri(u"postgres://me:pw@db.abc.supabase.co/postgres?sslmode=prefer"_s);
        QVERIFY(told->options.contains("sslmode='prefer'"_L1));
    }

    void bad_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QString() << u"begin"_s;
        QTest::newRow("other scheme") << u"mysql://me:s3cret@h/db"_s << u"begin"_s;
        QTest::newRow("https") << u"https://s3cret.supabase.co"_s << u"begin"_s;
        QTest::newRow("no user") << u"postgres://h/s3cret"_s << u"user"_s;
        QTest::newRow("empty user") << u"postgres://:s3cret@h/db"_s << u"user"_s;
        QTest::newRow("stray %") << u"postgres://me:s3cret%@h/db"_s << u"password"_s;
        QTest::newRow("stray %zz") << u"postgres://me:s3cret%zz@h/db"_s << u"password"_s;
        QTest::newRow("NUL") << u"postgres://me:s3cret%00@h/db"_s << u"password"_s;
        QTest::newRow("placeholder") << u"postgres://me:[YOUR-PASSWORD]@h/db"_s << u"placeholder"_s;
        QTest::newRow("no host") << u"postgres://me:s3cret@/db"_s << u"host"_s;
        QTest::newRow("odd host") << u"postgres://me:s3cret@h o st/db"_s << u"host"_s;
        QTest::newRow("two hosts") << u"postgres://me:s3cret@a,b/db"_s << u"host"_s;
        QTest::newRow("bare IPv6") << u"postgres://me:s3cret@::1/db"_s << u"host"_s;
        QTest::newRow("port 0") << u"postgres://me:s3cret@h:0/db"_s << u"port"_s;
        QTest::newRow("port 65536") << u"postgres://me:s3cret@h:65536/db"_s << u"port"_s;
        QTest::newRow("port a") << u"postgres://me:s3cret@h:a/db"_s << u"port"_s;
        QTest::newRow("path") << u"postgres://me:s3cret@h/db/s3cret"_s << u"database"_s;
        QTest::newRow("sslmode") << u"postgres://me:s3cret@h/db?sslmode=yes"_s << u"sslmode"_s;
        QTest::newRow("connect_timeout")
            << u"postgres://me:s3cret@h/db?connect_timeout=soon"_s << u"connect_timeout"_s;
        QTest::newRow("unknown option") << u"postgres://me:s3cret@h/db?sslmod=require"_s << u"sslmod"_s;
        QTest::newRow("no value") << u"postgres://me:s3cret@h/db?s3cret"_s << u"name=value"_s;
        QTest::newRow("semicolon") << u"postgres://me:s3cret@h/db?application_name=a;b"_s << u"';'"_s;
    }

    void bad()
    {
        QFETCH(QString, uri);
        QFETCH(QString, says);
        const auto settings = parsePostgresUri(uri);
        QVERIFY(!settings);
        QCOMPARE(settings.error().code, u"bad_database_url"_s);
        QVERIFY2(settings.error().message.contains(says), qPrintable(settings.error().message));
        QVERIFY(!settings.error().remedy.isEmpty());
        QVERIFY(!settings.error().message.contains("s3cret"_L1));
        QVERIFY(!settings.error().remedy.contains("s3cret"_L1));
    }
};

QTEST_GUILESS_MAIN(TestPostgresUri)
#include "tst_postgres_uri.moc"
