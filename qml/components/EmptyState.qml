// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// Nothing to show, and what to do about it.
ColumnLayout {
    id: empty

    property string action
    property string command
    property string explanation
    required property string title

    signal acted

    spacing: 8

    BodyText {
        Accessible.name: text
        Accessible.role: Accessible.Heading
        Layout.fillWidth: true
        font.pixelSize: Theme.title
        font.weight: Font.DemiBold
        horizontalAlignment: Text.AlignHCenter
        text: empty.title
        wrapMode: Text.Wrap
    }

    SelectableText {
        Layout.fillWidth: true
        color: Theme.dim
        horizontalAlignment: Text.AlignHCenter
        text: empty.explanation
        visible: text.length > 0
    }

    CommandLine {
        Layout.fillWidth: true
        Layout.topMargin: 4
        command: empty.command
        visible: command.length > 0
    }

    PushButton {
        Layout.alignment: Qt.AlignHCenter
        Layout.topMargin: 4
        text: empty.action
        visible: text.length > 0

        onClicked: empty.acted()
    }
}
