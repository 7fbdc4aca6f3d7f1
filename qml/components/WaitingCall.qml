// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// A tool call that waits for an operator: who asks, for what, and the two answers.
Rectangle {
    id: row

    required property string args
    required property string callId
    required property bool canDecide
    required property string sessionId
    required property string tool
    required property string trouble
    required property string user
    required property string waited

    signal approved
    signal denied
    signal opened

    Accessible.name: qsTr("%1 for %2, waits for approval, %3").arg(tool).arg(user).arg(waited)
    Accessible.role: Accessible.Grouping
    border.color: Theme.warn
    color: Theme.panel
    implicitHeight: column.implicitHeight + 26
    radius: Theme.radius

    ColumnLayout {
        id: column

        anchors.left: parent.left
        anchors.leftMargin: 16
        anchors.right: parent.right
        anchors.rightMargin: 16
        anchors.verticalCenter: parent.verticalCenter
        spacing: 9

        RowLayout {
            spacing: 9

            StatusDot { kind: "warn" }

            SelectableText {
                Layout.fillWidth: true
                Layout.maximumWidth: Math.ceil(implicitWidth) + 1 // what is rounded down wraps
                font.family: Theme.mono
                font.pixelSize: Theme.code
                font.weight: Font.DemiBold
                horizontalAlignment: TextEdit.AlignLeft
                text: row.tool
                wrapMode: TextEdit.WrapAnywhere // whole: a name that is cut may be another tool's
            }

            BodyText {
                Layout.fillWidth: true
                dimmed: true
                elide: Text.ElideRight
                text: qsTr("for %1").arg(row.user)
            }

            BodyText {
                color: Theme.warn
                text: row.waited === "now" ? qsTr("asked just now") : qsTr("waits for %1").arg(row.waited)
            }
        }

        SelectableText {
            Layout.fillWidth: true
            font.family: Theme.mono
            font.pixelSize: Theme.code
            horizontalAlignment: TextEdit.AlignLeft // JSON, whatever script its strings are in
            text: row.args
            wrapMode: TextEdit.WrapAtWordBoundaryOrAnywhere
        }

        NoticeStrip {
            Layout.fillWidth: true
            text: row.trouble
        }

        // The next call takes this one's place beneath the pointer: the second click of a double one is not for it.
        RowLayout {
            spacing: 8

            PushButton {
                Accessible.name: qsTr("Approve %1 for %2").arg(row.tool).arg(row.user)
                enabled: row.canDecide
                primary: true
                text: qsTr("Approve")

                onClicked: row.approved()
                onDoubleClicked: {}
            }

            PushButton {
                Accessible.name: qsTr("Deny %1 for %2").arg(row.tool).arg(row.user)
                danger: true
                enabled: row.canDecide
                text: qsTr("Deny")

                onClicked: row.denied()
                onDoubleClicked: {}
            }

            PushButton {
                Accessible.name: qsTr("Open the conversation with %1").arg(row.user)
                text: qsTr("Open conversation")

                onClicked: row.opened()
            }
        }
    }
}
