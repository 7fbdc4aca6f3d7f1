// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// One line to copy. What there is no room for is not shown, but copied with the rest.
SelectableText {
    id: line

    clip: true
    font.family: Theme.mono
    font.pixelSize: Theme.code
    horizontalAlignment: TextEdit.AlignLeft
    wrapMode: TextEdit.NoWrap

    Rectangle {
        anchors.right: parent.right
        anchors.rightMargin: -5 // a TextEdit draws that far out, for its cursor
        color: Theme.panel
        height: parent.height
        visible: line.implicitWidth > line.width + 1
        width: dots.implicitWidth + 5

        BodyText {
            id: dots

            color: line.color
            font: line.font
            text: "…"
        }
    }
}
