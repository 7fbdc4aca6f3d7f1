// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Who said it, when, and what there is to know about it.
Row {
    id: header

    required property string author
    property color authorColor: Theme.text
    required property string detail
    required property string time

    spacing: 8

    BodyText {
        color: header.authorColor
        font.weight: Font.DemiBold
        text: header.author
    }

    BodyText {
        anchors.baseline: parent.children[0].baseline
        dimmed: true
        font.pixelSize: Theme.label
        text: header.detail.length > 0 ? header.time + " · " + header.detail : header.time
    }
}
