// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// What a person should know about what they see, and what helps.
Rectangle {
    id: strip

    property alias text: words.text

    color: Theme.raised
    implicitHeight: words.implicitHeight + 16
    visible: text.length > 0

    Rectangle {
        color: Theme.warn
        height: parent.height
        width: 3
    }

    SelectableText {
        id: words

        Accessible.name: text
        Accessible.role: Accessible.AlertMessage
        anchors.left: parent.left
        anchors.leftMargin: 16
        anchors.right: parent.right
        anchors.rightMargin: 16
        anchors.verticalCenter: parent.verticalCenter
        font.pixelSize: 12
    }
}
