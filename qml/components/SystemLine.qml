// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Something that happened to the session, between what was said.
Item {
    id: line

    required property string kind
    required property string text
    required property string time

    implicitHeight: label.implicitHeight + 4

    Rectangle {
        anchors.left: parent.left
        anchors.right: label.left
        anchors.rightMargin: 12
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.line
        height: 1
    }

    BodyText {
        id: label

        anchors.centerIn: parent
        color: Theme.ofKind(line.kind)
        font.pixelSize: Theme.label
        text: line.text + " · " + line.time
        width: Math.min(implicitWidth, parent.width)
    }

    Rectangle {
        anchors.left: label.right
        anchors.leftMargin: 12
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.line
        height: 1
    }
}
