// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// What a person should know about what they see, and what helps.
Rectangle {
    id: strip

    property string action
    property alias text: words.text

    signal acted

    color: Theme.raised
    implicitHeight: row.implicitHeight + 16
    visible: text.length > 0

    Rectangle {
        color: Theme.warn
        height: parent.height
        width: 3
    }

    RowLayout {
        id: row

        anchors.left: parent.left
        anchors.leftMargin: 16
        anchors.right: parent.right
        anchors.rightMargin: 16
        anchors.verticalCenter: parent.verticalCenter
        spacing: 12

        SelectableText {
            id: words

            Accessible.name: text
            Accessible.role: Accessible.AlertMessage
            Layout.fillWidth: true
            font.pixelSize: 12
        }

        PushButton {
            implicitHeight: 28
            text: strip.action
            visible: text.length > 0

            onClicked: strip.acted()
        }
    }
}
