// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// A command to copy into a terminal.
Rectangle {
    id: box

    required property string command

    border.color: Theme.line
    color: Theme.raised
    implicitHeight: row.implicitHeight + 12
    radius: Theme.radius

    RowLayout {
        id: row

        anchors.fill: parent
        anchors.leftMargin: 10
        anchors.rightMargin: 4
        spacing: 4

        SelectableText {
            Layout.fillWidth: true
            font.family: Theme.mono
            font.pixelSize: Theme.code
            text: box.command
            wrapMode: TextEdit.WrapAnywhere
        }

        CopyButton { content: box.command }
    }
}
