// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Who said it, when, and what there is to know about it; with a way to copy it all.
Item {
    id: header

    required property string author
    property color authorColor: Theme.text
    property string copyable
    required property string detail
    required property string time

    implicitHeight: who.height

    BodyText {
        id: who

        color: header.authorColor
        font.weight: Font.DemiBold
        text: header.author
    }

    BodyText {
        anchors.baseline: who.baseline
        anchors.left: who.right
        anchors.leftMargin: 8
        anchors.right: copy.left
        dimmed: true
        font.pixelSize: Theme.label
        text: header.detail.length > 0 ? header.time + " · " + header.detail : header.time
    }

    CopyButton {
        id: copy

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        content: header.copyable
        visible: header.copyable.length > 0
    }
}
