// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// Copies a text, and says that it did.
AbstractButton {
    id: button

    property string content
    property bool done: false

    Accessible.name: done ? qsTr("Copied") : qsTr("Copy")
    implicitHeight: 26
    implicitWidth: 26

    background: Rectangle {
        color: button.hovered ? Theme.line : "transparent"
        radius: 6

        FocusRing { control: button }
    }
    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            height: 14
            path: button.done ? Icons.check : Icons.copy
            tone: button.done ? Theme.ok : Theme.dim
            width: 14
        }
    }

    onClicked: {
        clipboard.text = content;
        clipboard.selectAll();
        clipboard.copy();
        clipboard.clear();
        done = true;
        reset.restart();
    }

    // Empty until it copies: a text lays itself out, and a reply grows with every token.
    TextEdit {
        id: clipboard

        textFormat: TextEdit.PlainText
        visible: false
    }

    Timer {
        id: reset

        interval: 1500

        onTriggered: button.done = false
    }
}
