// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "models/console_model.h"

#include <QQmlApplicationEngine>

class QQuickWindow;

namespace loquat {

/// Makes the shipped fonts known, names the application's font, and registers the QML modules. Once, after
/// the QGuiApplication was made; ConsoleWindow does it by itself.
void prepareConsole();

/// The console on the screen: models fed by `link`, and the window that shows them. Needs a QGuiApplication.
class ConsoleWindow
{
public:
    /// `link` must outlive the window.
    explicit ConsoleWindow(ConsoleLink &link);
    ~ConsoleWindow();

    /// Takes light or dark (unless `given`) and motion from the person's settings, and keeps what they choose
    /// from now on.
    void rememberAppearance(std::optional<ThemeSettings::Mode> given = {});
    /// Loads and shows the window; the error says what of the QML is broken.
    Expected<void> show();
    /// Saves a true picture of the window, as it is drawn now.
    Expected<void> grabTo(const QString &path);

    [[nodiscard]] ConsoleModel &model() { return m_model; }
    [[nodiscard]] QQuickWindow *window() const;

private:
    SystemClock m_clock;
    ConsoleModel m_model;
    QQmlApplicationEngine m_engine; ///< last: the window goes before the models it shows
};

} // namespace loquat
