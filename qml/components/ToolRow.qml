// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// One tool: how often it was called, how that went, and how long it takes.
Rectangle {
    id: row

    required property string calls
    required property string denied
    required property string failed
    required property string last
    required property string name
    required property string stateKind
    required property string stateWord
    required property string took

    Accessible.name: qsTr("Tool %1, %2, %3 calls, %4 failed, last %5").arg(name).arg(stateWord).arg(calls).arg(failed).arg(last)
    Accessible.role: Accessible.ListItem
    border.color: Theme.line
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
            Layout.minimumWidth: 140
            spacing: 4

            SelectableText {
                Layout.fillWidth: true
                clip: true
                font.family: Theme.mono
                font.pixelSize: Theme.code
                font.weight: Font.DemiBold
                text: row.name
                wrapMode: TextEdit.NoWrap
            }

            RowLayout {
                spacing: 8

                StatusDot { kind: row.stateKind }

                BodyText {
                    Layout.fillWidth: true
                    color: Theme.ofKind(row.stateKind)
                    font.pixelSize: Theme.label
                    text: row.stateWord
                }
            }
        }

        Figure {
            Layout.preferredWidth: 64
            label: qsTr("calls")
            value: row.calls
        }

        Figure {
            Layout.preferredWidth: 64
            label: qsTr("failed")
            value: row.failed
        }

        Figure {
            Layout.preferredWidth: 64
            label: qsTr("denied")
            value: row.denied
            visible: row.width > 520
        }

        Figure {
            Layout.preferredWidth: 84
            label: qsTr("mean time")
            value: row.took
        }

        Figure {
            Layout.preferredWidth: 104
            label: qsTr("last called")
            value: row.last
            visible: row.width > 620
        }
    }
}
