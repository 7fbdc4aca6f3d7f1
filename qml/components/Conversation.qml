// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// The selected conversation: header, transcript, composer; or what to do while there is none.
Item {
    id: conversation

    property alias canGoBack: header.canGoBack
    required property ConsoleModel consoleModel
    readonly property bool empty: consoleModel.transcript.count === 0
    readonly property bool failed: consoleModel.loadState === ConsoleModel.Failed
    readonly property bool selected: consoleModel.selectedId.length > 0
    readonly property StatusModel status: consoleModel.status

    signal back

    function compose(mode: int) {
        if (composer.visible)
            composer.compose(mode);
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        visible: conversation.selected

        ConversationHeader {
            id: header

            Layout.fillWidth: true
            consoleModel: conversation.consoleModel

            onBack: conversation.back()
        }

        NoticeStrip {
            Layout.fillWidth: true
            text: conversation.consoleModel.trouble
        }

        NoticeStrip {
            Layout.fillWidth: true
            action: qsTr("Try again")
            text: conversation.failed && !conversation.empty ? qsTr("This may not be all: the conversation could not be loaded. %1").arg(conversation.consoleModel.loadError) : ""

            onActed: conversation.consoleModel.reload()
        }

        Transcript {
            Layout.fillHeight: true
            Layout.fillWidth: true
            actions: conversation.consoleModel.actions
            entries: conversation.consoleModel.transcript
            sessionId: conversation.consoleModel.selectedId

            BodyText {
                anchors.centerIn: parent
                dimmed: true
                text: qsTr("Loading the conversation…")
                visible: conversation.consoleModel.loadState === ConsoleModel.Loading && conversation.empty
            }

            EmptyState {
                action: qsTr("Try again")
                anchors.centerIn: parent
                explanation: conversation.consoleModel.loadError
                title: qsTr("The conversation could not be loaded")
                visible: conversation.failed && conversation.empty
                width: Math.min(440, parent.width - 40)

                onActed: conversation.consoleModel.reload()
            }
        }

        ErrorStrip {
            Layout.fillWidth: true
            error: conversation.consoleModel.commands.error
            remedy: conversation.consoleModel.commands.remedy

            onDismissed: conversation.consoleModel.commands.dismissError()
        }

        Composer {
            id: composer

            Layout.fillWidth: true
            composer: conversation.consoleModel.composer
        }
    }

    EmptyState {
        readonly property bool none: !conversation.consoleModel.sessions.filtered && conversation.consoleModel.sessions.count === 0

        action: none && conversation.status.listening ? qsTr("Open the demo page") : ""
        anchors.centerIn: parent
        command: none ? conversation.status.tryCommand : ""
        explanation: {
            if (!none)
                return qsTr("Click one in the list, or press J and K to go through them.\nT takes over, W whispers, Ctrl+K searches.");
            if (conversation.status.trouble.length > 0)
                return conversation.status.trouble;
            if (!conversation.status.listening)
                return qsTr("The backend is not listening, so nobody can connect. Its log says why; often another program holds the port: start with --port 0 to take any free one.");
            return qsTr("Clients connect to %1. Try it from a terminal, or in the browser:").arg(conversation.status.address);
        }
        title: {
            if (!none)
                return qsTr("Choose a session");
            return conversation.status.trouble.length > 0 ? qsTr("Not connected") : qsTr("Waiting for the first session");
        }
        visible: !conversation.selected
        width: Math.min(520, parent.width - 40)

        onActed: Qt.openUrlExternally(conversation.status.demoUrl)
    }
}
