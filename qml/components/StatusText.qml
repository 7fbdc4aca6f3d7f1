// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

BodyText {
    Accessible.name: text
    Accessible.role: Accessible.StaticText
    dimmed: true
    font.pixelSize: 12
}
