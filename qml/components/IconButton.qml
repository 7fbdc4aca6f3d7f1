// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// A button that is only an icon; `text` is what it says to a screen reader.
AbstractButton {
    id: button

    required property string path

    Accessible.name: text
    implicitHeight: 34
    implicitWidth: 34

    background: Rectangle {
        color: button.hovered ? Theme.raised : "transparent"
        radius: Theme.radius

        FocusRing { control: button }
    }
    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            path: button.path
        }
    }
}
