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
        width: Math.min(implicitWidth, copy.x - when.implicitWidth - when.anchors.leftMargin)
    }

    BodyText {
        id: when

        anchors.baseline: who.baseline
        anchors.left: who.right
        anchors.leftMargin: 8
        dimmed: true
        font.pixelSize: Theme.label
        text: header.time
    }

    BodyText {
        anchors.baseline: who.baseline
        anchors.left: when.right
        anchors.right: copy.left
        dimmed: true
        font.pixelSize: Theme.label
        text: " · " + header.detail
        visible: header.detail.length > 0
    }

    CopyButton {
        id: copy

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        content: header.copyable
        visible: header.copyable.length > 0
    }
}
