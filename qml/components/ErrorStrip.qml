// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// What was refused, and the remedy.
Rectangle {
    id: strip

    required property string error
    required property string remedy

    signal dismissed

    color: Theme.raised
    implicitHeight: row.implicitHeight + 14
    visible: error.length > 0

    Rectangle {
        color: Theme.bad
        height: parent.height
        width: 3
    }

    RowLayout {
        id: row

        anchors.left: parent.left
        anchors.leftMargin: 20
        anchors.right: parent.right
        anchors.rightMargin: 20
        anchors.verticalCenter: parent.verticalCenter
        spacing: 12

        SelectableText {
            Accessible.role: Accessible.AlertMessage
            Layout.fillWidth: true
            text: strip.remedy.length > 0 ? strip.error + " " + strip.remedy : strip.error
        }

        PushButton {
            implicitHeight: 28
            text: qsTr("Dismiss")

            onClicked: strip.dismissed()
        }
    }
}
