// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/theme_settings.h"

#include <QEvent>
#include <QGuiApplication>
#include <QPalette>

namespace loquat {

ThemeSettings::ThemeSettings(QObject *parent)
    : QObject(parent)
{
    // Qt 6.4 has no colour scheme of the system to ask for; its palette tells.
    if (qGuiApp)
        qGuiApp->installEventFilter(this);
}

void ThemeSettings::setMode(Mode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    Q_EMIT changed();
}

bool ThemeSettings::dark() const
{
    if (m_mode != Mode::System)
        return m_mode == Mode::Dark;
    return qGuiApp && QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
}

void ThemeSettings::setReducedMotion(bool reduced)
{
    if (m_reducedMotion == reduced)
        return;
    m_reducedMotion = reduced;
    Q_EMIT changed();
}

bool ThemeSettings::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == qGuiApp && event->type() == QEvent::ApplicationPaletteChange)
        Q_EMIT changed();
    return QObject::eventFilter(watched, event);
}

} // namespace loquat
