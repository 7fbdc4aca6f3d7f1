// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat

/// One session in the list: who, in what state, what was said last, how fast.
AbstractButton {
    id: row

    required property string age
    property bool current: false
    required property string preview
    required property string rate
    readonly property string said: preview.length > 0 ? preview : qsTr("Nothing said yet")
    required property string sessionId
    required property list<real> sparkline
    required property string stateKind
    required property string stateWord
    required property bool streaming
    required property string userId
    required property string waited

    Accessible.name: qsTr("%1, %2: %3").arg(userId).arg(stateWord).arg(said)
    Accessible.role: Accessible.ListItem
    Accessible.selected: current
    focusPolicy: Qt.NoFocus
    implicitHeight: 59

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

    Item {
        anchors.fill: parent

        Rectangle {
            id: dot

            color: Theme.ofKind(row.stateKind)
            height: 8
            radius: 4
            width: 8
            x: 14
            y: 16
        }

        RowLayout {
            anchors.left: dot.right
            anchors.leftMargin: 12
            anchors.right: side.left
            anchors.rightMargin: 10
            spacing: 8
            y: 9

            BodyText {
                Layout.fillWidth: true
                Layout.maximumWidth: Math.ceil(implicitWidth) + 1 // what is rounded down is cut
                font.weight: Font.DemiBold
                text: row.userId
            }

            // Whole: no colour stands without its word.
            BodyText {
                color: Theme.ofKind(row.stateKind)
                font.pixelSize: Theme.label
                text: row.stateWord
            }

            Item { Layout.fillWidth: true }
        }

        BodyText {
            anchors.left: dot.right
            anchors.leftMargin: 12
            anchors.right: row.streaming || row.waited.length > 0 ? side.left : side.right
            anchors.rightMargin: anchors.right === side.left ? 12 : 0
            dimmed: true
            text: row.said
            y: 30
        }

        Item {
            id: side

            anchors.right: parent.right
            anchors.rightMargin: 12
            height: parent.height
            width: 62

            LineChart {
                height: 18
                values: row.sparkline
                visible: row.streaming
                width: parent.width
                y: 9
            }

            BodyText {
                anchors.right: parent.right
                dimmed: true
                font.pixelSize: Theme.label
                text: row.streaming ? row.rate : row.waited.length > 0 ? qsTr("waiting") : row.age
                y: row.streaming ? 32 : 11
            }

            BodyText {
                anchors.right: parent.right
                dimmed: true
                font.pixelSize: Theme.label
                text: row.waited
                y: 32
            }
        }
    }
}
