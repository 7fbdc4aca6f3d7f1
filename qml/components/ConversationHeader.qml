// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Whose conversation this is, and what can be done with it.
Rectangle {
    id: header

    property bool canGoBack: false
    required property ConsoleModel consoleModel
    readonly property SessionActions actions: consoleModel.actions

    signal back

    color: Theme.panel
    implicitHeight: 66

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: header.canGoBack ? 8 : 20
        anchors.rightMargin: 20
        spacing: 13

        AbstractButton {
            id: backButton

            Accessible.name: qsTr("Back to the sessions")
            implicitHeight: 34
            implicitWidth: 34
            visible: header.canGoBack

            background: Rectangle {
                color: backButton.hovered ? Theme.raised : "transparent"
                radius: Theme.radius

                FocusRing { control: backButton }
            }
            contentItem: Item {
                Icon {
                    anchors.centerIn: parent
                    path: Icons.back
                }
            }

            onClicked: header.back()
        }

        ColumnLayout {
            Layout.fillWidth: true
            Layout.minimumWidth: 80
            spacing: 1

            RowLayout {
                spacing: 8

                BodyText {
                    Accessible.name: text
                    Accessible.role: Accessible.Heading
                    Layout.maximumWidth: 260
                    font.pixelSize: Theme.title
                    font.weight: Font.DemiBold
                    text: header.consoleModel.title
                }

                BodyText {
                    Layout.fillWidth: true
                    color: Theme.ofKind(header.consoleModel.stateKind)
                    font.pixelSize: Theme.label
                    text: header.consoleModel.stateWord
                }
            }

            RowLayout {
                spacing: 8

                // Apart from what changes every second, so that a selection survives to be copied.
                SelectableText {
                    Layout.maximumWidth: header.width / 3
                    clip: true
                    color: Theme.dim
                    font.family: Theme.mono
                    font.pixelSize: Theme.code
                    text: header.consoleModel.selectedId
                    wrapMode: TextEdit.NoWrap
                }

                BodyText {
                    Layout.fillWidth: true
                    dimmed: true
                    font.pixelSize: 12
                    text: "· " + header.consoleModel.subtitle
                }
            }
        }

        PushButton {
            enabled: header.actions.canStop
            text: qsTr("Stop reply")

            onClicked: header.actions.stop()
        }

        PushButton {
            enabled: header.actions.canPause
            text: header.actions.pauseLabel

            onClicked: header.actions.togglePause()
        }

        PushButton {
            enabled: header.actions.canTakeOver
            primary: true
            text: header.actions.takeOverLabel

            onClicked: header.actions.toggleTakeOver()
        }

        PushButton {
            danger: true
            enabled: header.actions.canEnd
            text: header.actions.endLabel

            onActiveFocusChanged: if (!activeFocus)
                header.actions.forgetEnd()
            onClicked: {
                forceActiveFocus();
                header.actions.end();
            }
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.line
        height: 1
        width: parent.width
    }
}
