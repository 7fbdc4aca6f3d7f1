// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// One node: who, where, whether it lives, and how much it leads.
Rectangle {
    id: row

    required property string address
    required property string heard
    required property string nodeId
    required property bool self
    required property int sessions
    required property string stateKind
    required property string stateWord
    required property string upFor
    required property string version

    Accessible.name: qsTr("Node %1, %2, leads %3 sessions, heard %4").arg(nodeId).arg(stateWord).arg(sessions).arg(heard)
    Accessible.role: Accessible.ListItem
    border.color: self ? Theme.edge : Theme.line
    color: Theme.panel
    implicitHeight: 76
    radius: Theme.radius

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 16
        anchors.rightMargin: 16
        spacing: 20

        ColumnLayout {
            Layout.fillWidth: true
            Layout.minimumWidth: 160
            spacing: 4

            RowLayout {
                spacing: 8

                StatusDot { kind: row.stateKind }

                SelectableText {
                    font.weight: Font.DemiBold
                    text: row.nodeId
                    wrapMode: TextEdit.NoWrap
                }

                BodyText {
                    Layout.fillWidth: true
                    color: Theme.ofKind(row.stateKind)
                    font.pixelSize: Theme.label
                    text: row.stateWord
                }
            }

            SelectableText {
                Layout.fillWidth: true
                clip: true
                color: Theme.dim
                font.family: Theme.mono
                font.pixelSize: Theme.code
                text: row.address
                wrapMode: TextEdit.NoWrap
            }
        }

        Figure {
            Layout.preferredWidth: 84
            label: qsTr("sessions led")
            value: row.sessions
        }

        Figure {
            Layout.preferredWidth: 84
            label: qsTr("last heard of")
            value: row.heard
        }

        Figure {
            Layout.preferredWidth: 84
            label: qsTr("in the fleet for")
            value: row.upFor
            visible: row.width > 620
        }

        Figure {
            Layout.preferredWidth: 72
            label: qsTr("version")
            value: row.version
            visible: row.width > 520
        }
    }
}
