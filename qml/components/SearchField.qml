// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

TextField {
    id: field

    property string keys: "Ctrl K"

    Accessible.name: qsTr("Search sessions")
    color: Theme.text
    font.family: Theme.sans
    font.pixelSize: Theme.body
    implicitHeight: 36
    leftPadding: 11
    placeholderText: qsTr("Search user, session or text")
    placeholderTextColor: Theme.dim
    rightPadding: hint.visible ? hint.width + 18 : 11
    selectByMouse: true
    selectedTextColor: Theme.onFill
    selectionColor: Theme.accentFill

    background: Rectangle {
        border.color: field.activeFocus ? Theme.accent : Theme.line
        border.width: field.activeFocus ? 2 : 1
        color: Theme.raised
        radius: Theme.radius
    }

    BodyText {
        id: hint

        anchors.right: parent.right
        anchors.rightMargin: 10
        anchors.verticalCenter: parent.verticalCenter
        dimmed: true
        font.family: Theme.mono
        font.pixelSize: Theme.label
        text: field.keys
        visible: field.text.length === 0 && !field.activeFocus
    }
}
