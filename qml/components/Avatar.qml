// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Who speaks, as a coloured square with a letter (or the tools' icon).
Rectangle {
    id: avatar

    required property string glyph
    required property string kind
    readonly property bool plain: kind === "user"

    border.color: plain ? Theme.line : color
    color: {
        switch (kind) {
        case "assistant":
        case "summary":
            return Theme.accentFill;
        case "tool":
            return Theme.info;
        case "whisper":
        case "operator":
        case "note":
            return Theme.human;
        case "error":
            return Theme.bad;
        default:
            return Theme.raised;
        }
    }
    height: 28
    radius: 7
    width: 28

    Icon {
        anchors.centerIn: parent
        height: 16
        path: Icons.tools
        tone: Theme.onFill
        visible: avatar.kind === "tool"
        width: 16
    }

    BodyText {
        anchors.centerIn: parent
        color: avatar.plain ? Theme.text : Theme.onFill
        font.pixelSize: 12
        font.weight: Font.DemiBold
        text: avatar.glyph
        visible: avatar.kind !== "tool"
    }
}
