// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/console_window.h"
#include "scene.h"

#include <QDateTime>
#include <QGuiApplication>
#include <QQuickWindow>
#include <QTest>
#include <QTextStream>

/// Fills the console with a scripted scene and saves pictures of it, light and dark and narrow, to look at.
/// Usage: console_shots DIRECTORY
int main(int argc, char *argv[])
{
    using namespace loquat;
    using namespace Qt::StringLiterals;
    QGuiApplication app(argc, argv);
    const QString folder = app.arguments().value(1, u"."_s);
    fakes::ScriptedLink link;
    ConsoleWindow console(link);
    if (const auto shown = console.show(); !shown) {
        QTextStream(stderr) << shown.error().message << '\n';
        return 1;
    }
    const auto shoot = [&](const QString &name, ThemeSettings::Mode mode, QSize size) {
        console.model().theme()->setMode(mode);
        console.window()->resize(size);
        QTest::qWait(600);
        if (const auto saved = console.grabTo(folder + u'/' + name + u".png"_s); !saved)
            QTextStream(stderr) << saved.error().message << '\n';
    };
    const QSize full(1440, 900);
    link.health.address = u"ws://127.0.0.1:8000"_s;
    Q_EMIT link.statusChanged();
    shoot(u"empty-dark"_s, ThemeSettings::Mode::Dark, full);
    fakes::playScene(link, QDateTime::currentMSecsSinceEpoch());
    console.model().select(fakes::sceneSession);
    shoot(u"live-dark"_s, ThemeSettings::Mode::Dark, full);
    shoot(u"live-light"_s, ThemeSettings::Mode::Light, full);
    console.model().select(fakes::otherSceneSession);
    shoot(u"kinds-light"_s, ThemeSettings::Mode::Light, full);
    shoot(u"kinds-dark"_s, ThemeSettings::Mode::Dark, full);
    fakes::playEnded(link, QDateTime::currentMSecsSinceEpoch());
    console.model().select(fakes::endedSceneSession);
    shoot(u"ended-dark"_s, ThemeSettings::Mode::Dark, full);
    shoot(u"ended-light"_s, ThemeSettings::Mode::Light, full);
    console.model().select(fakes::otherSceneSession);
    shoot(u"live-640"_s, ThemeSettings::Mode::Light, {640, 480});
    auto *livePage = console.window()->property("livePage").value<QObject *>();
    for (const int width : {640, 900, 1100}) {
        QMetaObject::invokeMethod(livePage, "open");
        shoot(u"conversation-%1-dark"_s.arg(width), ThemeSettings::Mode::Dark, {width, 600});
        shoot(u"conversation-%1-light"_s.arg(width), ThemeSettings::Mode::Light, {width, 600});
    }
    fakes::playHistory(link, QDateTime::currentMSecsSinceEpoch());
    console.window()->setProperty("page", 1);
    console.model().history()->found()->setSearch(u"refund"_s);
    QTest::qWait(400);
    console.model().history()->selectNeighbour(1);
    shoot(u"history-dark"_s, ThemeSettings::Mode::Dark, full);
    shoot(u"history-light"_s, ThemeSettings::Mode::Light, full);
    shoot(u"history-640"_s, ThemeSettings::Mode::Light, {640, 480});
    fakes::playNodes(link, QDateTime::currentMSecsSinceEpoch());
    console.window()->setProperty("page", 0);
    console.model().select(u"s-moved"_s);
    shoot(u"fleet-dark"_s, ThemeSettings::Mode::Dark, full);
    shoot(u"fleet-1000"_s, ThemeSettings::Mode::Light, {1000, 700});
    console.window()->setProperty("page", 5);
    shoot(u"nodes-dark"_s, ThemeSettings::Mode::Dark, full);
    shoot(u"nodes-light"_s, ThemeSettings::Mode::Light, {1000, 700});
    console.window()->setProperty("page", 2);
    fakes::playTools(link, QDateTime::currentMSecsSinceEpoch());
    shoot(u"tools-dark"_s, ThemeSettings::Mode::Dark, full);
    shoot(u"tools-light"_s, ThemeSettings::Mode::Light, {1000, 700});
    shoot(u"tools-640"_s, ThemeSettings::Mode::Light, {640, 480});
    fakes::playMetrics(*console.model().metrics(), link.health);
    console.window()->setProperty("page", 3);
    shoot(u"metrics-dark"_s, ThemeSettings::Mode::Dark, full);
    shoot(u"metrics-light"_s, ThemeSettings::Mode::Light, {1000, 700});
    shoot(u"metrics-640"_s, ThemeSettings::Mode::Light, {640, 480});
    console.window()->setProperty("page", 4);
    shoot(u"settings"_s, ThemeSettings::Mode::Dark, {1000, 700});
    return 0;
}
