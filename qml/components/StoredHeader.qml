// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Whose stored conversation this is, and what can be done with it.
Rectangle {
    id: header

    property bool canGoBack: false
    required property HistoryPageModel history
    property alias saving: exportButton.checked

    signal back
    signal liveWanted

    color: Theme.panel
    implicitHeight: 66

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 20
        anchors.rightMargin: 20
        spacing: 13

        PushButton {
            text: qsTr("Back")
            visible: header.canGoBack

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
                    text: header.history.title
                }

                BodyText {
                    Layout.fillWidth: true
                    dimmed: true
                    font.pixelSize: Theme.label
                    text: qsTr("read only")
                }
            }

            RowLayout {
                spacing: 8

                SelectableText {
                    Layout.maximumWidth: header.width / 3
                    clip: true
                    color: Theme.dim
                    font.family: Theme.mono
                    font.pixelSize: Theme.code
                    text: header.history.selectedId
                    wrapMode: TextEdit.NoWrap
                }

                BodyText {
                    Layout.fillWidth: true
                    dimmed: true
                    font.pixelSize: 12
                    text: "· " + header.history.subtitle
                }
            }
        }

        PushButton {
            text: qsTr("Open live")
            visible: header.history.live

            onClicked: header.liveWanted()
        }

        PushButton {
            id: exportButton

            checkable: true
            text: qsTr("Export")
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.line
        height: 1
        width: parent.width
    }
}
