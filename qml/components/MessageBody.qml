// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// What a person said: a user, an operator to the assistant or to the user, or an error's sentence. What the
/// user does not see carries a bar at its side.
Item {
    id: message

    required property string author
    required property string detail
    required property string kind
    required property string text
    required property string time
    readonly property bool aside: kind === "whisper" || kind === "note" || kind === "error"
    readonly property color tone: kind === "error" ? Theme.bad : kind === "user" ? Theme.text : Theme.human

    implicitHeight: column.height + (aside ? 8 : 0)

    Rectangle {
        color: message.tone
        height: parent.height
        radius: 1.5
        visible: message.aside
        width: 3
    }

    Column {
        id: column

        spacing: 3
        width: parent.width - x
        x: message.aside ? 15 : 0
        y: message.aside ? 4 : 0

        EntryHeader {
            width: parent.width
            author: message.author
            authorColor: message.tone
            detail: message.detail
            time: message.time
        }

        SelectableText {
            color: message.kind === "whisper" || message.kind === "note" ? Theme.dim : Theme.text
            text: message.text
            width: parent.width
        }
    }
}
