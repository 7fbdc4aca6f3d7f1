// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat
import Loquat.Models

/// Whose conversation this is, and what can be done with it.
Rectangle {
    id: header

    property bool canGoBack: false
    required property ConsoleModel consoleModel
    readonly property SessionActions actions: consoleModel.actions
    readonly property bool stacked: width < 640 ///< the buttons have a line of their own

    signal back

    color: Theme.panel
    implicitHeight: stacked ? 102 : 66

    IconButton {
        anchors.verticalCenter: titles.verticalCenter
        path: Icons.back
        text: qsTr("Back to the sessions")
        visible: header.canGoBack
        x: 8

        onClicked: header.back()
    }

    ConversationTitles {
        id: titles

        sessionId: header.consoleModel.selectedId
        stateColor: Theme.ofKind(header.consoleModel.stateKind)
        stateWord: header.consoleModel.stateWord
        subtitle: header.consoleModel.subtitle
        title: header.consoleModel.title
        width: (header.stacked ? header.width - 20 : buttons.x - 13) - x
        x: header.canGoBack ? 55 : 20
        y: header.stacked ? 9 : (header.height - height) / 2
    }

    SessionButtons {
        id: buttons

        actions: header.actions
        dense: header.stacked
        x: header.stacked ? 20 : header.width - width - 20
        y: header.stacked ? header.height - height - 12 : (header.height - height) / 2
    }

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.line
        height: 1
        width: parent.width
    }
}
