// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Text a person may want to copy.
TextEdit {
    id: edit

    Accessible.name: edit.text.length > 0 ? edit.getText(0, edit.length) : ""
    Accessible.readOnly: true
    Accessible.role: Accessible.StaticText
    color: Theme.text
    font.family: Theme.sans
    font.pixelSize: Theme.body
    readOnly: true
    selectByMouse: true
    selectedTextColor: Theme.onFill
    selectionColor: Theme.accentFill
    textFormat: TextEdit.PlainText
    wrapMode: TextEdit.Wrap

    onLinkActivated: link => Qt.openUrlExternally(link)

    HoverHandler {
        cursorShape: edit.hoveredLink.length > 0 ? Qt.PointingHandCursor : Qt.IBeamCursor
    }
}
