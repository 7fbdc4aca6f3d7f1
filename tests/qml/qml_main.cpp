// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/console_window.h"
#include "stage.h"

#include <QQmlEngine>
#include <QtQuickTest>

/// Gives the Qt Quick tests the shipped modules and fonts, and a stage to play on.
class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        loquat::prepareConsole();
        engine->addImportPath(QStringLiteral("qrc:/qt/qml"));
        qmlRegisterType<loquat::fakes::Stage>("LoquatStage", 1, 0, "Stage");
    }
};

QUICK_TEST_MAIN_WITH_SETUP(console, Setup)
#include "qml_main.moc"
