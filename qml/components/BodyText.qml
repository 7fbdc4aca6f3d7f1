// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Text that only says something: never selectable, never more than it has room for.
Text {
    property bool dimmed: false

    color: dimmed ? Theme.dim : Theme.text
    elide: Text.ElideRight
    font.family: Theme.sans
    font.pixelSize: Theme.body
    textFormat: Text.PlainText
}
