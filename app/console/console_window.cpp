// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/console_window.h"

#include <QDirIterator>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QImage>
#include <QMetaEnum>
#include <QQuickWindow>
#include <QSettings>

// The modules live in static libraries: naming their registrations keeps the linker from dropping them.
void qml_register_types_Loquat();
void qml_register_types_Loquat_Models();

namespace loquat {

using namespace Qt::StringLiterals;

void prepareConsole()
{
    [[maybe_unused]] volatile auto models = &qml_register_types_Loquat_Models;
    [[maybe_unused]] volatile auto screens = &qml_register_types_Loquat;
    for (QDirIterator fonts(u":/loquat/fonts"_s); fonts.hasNext();)
        QFontDatabase::addApplicationFont(fonts.next());
    QFont font(u"Inter"_s);
    font.setPixelSize(13);
    QGuiApplication::setFont(font);
}

ConsoleWindow::ConsoleWindow(ConsoleLink &link)
    : m_model(link, m_clock)
{
    prepareConsole();
    m_engine.addImportPath(u"qrc:/qt/qml"_s);
    m_engine.setInitialProperties({{u"consoleModel"_s, QVariant::fromValue(&m_model)}});
}

ConsoleWindow::~ConsoleWindow() = default;

void ConsoleWindow::rememberAppearance(std::optional<ThemeSettings::Mode> given)
{
    const auto themeKey = u"appearance/theme"_s;
    const auto motionKey = u"appearance/reducedMotion"_s;
    auto *theme = m_model.theme();
    const auto modes = QMetaEnum::fromType<ThemeSettings::Mode>();
    {
        const QSettings stored(QSettings::IniFormat, QSettings::UserScope, u"loquat"_s, u"console"_s);
        bool known = false;
        const int mode = modes.keyToValue(stored.value(themeKey).toByteArray().constData(), &known);
        if (given)
            theme->setMode(*given);
        else if (known)
            theme->setMode(ThemeSettings::Mode(mode));
        theme->setReducedMotion(stored.value(motionKey).toBool());
    }
    QObject::connect(theme, &ThemeSettings::changed, theme, [=] {
        QSettings stored(QSettings::IniFormat, QSettings::UserScope, u"loquat"_s, u"console"_s);
        stored.setValue(themeKey, QByteArray(modes.valueToKey(int(theme->mode()))));
        stored.setValue(motionKey, theme->reducedMotion());
    });
}

Expected<void> ConsoleWindow::show()
{
    QStringList problems;
    QObject::connect(&m_engine, &QQmlEngine::warnings, &m_engine, [&](const QList<QQmlError> &warnings) {
        for (const QQmlError &warning : warnings)
            problems.append(warning.toString());
    });
    m_engine.load(QUrl(u"qrc:/qt/qml/Loquat/Main.qml"_s));
    QObject::disconnect(&m_engine, &QQmlEngine::warnings, &m_engine, nullptr);
    if (!m_engine.rootObjects().isEmpty())
        return {};
    return Error{u"console_not_loaded"_s, u"The console could not be shown: "_s + problems.join(u"; "_s),
                 u"Install the Qt 6 QML modules QtQuick, Controls, Layouts and Window, or use --server."_s,
                 false};
}

Expected<void> ConsoleWindow::grabTo(const QString &path)
{
    if (!window())
        return Error{u"console_not_shown"_s, u"There is no window to take a picture of."_s, {}, false};
    const QImage picture = window()->grabWindow();
    if (picture.isNull() || !picture.save(path))
        return Error{u"picture_not_saved"_s, u"The picture could not be saved to %1."_s.arg(path),
                     u"Choose a folder that can be written, and a name that ends in .png."_s, false};
    return {};
}

QQuickWindow *ConsoleWindow::window() const
{
    const auto roots = m_engine.rootObjects();
    return roots.isEmpty() ? nullptr : qobject_cast<QQuickWindow *>(roots.first());
}

} // namespace loquat
