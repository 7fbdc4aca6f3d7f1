// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// What a control says of itself while it is pointed at.
ToolTip {
    id: tip

    delay: 500
    width: Math.min(implicitWidth, 380)
    horizontalPadding: 10
    verticalPadding: 6

    background: Rectangle {
        border.color: Theme.line
        color: Theme.raised
        radius: Theme.radius
    }
    contentItem: BodyText {
        elide: Text.ElideNone
        font.pixelSize: Theme.label
        text: tip.text
        wrapMode: Text.Wrap
    }
}
