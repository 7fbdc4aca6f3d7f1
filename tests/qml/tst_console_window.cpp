// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/console_window.h"
#include "scene.h"

#include <QDateTime>
#include <QImage>
#include <QQuickWindow>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects the door that the program uses: the shipped QML loads without a word of complaint, a picture of
/// it is true, and what a person chose is there the next time.
class TestConsoleWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_home.path());
    }

    void loadsPlaysAndCloses()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        ScriptedLink link;
        {
            ConsoleWindow console(link);
            QVERIFY(console.show().has_value());
            playScene(link, QDateTime::currentMSecsSinceEpoch());
            for (const QString &session : {sceneSession, otherSceneSession}) {
                console.model().select(session);
                QTest::qWait(50);
            }
            for (const QSize size : {QSize(640, 480), QSize(1000, 700), QSize(1440, 900)}) {
                console.window()->resize(size);
                QTest::qWait(50);
            }
        }
        Q_EMIT link.statusChanged(); // nobody listens any more
    }

    void thePictureIsOfTheWindow()
    {
        ScriptedLink link;
        ConsoleWindow console(link);
        const QString path = m_home.filePath(u"shot.png"_s);
        QCOMPARE(console.grabTo(path).error().code, u"console_not_shown"_s);
        QVERIFY(console.show().has_value());
        console.model().theme()->setMode(ThemeSettings::Mode::Dark);
        QVERIFY(console.grabTo(path).has_value());
        const QImage picture(path);
        QCOMPARE(picture.size(), QSize(1440, 900) * console.window()->devicePixelRatio());
        QCOMPARE(picture.pixelColor(900, 200), QColor(u"#0e1116"_s));
        console.model().theme()->setMode(ThemeSettings::Mode::Light);
        QVERIFY(console.grabTo(path).has_value());
        QCOMPARE(QImage(path).pixelColor(900, 200), QColor(u"#f4f5f7"_s));
        QCOMPARE(console.grabTo(u"/nowhere/shot.png"_s).error().code, u"picture_not_saved"_s);
    }

    void theAppearanceIsRemembered()
    {
        ScriptedLink link;
        {
            ConsoleWindow console(link);
            console.rememberAppearance();
            QCOMPARE(console.model().theme()->mode(), ThemeSettings::Mode::System);
            console.model().theme()->setMode(ThemeSettings::Mode::Light);
            console.model().theme()->setReducedMotion(true);
        }
        ConsoleWindow console(link);
        console.rememberAppearance();
        QCOMPARE(console.model().theme()->mode(), ThemeSettings::Mode::Light);
        QVERIFY(console.model().theme()->reducedMotion());
        {
            ConsoleWindow once(link);
            once.rememberAppearance(ThemeSettings::Mode::Dark);
            QCOMPARE(once.model().theme()->mode(), ThemeSettings::Mode::Dark);
        }
        ConsoleWindow again(link);
        again.rememberAppearance();
        QCOMPARE(again.model().theme()->mode(), ThemeSettings::Mode::Light); // --theme was for once
    }

private:
    QTemporaryDir m_home;
};

QTEST_MAIN(TestConsoleWindow)
#include "tst_console_window.moc"
