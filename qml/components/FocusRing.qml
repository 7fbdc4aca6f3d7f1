// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Drawn around whatever the keyboard talks to.
Rectangle {
    required property Item control

    anchors.fill: parent
    anchors.margins: -3
    border.color: Theme.accent
    border.width: 2
    color: "transparent"
    radius: Theme.radius + 3
    visible: control.activeFocus && (control as Item).visible
}
