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

        ConversationTitles {
            Layout.fillWidth: true
            Layout.minimumWidth: 0
            Layout.preferredWidth: 1 // what the buttons leave
            sessionId: header.history.selectedId
            stateWord: qsTr("read only")
            subtitle: header.history.subtitle
            title: header.history.title
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
