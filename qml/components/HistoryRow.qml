// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat

/// One stored session: who, when, and what of it was found or how it was summed up.
AbstractButton {
    id: row

    property bool current: false
    required property string facts
    required property string marked ///< styled text, all but <b> escaped
    required property string plain
    required property string sessionId
    required property string started
    required property string stateKind
    required property string stateWord
    required property string userId

    Accessible.name: qsTr("%1, %2, %3: %4").arg(userId).arg(stateWord).arg(started).arg(plain)
    Accessible.role: Accessible.ListItem
    Accessible.selected: current
    focusPolicy: Qt.NoFocus
    implicitHeight: column.implicitHeight + 19

    background: Rectangle {
        color: row.current || row.hovered ? Theme.raised : "transparent"

        Rectangle {
            color: Theme.accent
            height: parent.height
            visible: row.current
            width: 3
        }

        Rectangle {
            anchors.bottom: parent.bottom
            color: Theme.line
            height: 1
            width: parent.width
        }
    }
    contentItem: Item {}

    ColumnLayout {
        id: column

        anchors.left: parent.left
        anchors.leftMargin: 16
        anchors.right: parent.right
        anchors.rightMargin: 12
        spacing: 3
        y: 9

        RowLayout {
            Layout.fillWidth: true
            spacing: 8

            BodyText {
                Layout.maximumWidth: 140
                font.weight: Font.DemiBold
                text: row.userId
            }

            BodyText {
                Layout.fillWidth: true
                color: Theme.ofKind(row.stateKind)
                font.pixelSize: Theme.label
                text: row.stateWord
            }

            BodyText {
                dimmed: true
                font.pixelSize: Theme.label
                text: row.started
            }
        }

        Text {
            Layout.fillWidth: true
            color: Theme.dim
            elide: Text.ElideRight
            font.family: Theme.sans
            font.pixelSize: Theme.body
            maximumLineCount: 2
            text: row.marked.replace(/<b>/g, "<b><font color=\"" + Theme.accentText + "\">").replace(/<\/b>/g, "</font></b>")
            textFormat: Text.StyledText
            visible: row.plain.length > 0
            wrapMode: Text.Wrap
        }

        BodyText {
            Layout.fillWidth: true
            dimmed: true
            font.pixelSize: Theme.label
            text: row.facts
        }
    }
}
