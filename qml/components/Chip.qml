// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// One of several filters.
AbstractButton {
    id: chip

    Accessible.checkable: true
    Accessible.checked: checked
    Accessible.name: text
    Accessible.role: Accessible.RadioButton
    implicitHeight: 26
    implicitWidth: implicitContentWidth + 20
    focusPolicy: Qt.StrongFocus

    background: Rectangle {
        border.color: chip.checked ? Theme.edge : Theme.line
        color: chip.checked || chip.hovered ? Theme.raised : "transparent"
        radius: height / 2

        FocusRing {
            control: chip
            radius: height / 2
        }
    }
    contentItem: BodyText {
        dimmed: !chip.checked
        font.pixelSize: 12
        font.weight: chip.checked ? Font.Medium : Font.Normal
        horizontalAlignment: Text.AlignHCenter
        text: chip.text
        verticalAlignment: Text.AlignVCenter
    }

    Keys.onEnterPressed: chip.clicked()
    Keys.onReturnPressed: chip.clicked()
}
